//! The stream of messages from the reader, with the time that it may take.

use std::io::Read;
use std::os::fd::AsFd;
use std::process::ChildStdout;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fault::{Context, Error, Result};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::frame::{self, HEADER_BYTES, Tag};
use crate::limits::{DATA_BYTES, Limits};
use crate::refusal;

/// How often a wait looks whether it was cancelled.
const LOOK_MS: u8 = 100;
/// Room for two pieces of data, so that one can be read while the pipe fills with the next.
const BUFFER_BYTES: usize = 2 * DATA_BYTES + 2 * HEADER_BYTES;

/// Messages as they come in.
pub(super) struct Messages<'a> {
    pipe: ChildStdout,
    cancel: &'a AtomicBool,
    stall: Duration,
    total: Duration,
    started: Instant,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<'a> Messages<'a> {
    pub(super) fn new(pipe: ChildStdout, limits: &Limits, cancel: &'a AtomicBool) -> Result<Self> {
        // A larger pipe only saves switches between the processes; the default will do where it is refused.
        let _ = fcntl(pipe.as_fd(), FcntlArg::F_SETPIPE_SZ(1 << 20));
        Ok(Self {
            pipe,
            cancel,
            stall: Duration::from_millis(limits.stall_ms),
            total: Duration::from_millis(limits.total_ms),
            started: Instant::now(),
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
        })
    }

    /// The next message; `None` when the reader closed its side.
    pub(super) fn next(&mut self) -> Result<Option<(Tag, &[u8])>> {
        if !self.fill(HEADER_BYTES)? {
            return Ok(None);
        }
        let mut header = [0; HEADER_BYTES];
        header.copy_from_slice(&self.buffer[self.start..self.start + HEADER_BYTES]);
        let (tag, length) = frame::parse_header(header)?;
        if !self.fill(HEADER_BYTES + length)? {
            return Ok(None);
        }
        let payload = self.start + HEADER_BYTES;
        self.start = payload + length;
        Ok(Some((tag, &self.buffer[payload..payload + length])))
    }

    /// Makes `need` bytes available; false when the stream ends before.
    fn fill(&mut self, need: usize) -> Result<bool> {
        if self.end - self.start >= need {
            return Ok(true);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.buffer.len() < need {
            self.buffer.resize(need, 0);
        } else if need <= BUFFER_BYTES && self.buffer.len() > BUFFER_BYTES && self.end <= BUFFER_BYTES {
            self.buffer.truncate(BUFFER_BYTES);
            self.buffer.shrink_to_fit();
        }
        while self.end < need {
            self.wait()?;
            match self
                .pipe
                .read(&mut self.buffer[self.end..])
                .context(|| "receive from the archive reader")?
            {
                0 => return Ok(false),
                got => self.end += got,
            }
        }
        Ok(true)
    }

    /// Waits until something can be read, no longer than is allowed.
    fn wait(&self) -> Result<()> {
        let since = Instant::now();
        loop {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Error::cancelled("the reading was cancelled"));
            }
            if self.started.elapsed() > self.total {
                return Err(refusal::too_slow(self.total.as_secs()));
            }
            if since.elapsed() > self.stall {
                return Err(refusal::stalled(self.stall.as_secs()));
            }
            let mut waiting = [PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)];
            match poll(&mut waiting, PollTimeout::from(LOOK_MS)) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(std::io::Error::from(error).into()),
            }
        }
    }
}
