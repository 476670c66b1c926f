//! The command line: arguments, then one file per command.

use clap::{Parser, Subcommand};

use crate::cmd;
use crate::machine;
use crate::settings::Given;
use crate::ui::Ui;
use wording::Language;

/// Uploads printer drivers to the driver center. 向驱动中心上传打印机驱动。
#[derive(Debug, Parser)]
#[command(name = "driver-client", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    given: Given,
    /// One JSON value on the standard output 以 JSON 输出结果
    #[arg(long, global = true)]
    json: bool,
    /// Language of messages 消息语言 [default: that of the system]
    #[arg(long, global = true)]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keep the server and a token for it 连接驱动中心
    Connect(cmd::connect::Connect),
    /// List the printers of this machine 列出本机打印机
    Printers,
    /// List the installed printer drivers 列出本机打印机驱动
    Drivers,
    /// Pack a printer driver into a .zip, without a server 提取打印机驱动到 .zip 文件
    Collect(cmd::collect::Collect),
    /// Upload a printer driver; a broken upload goes on where it stopped 上传打印机驱动
    Upload(cmd::upload::Upload),
    /// Write a completion script for a shell 生成命令补全脚本
    Completions(cmd::completions::Completions),
}

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    /// What the command line says of the server.
    pub(crate) given: Given,
    /// Who is told.
    pub(crate) ui: Ui,
}

/// The exit code of a command that did what it was asked for.
const DONE: u8 = 0;

/// The language to speak where no command line says it.
pub(crate) fn language_of_machine() -> Language {
    Language::of_locale(&machine::locale())
}

/// Runs one command; answers the exit code.
pub(crate) fn run(arguments: Arguments) -> u8 {
    let language = arguments.lang.unwrap_or_else(language_of_machine);
    let context = Context { given: arguments.given, ui: Ui::new(language, arguments.json) };
    let outcome = match arguments.command {
        Command::Connect(connect) => connect.run(&context),
        Command::Printers => cmd::printers::run(&context),
        Command::Drivers => cmd::drivers::run(&context),
        Command::Collect(collect) => collect.run(&context),
        Command::Upload(upload) => upload.run(&context),
        Command::Completions(completions) => completions.run(),
    };
    outcome.map_or_else(|error| context.ui.failure(&error), |()| DONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_is_documented() {
        let document = include_str!("../../../docs/driver-client.md");
        let program = Arguments::command();
        program.clone().debug_assert();
        for command in program.get_subcommands() {
            let name = command.get_name();
            assert!(document.contains(&format!("| `{name}")), "{name} is not in docs/driver-client.md");
        }
    }

    #[test]
    fn each_exit_code_is_documented() {
        use fault::Kind::*;
        let document = include_str!("../../../docs/driver-client.md");
        let failures =
            [Bug, Invalid, Denied, Unavailable, Corrupt, NoSpace, Conflict, Busy, NotFound, Cancelled];
        for code in failures.map(fault::Kind::exit_code).into_iter().chain([0]) {
            assert!(document.contains(&format!("\n| {code} |")), "{code} is not documented");
        }
    }
}
