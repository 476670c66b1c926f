//! Keeping the disk current without anybody watching.
//!
//! At boot: finish what was begun, switch to what lies ready, then sync. After that: report, obey what the center
//! answers, and listen for the next version; after failures pause longer and longer. Each turn begins as the terminal that
//! the state directory describes by then, and nothing is applied that came from a center it has left meanwhile.

use std::time::{Duration, Instant};

use fault::{Error, Kind, Result};
use protocol::api::{Directive, TerminalState};
use protocol::sync::HEAD_WAIT_SECONDS_MAX;

use crate::backoff;
use crate::limits::{ANNOUNCEMENT_SPREAD, DAEMON_PAUSE, DAEMON_PAUSE_MAX, REPORT_AFTER_MAX, TURN_MIN};
use crate::remote::is_waiting;
use crate::report::explained;
use crate::sync::{Outcome, is_in_use};
use crate::terminal::Terminal;
use crate::watch::{Note, Watch};
use wording::Language;

/// What the daemon needs beside a terminal.
pub struct Surroundings<'a> {
    /// Is told what happens.
    pub watch: &'a dyn Watch,
    /// Of messages to the center.
    pub language: Language,
    /// Uniform random numbers.
    pub random: &'a dyn Fn() -> u64,
    /// Is told of failures, and how long the pause after them is.
    pub on_failure: &'a dyn Fn(&Error, Duration),
}

/// What one turn of the daemon came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Turn {
    /// The disk is what it is to be.
    Idle,
    /// An update is ready and the disk is in use.
    Waiting,
    /// It failed, and why.
    Failed(String),
}

/// A turn that did not come to its end.
struct Missed {
    error: Error,
    /// What the next turn reports.
    next: Turn,
}

impl Missed {
    fn failed(error: Error, language: Language) -> Self {
        Self { next: Turn::Failed(explained(language, &error)), error }
    }

    /// A center that was out of reach is told how the disk is when it is back, not that it was away.
    fn cut_off(error: Error, state: &Turn, language: Language) -> Self {
        match error.kind().may_pass() {
            true => Self { error, next: state.clone() },
            false => Self::failed(error, language),
        }
    }
}

impl Terminal {
    /// Runs until a stop is asked for, or the terminal is no longer known to the center.
    ///
    /// The state directory is locked only while something is done, so that other commands can run in between.
    pub fn run(mut self, around: &Surroundings<'_>) -> Result<()> {
        self.start_offline(around);
        let (mut failures, mut state) = (0, Turn::Idle);
        while !self.stop.is_asked() {
            let Missed { error, next } = match self.next_turn(&state, around) {
                Ok(next) => {
                    (state, failures) = (next, 0);
                    continue;
                }
                Err(missed) => missed,
            };
            match error.kind() {
                Kind::Cancelled => break,
                Kind::Denied if self.is_refused_for_good() => return Err(error),
                _ => {}
            }
            state = next;
            let pause = backoff::delay(DAEMON_PAUSE, DAEMON_PAUSE_MAX, failures, (around.random)());
            (around.on_failure)(&error, pause);
            failures = failures.saturating_add(1);
            self.stop.wait(pause);
        }
        Ok(())
    }

    /// What needs no network: the desktop that starts next must find a whole disk, and the newest that is here.
    fn start_offline(&self, around: &Surroundings<'_>) {
        let switch = || {
            let _lock = self.state.lock()?;
            if self.is_outdated()? {
                return Ok(crate::local::Applied::Nothing);
            }
            self.recover(around.watch)?;
            self.apply_pending(around.watch)
        };
        match switch() {
            Ok(crate::local::Applied::Version(seen)) => around.watch.note(&Note::Done(seen.version)),
            Ok(crate::local::Applied::Nothing) => {}
            Err(error) => (around.on_failure)(&error, Duration::ZERO),
        }
    }

    /// One more turn, as the terminal that it is by now.
    fn next_turn(&mut self, last: &Turn, around: &Surroundings<'_>) -> Result<Turn, Missed> {
        match self.renew() {
            Ok(false) => self.turn(last, around),
            Ok(true) => {
                around.watch.note(&Note::Renewed(self.config.server.clone()));
                self.turn(&Turn::Idle, around)
            }
            Err(error) => Err(Missed { error, next: last.clone() }),
        }
    }

