//! A program in the background, which is ended by its own process id and never outlives the demonstration.

use crate::run::run;
use fault::{Context as _, Error, Result};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Time for a program to end after it was asked to.
const END_PATIENCE: Duration = Duration::from_secs(90);

/// A running program and the lines that it writes.
pub(super) struct Background {
    child: Child,
    lines: Receiver<String>,
}

impl Background {
    /// Starts a program.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context(|| format!("start {name}"))?;
        let out = child.stdout.take().ok_or_else(|| Error::bug("a child without output"))?;
        Ok(Self { child, lines: read_lines(out) })
    }

    /// The next line; fails when none comes in time, or the program has ended.
    pub(super) fn line(&self, patience: Duration) -> Result<String> {
        self.lines.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => Error::unavailable("the program says nothing"),
            RecvTimeoutError::Disconnected => Error::unavailable("the program has ended"),
        })
    }

    /// Asks the program to end, and waits for it.
    pub(super) fn end(&mut self) -> Result<()> {
        run(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let begun = Instant::now();
        while begun.elapsed() < END_PATIENCE {
            if let Some(status) = self.child.try_wait().context(|| "wait for the program")? {
                return if status.success() {
                    Ok(())
                } else {
                    Err(Error::bug(format!("it ended with {status}")))
                };
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Error::unavailable("the program does not end"))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It has ended already unless something went wrong.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Passes lines on until the output ends, so that the program never blocks on a full pipe.
fn read_lines(out: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
            // Nobody may want it any more.
            let _unheard = sender.send(line);
        }
    });
    lines
}
