//! The command line: arguments, then one file per command.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use fault::Result;

use crate::cmd;
use crate::exit;
use crate::state::StateDir;
use crate::stop::Stop;
use crate::terminal::Terminal;
use crate::ui::Ui;
use wording::Language;

/// Keeps this terminal's tool disk identical to the driver center's. 使本终端的工具盘与驱动中心一致。
#[derive(Debug, Parser)]
#[command(name = "tool-disk", version)]
pub struct Arguments {
    /// State directory 状态目录
    #[arg(
        long,
        global = true,
        default_value = "/var/lib/tool-disk",
        env = "TOOL_DISK_STATE",
        value_name = "DIR"
    )]
    pub state: PathBuf,
    /// Results as JSON 以 JSON 输出结果
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of messages 消息语言 [default: configuration, then LANG]
    #[arg(long, global = true)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make this terminal known to a driver center 注册本终端
    Enrol(cmd::enrol::Enrol),
    /// Make the disk the current version 同步工具盘
    Sync(cmd::sync::Sync),
    /// Say what the disk is; exit code 9 while it must not be opened 查看状态
    Status,
    /// Read the whole disk and check it 校验工具盘
    Verify(cmd::verify::Verify),
    /// Keep the disk current 在后台持续更新
    Daemon,
    /// Write a completion script for a shell 生成命令补全脚本
    Completions(cmd::completions::Completions),
}

/// What every command gets.
pub struct Context {
    /// The state directory.
    pub state: StateDir,
    /// Who is told.
    pub ui: Ui,
    /// Whether to stop.
    pub stop: Stop,
}

impl Context {
    /// The enrolled terminal.
    pub fn terminal(&self) -> Result<Terminal> {
        Terminal::open(self.state.clone(), self.ui.language, self.stop.clone())
    }
}

/// Runs one command; answers the exit code.
pub fn run(arguments: Arguments) -> u8 {
    let state = StateDir::new(&arguments.state);
    let ui = Ui::new(language(&arguments, &state), arguments.json);
    let stop = match Stop::on_signals(i32::from(arguments.command.exit_code_when_stopped())) {
        Ok(stop) => stop,
        Err(error) => return ui.failure(&error),
    };
    let context = Context { state, ui, stop };
    let outcome = match arguments.command {
        Command::Enrol(enrol) => enrol.run(&context),
        Command::Sync(sync) => sync.run(&context),
        Command::Status => cmd::status::run(&context),
        Command::Verify(verify) => verify.run(&context),
        Command::Daemon => cmd::daemon::run(&context),
        Command::Completions(completions) => completions.run(),
    };
    context.ui.end_progress();
    outcome.unwrap_or_else(|error| context.ui.failure(&error))
}

impl Command {
    /// What the process answers when a signal ends it in the middle of the command.
    fn exit_code_when_stopped(&self) -> u8 {
        match self {
            Self::Daemon => exit::OK,
            _ => exit::STOPPED,
        }
    }
}

fn language(arguments: &Arguments, state: &StateDir) -> Language {
    let configured = || match state.config().ok()?.language.as_deref() {
        Some("en") => Some(Language::English),
        Some(_) => Some(Language::Chinese),
        None => None,
    };
    arguments.lang.or_else(configured).unwrap_or_else(Language::of_environment)
}
