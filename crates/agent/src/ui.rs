//! What people see: progress bars on a terminal, plain lines otherwise; results as text or JSON.
//!
//! Progress goes to the standard error, results to the standard output, so that scripts can read them.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fault::{Error, Kind, WireError};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use wording::{Language, size};

use crate::exit;
use crate::text::TEXTS;
use crate::watch::{Note, Step, Watch};

/// How often a plain line of progress appears.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// The person, or the script, that runs a command.
pub struct Ui {
    /// Of messages.
    pub language: Language,
    /// Results as JSON.
    pub json: bool,
    progress: Mutex<Shown>,
}

struct Shown {
    /// The step, and its bytes in all.
    step: Option<(Step, u64)>,
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
    on_terminal: bool,
}

impl Ui {
    /// For the present process.
    pub fn new(language: Language, json: bool) -> Self {
        let on_terminal = std::io::stderr().is_terminal() && !json;
        let shown = Shown { step: None, bar: None, last_line: None, on_terminal };
        Self { language, json, progress: Mutex::new(shown) }
    }

    /// A text in the language of the person.
    pub fn text(&self, id: &str, values: &[(&str, &str)]) -> String {
        TEXTS.text(self.language, id, values)
    }

    /// Says a result, which scripts get as `value`. A reader that went away does not matter.
    pub fn result<T: Serialize>(&self, value: &T, human: &str) {
        let mut out = std::io::stdout().lock();
        let _written = match self.json {
            true => serde_json::to_string(value).map(|text| writeln!(out, "{text}")).is_ok(),
            false => writeln!(out, "{human}").is_ok(),
        };
    }

    /// Says why it failed and answers the exit code.
    pub fn failure(&self, error: &Error) -> u8 {
        self.end_progress();
        if self.json {
            self.result(&serde_json::json!({ "error": WireError::from(error) }), "");
        }
        if error.kind() != Kind::Cancelled {
            self.line(&format!("tool-disk: {}", TEXTS.told(self.language, error)));
            self.line(&format!("  cannot {error}"));
        }
        exit::of_error(error)
    }

    /// A line to the standard error.
    pub fn line(&self, line: &str) {
        let shown = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        match &shown.bar {
            Some(bar) => bar.suspend(|| write_line(line)),
            None => write_line(line),
        }
    }

    /// Takes the progress bar away.
    pub fn end_progress(&self) {
        let mut shown = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = shown.bar.take() {
            bar.finish_and_clear();
        }
        shown.step = None;
    }

    fn title(&self, step: Step) -> String {
        self.text(
            match step {
                Step::Contact => "step.contact",
                Step::Hash => "step.hash",
                Step::Download => "step.download",
                Step::Apply => "step.apply",
                Step::Check => "step.check",
            },
            &[],
        )
    }
}

fn write_line(line: &str) {
    // Nobody reads it any more: nothing to be done.
    let _written = writeln!(std::io::stderr().lock(), "{line}");
}

impl Shown {
    fn update(&mut self, title: &str, step: Step, done: u64, total: u64) {
        let is_new = self.step != Some((step, total));
        self.step = Some((step, total));
        if self.on_terminal {
            if is_new && let Some(bar) = self.bar.take() {
                bar.finish_and_clear();
            }
            let bar = self.bar.get_or_insert_with(|| bar(title));
            bar.set_length(total);
            bar.set_position(done);
        } else if is_new || self.last_line.is_none_or(|last| last.elapsed() >= LINE_INTERVAL) {
            self.last_line = Some(Instant::now());
            match total {
                0 => write_line(title),
                _ => write_line(&format!("{title}: {} / {}", size(done), size(total))),
            }
        }
    }
}

fn bar(title: &str) -> ProgressBar {
    let template = "{msg} [{bar:30}] {bytes} / {total_bytes}  {bytes_per_sec}  {eta}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(title.to_owned())
}

impl Watch for Ui {
    fn progress(&self, step: Step, done: u64, total: u64) {
        if self.json {
            return;
        }
        let title = self.title(step);
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).update(&title, step, done, total);
    }

    fn note(&self, note: &Note) {
        let line = match note {
            Note::Recovered => self.text("note.recovered", &[]),
            Note::Damaged => self.text("note.damaged", &[]),
            Note::Waiting(version) => self.text("note.waiting", &[("version", &version.to_string())]),
            Note::Done(version) => self.text("note.done", &[("version", &version.to_string())]),
            Note::Renewed(server) => self.text("note.renewed", &[("server", server)]),
            Note::Instead(cause) => self.text("note.instead", &[("cause", cause)]),
            Note::Again(cause) => self.text("note.again", &[("cause", cause)]),
        };
        self.line(&line);
    }
}
