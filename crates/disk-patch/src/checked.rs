//! Reading a file whose leaf table is known, and using nothing of it that has not been checked.

use fault::Result;

use crate::leaves::LeafTable;
use crate::limits::{BLOCK_BYTES, LEAF_BLOCKS, LEAF_BYTES};
use crate::patch::BlockRange;
use crate::store::ByteStore;

/// A file and what it must be.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    pub(crate) file: &'a dyn ByteStore,
    pub(crate) leaves: &'a LeafTable,
}

impl<'a> Checked<'a> {
    /// Reads blocks in an order that visits each leaf once or few times.
    pub(crate) fn blocks(self) -> CheckedBlocks<'a> {
        CheckedBlocks { source: self, leaf: u64::MAX, bytes: vec![0; LEAF_BYTES as usize] }
    }
}

/// Holds the leaf that was read last.
pub(crate) struct CheckedBlocks<'a> {
    source: Checked<'a>,
    leaf: u64,
    bytes: Vec<u8>,
}

impl CheckedBlocks<'_> {
    /// A block of the file, which is followed by zeros without end.
    pub(crate) fn block(&mut self, number: u32) -> Result<&[u8]> {
        self.load(u64::from(number) / LEAF_BLOCKS)?;
        let at = (u64::from(number) % LEAF_BLOCKS * BLOCK_BYTES) as usize;
        Ok(&self.bytes[at..at + BLOCK_BYTES as usize])
    }

    /// All blocks of `ranges`, one after the other.
    pub(crate) fn gather(&mut self, ranges: &[BlockRange], into: &mut Vec<u8>) -> Result<()> {
        into.clear();
        for number in ranges.iter().flat_map(BlockRange::numbers) {
            into.extend_from_slice(self.block(number)?);
        }
        Ok(())
    }

    fn load(&mut self, leaf: u64) -> Result<()> {
        if self.leaf == leaf {
            return Ok(());
        }
        self.leaf = u64::MAX;
        let range = self.source.leaves.leaf_range(leaf);
        let (content, padding) = self.bytes.split_at_mut((range.end - range.start) as usize);
        padding.fill(0);
        if !content.is_empty() {
            self.source.file.read_exact_at(content, range.start)?;
            self.source.leaves.check_leaf(leaf, content)?;
        }
        self.leaf = leaf;
        Ok(())
    }
}
