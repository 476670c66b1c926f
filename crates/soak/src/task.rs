//! A program that runs beside a round: somebody waits for it, and somebody else may end it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fault::{Context as _, Error, Result};
use serde_json::Value;

/// Time for it to end, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks at whether it has ended.
const PAUSE: Duration = Duration::from_millis(3);

/// A run of a program whose answer is JSON.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    child: Arc<Mutex<Child>>,
    answer: PathBuf,
}

impl Task {
    /// Begins it; its answer goes to the file `answer`, what else it says to `log`.
    pub(crate) fn begin(command: &mut Command, answer: &Path, log: &Path) -> Result<Self> {
        let log = std::fs::File::options().create(true).append(true).open(log).context(|| "open a log")?;
        let out = std::fs::File::create(answer).context(|| "make a file for an answer")?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(log).spawn();
        let child = child.context(|| format!("start {}", command.get_program().to_string_lossy()))?;
        Ok(Self { child: Arc::new(Mutex::new(child)), answer: answer.to_owned() })
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has ended, but not longer than this; whether it has.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let begun = Instant::now();
        while matches!(self.child().try_wait(), Ok(None)) {
            if begun.elapsed() > limit {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }

    /// `kill -9`; whether it was running.
    pub(crate) fn kill(&self) -> bool {
        let mut child = self.child();
        let was_running = matches!(child.try_wait(), Ok(None));
        let _ended = (child.kill(), child.wait());
        was_running
    }

    /// Waits for its end: the exit code, if it was not killed, and the answer.
    pub(crate) fn end(&self) -> Result<(Option<i32>, Value)> {
        if !self.wait(PATIENCE) {
            self.kill();
            return Err(Error::unavailable("a backup does not end"));
        }
        let status = self.child().wait().context(|| "wait for a program")?;
        let answer = std::fs::read(&self.answer).context(|| "read an answer")?;
        Ok((status.code(), serde_json::from_slice(&answer).unwrap_or_default()))
    }
}
