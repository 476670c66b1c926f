//! Sketches: 32 bits that similar blocks probably share, though no byte stands at the same place in both.
//!
//! A vendor's next release of a file has most of its bytes again, moved by a few and with small changes everywhere. No
//! block of it equals an old one, but most runs of 32 bytes still do. A sketch is the least hash of all such runs in a
//! block, so two blocks have the same one about as often as they share runs (min-wise hashing; A. Broder, 1997).

use std::sync::LazyLock;

use crate::index::Key;

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

/// The sketch of a block.
pub(crate) fn sketch_of(block: &[u8]) -> Key {
    let gear = &*GEAR;
    let (first, rest) = block.split_at(RUN_BYTES.min(block.len()));
    let step = |hash: u64, byte: &u8| (hash << 2).wrapping_add(gear[*byte as usize]);
    let mut hash = first.iter().fold(0, step);
    let mut least = hash;
    for byte in rest {
        hash = step(hash, byte);
        least = least.min(hash);
    }
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
