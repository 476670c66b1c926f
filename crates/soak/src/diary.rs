//! What was done, line by line.

use std::io::Write as _;
use std::sync::Mutex;
use std::time::Instant;

/// Keeps what was done, and says it at once if that is wanted.
#[derive(Debug)]
pub struct Diary {
    begun: Instant,
    is_loud: bool,
    lines: Mutex<Vec<String>>,
}

impl Diary {
    /// An empty one.
    pub fn new(is_loud: bool) -> Self {
        Self { begun: Instant::now(), is_loud, lines: Mutex::default() }
    }

    /// Everything that was done so far.
    pub fn text(&self) -> String {
        self.lines.lock().map(|lines| lines.join("\n")).unwrap_or_default()
    }

    pub(crate) fn write(&self, text: &str) {
        let line = format!("{:7.1} s  {text}", self.begun.elapsed().as_secs_f64());
        if self.is_loud {
            // A closed pipe is no failure.
            let _written = writeln!(std::io::stdout().lock(), "{line}");
        }
        if let Ok(mut lines) = self.lines.lock() {
            lines.push(line);
        }
    }
}
