//! What every command has: the options that all share, the connection, the language, and the way to answer.

use super::credentials::{self, Source};
use crate::messages::{Language, text_of};
use crate::output::{self, Manner};
use fault::{Error, Kind, Result, WireError};
use protocol::client::{Client, Credentials};
use serde::Serialize;
use serde_json::json;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use wording::{clean, said_by_server};

/// The exit code of a command that did what it was asked for.
pub(super) const OK: u8 = 0;

/// Where the server is, and how to answer.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Address of the server. 服务器地址
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:8088",
        env = "DRIVER_CENTER_URL"
    )]
    pub(super) server: String,
    /// File with the token, instead of the one that login keeps. 令牌文件
    #[arg(long, global = true, value_name = "FILE", env = "DRIVER_CENTER_TOKEN_FILE")]
    pub(super) token_file: Option<PathBuf>,
    /// Certificates to trust instead of the public authorities (PEM). 受信任的证书
    #[arg(long, global = true, value_name = "FILE", env = "DRIVER_CENTER_CA_FILE")]
    ca_file: Option<PathBuf>,
    #[command(flatten)]
    manner: Manner,
}

/// The arguments of one command with the options of all.
#[derive(clap::Args)]
pub(crate) struct With<A: clap::Args> {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    arguments: A,
}

impl<A: clap::Args> With<A> {
    /// Runs `command`, which answers the exit code.
    pub(super) fn run(self, command: fn(&Context, A) -> Result<u8>) -> ExitCode {
        self.run_with(credentials::find, command)
    }

    /// The same for a command that needs no token, and may be about to make one.
    pub(super) fn run_signed_out(self, command: fn(&Context, A) -> Result<u8>) -> ExitCode {
        self.run_with(|_| Ok(Credentials::None), command)
    }

    /// The same for a command that asks no server where `is_here` says so.
    pub(super) fn run_here_if(
        self,
        is_here: fn(&A) -> bool,
        command: fn(&Context, A) -> Result<u8>,
    ) -> ExitCode {
        match is_here(&self.arguments) {
            true => self.run_signed_out(command),
            false => self.run(command),
        }
    }

    fn run_with(
        self,
        credentials: fn(&Source) -> Result<Credentials>,
        command: fn(&Context, A) -> Result<u8>,
    ) -> ExitCode {
        let (language, json) = (self.options.manner.language(), self.options.manner.json);
        let context = Context::open(self.options, credentials);
        let outcome = context.and_then(|context| command(&context, self.arguments));
        ExitCode::from(outcome.unwrap_or_else(|error| fail(&error, language, json)))
    }
}

/// The connection to one server and the person, or the script, that asks.
pub(crate) struct Context {
    /// Speaks to the server with the credentials that were found.
    pub(super) client: Client,
    /// Where the token is kept.
    pub(super) tokens: Source,
    /// Language of all texts.
    pub(super) language: Language,
    /// Whether the answer is for a program.
    pub(super) json: bool,
}

impl Context {
    fn open(options: Options, credentials: fn(&Source) -> Result<Credentials>) -> Result<Self> {
        let language = options.manner.language();
        let tokens =
            Source { server: options.server.trim_end_matches('/').to_owned(), file: options.token_file };
        let mut client = Client::new(&tokens.server, credentials(&tokens)?)?.with_language(language.tag());
        if let Some(path) = &options.ca_file {
            client = client.with_trusted_certificates(&super::own_files::read_given(path)?)?;
        }
        Ok(Self { client, tokens, language, json: options.manner.json })
    }

    /// The text of the language.
    pub(super) fn pick<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        self.language.pick(chinese, english)
    }

    /// Whether a person looks at the progress.
    pub(super) fn is_watched(&self) -> bool {
        !self.json && std::io::stderr().is_terminal()
    }

    /// Gives the result: `value` to programs, `text` to people.
    pub(super) fn answer<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> Result<()> {
        if self.json {
            let text =
                serde_json::to_string(value).map_err(|e| Error::bug(format!("encode the answer: {e}")))?;
            output::line(&text);
        } else {
            output::line(&text());
        }
        Ok(())
    }

    /// A remark beside the result; programs do not get it.
    pub(super) fn remark(&self, text: &str) {
        if !self.json {
            output::note(text);
        }
    }

    /// What a person is told about a failure.
    pub(super) fn explain(&self, error: &Error) -> String {
        explain(error, self.language)
    }
}

/// Says why a command failed; answers the exit code.
fn fail(error: &Error, language: Language, json: bool) -> u8 {
    let message = explain(error, language);
    if json {
        let wire = WireError::from(error);
        let notice = wire.notice.map(|notice| notice.id);
        let value =
            json!({"error": {"kind": wire.kind, "notice": notice, "message": message, "detail": wire.text}});
        output::line(&value.to_string());
    }
    output::note(&format!("driver-center: {message}"));
    let detail = clean(&error.to_string());
    if !detail.contains(&message) {
        output::note(&format!("  ({detail})"));
    }
    if needs_sign_in(error) {
        output::note(language.pick("  请运行：driver-center login", "  run: driver-center login"));
    }
    error.kind().exit_code()
}

/// The server's own words if it sent some, else ours.
fn explain(error: &Error, language: Language) -> String {
    match said_by_server(error) {
        Some(message) => clean(message),
        None => clean(&text_of(error, language)),
    }
}

fn needs_sign_in(error: &Error) -> bool {
    let notice = error.notice().map_or("", |notice| notice.id.as_ref());
    error.kind() == Kind::Denied
        && matches!(notice, "account.sign_in_required" | "account.token_refused" | "account.signed_out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_server_go_first_and_cannot_drive_the_terminal() {
        let said = Error::busy("x").with_notice("center.busy").with_value("message", "忙\u{1b}[2J");
        assert_eq!(explain(&said, Language::English), "忙\u{fffd}[2J");
        let ours = Error::unavailable("x").with_notice("net.unreachable").with_value("url", "http://h");
        assert!(explain(&ours, Language::English).contains("http://h"));
    }

    #[test]
    fn only_missing_credentials_lead_to_the_sign_in() {
        assert!(needs_sign_in(&Error::denied("x").with_notice("account.sign_in_required")));
        assert!(!needs_sign_in(&Error::denied("x").with_notice("account.not_allowed")));
    }
}
