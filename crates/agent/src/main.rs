//! `tool-disk`: the terminal side of the driver center.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    ExitCode::from(agent::cli::run(agent::cli::Arguments::parse(), &locale.unwrap_or_default()))
}
