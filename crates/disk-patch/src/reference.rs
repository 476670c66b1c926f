//! What a pack is compressed against: blocks of the old file that look like its own.
//!
//! zstd then finds in the old blocks what the new ones share with them at any offset. Whoever has the old file has the
//! reference, so only its block numbers travel.

use crate::limits::MAX_REFERENCE_BLOCKS;
use crate::patch::BlockRange;

/// A block that has moved by a few bytes continues in the next one, and not every block finds its like.
pub(crate) const NEIGHBOURS: u32 = 2;

/// Fewer likenesses than these in a full pack are chance, and not worth the slower way of packing.
const WORTH_IT: usize = 8;

/// The similar blocks of one pack, while it is being filled.
#[derive(Default)]
pub(crate) struct Similar(Vec<u32>);

impl Similar {
    /// Adds an old block that is like one of the pack.
    pub(crate) fn add(&mut self, old: u32) {
        self.0.push(old);
    }

    /// The blocks found and their neighbours, within an old file of `blocks` blocks and the limit, for a pack that is
    /// full or is not; begins anew.
    pub(crate) fn take(&mut self, blocks: u64, is_full: bool) -> Vec<BlockRange> {
        let mut found = std::mem::take(&mut self.0);
        if is_full && found.len() < WORTH_IT {
            return Vec::new();
        }
        found.sort_unstable();
        found.dedup();
        let mut ranges: Vec<BlockRange> = Vec::new();
        let mut left = MAX_REFERENCE_BLOCKS;
        for old in found {
            let free_from = ranges.last().map_or(0, BlockRange::end);
            let start = u64::from(old.saturating_sub(NEIGHBOURS)).max(free_from);
            let end = (u64::from(old) + 1 + u64::from(NEIGHBOURS)).min(blocks).min(start + left);
            let Some(count) = end.checked_sub(start).filter(|count| *count != 0) else { continue };
            left -= count;
            match ranges.last_mut() {
                Some(last) if last.end() == start => last.count += count as u32,
                _ => ranges.push(BlockRange { start: start as u32, count: count as u32 }),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(found: &[u32], blocks: u64) -> Vec<(u32, u32)> {
        let mut similar = Similar::default();
        found.iter().for_each(|old| similar.add(*old));
        similar.take(blocks, false).iter().map(|range| (range.start, range.count)).collect()
    }

    #[test]
    fn neighbours_belong_to_it_and_ranges_are_joined() {
        assert_eq!(taken(&[], 100), []);
        assert_eq!(taken(&[50, 50], 100), [(48, 5)]);
        assert_eq!(taken(&[57, 50, 53], 100), [(48, 12)]);
        assert_eq!(taken(&[0, 99], 100), [(0, 3), (97, 3)]);
        assert_eq!(taken(&[20, 30], 25), [(18, 5)]);
    }

    #[test]
    fn a_few_likenesses_in_a_full_pack_are_chance() {
        for (count, expected) in [(WORTH_IT - 1, 0), (WORTH_IT, 1)] {
            let mut similar = Similar::default();
            (0..count).for_each(|number| similar.add(number as u32));
            assert_eq!(similar.take(100, true).len(), expected);
        }
    }

    #[test]
    fn it_never_has_more_than_the_limit() {
        let found: Vec<u32> = (0..10_000).map(|number| number * 10).collect();
        let sum: u64 = taken(&found, 1 << 20).iter().map(|(_, count)| u64::from(*count)).sum();
        assert_eq!(sum, MAX_REFERENCE_BLOCKS);
    }
}
