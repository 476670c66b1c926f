//! The old blocks that an apply still needs while it destroys them.
//!
//! Before anything is written they are copied into the state folder; whoever then wants an old block gets it from there
//! or, where the patch leaves it alone, from the file. So it does not matter in which order things are written, nor how
//! often.

use fault::Result;

use crate::limits::BLOCK_BYTES;
use crate::patch::{BlockRange, Patch, Source};
use crate::store::{ByteStore, read_padded};

/// Which old blocks are staged, ascending and apart, and behind which others.
pub(crate) struct Staged(Vec<(BlockRange, u64)>);

impl Staged {
    /// What `patch` reads of the old file and writes or cuts off itself.
    pub(crate) fn of(patch: &Patch) -> Self {
        let mut lost: Vec<BlockRange> = sources(patch).flat_map(|range| lost_parts(patch, range)).collect();
        lost.sort_unstable_by_key(|range| range.start);
        let mut staged: Vec<(BlockRange, u64)> = Vec::new();
        let mut blocks = 0;
        for range in lost {
            let free_from = staged.last().map_or(0, |(last, _)| last.end());
            let start = u64::from(range.start).max(free_from);
            let Some(count) = range.end().checked_sub(start).filter(|count| *count != 0) else { continue };
            match staged.last_mut() {
                Some((last, _)) if last.end() == start => last.count += count as u32,
                _ => staged.push((BlockRange { start: start as u32, count: count as u32 }, blocks)),
            }
            blocks += count;
        }
        Self(staged)
    }

    /// The blocks, in the order in which they are staged.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &BlockRange> {
        self.0.iter().map(|(range, _)| range)
    }

    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> u64 {
        self.0.last().map_or(0, |(range, before)| before + u64::from(range.count))
    }

    /// The number of the old block `at` among the staged ones, if it is one, and up to where all blocks are like it.
    fn find(&self, at: u64) -> (u64, Option<u64>) {
        let next = self.0.partition_point(|(range, _)| range.end() <= at);
        match self.0.get(next) {
            Some((range, before)) if u64::from(range.start) <= at => {
                (range.end(), Some(before + (at - u64::from(range.start))))
            }
            Some((range, _)) => (u64::from(range.start), None),
            None => (u64::MAX, None),
        }
    }
}

/// All that the patch reads of the old file.
pub(crate) fn sources(patch: &Patch) -> impl Iterator<Item = BlockRange> {
    let copies = patch.ops().iter().filter_map(|op| match op.source {
        Source::Copy(start) => Some(BlockRange { start, count: op.dst.count }),
        Source::Zero | Source::Literal(_) => None,
    });
    copies.chain(patch.packs().iter().flat_map(|pack| pack.reference.iter().copied()))
}

/// The parts of a range of old blocks that the patch writes or cuts off.
fn lost_parts(patch: &Patch, range: BlockRange) -> Vec<BlockRange> {
    let mut parts = Vec::new();
    let mut at = u64::from(range.start);
    while at < range.end() {
        let (stop, is_lost) = fate(patch, at);
        let stop = stop.min(range.end());
        if is_lost {
            parts.push(BlockRange { start: at as u32, count: (stop - at) as u32 });
        }
        at = stop;
    }
    parts
}

/// Whether the patch destroys the old block `at`, and up to where all blocks share that fate.
fn fate(patch: &Patch, at: u64) -> (u64, bool) {
    let cut_at =
        if patch.to().length < patch.from().length { patch.to().length / BLOCK_BYTES } else { u64::MAX };
    if at >= cut_at {
        return (u64::MAX, true);
    }
    let next = patch.ops().partition_point(|op| op.dst.end() <= at);
    match patch.ops().get(next) {
        Some(op) if u64::from(op.dst.start) <= at => (op.dst.end(), true),
        Some(op) => (u64::from(op.dst.start).min(cut_at), false),
        None => (cut_at, false),
    }
}

/// The old file as it was, while the new one takes its place.
#[derive(Clone, Copy)]
pub(crate) struct OldBlocks<'a> {
    pub(crate) file: &'a dyn ByteStore,
    pub(crate) patch: &'a Patch,
    pub(crate) staged: &'a Staged,
    pub(crate) staged_bytes: &'a dyn ByteStore,
}

impl OldBlocks<'_> {
    /// Fills `buffer` with the old blocks from `start` on.
    pub(crate) fn read(&self, start: u32, mut buffer: &mut [u8]) -> Result<()> {
        // The new file may be shorter or longer than the old one by now; live blocks lie within both.
        let known = self.patch.from().length.min(self.patch.to().length);
        let mut at = u64::from(start);
        while !buffer.is_empty() {
            let (stop, staged_at) = self.staged.find(at);
            let bytes = (stop - at).saturating_mul(BLOCK_BYTES).min(buffer.len() as u64);
            let (part, rest) = buffer.split_at_mut(bytes as usize);
            match staged_at {
                Some(number) => self.staged_bytes.read_exact_at(part, number * BLOCK_BYTES)?,
                None => read_padded(self.file, known, part, at * BLOCK_BYTES)?,
            }
            (at, buffer) = (stop, rest);
        }
        Ok(())
    }

    /// All blocks of `ranges`, one after the other.
    pub(crate) fn gather(&self, ranges: &[BlockRange], into: &mut Vec<u8>) -> Result<()> {
        into.clear();
        for range in ranges {
            let start = into.len();
            into.resize(start + range.count as usize * BLOCK_BYTES as usize, 0);
            self.read(range.start, &mut into[start..])?;
        }
        Ok(())
    }
}
