//! Making a patch from a captured change.
//!
//! Reads the change twice, first to compare and hash, then to match and pack; the second time it comes from the page
//! cache. Writes packs only, never the disk file.

use std::ops::Range;

use fault::Result;

use crate::change::{Change, ChangedBlock, compare};
use crate::checked::Checked;
use crate::index::{BlockIndex, ByKey, Key, Likeness};
use crate::leaves::LeafTable;
use crate::limits::{BLOCK_BYTES, LEAF_BLOCKS, LEAF_BYTES};
use crate::pack::{PackSink, PackWriter, write_packs};
use crate::patch::{BlockRange, Op, Patch, Source, block_count, push_op};
use crate::progress::{Meter, OnProgress, Phase};
use crate::store::read_padded;

/// What [`build`] made.
#[derive(Debug)]
pub struct Built {
    /// The patch, whose packs are in the sink.
    pub patch: Patch,
    /// The leaf table that the file has when the patch has been applied.
    pub new_leaves: LeafTable,
    /// How much of it came from where.
    pub stats: Stats,
    /// The blocks that the patch writes, for the index to follow.
    pub(crate) changed: Vec<ChangedBlock>,
}

/// How much of a new file came from where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bytes that differ from the old file at the same place.
    pub changed_bytes: u64,
    /// Of these: found elsewhere in the old file.
    pub copied_bytes: u64,
    /// Of these: zeros.
    pub zero_bytes: u64,
    /// Of these: the same as an earlier literal of this patch.
    pub repeated_bytes: u64,
    /// Of these: new.
    pub literal_bytes: u64,
    /// Of the new ones: with a block of the old file that is like them.
    pub similar_bytes: u64,
    /// The packs, as they travel.
    pub packed_bytes: u64,
}

/// Makes the patch of `change`; its packs go to `sink` and are durable when this returns.
///
/// The old content of all that the change touches is checked against `old_leaves`.
pub fn build(
    change: &Change<'_>,
    old_leaves: &LeafTable,
    index: &BlockIndex,
    sink: &dyn PackSink,
    mut on_progress: OnProgress<'_>,
) -> Result<Built> {
    change.check(old_leaves)?;
    let touched = old_leaves.touched_by(change.ranges, change.new_length);
    let mut meter = Meter::new(&mut on_progress, Phase::Compare, touched.len() as u64 * LEAF_BYTES);
    let (changed, new_leaves) = compare(change, old_leaves, &touched, &mut meter)?;
    let candidates = Candidates::find(index, &changed)?;
    let mut meter = Meter::new(&mut on_progress, Phase::Pack, changed.len() as u64 * BLOCK_BYTES);
    let old = Checked { file: change.old, leaves: old_leaves };
    let (matched, packs) = write_packs(sink, old, |packs| {
        let mut matcher = Matcher::new(change, old_leaves.byte_len(), &candidates, packs);
        matcher.match_all(&changed, &mut meter)?;
        Ok((matcher.ops, matcher.stats))
    })?;
    let (ops, mut stats) = matched;
    let patch = Patch::new(old_leaves.identity(), new_leaves.identity(), packs, ops)?;
    stats.packed_bytes = patch.packed_bytes();
    stats.literal_bytes = patch.packs().iter().map(|pack| u64::from(pack.raw_bytes)).sum();
    stats.repeated_bytes = stats.changed_bytes - stats.copied_bytes - stats.zero_bytes - stats.literal_bytes;
    Ok(Built { patch, new_leaves, stats, changed })
}

/// Where in the old file the content of the changed blocks may be.
struct Candidates {
    /// Old blocks of probably the same content.
    same: ByKey<Option<u32>>,
    /// For changed blocks that have none of these, ascending: an old block of probably similar content.
    similar: Vec<(u32, u32)>,
}

impl Candidates {
    fn find(index: &BlockIndex, changed: &[ChangedBlock]) -> Result<Self> {
        let is_stable = |block: u32| changed.binary_search_by_key(&block, |changed| changed.number).is_err();
        let mut same = ByKey::default();
        same.extend(changed.iter().filter_map(|block| block.keys).map(|keys| (keys.tag, None)));
        index.find(Likeness::Same, &mut same, is_stable)?;
        // Of blocks with one content only the first becomes a literal.
        let mut seen = ByKey::default();
        let mut is_new = |tag: Key| same.get(&tag) == Some(&None) && seen.insert(tag, ()).is_none();
        let new: Vec<(u32, Key)> = changed
            .iter()
            .filter_map(|block| block.keys.map(|keys| (block.number, keys)))
            .filter(|(_, keys)| is_new(keys.tag))
            .map(|(number, keys)| (number, keys.sketch))
            .collect();
        let mut found = ByKey::default();
        found.extend(new.iter().map(|(_, sketch)| (*sketch, None)));
        index.find(Likeness::Similar, &mut found, is_stable)?;
        let old_of = |(number, sketch): (u32, Key)| Some((number, found.get(&sketch).copied().flatten()?));
        let similar = new.into_iter().filter_map(old_of).collect();
        Ok(Self { same, similar })
    }

