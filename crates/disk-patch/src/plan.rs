//! In which order an apply reads and writes. A plan follows from its patch alone, so that the redo after a crash
//! does exactly the same.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::leaves::LeafTable;
use crate::limits::LEAF_BYTES;
use crate::patch::{BlockRange, Op, Patch, Source, block_count};
use crate::staged::{Staged, sources};

/// The operations of a patch, sorted for execution.
pub(crate) struct Plan {
    /// By pack, and by target within a pack, so that each pack is decompressed once.
    pub(crate) literals: Vec<LiteralPiece>,
    /// By target.
    pub(crate) copies: Vec<CopyPiece>,
    /// By target.
    pub(crate) zeros: Vec<BlockRange>,
    /// What must be saved before anything is written.
    pub(crate) staged: Staged,
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
}

impl Plan {
    pub(crate) fn of(patch: &Patch) -> Self {
        let staged = Staged::of(patch);
        let mut plan = Self { literals: Vec::new(), copies: Vec::new(), zeros: Vec::new(), staged };
        let pack_starts = pack_starts(patch);
        for op in patch.ops() {
            match op.source {
                Source::Zero => plan.zeros.push(op.dst),
                Source::Copy(src) => plan.copies.push(CopyPiece { dst: op.dst, src }),
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

    /// The leaves of the old file whose content has a part in the new one: sources, and leaves that are written
    /// in part. They are checked before anything is written.
    pub(crate) fn leaves_to_check(patch: &Patch, old_leaves: &LeafTable) -> Vec<u64> {
        let mut leaves = BTreeSet::new();
        for source in sources(patch) {
            let Range { start, end } = source.bytes();
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
