//! A patch: how to turn one disk file into another, in units of 4 KiB of the file.
//!
//! Both files are thought to be followed by zeros without end. Each block of the new file is given by the one
//! operation that covers it, or is the block of the old file at the same place. Operations never read what other
//! operations write: every source is the *old* file.

use std::ops::Range;

use fault::{Error, Result};

use crate::identity::FileIdentity;
use crate::leaves::{LeafTable, check_length};
use crate::limits::{BLOCK_BYTES, MAX_OPS, MAX_PACKS};
use crate::pack::PackRef;
use crate::plan::Plan;

/// A run of blocks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockRange {
    /// The number of the first block.
    pub start: u32,
    /// How many blocks; never 0 in a patch.
    pub count: u32,
}

impl BlockRange {
    /// The number of the block behind the last one.
    pub fn end(&self) -> u64 {
        u64::from(self.start) + u64::from(self.count)
    }

    /// The numbers of its blocks.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        let start = self.start;
        (0..self.count).map(move |distance| start + distance)
    }

    /// The bytes it covers.
    pub fn bytes(&self) -> Range<u64> {
        u64::from(self.start) * BLOCK_BYTES..self.end() * BLOCK_BYTES
    }
}

/// Where the new content of a run of blocks comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Zeros.
    Zero,
    /// The old file, from this block on.
    Copy(u32),
    /// The packs in their order, taken as one array of blocks, from this block on.
    Literal(u32),
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// The blocks it gives.
    pub dst: BlockRange,
    /// Where they come from.
    pub source: Source,
}

impl Op {
    /// Whether `next` continues this operation, so that the two are one.
    fn continues(&self, next: &Self) -> bool {
        let shifted = |from: u32| u64::from(from) + u64::from(self.dst.count);
        self.dst.end() == u64::from(next.dst.start)
            && match (self.source, next.source) {
                (Source::Zero, Source::Zero) => true,
                (Source::Copy(a), Source::Copy(b)) | (Source::Literal(a), Source::Literal(b)) => {
                    shifted(a) == u64::from(b)
                }
                _ => false,
            }
    }
}

/// The difference between two files. Every value of this type has passed [`Patch::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    from: FileIdentity,
    to: FileIdentity,
    packs: Vec<PackRef>,
    ops: Vec<Op>,
}

/// The room that an apply takes, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// By how much the file grows; where it has holes it may take up to [`Patch::written_bytes`] more.
    pub file_bytes: u64,
    /// What the state folder takes for a while: journal, staged blocks and the new leaf table.
    pub state_bytes: u64,
}

impl Patch {
    /// Puts a patch together after checking all that can be checked without its packs: limits, that operations
    /// are in order and apart, and that no source or target lies outside.
    pub fn new(from: FileIdentity, to: FileIdentity, packs: Vec<PackRef>, ops: Vec<Op>) -> Result<Self> {
        check_length(from.length)?;
        check_length(to.length)?;
        if packs.len() as u64 > MAX_PACKS || ops.len() as u64 > MAX_OPS {
            return Err(Error::invalid(format!(
                "use a patch of {} packs and {} operations: the limits are {MAX_PACKS} and {MAX_OPS}",
                packs.len(),
                ops.len()
            ))
            .with_notice("patch.too_large")
            .with_value("limit", MAX_OPS));
        }
        let old_blocks = block_count(from.length);
        if !packs.iter().all(|pack| pack.is_plausible(old_blocks)) {
            return Err(damaged("a pack has an impossible size or reference"));
        }
        let patch = Self { from, to, packs, ops };
        patch.check_ops()?;
        Ok(patch)
    }

    fn check_ops(&self) -> Result<()> {
        let (old, new) = (block_count(self.from.length), block_count(self.to.length));
        let literals: u64 = self.packs.iter().map(|pack| u64::from(pack.blocks())).sum();
        let mut free_from = 0;
        for op in &self.ops {
            let inside = |start: u32, limit: u64| u64::from(start) + u64::from(op.dst.count) <= limit;
            let source_is_inside = match op.source {
                Source::Zero => true,
                Source::Copy(start) => inside(start, old),
                Source::Literal(start) => inside(start, literals),
            };
            if op.dst.count == 0
                || u64::from(op.dst.start) < free_from
                || op.dst.end() > new
                || !source_is_inside
            {
                return Err(damaged("an operation is out of order or reaches outside"));
            }
            free_from = op.dst.end();
        }
        Ok(())
    }

    /// The file it applies to.
    pub fn from(&self) -> &FileIdentity {
        &self.from
    }

    /// The file it makes.
    pub fn to(&self) -> &FileIdentity {
        &self.to
    }

    /// The packs it needs, in the order of their literals.
    pub fn packs(&self) -> &[PackRef] {
        &self.packs
    }

    /// The operations, ascending and apart.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// How many bytes of packs travel with it.
    pub fn packed_bytes(&self) -> u64 {
        self.packs.iter().map(|pack| u64::from(pack.packed_bytes)).sum()
    }

    /// How many bytes of the file it writes.
    pub fn written_bytes(&self) -> u64 {
        self.ops.iter().map(|op| u64::from(op.dst.count) * BLOCK_BYTES).sum()
    }

    /// What an apply takes on the file systems beside the patch and its packs.
    pub fn room(&self) -> Room {
        let staged_bytes = Plan::of(self).staged.blocks() * BLOCK_BYTES;
        let ranges = self.packs.iter().map(|pack| pack.reference.len()).sum::<usize>() + self.ops.len();
        let most_bytes_per_range = 16;
        let journal_bytes = (ranges as u64) * most_bytes_per_range + (self.packs.len() as u64) * 48 + 4096;
        Room {
            file_bytes: self.to.length.saturating_sub(self.from.length),
            state_bytes: staged_bytes + journal_bytes + LeafTable::encoded_bytes(self.to.length),
        }
    }

    /// The byte ranges of the new file that it writes, joined where they touch.
    pub fn written_ranges(&self) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for op in &self.ops {
            let bytes = op.dst.bytes().start..op.dst.bytes().end.min(self.to.length);
            match ranges.last_mut() {
                Some(last) if last.end == bytes.start => last.end = bytes.end,
                _ => ranges.push(bytes),
            }
        }
        ranges
    }
}

/// How many blocks a file of `length` bytes has; the last may be short.
pub(crate) fn block_count(length: u64) -> u64 {
    length.div_ceil(BLOCK_BYTES)
}

/// Appends an operation, joined with the last one where it continues it.
pub(crate) fn push_op(ops: &mut Vec<Op>, next: Op) {
    match ops.last_mut() {
        Some(last) if last.continues(&next) => last.dst.count += next.dst.count,
        _ => ops.push(next),
    }
}

pub(crate) fn damaged(why: &str) -> Error {
    Error::corrupt(format!("read a patch: {why}")).with_notice("patch.damaged").with_value("object", "patch")
}
