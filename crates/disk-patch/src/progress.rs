//! How long operations tell where they are, and are asked to stop.

use std::ops::ControlFlow;

use fault::{Error, Result};

/// What an operation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading and hashing a file.
    Hash,
    /// Comparing the new content with the old one.
    Compare,
    /// Writing packs.
    Pack,
    /// Checking everything an apply is going to read.
    Preflight,
    /// Writing the file. From here on a wish to stop is ignored: stopping would not undo anything.
    Write,
    /// Reading back and checking what was written.
    Check,
}

/// Where an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Bytes of this phase that are done.
    pub done_bytes: u64,
    /// Bytes that this phase has in all.
    pub total_bytes: u64,
}

/// Is told of progress; [`ControlFlow::Break`] asks the operation to stop.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Nobody watches.
pub fn unwatched() -> impl FnMut(Progress) -> ControlFlow<()> {
    |_| ControlFlow::Continue(())
}

pub(crate) struct Meter<'a, 'b> {
    phase: Phase,
    done_bytes: u64,
    total_bytes: u64,
    on_progress: &'a mut OnProgress<'b>,
}

impl<'a, 'b> Meter<'a, 'b> {
    pub(crate) fn new(on_progress: &'a mut OnProgress<'b>, phase: Phase, total_bytes: u64) -> Self {
        Self { phase, done_bytes: 0, total_bytes, on_progress }
    }

    /// Reports `bytes` more; fails when somebody wants the operation to stop.
    pub(crate) fn add(&mut self, bytes: u64) -> Result<()> {
        match self.report(bytes) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::cancelled("go on: it was cancelled")),
        }
    }

    fn report(&mut self, bytes: u64) -> ControlFlow<()> {
        self.done_bytes += bytes;
        let Self { phase, done_bytes, total_bytes, .. } = *self;
        (self.on_progress)(Progress { phase, done_bytes, total_bytes })
    }
}
