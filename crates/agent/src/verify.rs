//! Checking that the disk is what it is said to be, and mending it.

use std::ops::Range;

use disk_patch::{LeafTable, Root};
use fault::{Error, Result};

use crate::local::told;
use crate::state::Seen;
use crate::terminal::{Terminal, root_from};
use crate::watch::Watch;

/// What [`Terminal::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The root that the disk should have; unknown where it was never proven to be a version.
    pub expected: Option<Root>,
    /// The root that it has.
    pub found: Root,
    /// Its leaves.
    pub leaves: u64,
    /// Runs of leaves that are not what they should be; unknown where the leaf table of the version is gone.
    pub damaged: Option<Vec<Range<u64>>>,
}

impl Verdict {
    /// Whether the disk is what it should be.
    pub fn is_good(&self) -> bool {
        self.expected == Some(self.found)
    }

    /// How many leaves are not what they should be.
    pub fn damaged_leaves(&self) -> Option<u64> {
        self.damaged.as_ref().map(|runs| runs.iter().map(|run| run.end - run.start).sum())
    }
}

impl Terminal {
    /// The version that the disk is, if that is proven: nothing is being written, and the leaf table of the file is that
    /// of the version. What the record alone says is what the disk was, and is to be again.
    pub fn proven_version(&self) -> Result<Option<Seen>> {
        if self.is_updating() {
            return Ok(None);
        }
        let Some(seen) = self.record()?.disk else { return Ok(None) };
        // What cannot be read proves nothing.
        let leaves = self.known_leaves().ok().flatten();
        Ok(leaves.filter(|leaves| leaves.root().to_string() == seen.root).map(|_| seen))
    }

    /// Whether to sync to `version` also when no updates are to be taken: it is no other version than the disk was before
    /// it was damaged, or it lies ready.
    pub fn is_to_mend(&self, version: u64) -> Result<bool> {
        let is_ready =
            self.pending()?.is_some_and(|ready| ready.target().is_some_and(|to| to.version == version));
        let was = self.record()?.disk.is_some_and(|seen| seen.version == version);
        Ok(is_ready || (was && self.proven_version()?.is_none()))
    }

    /// Reads the whole disk and compares it with the version that it was proven to be. With `adopt`, damage that is found
    /// is noted, so that the next sync fetches the leaves that differ and no others; the disk is not proven until then.
    pub fn verify(&self, adopt: bool, watch: &dyn Watch) -> Result<Verdict> {
        self.recover(watch)?;
        let Some(file) = self.open_disk()? else { return Err(no_disk(self)) };
        let expected = self.record()?.disk.map(|seen| root_from(&seen.root)).transpose()?;
        let known = self.saved_leaves()?.filter(|leaves| Some(leaves.root()) == expected);
        let found = LeafTable::of_store(&file, &mut told(watch, Some(&self.stop)))?;
        let verdict = Verdict {
            expected,
            found: found.root(),
            leaves: known.as_ref().unwrap_or(&found).leaf_count(),
            damaged: known.as_ref().map(|known| known.differing(&found)),
        };
        let is_news = known.is_none() || !verdict.is_good();
        if is_news && (adopt || verdict.is_good()) {
            found.save(&self.disk_state()?, "leaves")?;
        }
        if verdict.is_good() {
            self.settle(&verdict.found)?;
        }
        Ok(verdict)
    }
}

/// There is no disk yet.
pub fn no_disk(terminal: &Terminal) -> Error {
    let disk = terminal.paths.disk.display();
    Error::not_found(format!("find {disk}: nothing has been synced yet"))
        .with_notice("disk.none")
        .with_value("path", disk)
}
