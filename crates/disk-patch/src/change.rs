//! A change of a file as it was captured, and the comparison of its old with its new content.

use std::ops::Range;

use fault::{Error, Result};

use crate::identity::Digest;
use crate::index::Keys;
use crate::leaves::{LeafTable, check_length};
use crate::limits::{BLOCK_BYTES, LEAF_BLOCKS, LEAF_BYTES};
use crate::parallel;
use crate::patch::block_count;
use crate::progress::Meter;
use crate::store::{ByteStore, read_padded};

/// Captured writes to a file that itself is still the old one.
pub struct Change<'a> {
    /// The file as it is.
    pub old: &'a dyn ByteStore,
    /// What was written, at the offsets at which it was written.
    pub writes: &'a dyn ByteStore,
    /// Which bytes of `writes` count: ascending, apart, not empty, within the new length.
    pub ranges: &'a [Range<u64>],
    /// The length of the file after the change.
    pub new_length: u64,
}

impl Change<'_> {
    pub(crate) fn check(&self, old_leaves: &LeafTable) -> Result<()> {
        check_length(self.new_length)?;
        let mut free_from = 0;
        for range in self.ranges {
            if range.start < free_from || range.is_empty() || range.end > self.new_length {
                return Err(Error::invalid(format!(
                    "use the change at {}..{}: it is empty, out of order or outside",
                    range.start, range.end
                )));
            }
            free_from = range.end;
        }
        let (length, known) = (self.old.byte_len()?, old_leaves.byte_len());
        if length == known {
            return Ok(());
        }
        Err(Error::corrupt(format!("compare a file of {length} bytes: its leaf table is for {known}"))
            .with_notice("patch.disk_damaged")
            .with_value("offset", length.min(known)))
    }

    /// Reads the new content, followed by zeros.
    pub(crate) fn read_new(&self, old_length: u64, buffer: &mut [u8], offset: u64) -> Result<()> {
        let end = offset + buffer.len() as u64;
        let first = self.ranges.partition_point(|range| range.end <= offset);
        let written = self.ranges[first..].iter().take_while(|range| range.start < end);
        let is_covered =
            self.ranges.get(first).is_some_and(|range| range.start <= offset && range.end >= end);
        if !is_covered {
            read_padded(self.old, old_length.min(self.new_length), buffer, offset)?;
        }
        for range in written {
            let (start, end) = (range.start.max(offset), range.end.min(end));
            let part = &mut buffer[(start - offset) as usize..(end - offset) as usize];
            self.writes.read_exact_at(part, start)?;
        }
        Ok(())
    }

    /// Compares and hashes one leaf of the new file. The old content is checked against the old table.
    fn compare_leaf(&self, index: u64, old_leaves: &LeafTable, buffer: &mut Vec<u8>) -> Result<LeafChange> {
        let start = index * LEAF_BYTES;
        buffer.resize(2 * LEAF_BYTES as usize, 0);
        let (old, new) = buffer.split_at_mut(LEAF_BYTES as usize);
        let covered = old_leaves.leaf_range(index);
        let (known, rest) = old.split_at_mut((covered.end - covered.start) as usize);
        rest.fill(0);
        if !known.is_empty() {
            self.old.read_exact_at(known, start)?;
            old_leaves.check_leaf(index, known)?;
        }
        self.read_new(old_leaves.byte_len(), new, start)?;
        let new_bytes = (self.new_length - start).min(LEAF_BYTES) as usize;
        old[new_bytes..].fill(0);
        let digest = Digest::of(&new[..new_bytes]);
        let mut blocks = Vec::new();
        for (number, (old, new)) in (0u32..).zip(split_blocks(old).zip(split_blocks(new))) {
            if old != new {
                let number = (index * LEAF_BLOCKS) as u32 + number;
                blocks.push(ChangedBlock { number, keys: Keys::of(new) });
            }
        }
        Ok(LeafChange { digest, blocks })
    }
}

/// A block whose new content differs from the old one at the same place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangedBlock {
    pub(crate) number: u32,
    /// Of the new content; `None`: it is zeros.
    pub(crate) keys: Option<Keys>,
}

struct LeafChange {
    digest: Digest,
    blocks: Vec<ChangedBlock>,
}

/// Compares all that the change touches: the blocks that differ, ascending, and the new leaf table.
pub(crate) fn compare(
    change: &Change<'_>,
    old_leaves: &LeafTable,
    touched: &[u64],
    meter: &mut Meter<'_, '_>,
) -> Result<(Vec<ChangedBlock>, LeafTable)> {
    let mut new_leaves = old_leaves.clone();
    new_leaves.resize(change.new_length);
    let mut changed = Vec::new();
    for batch in parallel::batches(touched) {
        let compared = parallel::map(batch, |index, buffer| change.compare_leaf(*index, old_leaves, buffer))?;
        for (index, leaf) in batch.iter().zip(compared) {
            new_leaves.set_leaf(*index, leaf.digest);
            changed.extend(leaf.blocks);
        }
        meter.add(batch.len() as u64 * LEAF_BYTES)?;
    }
    debug_assert!(changed.last().is_none_or(|last| u64::from(last.number) < block_count(change.new_length)));
    Ok((changed, new_leaves))
}

/// Whether a block consists of zeros.
pub(crate) fn is_zero(block: &[u8]) -> bool {
    const ZEROS: [u8; BLOCK_BYTES as usize] = [0; BLOCK_BYTES as usize];
    *block == ZEROS
}

/// The blocks of a buffer, whose size is a multiple of a block's.
pub(crate) fn split_blocks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.chunks_exact(BLOCK_BYTES as usize)
}
