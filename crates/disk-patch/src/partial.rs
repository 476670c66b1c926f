//! A whole disk file that is being downloaded, beside the place where it will be.
//!
//! The unfinished file is `<name>.partial` and never anything else: it gets its name only after all of it has been
//! read back and its root is the promised one. `<name>.partial.state` says which leaves were written and synced; it
//! saves reading the file after a restart, and nothing relies on it being right.

use std::ops::Range;

use fault::Result;

use crate::apply::Disk;
use crate::folder::{self, Folder};
use crate::leafwise::{VerifiedLeaves, wanted_leaves};
use crate::leaves::LeafTable;
use crate::progress::{OnProgress, unwatched};
use crate::store::ByteStore;

/// The first bytes of the state, with the version of its format.
const MAGIC: [u8; 8] = *b"DCPART\0\x01";
/// Magic and the root of the target.
const HEADER_BYTES: usize = 40;

/// A disk file that is not complete yet.
pub struct PartialFile<'a> {
    folder: &'a dyn Folder,
    name: &'a str,
    target: &'a LeafTable,
    file: Box<dyn ByteStore>,
    /// What the file has, as far as is known: leaves of the target, or of zeros.
    have: LeafTable,
}

/// How a download stands after [`PartialFile::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The file is proven and has its name; its leaf table is saved.
    Complete,
    /// These leaves are not what they must be; fetch them again.
    Missing(Vec<Range<u64>>),
}

impl<'a> PartialFile<'a> {
    /// Goes on with the download of `target` to the file `name` in `folder`, or begins it. What a former download of
    /// any version left there is used where it fits.
    pub fn open(
        folder: &'a dyn Folder,
        name: &'a str,
        target: &'a LeafTable,
        on_progress: OnProgress<'_>,
    ) -> Result<Self> {
        let length = target.byte_len();
        let (file, have) = match folder.open(&partial_name(name))? {
            None => {
                folder.remove(&state_name(name))?;
                (folder.create(&partial_name(name))?, LeafTable::of_zeros(length)?)
            }
            Some(file) => match load_state(folder, name, target)? {
                Some(have) if file.byte_len()? == length => (file, have),
                _ => {
                    file.set_len(length)?;
                    let have = LeafTable::of_store(&*file, on_progress)?;
                    (file, have)
                }
            },
        };
        file.set_len(length)?;
        Ok(Self { folder, name, target, file, have })
    }

    /// Takes over what another file has at the same places: the older disk file that this one will replace.
    pub fn reuse(&mut self, other: &dyn ByteStore, other_leaves: &LeafTable) -> Result<()> {
        let mut buffer = Vec::new();
        for leaf in wanted_leaves(self.target, &self.have).into_iter().flatten() {
            let range = self.target.leaf_range(leaf);
            if other_leaves.leaf(leaf) == self.target.leaf(leaf) && other_leaves.leaf_range(leaf) == range {
                buffer.resize((range.end - range.start) as usize, 0);
                other.read_exact_at(&mut buffer, range.start)?;
                if self.target.check_leaf(leaf, &buffer).is_ok() {
                    self.file.write_all_at(&buffer, range.start)?;
                    self.note(leaf..leaf + 1);
                }
            }
        }
        Ok(())
    }

    /// The runs of leaves that are still to be fetched.
    pub fn missing(&self) -> Vec<Range<u64>> {
        wanted_leaves(self.target, &self.have)
    }

    /// Writes leaves that were checked against the table of this target.
    pub fn write(&mut self, leaves: &VerifiedLeaves) -> Result<()> {
        self.file.write_all_at(leaves.bytes(), leaves.offset())?;
        self.note(leaves.leaves().clone());
        Ok(())
    }

    /// Makes what was written survive a restart. Call it every few hundred megabytes.
    pub fn checkpoint(&self) -> Result<()> {
        self.file.sync()?;
        let mut state = MAGIC.to_vec();
        state.extend_from_slice(&self.target.root().0.0);
        state.resize(HEADER_BYTES + self.target.leaf_count().div_ceil(8) as usize, 0);
        for leaf in
            (0..self.target.leaf_count()).filter(|leaf| self.have.leaf(*leaf) == self.target.leaf(*leaf))
        {
            state[HEADER_BYTES + (leaf / 8) as usize] |= 1 << (leaf % 8);
        }
        folder::replace(self.folder, &state_name(self.name), &[&state])
    }

    /// Reads the whole file back, and when its root is the promised one, gives it its name and saves its leaf table in
    /// `state`, the state folder of the [`Disk`] of that name. An unfinished patch of the file before it is dropped.
    pub fn finish(&mut self, state: &dyn Folder, on_progress: OnProgress<'_>) -> Result<Finished> {
        self.file.sync()?;
        // Given up first: a table takes 10 MB where the file has 20 GB, and a terminal has little memory.
        self.have = LeafTable::of_zeros(0)?;
        let found = LeafTable::of_store(&*self.file, on_progress);
        self.have = found.or_else(|error| {
            self.have = LeafTable::of_zeros(self.target.byte_len())?;
            Err(error)
        })?;
        // Also leaves of zeros, which nobody sends, may have gone wrong: they are written here.
        self.zero_leaves_that_differ()?;
        if self.have.root() != self.target.root() {
            self.folder.remove(&state_name(self.name))?;
            return Ok(Finished::Missing(self.missing()));
        }
        Disk { file: &*self.file, state }.abandon()?;
        self.folder.rename(&partial_name(self.name), self.name)?;
        self.folder.remove(&state_name(self.name))?;
        self.folder.sync()?;
        self.target.save(state, crate::apply::LEAVES)?;
        Ok(Finished::Complete)
    }

    fn zero_leaves_that_differ(&mut self) -> Result<()> {
        let mut written = Vec::new();
        for leaf in self.target.differing(&self.have).into_iter().flatten() {
            if self.target.is_zero_leaf(leaf) {
                let range = self.target.leaf_range(leaf);
                self.file.write_all_at(&vec![0; (range.end - range.start) as usize], range.start)?;
                written.push(range);
            }
        }
        if written.is_empty() {
            return Ok(());
        }
        self.file.sync()?;
        self.have.update(&*self.file, &written, &mut unwatched())
    }

    fn note(&mut self, leaves: Range<u64>) {
        for leaf in leaves {
            if let Some(digest) = self.target.leaf(leaf) {
                self.have.set_leaf(leaf, digest);
            }
        }
    }
}

fn partial_name(name: &str) -> String {
    format!("{name}.partial")
}

fn state_name(name: &str) -> String {
    format!("{name}.partial.state")
}

/// The table of what the file had at the last checkpoint; `None` when that is not known for this target.
fn load_state(folder: &dyn Folder, name: &str, target: &LeafTable) -> Result<Option<LeafTable>> {
    let Some(file) = folder.open(&state_name(name))? else { return Ok(None) };
    let expected = HEADER_BYTES + target.leaf_count().div_ceil(8) as usize;
    if file.byte_len()? != expected as u64 {
        return Ok(None);
    }
    let mut state = vec![0; expected];
    file.read_exact_at(&mut state, 0)?;
    let (header, bits) = state.split_at(HEADER_BYTES);
    if header[..8] != MAGIC || header[8..] != target.root().0.0 {
        return Ok(None);
    }
    let mut have = LeafTable::of_zeros(target.byte_len())?;
    for leaf in (0..target.leaf_count()).filter(|leaf| bits[(leaf / 8) as usize] >> (leaf % 8) & 1 == 1) {
        if let Some(digest) = target.leaf(leaf) {
            have.set_leaf(leaf, digest);
        }
    }
    Ok(Some(have))
}
