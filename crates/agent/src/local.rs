//! The disk of this terminal: what it is, finishing what was begun, applying what is staged.

use std::ops::ControlFlow;

use disk_patch::{ByteStore, Digest, Disk, FileStore, LeafTable, Patch, Phase, Progress, Recovered, Root};
use fault::{Context, Error, Kind, Result};

use crate::disk;
use crate::state::{Pending, Record, Seen};
use crate::stop::Stop;
use crate::terminal::Terminal;
use crate::watch::{Note, Step, Watch};

/// What came of [`Terminal::apply_pending`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// There was nothing that fits the disk.
    Nothing,
    /// The disk is this version now.
    Version(Seen),
}

impl Terminal {
    /// Finishes an update that was interrupted. To be called first, whatever is to be done.
    ///
    /// An update that cannot be finished is given up: the disk stays marked, and what it is now is known.
    pub fn recover(&self, watch: &dyn Watch) -> Result<()> {
        self.forget_foreign_pending()?;
        self.forget_former_disk()?;
        let Some(file) = self.open_disk()? else {
            self.state.clear_disk()?;
            self.state.remove_pending()?;
            let record = self.record()?;
            if record.disk.is_some() {
                self.state.save_record(&Record { disk: None, ..record })?;
            }
            return disk::unmark(&self.paths);
        };
        if self.state.join("staging").exists() {
            self.staging()?.remove_leftovers()?;
        }
        if !self.is_updating() {
            return self.recognize(watch);
        }
        let _held = disk::hold(&self.config)?;
        let folder = self.disk_state()?;
        let disk = Disk { file: &file, state: &folder };
        disk::mark(&self.paths)?;
        let _to_its_end = self.stop.writing();
        match disk.recover(&self.staging()?, &mut told(watch, None)) {
            Ok(Recovered::Nothing) => {}
            Ok(Recovered::Finished(_)) => watch.note(&Note::Recovered),
            Err(error) if is_lasting(&error) => {
                watch.note(&Note::Damaged);
                disk.abandon()?;
                disk.adopt(&mut told(watch, None))?;
            }
            Err(error) => return Err(error),
        }
        self.recognize(watch)
    }

    /// Notes which version the disk is, where that can be told without the center: an interruption may have come when
    /// the disk was complete and nothing said so yet.
    fn recognize(&self, watch: &dyn Watch) -> Result<()> {
        let known = match self.saved_leaves()? {
            // A file of another length is damaged, and the table says what it should be.
            Some(_) => self.known_leaves()?,
            None => self.adopt(watch)?,
        };
        let Some(leaves) = known else { return Ok(()) };
        let root = leaves.root();
        self.remember_root(&root.to_string())?;
        self.settle(&root)
    }

    /// Forgets an update that another center had made ready. What a journal needs of it stays until that is finished.
    fn forget_foreign_pending(&self) -> Result<()> {
        if self.state.pending()?.is_none() || self.pending()?.is_some() {
            return Ok(());
        }
        self.state.remove_pending()?;
        if self.has_journal() { Ok(()) } else { self.state.clear_staging() }
    }

    /// Forgets what is known of another file than the present one: its journal would spoil this one, and its leaf table
    /// would vouch for it.
    fn forget_former_disk(&self) -> Result<()> {
        let record = self.state.record(&self.config.center)?;
        if record.file.as_ref() == Some(&self.paths.disk) {
            return Ok(());
        }
        if !record.is_about(&self.paths.disk) {
            self.state.clear_disk()?;
            self.state.forget_pending()?;
        }
        self.state.save_record(&self.record()?)
    }

    /// The saved leaf table of the disk; `None` without a disk, or when nothing is known of the file in its place, or
    /// when that has another length.
    pub fn known_leaves(&self) -> Result<Option<LeafTable>> {
        let Some(file) = self.open_disk_read_only()? else { return Ok(None) };
        let length = file.byte_len()?;
        Ok(self.saved_leaves()?.filter(|leaves| leaves.byte_len() == length))
    }

    /// The saved leaf table, whatever became of the file; `None` when it is about another one, or damaged itself.
    pub fn saved_leaves(&self) -> Result<Option<LeafTable>> {
        let Some(file) = self.open_disk_read_only()? else { return Ok(None) };
        if !self.state.record(&self.config.center)?.is_about(&self.paths.disk) {
            return Ok(None);
        }
        let folder = self.disk_state_as_it_is();
        match (Disk { file: &file, state: &folder }).leaves() {
            Err(error) if error.kind() == Kind::Corrupt => Ok(None),
            saved => saved,
        }
    }

    /// The leaf table of the disk: the saved one, else that of the file as it is. `None` without a disk.
    pub fn leaves(&self, watch: &dyn Watch) -> Result<Option<LeafTable>> {
        match self.known_leaves()? {
            None => self.adopt(watch),
            known => Ok(known),
        }
    }

