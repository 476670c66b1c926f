//! Old and new contents of a small disk file, and the change between them as a capture would record it.

use std::ops::Range;

use disk_patch::{BlockIndex, Built, Change, LeafTable, build, unwatched};
use proptest::prelude::*;

use crate::sim::{MemoryObjects, MemoryStore};

const BLOCK: usize = 4096;

/// One captured write.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// New bytes, anywhere.
    Fresh { at: usize, len: usize, seed: u64 },
    /// Zeros, anywhere.
    Zero { at: usize, len: usize },
    /// Blocks of the old file, to another place.
    Move { from: usize, to: usize, blocks: usize },
    /// Bytes of the old file at another distance from the blocks, with a small change every 200 bytes.
    Release { from: usize, to: usize, len: usize },
    /// One new block, several times.
    Repeat { at_block: usize, blocks: usize, seed: u64 },
}

/// Two contents and the edits that lead from one to the other.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) old: Vec<u8>,
    pub(crate) new: Vec<u8>,
    pub(crate) ranges: Vec<Range<u64>>,
}

pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ z >> 27).to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(len).collect()
}

/// Old content with zero runs and repeated blocks in it.
fn old_content(seed: u64, len: usize) -> Vec<u8> {
    let mut content = noise(seed, len);
    for (number, block) in content.chunks_mut(BLOCK).enumerate() {
        match number % 7 {
            2 | 3 => block.fill(0),
            5 => block.copy_from_slice(&noise(99, BLOCK)[..block.len()]),
            _ => {}
        }
    }
    content
}

impl Scenario {
    pub(crate) fn new(seed: u64, old_len: usize, new_len: usize, edits: &[Edit]) -> Self {
        let old = old_content(seed, old_len);
        let mut new = old.clone();
        new.resize(new_len, 0);
        let mut written = vec![false; new_len];
        for edit in edits {
            let (at, bytes) = edit.bytes(&old);
            for (offset, byte) in (at..new_len).zip(bytes) {
                new[offset] = byte;
                written[offset] = true;
            }
        }
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for offset in (0..new_len as u64).filter(|offset| written[*offset as usize]) {
            match ranges.last_mut() {
                Some(range) if range.end == offset => range.end += 1,
                _ => ranges.push(offset..offset + 1),
            }
        }
        Self { old, new, ranges }
    }

    pub(crate) fn build(&self, objects: &MemoryObjects) -> Built {
        let old = MemoryStore::of(&self.old);
        // What the capture did not see must not matter: it is filled with junk here.
        let mut captured = vec![0xEE; self.new.len()];
        for range in &self.ranges {
            let range = range.start as usize..range.end as usize;
            captured[range.clone()].copy_from_slice(&self.new[range]);
        }
        let writes = MemoryStore::of(&captured);
        let change =
            Change { old: &old, writes: &writes, ranges: &self.ranges, new_length: self.new.len() as u64 };
        let leaves = self.old_leaves();
        let folder = tempfile::tempdir().unwrap();
        let index =
            BlockIndex::rebuild(&folder.path().join("index"), &old, &leaves.identity(), &mut unwatched())
                .unwrap();
        build(&change, &leaves, &index, objects, &mut unwatched()).unwrap()
    }

    pub(crate) fn old_leaves(&self) -> LeafTable {
        leaves_of(&self.old)
    }
}

pub(crate) fn leaves_of(content: &[u8]) -> LeafTable {
    LeafTable::of_store(&MemoryStore::of(content), &mut unwatched()).unwrap()
}

impl Edit {
    fn bytes(&self, old: &[u8]) -> (usize, Vec<u8>) {
        match *self {
            Self::Fresh { at, len, seed } => (at, noise(seed, len)),
            Self::Zero { at, len } => (at, vec![0; len]),
            Self::Repeat { at_block, blocks, seed } => (at_block * BLOCK, noise(seed, BLOCK).repeat(blocks)),
            Self::Release { from, to, len } => {
                let start = from.min(old.len());
                let mut bytes = old[start..(start + len).min(old.len())].to_vec();
                bytes.iter_mut().step_by(200).for_each(|byte| *byte ^= 0x5a);
                (to, bytes)
            }
            Self::Move { from, to, blocks } => {
                let mut padded = old.to_vec();
                padded.resize(old.len().next_multiple_of(BLOCK), 0);
                let start = (from * BLOCK).min(padded.len());
                let end = (start + blocks * BLOCK).min(padded.len());
                (to * BLOCK, padded[start..end].to_vec())
            }
        }
    }
}

const MOST_BYTES: usize = 40 * BLOCK + 2000;

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0..MOST_BYTES, 1..30_000usize, any::<u64>()).prop_map(|(at, len, seed)| Edit::Fresh {
            at,
            len,
            seed
        }),
        (0..MOST_BYTES, 1..30_000usize).prop_map(|(at, len)| Edit::Zero { at, len }),
        (0..40usize, 0..40usize, 1..12usize).prop_map(|(from, to, blocks)| Edit::Move { from, to, blocks }),
        (0..MOST_BYTES, 0..MOST_BYTES, 1..50_000usize).prop_map(|(from, to, len)| Edit::Release {
            from,
            to,
            len
        }),
        (0..40usize, 1..6usize, 0..4u64).prop_map(|(at_block, blocks, seed)| Edit::Repeat {
            at_block,
            blocks,
            seed
        }),
    ]
}

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![0..MOST_BYTES, (0..41usize).prop_map(|blocks| blocks * BLOCK), Just(131_072)]
}

pub(crate) fn scenarios() -> impl Strategy<Value = Scenario> {
    (any::<u64>(), length(), length(), proptest::collection::vec(edit(), 0..8))
        .prop_map(|(seed, old_len, new_len, edits)| Scenario::new(seed, old_len, new_len, &edits))
}

/// One scenario in which everything happens: a longer file, overlapping moves, repeats, zeros, odd offsets.
pub(crate) fn rich(old_len: usize, new_len: usize) -> Scenario {
    let edits = [
        Edit::Move { from: 4, to: 6, blocks: 9 },
        Edit::Move { from: 20, to: 17, blocks: 6 },
        Edit::Move { from: 38, to: 1, blocks: 3 },
        Edit::Fresh { at: 100_001, len: 9_000, seed: 5 },
        Edit::Release { from: 30_000, to: 150_500, len: 30_000 },
        Edit::Repeat { at_block: 28, blocks: 3, seed: 77 },
        Edit::Zero { at: 140_000, len: 5_000 },
        Edit::Repeat { at_block: 45, blocks: 2, seed: 77 },
        Edit::Fresh { at: 190_000, len: 30_000, seed: 6 },
    ];
    Scenario::new(1, old_len, new_len, &edits)
}
