//! Telling the center what this terminal is doing, beside the work and never in its way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fault::{Error, Kind, Result};
use protocol::api::{Directive, Report, TerminalState};
use protocol::client::Client;

use crate::limits::{LAST_REPORT_PAUSES, REPORT_INTERVAL};
use crate::mode::mode;
use crate::remote::is_waiting;
use crate::stop::Stop;
use crate::sync::{Outcome, is_in_use};
use crate::terminal::Terminal;
use crate::text::TEXTS;
use crate::watch::{Note, Step, Watch};
use wording::Language;

/// A watch that passes everything on to another one, and reports progress to the center now and then.
pub struct Reporting<'a> {
    inner: &'a dyn Watch,
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Default)]
struct Slot {
    /// The newest report that was not sent.
    next: Option<Report>,
    /// What all reports of this sync have in common.
    base: Option<Report>,
    ended: bool,
    /// The center may have been told that an update is under way.
    has_begun: bool,
}

impl Terminal {
    /// Reports what the terminal has and is, and learns what it is to do.
    pub fn report(
        &self,
        state: TerminalState,
        message: Option<String>,
        watch: &dyn Watch,
    ) -> Result<Directive> {
        let report = Report { message, ..self.described(state)? };
        self.remote(watch).report(&report)
    }

    /// Syncs and reports meanwhile; the last report says what came of it.
    ///
    /// Unless it is `forced`, its download ends when the center says that the time for updates is over; what was fetched
    /// stays of use.
    pub fn sync_and_report(&self, language: Language, forced: bool, watch: &dyn Watch) -> Result<Outcome> {
        let reporting = Reporting::new(watch, self.described(TerminalState::Idle)?);
        let client = self.reporting_client()?;
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| reporting.send_all(&client, (!forced).then_some(&self.stop)));
            // Ends the thread also when the sync panics.
            let _end = End(&reporting);
            self.sync(&reporting)
        });
        self.stop.withhold(false);
        let (state, message) = match &outcome {
            Ok(Outcome::Waiting(..)) => (TerminalState::Waiting, None),
            Err(error) if is_in_use(error) => (TerminalState::Waiting, None),
            Ok(_) => (TerminalState::Idle, None),
            Err(error) if error.kind() == Kind::Cancelled || is_waiting(error) => (TerminalState::Idle, None),
            Err(error) => (TerminalState::Error, Some(explained(language, error))),
        };
        let last = Report { message, ..self.described(state)? };
        // The outcome stands whether the center hears of it or not; the next report tells it again.
        let _unheard = self.report_end(&client, &last, reporting.slot().has_begun);
        outcome
    }

    /// Tries more than once where the center believes that an update is under way.
    fn report_end(&self, client: &Client, last: &Report, is_expected: bool) -> Result<Directive> {
        let pauses: &[Duration] = if is_expected { &LAST_REPORT_PAUSES } else { &[] };
        for pause in pauses {
            match client.post_json(PATH, last) {
                Err(error) if error.kind().may_pass() && !self.stop.wait(*pause) => {}
                outcome => return outcome,
            }
        }
        client.post_json(PATH, last)
    }

    fn described(&self, state: TerminalState) -> Result<Report> {
        let (version, root) =
            self.proven_version()?.map_or((0, String::new()), |seen| (seen.version, seen.root));
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let mode = Some(mode(&self.config));
        Ok(Report { version, root, state, done: 0, total: 0, message: None, program, mode })
    }
}

const PATH: &str = "/api/v1/terminals/self/report";

/// What a person reads, and behind it the cause for the operator.
pub fn explained(language: Language, error: &Error) -> String {
    format!("{} ({error})", TEXTS.told(language, error))
}

struct End<'a, 'b>(&'a Reporting<'b>);

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        self.0.slot().ended = true;
        self.0.changed.notify_all();
    }
}

impl<'a> Reporting<'a> {
    fn new(inner: &'a dyn Watch, base: Report) -> Self {
        let slot = Slot { base: Some(base), ..Slot::default() };
        Self { inner, slot: Mutex::new(slot), changed: Condvar::new() }
    }

    /// Sends the newest report, never two within [`REPORT_INTERVAL`], until the sync has ended.
    fn send_all(&self, client: &Client, stop: Option<&Stop>) {
        loop {
            let waiting = |slot: &mut Slot| !slot.ended && slot.next.is_none();
            let mut slot =
                self.changed.wait_while(self.slot(), waiting).unwrap_or_else(PoisonError::into_inner);
            if slot.ended {
                return;
            }
            let report = slot.next.take();
            drop(slot);
            // A report that is lost is followed by the next one.
            let directive = client.post_json::<_, Directive>(PATH, &report);
            if let (Ok(directive), Some(stop)) = (directive, stop) {
                stop.withhold(directive.outside_window);
            }
            self.pause(REPORT_INTERVAL);
        }
    }

    fn pause(&self, time: Duration) {
        let _ended = self.changed.wait_timeout_while(self.slot(), time, |slot| !slot.ended);
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Reporting<'_> {
    fn progress(&self, step: Step, done: u64, total: u64) {
        self.inner.progress(step, done, total);
        let state = match step {
            Step::Download => TerminalState::Downloading,
            Step::Apply => TerminalState::Applying,
            Step::Contact | Step::Hash | Step::Check => return,
        };
        let mut slot = self.slot();
        slot.has_begun = true;
        slot.next = slot.base.clone().map(|base| Report { state, done, total, ..base });
        self.changed.notify_all();
    }

    fn note(&self, note: &Note) {
        self.inner.note(note);
    }
}
