//! Stopping when asked to: by SIGTERM, SIGINT or SIGHUP.
//!
//! What this program does to files may be interrupted anywhere and is finished or repeated at the next start,
//! so stopping needs no clean-up: it only lets a write of the disk run to its end.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fault::{Error, Result};
use nix::sys::signal::{SigSet, Signal};

use crate::limits::STOP_GRACE;

/// Whether to stop. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    asked: bool,
    withheld: bool,
    doing: Doing,
}

/// What a stop would interrupt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    /// Something that looks now and then whether to stop.
    #[default]
    Work,
    /// Nothing but listening to the center.
    Listen,
    /// Writing the disk.
    Write,
}

/// Something that a stop treats in its own way, for as long as this lives.
#[derive(Debug)]
pub struct Part<'a>(&'a Stop);

impl Stop {
    /// Turns the signals into a stop. To be called once, before any thread is started.
    pub fn on_signals(exit_code: i32) -> Result<Self> {
        let stop = Self::default();
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            signals.add(signal);
        }
        signals.thread_block().map_err(|error| Error::bug(format!("block signals: {error}")))?;
        let waiting = stop.clone();
        std::thread::spawn(move || {
            if signals.wait().is_ok() {
                waiting.ask();
                waiting.exit_when_idle(exit_code);
            }
        });
        Ok(stop)
    }

    /// Asks for a stop.
    pub fn ask(&self) {
        self.state().asked = true;
        self.0.1.notify_all();
    }

    /// Whether a stop was asked for.
    pub fn is_asked(&self) -> bool {
        self.state().asked
    }

    /// Fails with kind `Cancelled` once a stop was asked for.
    pub fn check(&self) -> Result<()> {
        if self.is_asked() { Err(Error::cancelled("go on: a stop was asked for")) } else { Ok(()) }
    }

    /// Makes downloads wait for another time, or lets them go on.
    pub fn withhold(&self, withheld: bool) {
        self.state().withheld = withheld;
    }

    /// Fails with kind `Busy` while downloads are to wait, and as [`Stop::check`] does.
    pub fn check_download(&self) -> Result<()> {
        self.check()?;
        match self.state().withheld {
            true => Err(Error::busy("go on with the download: this is no time for updates")
                .with_notice("sync.outside_window")),
            false => Ok(()),
        }
    }

    /// Waits; answers whether a stop was asked for meanwhile.
    pub fn wait(&self, time: Duration) -> bool {
        let asked = self.0.1.wait_timeout_while(self.state(), time, |state| !state.asked);
        asked.unwrap_or_else(PoisonError::into_inner).0.asked
    }

    /// Marks a part that is to run to its end.
    pub fn writing(&self) -> Part<'_> {
        self.part(Doing::Write)
    }

    /// Marks a part that may be given up at once.
    pub fn listening(&self) -> Part<'_> {
        self.part(Doing::Listen)
    }

    fn part(&self, doing: Doing) -> Part<'_> {
        self.state().doing = doing;
        Part(self)
    }

    /// Gives the rest of the program a moment to end by itself, then ends the process.
    fn exit_when_idle(&self, exit_code: i32) {
        let working = |state: &mut State| state.doing == Doing::Work;
        let waited = self.0.1.wait_timeout_while(self.state(), STOP_GRACE, working);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        // The lock stays held, so that no write begins any more.
        let _held = self.0.1.wait_while(state, |state| state.doing == Doing::Write);
        std::process::exit(exit_code);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.0.state().doing = Doing::Work;
        self.0.0.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_downloads_wait_for_another_time() {
        let stop = Stop::default();
        stop.withhold(true);
        assert_eq!(stop.check_download().unwrap_err().notice().unwrap().id, "sync.outside_window");
        assert!(stop.check().is_ok() && !stop.is_asked());
        stop.withhold(false);
        assert!(stop.check_download().is_ok());
    }

    #[test]
    fn a_wait_ends_when_a_stop_is_asked_for() {
        let stop = Stop::default();
        assert!(!stop.wait(Duration::ZERO) && stop.check().is_ok());
        let other = stop.clone();
        let thread = std::thread::spawn(move || other.wait(Duration::from_secs(600)));
        stop.ask();
        assert!(thread.join().unwrap() && stop.check().is_err());
    }
}