    /// Reports, obeys, then listens until there is something new or it is time for the next report. A center that has no
    /// connection for it is left alone meanwhile.
    fn turn(&self, last: &Turn, around: &Surroundings<'_>) -> Result<Turn, Missed> {
        let failed = |error| Missed::failed(error, around.language);
        let (state, message) = match last {
            Turn::Idle => (TerminalState::Idle, None),
            Turn::Waiting => (TerminalState::Waiting, None),
            Turn::Failed(why) => (TerminalState::Error, Some(why.clone())),
        };
        let start = Instant::now();
        let reported = self.report(state, message, around.watch);
        let directive = reported.map_err(|error| Missed::cut_off(error, last, around.language))?;
        if self.is_outdated().map_err(failed)? {
            return Ok(Turn::Idle);
        }
        // The disk does not wait for it; the next turn tries again.
        let _untold = self.tell(around.watch);
        let state = match self.is_to_sync(&directive).map_err(failed)? {
            true => self.obey(last, around).map_err(failed)?,
            false => Some(Turn::Idle),
        };
        let Some(state) = state else { return Ok(Turn::Idle) };
        if !directive.listen {
            self.stop.wait(listening_time(&directive));
            return Ok(state);
        }
        let known = directive.version;
        let heard = match self.remote(around.watch).await_head(known, listening_time(&directive)) {
            Ok(head) => head.version,
            // Nothing was ever published: there is nothing to be had yet.
            Err(error) if error.kind() == Kind::NotFound => known,
            Err(error) => return Err(Missed::cut_off(error, &state, around.language)),
        };
        if heard != known {
            // Everybody heard it at the same moment.
            self.stop.wait(backoff::delay(ANNOUNCEMENT_SPREAD, ANNOUNCEMENT_SPREAD, 0, (around.random)()));
        }
        // A center that does not hold its answers back is not asked without end.
        self.stop.wait(TURN_MIN.saturating_sub(start.elapsed()));
        Ok(state)
    }

    fn is_to_sync(&self, directive: &Directive) -> Result<bool> {
        let version = directive.version;
        let is_current = self.proven_version()?.is_some_and(|seen| seen.version == version);
        Ok(version != 0 && !is_current && (directive.update || self.is_to_mend(version)?))
    }

    /// Syncs; nothing comes of it when the order was for another terminal than this one is now.
    fn obey(&self, last: &Turn, around: &Surroundings<'_>) -> Result<Option<Turn>> {
        let _lock = self.state.lock()?;
        if self.is_outdated()? {
            return Ok(None);
        }
        let state = match self.sync_and_report(around.language, false, around.watch) {
            Ok(Outcome::Waiting(seen, _)) => {
                if *last != Turn::Waiting {
                    around.watch.note(&Note::Waiting(seen.version));
                }
                Turn::Waiting
            }
            Ok(Outcome::Updated(seen)) => {
                around.watch.note(&Note::Done(seen.version));
                Turn::Idle
            }
            Ok(Outcome::Current(_)) => Turn::Idle,
            Err(error) if is_in_use(&error) => Turn::Waiting,
            // The next turn asks again whether this is a time for updates.
            Err(error) if is_waiting(&error) => Turn::Idle,
            Err(error) => return Err(error),
        };
        Ok(Some(state))
    }
}

fn listening_time(directive: &Directive) -> Duration {
    let wanted = Duration::from_secs(u64::from(directive.report_after_seconds.max(1)));
    wanted.min(REPORT_AFTER_MAX).min(Duration::from_secs(HEAD_WAIT_SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_is_bounded_whatever_the_center_asks_for() {
        let seconds = |report_after_seconds| {
            let directive = Directive {
                update: true,
                outside_window: false,
                version: 1,
                report_after_seconds,
                listen: true,
                hg_notices: 0,
            };
            listening_time(&directive).as_secs()
        };
        assert_eq!([seconds(0), seconds(30), seconds(u32::MAX)], [1, 30, HEAD_WAIT_SECONDS_MAX]);
    }
}
