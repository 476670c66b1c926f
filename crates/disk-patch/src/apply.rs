//! A disk file with its state, and the one way in which it ever changes: a patch, through the journal.
//!
//! ```text
//!  leaves say `from` ── preflight, stage ──► journal ── write, sync ──► check root ──► save leaves ──► no journal
//!        ▲  nothing was touched: any failure up to here     └──────── redone by `recover` from here ────────┘
//! ```
//!
//! Until the journal is durable, nothing of the file has been touched. From then on until it is removed the file is
//! not a valid image, nobody may read it as one, and every failure or crash is answered by doing all of it again.

use fault::{Context, Error, Result};
use std::ops::ControlFlow;

use crate::folder::Folder;
use crate::identity::FileIdentity;
use crate::index::pieces;
use crate::journal::Journal;
use crate::leaves::LeafTable;
use crate::limits::{BLOCK_BYTES, PIECE_BYTES};
use crate::pack::PackSource;
use crate::parallel;
use crate::patch::Patch;
use crate::plan::Plan;
use crate::progress::{Meter, OnProgress, Phase};
use crate::store::{ByteStore, read_padded};
use crate::write::write_patch;

/// The name of the leaf table in the state folder.
pub(crate) const LEAVES: &str = "leaves";

/// A disk file, and the folder that holds its leaf table and its journal.
///
/// Whoever has one must be the only one who writes the file; this type takes no lock.
#[derive(Clone, Copy)]
pub struct Disk<'a> {
    /// The file.
    pub file: &'a dyn ByteStore,
    /// Its state, in a folder of its own: `leaves`, and during an apply `journal` and `staged`.
    pub state: &'a dyn Folder,
}

/// What [`Disk::recover`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// No patch had been begun.
    Nothing,
    /// A patch had been begun and is finished now.
    Finished(FileIdentity),
}