    fn similar(&self, number: u32) -> Option<u32> {
        let at = self.similar.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(self.similar[at].1)
    }
}

/// Decides for each changed block where its content comes from.
struct Matcher<'a> {
    change: &'a Change<'a>,
    old_length: u64,
    candidates: &'a Candidates,
    packs: &'a mut PackWriter,
    /// Literals of this patch by content: the block of the new file and the number of the literal.
    literals: ByKey<(u32, u32)>,
    ops: Vec<Op>,
    stats: Stats,
    scratch: Vec<u8>,
}

impl<'a> Matcher<'a> {
    fn new(
        change: &'a Change<'a>,
        old_length: u64,
        candidates: &'a Candidates,
        packs: &'a mut PackWriter,
    ) -> Self {
        let scratch = vec![0; BLOCK_BYTES as usize];
        let (literals, ops, stats) = Default::default();
        Self { change, old_length, candidates, packs, literals, ops, stats, scratch }
    }

    fn match_all(&mut self, changed: &[ChangedBlock], meter: &mut Meter<'_, '_>) -> Result<()> {
        let mut leaf = vec![0; LEAF_BYTES as usize];
        let leaf_of = |block: &ChangedBlock| u64::from(block.number) / LEAF_BLOCKS;
        for blocks in changed.chunk_by(|a, b| leaf_of(a) == leaf_of(b)) {
            let start = leaf_of(&blocks[0]) * LEAF_BYTES;
            self.change.read_new(self.old_length, &mut leaf, start)?;
            for block in blocks {
                let at = (u64::from(block.number) * BLOCK_BYTES - start) as usize;
                self.match_block(block, &leaf[at..at + BLOCK_BYTES as usize])?;
            }
            meter.add(blocks.len() as u64 * BLOCK_BYTES)?;
        }
        Ok(())
    }

    fn match_block(&mut self, block: &ChangedBlock, content: &[u8]) -> Result<()> {
        let source = match block.keys {
            None => Source::Zero,
            Some(keys) => self.source_of(block.number, keys.tag, content)?,
        };
        self.stats.changed_bytes += BLOCK_BYTES;
        match source {
            Source::Zero => self.stats.zero_bytes += BLOCK_BYTES,
            Source::Copy(_) => self.stats.copied_bytes += BLOCK_BYTES,
            Source::Literal(_) => {}
        }
        push_op(&mut self.ops, Op { dst: BlockRange { start: block.number, count: 1 }, source });
        Ok(())
    }

    fn source_of(&mut self, number: u32, tag: Key, content: &[u8]) -> Result<Source> {
        let next = self.next_of_copy(number);
        let candidate = self.candidates.same.get(&tag).copied().flatten();
        // Going on with a run makes fewer operations than jumping to another block of the same content.
        for old in [next, candidate].into_iter().flatten() {
            if self.old_has(old, content)? {
                return Ok(Source::Copy(old));
            }
        }
        if let Some(&(earlier, literal)) = self.literals.get(&tag)
            && self.new_has(earlier, content)?
        {
            return Ok(Source::Literal(literal));
        }
        let similar = self.candidates.similar(number);
        self.stats.similar_bytes += if similar.is_some() { BLOCK_BYTES } else { 0 };
        let literal = self.packs.push(content, similar)?;
        self.literals.insert(tag, (number, literal));
        Ok(Source::Literal(literal))
    }

    /// The block of the old file that would continue the last operation, if that is a copy.
    fn next_of_copy(&self, number: u32) -> Option<u32> {
        let last = self.ops.last().filter(|last| last.dst.end() == u64::from(number))?;
        let Source::Copy(start) = last.source else { return None };
        let next = start.checked_add(last.dst.count)?;
        (u64::from(next) < block_count(self.old_length)).then_some(next)
    }

    fn old_has(&mut self, block: u32, content: &[u8]) -> Result<bool> {
        let Range { start, .. } = BlockRange { start: block, count: 1 }.bytes();
        read_padded(self.change.old, self.old_length, &mut self.scratch, start)?;
        Ok(self.scratch == content)
    }

    fn new_has(&mut self, block: u32, content: &[u8]) -> Result<bool> {
        let Range { start, .. } = BlockRange { start: block, count: 1 }.bytes();
        self.change.read_new(self.old_length, &mut self.scratch, start)?;
        Ok(self.scratch == content)
    }
}
