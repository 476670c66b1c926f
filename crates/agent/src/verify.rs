//! Checking that the disk is what it is said to be, and mending it.

use std::ops::Range;

use disk_patch::{LeafTable, Root};
use fault::{Error, Result};

use crate::local::told;
use crate::terminal::Terminal;
use crate::watch::Watch;

/// What [`Terminal::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The root that the disk should have.
    pub expected: Root,
    /// The root that it has.
    pub found: Root,
    /// Its leaves.
    pub leaves: u64,
    /// Runs of leaves that are not what they should be.
    pub damaged: Vec<Range<u64>>,
}

impl Verdict {
    /// Whether the disk is what it should be.
    pub fn is_good(&self) -> bool {
        self.expected == self.found
    }

    /// How many leaves are not what they should be.
    pub fn damaged_leaves(&self) -> u64 {
        self.damaged.iter().map(|run| run.end - run.start).sum()
    }
}

impl Terminal {
    /// Reads the whole disk and compares it with its leaf table. With `adopt`, damage that is found is noted, so that
    /// the next sync fetches the leaves that differ and no others.
    pub fn verify(&self, adopt: bool, watch: &dyn Watch) -> Result<Verdict> {
        self.recover(watch)?;
        let (Some(file), Some(known)) = (self.open_disk()?, self.saved_leaves()?) else {
            return Err(no_disk(self));
        };
        let found = LeafTable::of_store(&file, &mut told(watch, Some(&self.stop)))?;
        let verdict = Verdict {
            expected: known.root(),
            found: found.root(),
            leaves: known.leaf_count(),
            damaged: known.differing(&found),
        };
        if adopt && !verdict.is_good() {
            found.save(&self.disk_state()?, "leaves")?;
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
