//! Asking a person on the terminal; what is secret is not shown while it is typed.

use super::context::Context;
use super::limits::LINE_BYTES_MAX;
use fault::{Context as _, Error, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Write as _};

/// The terminal of the user, whatever the standard streams are.
pub(super) struct Terminal {
    file: File,
}

impl Terminal {
    /// Opens it; fails where there is none.
    pub(super) fn open() -> Result<Self> {
        let file = File::options().read(true).write(true).open("/dev/tty");
        let file =
            file.context(|| "open the terminal").map_err(|error| error.with_notice("cli.no_terminal"))?;
        Ok(Self { file })
    }

    /// Asks, and shows what is typed.
    pub(super) fn ask(&mut self, question: &str) -> Result<String> {
        write!(self.file, "{question}").context(|| "write to the terminal")?;
        // Byte by byte, so that nothing is read that belongs to the next question.
        line_of(&mut BufReader::with_capacity(1, &self.file))?
            .ok_or_else(|| Error::cancelled("nothing was typed").with_notice("cli.interrupted"))
    }

    /// Asks without showing what is typed.
    pub(super) fn ask_hidden(&mut self, question: &str) -> Result<String> {
        let hidden = Hidden::begin(&self.file)?;
        let answer = self.ask(question);
        drop(hidden);
        answer
    }
}

/// Asks for a new password, twice.
pub(super) fn new_password(context: &Context) -> Result<String> {
    let mut terminal = Terminal::open()?;
    let new = terminal.ask_hidden(context.pick("新密码：", "New password: "))?;
    let again = terminal.ask_hidden(context.pick("再次输入：", "Once more: "))?;
    if new == again {
        return Ok(new);
    }
    Err(Error::invalid("choose a password: the two are not the same").with_notice("cli.passwords_differ"))
}

/// A password to another machine without TLS can be read on the way.
pub(super) fn warn_of_plain_text(context: &Context) {
    let host = context
        .tokens
        .server
        .strip_prefix("http://")
        .map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    if host.is_some_and(|host| !host.starts_with("127.") && host != "localhost" && host != "[") {
        context.remark(context.pick(
            "警告：未使用 HTTPS，密码会以明文传输。",
            "Warning: without HTTPS the password travels in plain text.",
        ));
    }
}

/// Goes on only where somebody at the terminal says so, after reading `text`.
pub(super) fn confirm(context: &Context, text: &str, question: &str) -> Result<()> {
    let not_confirmed = || Error::cancelled("go on: it was not confirmed").with_notice("cli.not_confirmed");
    let mut terminal = Terminal::open().map_err(|_| not_confirmed())?;
    context.remark(text);
    match terminal.ask(question)?.trim().to_lowercase().as_str() {
        "y" | "yes" | "是" => Ok(()),
        _ => Err(not_confirmed()),
    }
}

/// The terminal with its echo off; on again when this is dropped.
struct Hidden {
    file: File,
    before: Termios,
}

impl Hidden {
    fn begin(file: &File) -> Result<Self> {
        let file = file.try_clone().context(|| "share the terminal")?;
        let before =
            tcgetattr(&file).map_err(std::io::Error::from).context(|| "read the modes of the terminal")?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        modes.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(&file, OptionalActions::Flush, &modes)
            .map_err(std::io::Error::from)
            .context(|| "turn the echo of the terminal off")?;
        Ok(Self { file, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _gone = tcsetattr(&self.file, OptionalActions::Flush, &self.before);
    }
}

/// The next line without its end; nothing at the end of the input.
pub(super) fn line_of(input: &mut dyn BufRead) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    input.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).context(|| "read a line")?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.pop_if(|last| *last == b'\n').is_none() && bytes.len() as u64 == LINE_BYTES_MAX {
        return Err(Error::invalid(format!("line of over {LINE_BYTES_MAX} bytes")));
    }
    bytes.pop_if(|last| *last == b'\r');
    String::from_utf8(bytes).map(Some).map_err(|_| Error::invalid("line that is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_any_system() {
        let mut input: &[u8] = b"one\r\ntwo\n\nlast";
        let mut next = || line_of(&mut input).unwrap();
        assert_eq!([next(), next(), next(), next()].map(Option::unwrap), ["one", "two", "", "last"]);
        assert_eq!(next(), None);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let long = vec![b'x'; 10_000];
        assert!(line_of(&mut long.as_slice()).is_err());
    }
}
