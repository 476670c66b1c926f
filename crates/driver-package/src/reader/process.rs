//! The reader process as the server holds it.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use fault::{Context, Error, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::ReaderProgram;
use crate::frame::Job;
use crate::limits::STDERR_BYTES;
use crate::refusal;

/// A running reader. Dropping it kills the process and everything that it started.
pub(super) struct Running {
    child: Child,
    /// Set once the process was waited for: from then on its number may belong to another.
    status: Option<ExitStatus>,
}

impl Running {
    pub(super) fn start(program: &ReaderProgram, archive: File, job: &Job) -> Result<Self> {
        let job =
            serde_json::to_string(job).map_err(|error| Error::bug("encode the job").with_source(error))?;
        let child = Command::new(&program.program)
            .arg(job)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(archive))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| missing(program, error))?;
        Ok(Self { child, status: None })
    }

    pub(super) fn take_output(&mut self) -> Result<ChildStdout> {
        self.child.stdout.take().ok_or_else(|| Error::bug("the archive reader has no output"))
    }

    /// Why a reader that closed its output without a last word went away.
    pub(super) fn cause_of_death(mut self) -> Error {
        if !self.exits_within(Duration::from_secs(2)) {
            return refusal::reader_failed("it closed its output and went on");
        }
        self.end();
        let said = self.last_words();
        let Some(status) = self.status else { return refusal::reader_failed("it cannot be waited for") };
        match status.signal() {
            Some(signal) if signal == Signal::SIGXCPU as i32 => {
                refusal::reader_failed("its processor time is used up")
            }
            Some(signal) => refusal::reader_failed(&format!("killed by signal {signal} {said}")),
            None => refusal::reader_failed(&format!("{status} {said}")),
        }
    }

    /// Waits for the process to exit, and leaves it to be waited for, so that its number stays its own.
    fn exits_within(&self, patience: Duration) -> bool {
        let since = Instant::now();
        let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        loop {
            match waitid(Id::Pid(self.pid()), look) {
                Ok(WaitStatus::StillAlive) if since.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Ok(WaitStatus::StillAlive) | Err(_) => return false,
                Ok(_) => return true,
            }
        }
    }

    /// Kills its process group, 7zz included, and then waits for it.
    fn end(&mut self) {
        if self.status.is_none() {
            let _ = killpg(self.pid(), Signal::SIGKILL);
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// The beginning of its error output, without waiting for more.
    fn last_words(&mut self) -> String {
        let Some(mut pipe) = self.child.stderr.take() else { return String::new() };
        let mut text = vec![0; STDERR_BYTES];
        let mut waiting = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        let length = match poll(&mut waiting, PollTimeout::ZERO) {
            Ok(1..) => pipe.read(&mut text).unwrap_or(0),
            _ => 0,
        };
        String::from_utf8_lossy(&text[..length]).trim().replace('\n', "; ")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Lets the reader confine itself, and tells in words how far that went.
pub(super) fn confinement(program: &ReaderProgram) -> Result<Vec<String>> {
    let output = Command::new(&program.program)
        .arg("--confinement")
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| missing(program, error))
        .context(|| "ask for the reader's confinement")?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().take(32).map(refusal::shown).collect())
}

fn missing(program: &ReaderProgram, error: std::io::Error) -> Error {
    let path = program.program.display().to_string();
    Error::unavailable(format!("start the archive reader {path}"))
        .with_notice("package.reader_missing")
        .with_value("path", path)
        .with_source(error)
}
