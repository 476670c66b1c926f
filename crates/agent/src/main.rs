//! `tool-disk`: the terminal side of the driver center.

use std::process::ExitCode;

use wording::Language;

fn main() -> ExitCode {
    ExitCode::from(agent::cli::run(wording::parse(Language::of_environment)))
}
