//! Sketches: 32 bits that similar blocks probably share, though no byte stands at the same place in both.
//!
//! A vendor's next release of a file has most of its bytes again, moved by a few and with small changes everywhere. No
//! block of it equals an old one, but most runs of 32 bytes still do. A sketch is the least hash of all such runs in a
//! block, so two blocks have the same one about as often as they share runs (min-wise hashing; A. Broder, 1997).

use std::sync::LazyLock;

use crate::index::Key;
use crate::limits::BLOCK_BYTES;

/// How many bytes a hash reaches back: each step shifts the older ones two bits further out of the 64.
const RUN_BYTES: usize = 32;

/// One number per value of a byte, the same in every release: sketches are stored.
static GEAR: LazyLock<[u64; 256]> = LazyLock::new(|| {
    let mut state = SPREAD;
    let mut gear = [0; 256];
    for number in &mut gear {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *number = state;
    }
    // Runs of zeros, which fill up files of every kind, hash to the greatest number and so never are the least.
    gear[0] = 3;
    gear
});
/// Spreads a number over all bits: the least of many hashes has zeros in front.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many parts of a block are hashed side by side: a step waits for the one before it, so that one part alone would
/// leave the processor idle most of the time.
const LANES: usize = 4;
/// Lanes overlap so far that each run lies within one of them.
const LANE_BYTES: usize = (BLOCK_BYTES as usize + (LANES - 1) * (RUN_BYTES - 1)).div_ceil(LANES);
const LANE_DISTANCE: usize = (BLOCK_BYTES as usize - LANE_BYTES) / (LANES - 1);

/// The sketch of a block of 4 KiB.
pub(crate) fn sketch_of(block: &[u8]) -> Key {
    let gear = &*GEAR;
    let step = |hash: u64, byte: &u8| (hash << 2).wrapping_add(gear[*byte as usize]);
    let lanes: [_; LANES] =
        std::array::from_fn(|lane| block[lane * LANE_DISTANCE..][..LANE_BYTES].split_at(RUN_BYTES));
    let mut hashes = lanes.map(|(first, _)| first.iter().fold(0, step));
    let mut least = hashes;
    let [a, b, c, d] = lanes.map(|(_, rest)| rest);
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        for (lane, byte) in [a, b, c, d].into_iter().enumerate() {
            hashes[lane] = step(hashes[lane], byte);
            least[lane] = least[lane].min(hashes[lane]);
        }
    }
    let least = least.into_iter().fold(u64::MAX, u64::min);
    Key((least.wrapping_mul(SPREAD) >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that look like nothing else.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect()
    }

    /// By the definition: each run on its own.
    fn plain_sketch_of(block: &[u8]) -> Key {
        let hash_of = |run: &[u8]| {
            run.iter().fold(0, |hash: u64, byte| (hash << 2).wrapping_add(GEAR[usize::from(*byte)]))
        };
        let least = block.windows(RUN_BYTES).map(hash_of).min().unwrap();
        Key((least.wrapping_mul(SPREAD) >> 32) as u32)
    }

    #[test]
    fn every_run_counts_wherever_it_is() {
        for at in (0..=4096 - RUN_BYTES).step_by(7).chain([4096 - RUN_BYTES]) {
            let mut block = vec![0; 4096];
            block[at..at + RUN_BYTES].copy_from_slice(&noise(at as u64, RUN_BYTES));
            assert_eq!(sketch_of(&block), plain_sketch_of(&block), "at {at}");
        }
        for seed in 0..20 {
            let block = noise(seed, 4096);
            assert_eq!(sketch_of(&block), plain_sketch_of(&block), "seed {seed}");
        }
    }

    #[test]
    fn moved_and_edited_blocks_often_have_the_sketch_of_the_old_block() {
        let shared = |distance: usize| {
            let similar = |seed: &u64| {
                let old = noise(*seed, 8192);
                let mut new = old[distance..distance + 4096].to_vec();
                new.iter_mut().step_by(200).for_each(|byte| *byte ^= 0x55);
                [&old[..4096], &old[4096..]].iter().any(|old| sketch_of(old) == sketch_of(&new))
            };
            (0..400).filter(similar).count()
        };
        assert!(shared(0) > 240, "{}", shared(0));
        assert!(shared(2048) > 160, "{}", shared(2048));
    }

    #[test]
    fn blocks_that_share_nothing_differ_and_zeros_do_not_count() {
        let sketches: std::collections::HashSet<u32> =
            (0..1000).map(|seed| sketch_of(&noise(seed, 4096)).0).collect();
        assert!(sketches.len() > 995);
        let mut sparse = vec![0; 4096];
        sparse[1000..1100].copy_from_slice(&noise(7, 100));
        let mut moved = vec![0; 4096];
        moved[3000..3100].copy_from_slice(&noise(7, 100));
        assert_eq!(sketch_of(&sparse), sketch_of(&moved));
    }
}
