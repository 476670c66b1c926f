//! What the commands print. Nothing else in this program writes to standard output or standard error.

use crate::messages::{Language, text_of};
use clap::ValueEnum as _;
use fault::Error;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

/// How a command is to answer.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Manner {
    /// Answer in JSON. 以 JSON 输出
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    speech: Speech,
}

/// In which language; it may stand before the name of the command, too.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Speech {
    /// Language of the answer; without it, that of the terminal. 语言
    #[arg(long, global = true, value_name = "LANGUAGE", env = LANGUAGE)]
    lang: Option<Language>,
}

/// The variable that names the language.
const LANGUAGE: &str = "DRIVER_CENTER_LANG";

impl Speech {
    /// The language to speak.
    pub(crate) fn language(self) -> Language {
        self.lang.unwrap_or_else(Language::of_environment)
    }

    /// The language to speak where no command line says it.
    pub(crate) fn of_environment() -> Language {
        let named = std::env::var(LANGUAGE).ok().and_then(|name| Language::from_str(&name, false).ok());
        named.unwrap_or_else(Language::of_environment)
    }
}

impl Manner {
    /// The language to speak.
    pub(crate) fn language(self) -> Language {
        self.speech.language()
    }

    /// Says why a command of this machine failed, to programs too where these ask, and gives its exit code.
    pub(crate) fn failed(self, error: &Error) -> ExitCode {
        if self.json {
            let message = text_of(error, self.language());
            let notice = error.notice().map(|notice| notice.id.to_string());
            let value = json!({"error": {"notice": notice, "message": message, "detail": error.to_string()}});
            line(&value.to_string());
        }
        failed(error, self.language())
    }
}

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
    ExitCode::from(error.kind().exit_code())
}
