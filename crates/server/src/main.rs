//! `driver-center`: the server of the driver center and the commands of its administrator.
//!
//! This file only picks the subcommand; each lives in the module of its name. The rules of the domain are in
//! the `center` crate; nothing here knows a disk, a version or an archive from the inside.

mod backup;
mod cli;
mod config;
mod doctor;
mod glance;
mod http;
mod limits;
mod logs;
mod messages;
mod openapi;
mod output;
mod platform;
mod serve;
mod site;
mod uploads;
mod verify;

use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// The driver center: drivers in one versioned disk, identical on every terminal.
#[derive(Parser)]
#[command(name = "driver-center", version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    speech: output::Speech,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server. 运行服务器
    Serve(serve::Arguments),
    /// Check that this machine has what the server needs, and say what mends it. 检查环境
    Doctor(doctor::Arguments),
    /// Back the whole center up, look at backups, and bring it back. 备份
    Backup(backup::Arguments),
    /// Move the whole site to another database or to Glance, or bring it back from Glance. 迁移与重建
    Site(site::Arguments),
    /// Print the description of the HTTP interface (OpenAPI, JSON). 接口描述
    Openapi,
    /// Write a completion script for a shell. 命令补全
    Completions(cli::Completions),
    #[command(flatten)]
    Remote(cli::Command),
}

fn main() -> ExitCode {
    let Arguments { speech, command } = wording::parse(output::Speech::of_environment);
    match command {
        Command::Serve(arguments) => serve::run(&arguments, speech.language()),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Backup(arguments) => backup::run(arguments),
        Command::Site(arguments) => site::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Completions(completions) => cli::complete(&completions, Arguments::command()),
        Command::Remote(command) => command.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Language;

    #[test]
    fn the_language_may_stand_before_or_behind_the_command() {
        Arguments::command().debug_assert();
        for line in ["--lang en doctor", "doctor --lang en"] {
            let words = ["driver-center"].into_iter().chain(line.split(' '));
            let parsed = Arguments::try_parse_from(words).unwrap_or_else(|e| panic!("{line}: {e}"));
            assert_eq!(parsed.speech.language(), Language::English, "{line}");
            let Command::Doctor(arguments) = parsed.command else { panic!("{line}: another command") };
            assert_eq!(arguments.manner.language(), Language::English, "{line}");
        }
    }
}
