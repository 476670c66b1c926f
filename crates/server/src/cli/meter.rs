//! Progress: a bar with speed and time left on a terminal, a line now and then otherwise, nothing for programs.

use super::context::Context;
use super::limits::LINE_INTERVAL;
use super::words::{duration, share, size};
use crate::output;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};
use wording::clean;

/// Of bytes whose number is known.
const BYTES: &str = "{msg} [{bar:28}] {bytes} / {total_bytes}  {bytes_per_sec}  {eta}";
/// Of bytes whose number is not known yet.
const UNKNOWN: &str = "{msg} {spinner} {elapsed}";

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The progress of one thing, which is gone when this is dropped.
pub(super) struct Meter {
    title: String,
    bar: Option<ProgressBar>,
    /// When the last line was written; without a bar only.
    line: Option<Instant>,
    is_silent: bool,
    begun: Instant,
    /// Bytes that were there at the beginning.
    first: u64,
    total: u64,
}

impl Meter {
    /// Of bytes; a `total` of 0 is not known yet. `first` of them are done already.
    pub(super) fn of_bytes(context: &Context, title: &str, first: u64, total: u64) -> Self {
        let meter = Self::new(context, title, if total == 0 { UNKNOWN } else { BYTES }, first, total);
        meter.say_begin();
        meter
    }

    /// Of steps.
    pub(super) fn of_steps(context: &Context, title: &str, total: u64) -> Self {
        Self::new(context, title, "{msg} [{bar:28}] {pos}/{len}  {elapsed}", 0, total)
    }

    fn new(context: &Context, title: &str, template: &str, first: u64, total: u64) -> Self {
        let title = clean(title);
        let bar = context.is_watched().then(|| {
            let bar = ProgressBar::new(total)
                .with_style(style(template))
                .with_message(title.clone())
                .with_position(first);
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { title, bar, line: None, is_silent: context.json, begun: Instant::now(), first, total }
    }

    fn say_begin(&self) {
        if self.bar.is_none() && !self.is_silent {
            output::note(&self.title);
        }
    }

    /// So much is done, of so much.
    pub(super) fn set(&mut self, done: u64, total: u64) {
        let is_now_known = self.total == 0 && total > 0;
        self.total = total;
        match &self.bar {
            Some(bar) => {
                if is_now_known {
                    bar.set_style(style(BYTES));
                }
                bar.set_length(total);
                bar.set_position(done);
            }
            None if self.is_silent => {}
            None if self.line.unwrap_or(self.begun).elapsed() < LINE_INTERVAL => {}
            None => {
                self.line = Some(Instant::now());
                output::note(&format!("{}: {}", self.title, self.line(done)));
            }
        }
    }

    /// A step has begun: shown beside the bar, or as a line.
    pub(super) fn step(&self, number: u64, name: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(number);
                bar.set_message(format!("{}: {}", self.title, clean(name)));
            }
            None if self.is_silent => {}
            None => output::note(&format!("{} {}/{}: {}", self.title, number + 1, self.total, clean(name))),
        }
    }

    /// A remark that does not tear the bar.
    pub(super) fn remark(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| output::note(text)),
            None if self.is_silent => {}
            None => output::note(text),
        }
    }

    fn line(&self, done: u64) -> String {
        let shown = share(done, self.total);
        let speed = (done - self.first.min(done)) as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        if speed < 1.0 || self.total < done {
            return shown;
        }
        let left = (self.total - done) as f64 / speed;
        format!("{shown}, {}/s, {}", size(speed as u64), duration(left as u64))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