impl Disk<'_> {
    /// The saved leaf table: what the file is when there is no journal. `None`: nothing is known of the file.
    pub fn leaves(&self) -> Result<Option<LeafTable>> {
        LeafTable::load(self.state, LEAVES)
    }

    /// Takes the file as it is: hashes all of it and saves the leaf table.
    pub fn adopt(&self, on_progress: OnProgress<'_>) -> Result<LeafTable> {
        self.refuse_pending()?;
        let leaves = LeafTable::of_store(self.file, on_progress)?;
        leaves.save(self.state, LEAVES)?;
        Ok(leaves)
    }

    /// The patch that was begun and is not finished, if any: its packs must be there for [`Disk::recover`].
    pub fn pending(&self) -> Result<Option<Patch>> {
        Ok(Journal::read(self.state)?.map(|journal| journal.patch))
    }

    /// Makes the file `patch.to()`, which it may be already.
    ///
    /// Fails without having touched the file when the file is not `patch.from()`, when there is a journal, when a
    /// pack is missing or damaged, when the file's own content is damaged where it is needed, when the state folder
    /// has no room, or when `on_progress` asked to stop. Fails with the journal in place otherwise; the packs must be
    /// kept until [`Disk::recover`] has finished it.
    pub fn apply(
        &self,
        patch: &Patch,
        source: &dyn PackSource,
        mut on_progress: OnProgress<'_>,
    ) -> Result<FileIdentity> {
        self.refuse_pending()?;
        let leaves = self.leaves()?.ok_or_else(|| base_differs(patch, "unknown"))?;
        let present = leaves.identity();
        if present == *patch.to() {
            return Ok(present);
        }
        if present != *patch.from() {
            return Err(base_differs(patch, &present.root.to_string()));
        }
        let plan = Plan::of(patch);
        self.preflight(patch, &leaves, source, &mut on_progress)?;
        let promised = self.stage(patch, &plan).and_then(|staged| {
            Journal::write(self.state, patch, &*staged)?;
            Ok(staged)
        });
        let staged = promised.inspect_err(|_| self.tidy_after_failure())?;
        self.finish(patch, &plan, &*staged, Some(leaves), source, on_progress)
            .context(|| format!("finish the patch to {}", patch.to()))
    }

    /// After a start: finishes the patch that had been begun, if any. Needs the packs of [`Disk::pending`].
    pub fn recover(&self, source: &dyn PackSource, on_progress: OnProgress<'_>) -> Result<Recovered> {
        // A process that was killed may have seen the journal come or go without the disk knowing it yet.
        self.state.sync()?;
        let Some(Journal { patch, staged }) = Journal::read(self.state)? else {
            Journal::remove_leftovers(self.state)?;
            return Ok(Recovered::Nothing);
        };
        let leaves = self.leaves().ok().flatten();
        self.finish(&patch, &Plan::of(&patch), &*staged, leaves, source, on_progress)
            .map(Recovered::Finished)
            .context(|| format!("finish the patch to {}", patch.to()))
    }

    /// Gives up an unfinished patch. What the file is then, nobody knows: the leaf table goes too, and the file must
    /// be adopted and repaired, or replaced.
    pub fn abandon(&self) -> Result<()> {
        self.state.remove(LEAVES)?;
        self.state.sync()?;
        Journal::remove(self.state)
    }

    /// Gives the room back that a failed beginning took, unless it got as far as the journal.
    fn tidy_after_failure(&self) {
        if matches!(Journal::exists(self.state), Ok(false)) {
            let _best_effort = Journal::remove_leftovers(self.state);
        }
    }

    fn refuse_pending(&self) -> Result<()> {
        if !Journal::exists(self.state)? {
            return Ok(());
        }
        Err(Error::conflict("begin: an earlier patch is not finished").with_notice("patch.journal_pending"))
    }

    /// Checks everything that the patch is going to read.
    fn preflight(
        &self,
        patch: &Patch,
        leaves: &LeafTable,
        source: &dyn PackSource,
        on_progress: &mut OnProgress<'_>,
    ) -> Result<()> {
        let length = self.file.byte_len()?;
        if length != patch.from().length {
            return Err(Error::corrupt(format!(
                "use a file of {length} bytes: it should have {}",
                patch.from().length
            ))
            .with_notice("patch.disk_damaged")
            .with_value("offset", length.min(patch.from().length)));
        }
        let sources = Plan::leaves_to_check(patch, leaves);
        let covered = |leaf: &u64| leaves.leaf_range(*leaf);
        let source_bytes: u64 = sources.iter().map(covered).map(|range| range.end - range.start).sum();
        let mut meter = Meter::new(on_progress, Phase::Preflight, patch.packed_bytes() + source_bytes);
        for packs in parallel::batches(patch.packs()) {
            parallel::map(packs, |pack, _| pack.check_packed(&source.read(&pack.digest)?))?;
            meter.add(packs.iter().map(|pack| u64::from(pack.packed_bytes)).sum())?;
        }
        leaves.check(self.file, &sources, &mut meter)
    }

    /// Saves the old blocks that the patch needs and destroys.
    fn stage(&self, patch: &Patch, plan: &Plan) -> Result<Box<dyn ByteStore>> {
        let staged = Journal::stage(self.state)?;
        let mut buffer = vec![0; PIECE_BYTES];
        let mut offset = 0;
        for piece in plan.staged.ranges().flat_map(pieces) {
            let bytes = &mut buffer[..piece.count as usize * BLOCK_BYTES as usize];
            read_padded(self.file, patch.from().length, bytes, piece.bytes().start)?;
            staged.write_all_at(bytes, offset)?;
            offset += bytes.len() as u64;
        }
        debug_assert_eq!(offset, plan.staged.blocks() * BLOCK_BYTES);
        Ok(staged)
    }

    /// Does what the journal promises, however much of it has been done before.
    fn finish(
        &self,
        patch: &Patch,
        plan: &Plan,
        staged: &dyn ByteStore,
        leaves: Option<LeafTable>,
        source: &dyn PackSource,
        on_progress: OnProgress<'_>,
    ) -> Result<FileIdentity> {
        let mut deaf = |progress| {
            let _too_late = on_progress(progress);
            ControlFlow::Continue(())
        };
        let mut on_progress: OnProgress<'_> = &mut deaf;
        let mut meter = Meter::new(&mut on_progress, Phase::Write, patch.written_bytes());
        write_patch(self.file, patch, plan, staged, source, &mut meter)?;
        self.file.sync()?;
        let leaves = self.check_result(patch, leaves, on_progress)?;
        leaves.save(self.state, LEAVES)?;
        Journal::remove(self.state)?;
        Ok(*patch.to())
    }

    /// Reads back what was written. Without the table of the old file (or of the new one) it must read everything.
    fn check_result(
        &self,
        patch: &Patch,
        leaves: Option<LeafTable>,
        on_progress: OnProgress<'_>,
    ) -> Result<LeafTable> {
        let is_of_this_patch = |leaves: &LeafTable| [patch.from(), patch.to()].contains(&&leaves.identity());
        let leaves = match leaves.filter(is_of_this_patch) {
            None => LeafTable::of_store(self.file, on_progress)?,
            Some(mut leaves) => {
                leaves.update(self.file, &patch.written_ranges(), on_progress)?;
                leaves
            }
        };
        if leaves.identity() == *patch.to() {
            return Ok(leaves);
        }
        Err(Error::corrupt(format!("accept {}: it should be {}", leaves.identity(), patch.to()))
            .with_notice("patch.result_differs")
            .with_value("expected", patch.to().root)
            .with_value("found", leaves.root()))
    }
}

fn base_differs(patch: &Patch, present: &str) -> Error {
    Error::conflict(format!("apply a patch of {}: the file is {present}", patch.from()))
        .with_notice("patch.base_differs")
        .with_value("expected", patch.from().root)
        .with_value("found", present)
}
