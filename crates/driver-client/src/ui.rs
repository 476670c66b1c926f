//! What people see: results as text or JSON on the standard output; progress and failures on the standard error.

use fault::{Error, Kind, WireError};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::time::Instant;
use unicode_width::UnicodeWidthStr as _;
use wording::{Language, clean, size};

use crate::limits::LINE_INTERVAL;
use crate::text::TEXTS;

/// The person, or the script, that runs a command.
#[derive(Debug)]
pub(crate) struct Ui {
    /// Of messages.
    pub(crate) language: Language,
    /// Results as JSON, and no progress.
    pub(crate) json: bool,
}

impl Ui {
    /// For the present process.
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    /// A text in the language of the person.
    pub(crate) fn text(&self, id: &str, values: &[(&str, &str)]) -> String {
        TEXTS.text(self.language, id, values)
    }

    /// Says a result, which scripts get as `value`. A reader that went away does not matter.
    pub(crate) fn result(&self, value: &Value, human: &str) {
        let text = if self.json { value.to_string() } else { human.to_owned() };
        let _written = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// Says why it failed and answers the exit code.
    pub(crate) fn failure(&self, error: &Error) -> u8 {
        let message = TEXTS.told(self.language, error);
        if self.json {
            let wire = WireError::from(error);
            let notice = wire.notice.map(|notice| notice.id);
            let (kind, detail) = (wire.kind, wire.text);
            let value =
                json!({"error": {"kind": kind, "notice": notice, "message": message, "detail": detail}});
            self.result(&value, "");
        }
        line(&format!("driver-client: {message}"));
        let detail = clean(&error.to_string());
        if error.kind() != Kind::Cancelled && !detail.contains(&message) {
            line(&format!("  ({detail})"));
        }
        error.kind().exit_code()
    }

    /// A remark beside the result; scripts do not get it.
    pub(crate) fn remark(&self, text: &str) {
        if !self.json {
            line(text);
        }
    }

    /// The progress of something of `total` bytes, of which `done` are done; a `total` of 0 is not known yet.
    pub(crate) fn meter(&self, title: &str, done: u64, total: u64) -> Meter {
        let title = clean(title);
        let bar = (!self.json && std::io::stderr().is_terminal()).then(|| bar(&title, done, total));
        if bar.is_none() {
            self.remark(&title);
        }
        Meter { title, bar, is_silent: self.json, last_line: Instant::now(), done, total }
    }

    /// A table with headings, of which each column is as wide as its widest text.
    pub(crate) fn table(&self, headings: &[&str], rows: &[Vec<String>]) -> String {
        if rows.is_empty() {
            return self.text("list.none", &[]);
        }
        let mut all = vec![headings.iter().map(|id| self.text(id, &[])).collect::<Vec<_>>()];
        all.extend(rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()));
        let width = |column: usize| all.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        let lines = all.iter().map(|row| {
            let cells = row.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// "yes" or "no".
    pub(crate) fn yes_or_no(&self, yes: bool) -> String {
        self.text(if yes { "word.yes" } else { "word.no" }, &[])
    }
}

fn bar(title: &str, done: u64, total: u64) -> ProgressBar {
    let template = match total {
        0 => "{msg} {spinner} {elapsed}",
        _ => "{msg} [{bar:28}] {bytes} / {total_bytes}  {bytes_per_sec}  {eta}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total).with_style(style).with_message(title.to_owned()).with_position(done);
    bar.reset_eta();
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

fn line(text: &str) {
    // Nobody reads it any more: nothing to be done.
    let _written = writeln!(std::io::stderr().lock(), "{text}");
}

/// The progress of one thing, which is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Meter {
    title: String,
    bar: Option<ProgressBar>,
    is_silent: bool,
    last_line: Instant,
    done: u64,
    total: u64,
}

impl Meter {
    /// So many more bytes are done.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.set(self.done + bytes);
    }

    /// So many bytes are done.
    pub(crate) fn set(&mut self, done: u64) {
        self.done = done;
        match &self.bar {
            Some(bar) => bar.set_position(done),
            None if self.is_silent || self.last_line.elapsed() < LINE_INTERVAL => {}
            None => {
                self.last_line = Instant::now();
                line(&format!("{}: {} / {}", self.title, size(done), size(self.total)));
            }
        }
    }

    /// A remark that does not tear the bar.
    pub(crate) fn remark(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| line(text)),
            None if self.is_silent => {}
            None => line(text),
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let ui = Ui::new(Language::Chinese, false);
        let rows =
            [vec!["前台".to_owned(), "USB001".to_owned()], vec!["LP-1".to_owned(), "x\u{1b}".to_owned()]];
        assert_eq!(ui.table(&["head.name", "head.port"], &rows), "名称  端口\n前台  USB001\nLP-1  x\u{fffd}");
        assert_eq!(ui.table(&["head.name"], &[]), "没有");
    }
}
