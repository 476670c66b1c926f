//! What a sync tells while it runs. The library never prints: whoever runs it passes a [`Watch`].

use std::sync::atomic::{AtomicU64, Ordering};

use fault::Result;

use crate::stop::Stop;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Asking the center.
    Contact,
    /// Reading and hashing the disk.
    Hash,
    /// Fetching.
    Download,
    /// Writing the disk.
    Apply,
    /// Reading back what was written.
    Check,
}

/// Something worth telling once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// An update that had been interrupted is finished now.
    Recovered,
    /// The disk is damaged and will be repaired.
    Damaged,
    /// The update is fetched and waits for the disk.
    Waiting(u64),
    /// The disk is this version now.
    Done(u64),
    /// The terminal was enrolled again, or configured in another way; its server is this one.
    Renewed(String),
    /// The patches cannot be had, and why; the leaves that differ are fetched.
    Instead(String),
    /// A request failed and is tried again.
    Again(String),
}

/// Is told of progress.
pub trait Watch: Sync {
    /// `done` of `total` bytes of a step; `total` is 0 where it is not known.
    fn progress(&self, step: Step, done: u64, total: u64);
    /// Something happened.
    fn note(&self, note: &Note);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _: Step, _: u64, _: u64) {}
    fn note(&self, _: &Note) {}
}

/// The progress of one step to which several threads add.
pub struct Meter<'a> {
    watch: &'a dyn Watch,
    stop: &'a Stop,
    step: Step,
    done: AtomicU64,
    total: u64,
}

impl<'a> Meter<'a> {
    /// A step of `total` bytes.
    pub fn new(watch: &'a dyn Watch, stop: &'a Stop, step: Step, total: u64) -> Self {
        watch.progress(step, 0, total);
        Self { watch, stop, step, done: AtomicU64::new(0), total }
    }

    /// Adds `bytes`; fails when a stop was asked for.
    pub fn add(&self, bytes: u64) -> Result<()> {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.watch.progress(self.step, done.min(self.total), self.total);
        match self.step {
            Step::Download => self.stop.check_download(),
            _ => self.stop.check(),
        }
    }

    /// Takes back what a failed try had added.
    pub fn take_back(&self, bytes: u64) {
        self.done.fetch_sub(bytes, Ordering::Relaxed);
    }
}