    /// Looks what the disk is, whatever was known of it.
    pub fn adopt(&self, watch: &dyn Watch) -> Result<Option<LeafTable>> {
        let Some(file) = self.open_disk()? else { return Ok(None) };
        let folder = self.disk_state()?;
        let disk = Disk { file: &file, state: &folder };
        disk.adopt(&mut told(watch, Some(&self.stop))).map(Some).context(|| "look what the disk is")
    }

    /// Applies the update that lies ready, if it fits the disk. `disk.in_use` when the disk is in use.
    pub fn apply_pending(&self, watch: &dyn Watch) -> Result<Applied> {
        let Some(pending) = self.pending()? else { return Ok(Applied::Nothing) };
        let (Some(file), Some(leaves)) = (self.open_disk()?, self.leaves(watch)?) else {
            return Ok(Applied::Nothing);
        };
        // The table itself is not kept: for a large disk it is large, and `disk-patch` loads its own.
        let root = leaves.root();
        drop(leaves);
        let outcome = self.apply_steps(&pending, &file, root, watch);
        match &outcome {
            Ok(_) => self.state.forget_pending()?,
            // It will be fetched again. An update that was begun is left to `recover`.
            Err(error) if is_of_no_use(error) && !self.has_journal() => self.state.forget_pending()?,
            Err(_) => {}
        }
        outcome
    }

    fn apply_steps(
        &self,
        pending: &Pending,
        file: &FileStore,
        mut present: Root,
        watch: &dyn Watch,
    ) -> Result<Applied> {
        let staging = self.staging()?;
        let (mut held, mut done) = (None, None);
        for step in &pending.steps {
            let patch = Patch::read(&staging, &Digest::from_hex(&step.patch)?)?;
            if patch.from().root != present {
                continue;
            }
            if held.is_none() {
                held = Some(disk::hold(&self.config)?);
                disk::mark(&self.paths)?;
            }
            self.apply_step(&patch, file, &staging, watch).inspect_err(|_| {
                // Nothing was touched, unless there is a journal.
                let _stays_marked_at_worst = self.settle(&present);
            })?;
            self.remember(&step.to)?;
            present = patch.to().root;
            done = Some(step.to.clone());
        }
        self.settle(&present)?;
        Ok(done.map_or(Applied::Nothing, Applied::Version))
    }

    fn apply_step(
        &self,
        patch: &Patch,
        file: &FileStore,
        staging: &disk_patch::ObjectDir,
        watch: &dyn Watch,
    ) -> Result<()> {
        let growth = patch.to().length.saturating_sub(patch.from().length);
        disk::require_space(&self.paths.disk, growth)?;
        self.stop.check()?;
        let _to_its_end = self.stop.writing();
        let folder = self.disk_state()?;
        Disk { file, state: &folder }.apply(patch, staging, &mut told(watch, None))?;
        Ok(())
    }

    /// Notes which version the disk is now.
    pub fn remember(&self, version: &Seen) -> Result<()> {
        let mut record = self.record()?;
        record.disk = Some(version.clone());
        if record.newest.as_ref().is_none_or(|newest| newest.version < version.version) {
            record.newest = Some(version.clone());
        }
        self.state.save_record(&record)
    }

    /// Notes the version that has this root, if it is one that was to come: of the update that lies ready, or the newest.
    fn remember_root(&self, root: &str) -> Result<()> {
        let record = self.record()?;
        if record.disk.is_some_and(|seen| seen.root == root) {
            return Ok(());
        }
        let steps = self.pending()?.map(|pending| pending.steps).unwrap_or_default();
        let mut expected = steps.into_iter().rev().map(|step| step.to).chain(record.newest);
        match expected.find(|seen| seen.root == root) {
            Some(seen) => self.remember(&seen),
            None => Ok(()),
        }
    }
}

/// Whether trying again with the same staging and the same disk fails in the same way.
fn is_lasting(error: &Error) -> bool {
    matches!(error.kind(), Kind::Corrupt | Kind::NotFound | Kind::Invalid)
}

/// Whether what is staged does not help to update this disk.
fn is_of_no_use(error: &Error) -> bool {
    is_lasting(error) || error.kind() == Kind::Conflict
}

/// Passes the progress of `disk-patch` on.
pub fn told<'a>(
    watch: &'a dyn Watch,
    stop: Option<&'a Stop>,
) -> impl FnMut(Progress) -> ControlFlow<()> + 'a {
    move |progress| {
        let step = match progress.phase {
            Phase::Hash => Step::Hash,
            Phase::Check | Phase::Preflight => Step::Check,
            Phase::Write | Phase::Compare | Phase::Pack => Step::Apply,
        };
        watch.progress(step, progress.done_bytes, progress.total_bytes);
        match stop.is_some_and(Stop::is_asked) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
