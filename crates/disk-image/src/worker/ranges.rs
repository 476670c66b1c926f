//! A set of offsets, kept as ranges.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use disk_image::limits::EARLIER_RANGES_MAX;
use disk_image::wire::{RANGE_BYTES, range_of};

/// Offsets in ranges that neither overlap nor touch.
#[derive(Debug, Default)]
pub(crate) struct RangeSet(BTreeMap<u64, u64>);

impl RangeSet {
    /// Reads a file of ranges within a file of `length` bytes: ascending, apart and not empty.
    pub(crate) fn read(path: &Path, length: u64) -> io::Result<Self> {
        let file = File::open(path)?;
        let count = file.metadata()?.len() / RANGE_BYTES as u64;
        if count > EARLIER_RANGES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{count} ranges")));
        }
        let mut file = BufReader::new(file);
        let (mut set, mut free_from) = (BTreeMap::new(), 0);
        for number in 0..count {
            let mut bytes = [0; RANGE_BYTES];
            file.read_exact(&mut bytes)?;
            let range = range_of(bytes);
            let is_apart = number == 0 || range.start > free_from;
            if !is_apart || range.is_empty() || range.end > length {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("range {range:?}")));
            }
            free_from = range.end;
            set.insert(range.start, range.end);
        }
        Ok(Self(set))
    }

    /// Adds a range.
    pub(crate) fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let Range { mut start, mut end } = range;
        while let Some((&other_start, &other_end)) = self.0.range(..=end).next_back() {
            if other_end < start {
                break;
            }
            self.0.remove(&other_start);
            start = start.min(other_start);
            end = end.max(other_end);
        }
        self.0.insert(start, end);
    }

    /// Splits a range at the borders of the set; tells of each piece whether it is in the set.
    pub(crate) fn pieces(&self, range: Range<u64>) -> Vec<(Range<u64>, bool)> {
        let mut pieces = Vec::new();
        let mut at = range.start;
        let before = self.0.range(..=at).next_back().map(|(&start, &end)| (start, end));
        let within = self.0.range(at + 1..range.end.max(at + 1)).map(|(&start, &end)| (start, end));
        for (start, end) in before.into_iter().chain(within) {
            if end <= at || start >= range.end {
                continue;
            }
            if start > at {
                pieces.push((at..start, false));
                at = start;
            }
            let end = end.min(range.end);
            pieces.push((at..end, true));
            at = end;
        }
        if at < range.end {
            pieces.push((at..range.end, false));
        }
        pieces
    }

    /// The ranges, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Range<u64>> {
        self.0.iter().map(|(&start, &end)| start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_a_bitmap() {
        let (mut set, mut bits) = (RangeSet::default(), [false; 200]);
        let mut random = 7_u64;
        for _ in 0..300 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (start, length) = ((random >> 33) % 190, (random >> 50) % 9);
            set.insert(start..start + length);
            (start..start + length).for_each(|at| bits[at as usize] = true);
            let window = start.saturating_sub(20)..(start + 40).min(200);
            let mut at = window.start;
            for (piece, inside) in set.pieces(window.clone()) {
                assert_eq!(piece.start, at);
                assert!(piece.clone().all(|offset| bits[offset as usize] == inside));
                at = piece.end;
            }
            assert_eq!(at, window.end);
            let all: Vec<_> = set.iter().collect();
            assert!(all.windows(2).all(|pair| pair[0].end < pair[1].start), "ranges touch: {all:?}");
        }
    }
}
