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
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Arguments),
    /// Check that this machine has what the server needs, and say what mends it.
    Doctor(doctor::Arguments),
    /// Back the whole center up, look at backups, and bring it back. 备份
    Backup(backup::Arguments),
    /// Move the whole site to another database or to Glance, or bring it back from Glance. 迁移与重建
    Site(site::Arguments),
    /// Print the description of the HTTP interface (OpenAPI, JSON).
    Openapi,
    /// Write a completion script for a shell. 命令补全
    Completions(cli::Completions),
    #[command(flatten)]
    Remote(cli::Command),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Backup(arguments) => backup::run(arguments),
        Command::Site(arguments) => site::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Completions(completions) => cli::complete(&completions, Arguments::command()),
        Command::Remote(command) => command.run(),
    }
}
