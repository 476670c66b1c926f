//! Fetching the disk by leaves: all of it for a terminal that has none, and what differs for one that has.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use disk_patch::limits::MAX_PACKED_BYTES;
use disk_patch::{
    Finished, FsFolder, LEAF_BYTES, LeafStage, LeafTable, PackSink, PartialFile, unpack_leaves, wanted_leaves,
};
use fault::{Error, Result};

use crate::disk;
use crate::limits::{CHECKPOINT_BYTES, READ_BACK_ATTEMPTS};
use crate::local::told;
use crate::parallel;
use crate::remote::Remote;
use crate::state::{PendingStep, Seen};
use crate::terminal::Terminal;
use crate::watch::{Meter, Step, Watch};

impl Terminal {
    /// Downloads the whole disk beside its place and puts it there when its root is proven.
    ///
    /// A download that was interrupted, even of another version, goes on with what it has.
    pub fn download_disk(&self, target: &LeafTable, watch: &dyn Watch) -> Result<()> {
        let (directory, name) = self.disk_place()?;
        let folder = FsFolder::open(&directory)?;
        let mut partial = PartialFile::open(&folder, &name, target, &mut told(watch, Some(&self.stop)))?;
        for _ in 0..READ_BACK_ATTEMPTS {
            let missing = partial.missing();
            disk::require_space(&self.paths.partial, bytes_of(target, &missing))?;
            self.fetch_into(&mut partial, target, &missing, watch)?;
            self.stop.check()?;
            let _to_its_end = self.stop.writing();
            match partial.finish(&self.disk_state()?, &mut told(watch, None))? {
                Finished::Complete => return Ok(()),
                Finished::Missing(_) => {}
            }
        }
        Err(self.unreliable())
    }

    fn fetch_into(
        &self,
        partial: &mut PartialFile<'_>,
        target: &LeafTable,
        missing: &[Range<u64>],
        watch: &dyn Watch,
    ) -> Result<()> {
        let remote = self.remote(watch);
        let root = target.root();
        let meter = Meter::new(watch, &self.stop, Step::Download, bytes_of(target, missing));
        let unsaved = AtomicU64::new(0);
        let partial = Mutex::new(partial);
        let fetched = parallel::each(missing, |run| {
            let leaves = unpack_leaves(&fetch(&remote, &root, run)?, target, run.clone())?;
            let bytes = leaves.bytes().len() as u64;
            let mut partial = partial.lock().unwrap_or_else(PoisonError::into_inner);
            partial.write(&leaves)?;
            if unsaved.fetch_add(bytes, Ordering::Relaxed) + bytes >= CHECKPOINT_BYTES {
                unsaved.store(0, Ordering::Relaxed);
                partial.checkpoint()?;
            }
            meter.add(bytes)
        });
        // What came before a failure is kept for the next try.
        let kept = partial.into_inner().unwrap_or_else(PoisonError::into_inner).checkpoint();
        fetched.and(kept)
    }

    /// Fetches the leaves in which the disk differs, and notes that the update lies ready.
    pub fn stage_leaves(
        &self,
        have: &LeafTable,
        target: &LeafTable,
        to: Seen,
        watch: &dyn Watch,
    ) -> Result<()> {
        let staging = self.staging()?;
        let list = FsFolder::open(self.state.join("fetch"))?;
        let stage = LeafStage::open(&list, &staging, target)?;
        let missing = stage.missing(have);
        let raw_bytes = bytes_of(target, &missing);
        disk::require_space(self.state.path(), raw_bytes)?;
        let remote = self.remote(watch);
        let root = target.root();
        let meter = Meter::new(watch, &self.stop, Step::Download, raw_bytes);
        let stage = Mutex::new(stage);
        parallel::each(&missing, |run| {
            let packed = fetch(&remote, &root, run)?;
            stage.lock().unwrap_or_else(PoisonError::into_inner).accept(run.clone(), &packed)?;
            meter.add(bytes_of(target, std::slice::from_ref(run)))
        })?;
        let stage = stage.into_inner().unwrap_or_else(PoisonError::into_inner);
        let patch = stage.patch(have)?.write(&staging)?;
        staging.sync()?;
        self.save_pending(vec![PendingStep { patch: patch.to_hex(), to }])
    }

    /// The directory and the name of the disk file.
    fn disk_place(&self) -> Result<(PathBuf, String)> {
        let disk = &self.paths.disk;
        let name = disk.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::invalid(format!("use {} as a disk file", disk.display())))?;
        let directory = disk.parent().filter(|parent| !parent.as_os_str().is_empty());
        Ok((directory.unwrap_or(Path::new(".")).to_owned(), name.to_owned()))
    }
}

/// How many leaves would have to be fetched.
pub fn count_wanted(target: &LeafTable, have: &LeafTable) -> u64 {
    wanted_leaves(target, have).iter().map(|run| run.end - run.start).sum()
}

fn fetch(remote: &Remote<'_>, root: &disk_patch::Root, run: &Range<u64>) -> Result<Vec<u8>> {
    let limit = MAX_PACKED_BYTES.min((run.end - run.start) * LEAF_BYTES + 64 * 1024);
    remote.leaves(root, run, limit)
}

fn bytes_of(table: &LeafTable, runs: &[Range<u64>]) -> u64 {
    runs.iter().map(|run| table.byte_range(run)).map(|bytes| bytes.end - bytes.start).sum()
}
