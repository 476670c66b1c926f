//! What the commands print. Nothing else in this program writes to standard output or standard error.

use crate::messages::{Language, text_of};
use fault::{Error, Kind};
use std::io::Write;
use std::process::ExitCode;

/// Prints a line for people or programs. A closed pipe is no failure of ours.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").is_ok() {
        drop(out.flush());
    }
}

/// Prints a line beside the output.
pub(crate) fn note(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Says why a command failed and gives its exit code.
pub(crate) fn failed(error: &Error, language: Language) -> ExitCode {
    note(&format!("driver-center: {}", text_of(error, language)));
    if error.notice().is_some() {
        note(&format!("  ({error})"));
    }
    exit_code(error.kind())
}

fn exit_code(kind: Kind) -> ExitCode {
    ExitCode::from(exit_code_of(kind))
}

/// The exit codes, which `docs/command-line.md` explains; the first six are those of `tool-disk` too.
pub(crate) fn exit_code_of(kind: Kind) -> u8 {
    match kind {
        Kind::Bug => 1,
        Kind::Invalid => 2,
        Kind::Denied => 3,
        Kind::Unavailable => 4,
        Kind::Corrupt => 5,
        Kind::NoSpace => 6,
        Kind::Conflict => 7,
        Kind::Busy => 8,
        Kind::NotFound => 9,
        Kind::Cancelled => 130,
    }
}
