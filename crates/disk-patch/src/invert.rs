//! The inverse of a patch, taken while the file still is the old one.

use fault::{Error, Result};

use crate::change::is_zero;
use crate::checked::Checked;
use crate::index::{ByKey, tag_of};
use crate::leaves::LeafTable;
use crate::limits::BLOCK_BYTES;
use crate::pack::{PackSink, PackWriter, write_packs};
use crate::patch::{BlockRange, Op, Patch, Source, block_count, push_op};
use crate::progress::{Meter, OnProgress, Phase};
use crate::store::{ByteStore, read_padded};

/// Makes the patch that leads from `patch.to()` back to `patch.from()`. Take it before `patch` is applied.
///
/// It holds the old bytes of all that `patch` writes or cuts off, zeros and repetitions left out; what `patch` copies
/// elsewhere is copied back from there. The old bytes are checked against `old_leaves`.
pub fn invert(
    patch: &Patch,
    old: &dyn ByteStore,
    old_leaves: &LeafTable,
    sink: &dyn PackSink,
    mut on_progress: OnProgress<'_>,
) -> Result<Patch> {
    if old_leaves.identity() != *patch.from() {
        return Err(Error::conflict(format!("invert a patch of {}: the file is another one", patch.from())));
    }
    let lost = lost_blocks(patch);
    let total: u64 = lost.iter().map(|range| u64::from(range.count) * BLOCK_BYTES).sum();
    let mut meter = Meter::new(&mut on_progress, Phase::Pack, total);
    let old = Checked { file: old, leaves: old_leaves };
    let (ops, packs) = write_packs(sink, old, |packs| {
        let mut keeper = Keeper {
            patch,
            old,
            moved: Moved::of(patch),
            packs,
            literals: ByKey::default(),
            ops: Vec::new(),
        };
        keeper.keep_all(&lost, &mut meter)?;
        Ok(keeper.ops)
    })?;
    Patch::new(*patch.to(), *patch.from(), packs, ops)
}

/// The blocks of the old file that are not there any more afterwards: overwritten or cut off.
fn lost_blocks(patch: &Patch) -> Vec<BlockRange> {
    let old_end = block_count(patch.from().length);
    // A block in which the new file ends is lost from there on, and so counts as lost.
    let kept_end =
        if patch.to().length < patch.from().length { patch.to().length / BLOCK_BYTES } else { old_end };
    let written = patch.ops().iter().map(|op| u64::from(op.dst.start)..op.dst.end().min(kept_end));
    let cut_off = std::iter::once(kept_end..old_end);
    let all = written.chain(cut_off).filter(|range| range.start < range.end);
    all.map(|range| BlockRange { start: range.start as u32, count: (range.end - range.start) as u32 })
        .collect()
}

/// Where the patch copies old blocks to.
struct Moved(Vec<Op>);

impl Moved {
    fn of(patch: &Patch) -> Self {
        let mut copies: Vec<Op> =
            patch.ops().iter().copied().filter(|op| matches!(op.source, Source::Copy(_))).collect();
        copies.sort_unstable_by_key(Self::start);
        Self(copies)
    }

    fn start(op: &Op) -> u32 {
        match op.source {
            Source::Copy(start) => start,
            Source::Zero | Source::Literal(_) => 0,
        }
    }

    /// The block of the new file that has the content of block `old` of the old file.
    fn find(&self, old: u32) -> Option<u32> {
        let behind = self.0.partition_point(|op| Self::start(op) <= old);
        let op = self.0.get(behind.checked_sub(1)?)?;
        let distance = old - Self::start(op);
        (distance < op.dst.count).then(|| op.dst.start + distance)
    }
}

struct Keeper<'a> {
    patch: &'a Patch,
    old: Checked<'a>,
    moved: Moved,
    packs: &'a mut PackWriter,
    /// Literals of the inverse by content: the old block and the number of the literal.
    literals: ByKey<(u32, u32)>,
    ops: Vec<Op>,
}

impl Keeper<'_> {
    fn keep_all(&mut self, lost: &[BlockRange], meter: &mut Meter<'_, '_>) -> Result<()> {
        let mut blocks = self.old.blocks();
        for range in lost {
            for number in range.numbers() {
                self.keep(number, blocks.block(number)?)?;
            }
            meter.add(u64::from(range.count) * BLOCK_BYTES)?;
        }
        Ok(())
    }

    fn keep(&mut self, number: u32, content: &[u8]) -> Result<()> {
        let source = if is_zero(content) {
            if u64::from(number) >= block_count(self.patch.to().length) {
                return Ok(()); // Growing the file makes it zeros again.
            }
            Source::Zero
        } else if let Some(copy) = self.moved_whole(number) {
            Source::Copy(copy)
        } else {
            Source::Literal(self.literal_of(number, content)?)
        };
        push_op(&mut self.ops, Op { dst: BlockRange { start: number, count: 1 }, source });
        Ok(())
    }

    /// Where the block is in the new file, unless the new file ends within it.
    fn moved_whole(&self, number: u32) -> Option<u32> {
        let copy = self.moved.find(number)?;
        let end = (u64::from(copy) + 1) * BLOCK_BYTES;
        (end <= self.patch.to().length).then_some(copy)
    }

    fn literal_of(&mut self, number: u32, content: &[u8]) -> Result<u32> {
        let tag = tag_of(content);
        if let Some(&(earlier, literal)) = self.literals.get(&tag)
            && self.old_has(earlier, content)?
        {
            return Ok(literal);
        }
        let literal = self.packs.push(content, None)?;
        self.literals.insert(tag, (number, literal));
        Ok(literal)
    }

    fn old_has(&self, block: u32, content: &[u8]) -> Result<bool> {
        let mut bytes = [0; BLOCK_BYTES as usize];
        read_padded(self.old.file, self.old.leaves.byte_len(), &mut bytes, u64::from(block) * BLOCK_BYTES)?;
        Ok(bytes == content)
    }
}
