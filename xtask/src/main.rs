//! Developer commands: the checks of CI, and the demonstration of the whole product.
//!
//! Everything here runs programs that a developer could run by hand; nothing here is part of the product.

mod bench;
mod check;
mod demo;
mod fixtures;
mod fuzz;
mod run;
mod services;
mod soak;
mod tidy;

use fault::{Error, Result};
use run::Build;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  check      all of CI: format, lints, tests, tidy, documentation, licences
  tidy       our own checks: dependencies between crates, words, links, licences, the interface description
  fixtures   write the fixtures of the tests: INF files, and archives below target/fixtures
  demo       a server and two terminals on this machine, from import to identical disks
  mariadb    the tests of the domain once more, on a MariaDB server of their own
  glance     the tests of the image store that need Glance and Keystone, which come from PyPI
  schemathesis  a server against its own interface description, with schemathesis from PyPI
  bench      measure
  fuzz       fuzz targets: the kept inputs, and new ones for a while: --runs N, or one TARGET and what libFuzzer takes
  soak       random faults against a server and 20 terminals: --minutes N, --seed S, --terminals N

tidy and demo take --no-build: they use the programs that `cargo test --workspace` has built.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::note(&format!("xtask: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check"] => check::run_all(),
        ["tidy", rest @ ..] => tidy::run(build(rest)?),
        ["fixtures"] => fixtures::run_scripts(),
        ["mariadb"] => services::mariadb(),
        ["glance"] => services::glance(),
        ["schemathesis"] => services::schemathesis(),
        ["demo", rest @ ..] => demo::run_demo(build(rest)?),
        ["fuzz", rest @ ..] => fuzz::run_targets(rest),
        ["soak", rest @ ..] => soak::run_trial(rest),
        ["bench", rest @ ..] => bench::run_measurements(rest),
        [] | ["help" | "--help" | "-h"] => {
            run::say(USAGE.trim_end());
            Ok(())
        }
        _ => Err(Error::invalid(format!("unknown command {words:?}\n\n{USAGE}"))),
    }
}

fn build(arguments: &[&str]) -> Result<Build> {
    match arguments {
        [] => Ok(Build::Now),
        ["--no-build"] => Ok(Build::Before),
        _ => Err(Error::invalid(format!("unknown arguments {arguments:?}\n\n{USAGE}"))),
    }
}
