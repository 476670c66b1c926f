//! In which order an apply reads and writes. A plan follows from its patch alone, so that the redo after a crash
//! does exactly the same.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::leaves::LeafTable;
use crate::limits::{BLOCK_BYTES, LEAF_BYTES};
use crate::patch::{BlockRange, Op, Patch, Source, block_count};

/// The operations of a patch, sorted for execution.
pub(crate) struct Plan {
    /// By pack, and by target within a pack, so that each pack is decompressed once.
    pub(crate) literals: Vec<LiteralPiece>,
    /// By target.
    pub(crate) copies: Vec<CopyPiece>,
    /// By target.
    pub(crate) zeros: Vec<BlockRange>,
    /// How many blocks must be staged.
    pub(crate) staged_blocks: u64,
}

/// A run of blocks that comes from one pack.
pub(crate) struct LiteralPiece {
    pub(crate) pack: u32,
    /// The first block within the pack.
    pub(crate) start: u32,
    pub(crate) dst: BlockRange,
}

/// A run of blocks that comes from the old file.
pub(crate) struct CopyPiece {
    pub(crate) dst: BlockRange,
    pub(crate) src: u32,
    /// The first block within the staged ones, when the patch itself overwrites or cuts off the source.
    pub(crate) staged_at: Option<u64>,
}

impl CopyPiece {
    pub(crate) fn source(&self) -> BlockRange {
        BlockRange { start: self.src, count: self.dst.count }
    }
}

impl Plan {
    pub(crate) fn of(patch: &Patch) -> Self {
        let mut plan = Self { literals: Vec::new(), copies: Vec::new(), zeros: Vec::new(), staged_blocks: 0 };
        let pack_starts = pack_starts(patch);
        for op in patch.ops() {
            match op.source {
                Source::Zero => plan.zeros.push(op.dst),
                Source::Copy(src) => plan.add_copy(patch, op, src),
                Source::Literal(start) => plan.add_literal(&pack_starts, op, start),
            }
        }
        plan.literals.sort_unstable_by_key(|piece| (piece.pack, piece.dst.start));
        plan
    }

    fn add_literal(&mut self, pack_starts: &[u64], op: &Op, start: u32) {
        let mut at = u64::from(start);
        let end = at + u64::from(op.dst.count);
        while at < end {
            let pack = pack_starts.partition_point(|start| *start <= at) - 1;
            let stop = pack_starts[pack + 1].min(end);
            let dst = BlockRange {
                start: op.dst.start + (at - u64::from(start)) as u32,
                count: (stop - at) as u32,
            };
            self.literals.push(LiteralPiece {
                pack: pack as u32,
                start: (at - pack_starts[pack]) as u32,
                dst,
            });
            at = stop;
        }
    }

    fn add_copy(&mut self, patch: &Patch, op: &Op, src: u32) {
        let mut at = u64::from(src);
        let end = at + u64::from(op.dst.count);
        while at < end {
            let (stop, is_lost) = fate(patch, at);
            let stop = stop.min(end);
            let dst =
                BlockRange { start: op.dst.start + (at - u64::from(src)) as u32, count: (stop - at) as u32 };
            let staged_at = is_lost.then_some(self.staged_blocks);
            self.staged_blocks += if is_lost { stop - at } else { 0 };
            self.copies.push(CopyPiece { dst, src: at as u32, staged_at });
            at = stop;
        }
    }

    /// The leaves of the old file whose content has a part in the new one: sources, and leaves that are written
    /// in part. They are checked before anything is written.
    pub(crate) fn leaves_to_check(&self, patch: &Patch, old_leaves: &LeafTable) -> Vec<u64> {
        let mut leaves = BTreeSet::new();
        for copy in &self.copies {
            let Range { start, end } = copy.source().bytes();
            leaves.extend(start / LEAF_BYTES..end.div_ceil(LEAF_BYTES));
        }
        let length = patch.to().length;
        let seam = length.min(patch.from().length);
        let edges = patch.written_ranges().into_iter().flat_map(|range| [range.start, range.end]);
        let inner_edges = edges.filter(|edge| *edge < length).chain([seam]);
        leaves.extend(inner_edges.filter(|edge| edge % LEAF_BYTES != 0).map(|edge| edge / LEAF_BYTES));
        leaves.into_iter().filter(|leaf| *leaf < old_leaves.leaf_count()).collect()
    }
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

/// The number of the first literal of each pack, and behind them the number of all literals.
fn pack_starts(patch: &Patch) -> Vec<u64> {
    let mut next = 0;
    let mut starts = vec![0];
    starts.extend(patch.packs().iter().map(|pack| {
        next += u64::from(pack.blocks());
        next
    }));
    debug_assert!(block_count(patch.to().length) >= patch.ops().last().map_or(0, |op| op.dst.end()));
    starts
}
