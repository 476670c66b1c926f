//! Content by leaves: what a file lacks of another one, how runs of leaves travel, and the patch that puts them in.
//!
//! A run of leaves travels as a pack of its own (at most 4 MiB raw), so that a fetched run can be used by a patch as
//! it is. Nothing fetched is used before each of its leaves has been checked against the target's table.

use std::ops::Range;

use fault::{Context, Error, Result};

use crate::identity::Digest;
use crate::leaves::{LeafTable, runs};
use crate::limits::{BLOCK_BYTES, LEAF_BLOCKS, LEAF_BYTES, PACK_LEAVES};
use crate::pack::{Compressor, PackRef, decompress};
use crate::patch::{BlockRange, Op, Patch, Source, push_op};
use crate::store::ByteStore;

/// Runs of leaves that were fetched, and have been checked, as packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafPack {
    /// Which leaves.
    pub leaves: Range<u64>,
    /// The pack that holds them.
    pub pack: PackRef,
}

/// The content of a run of leaves, checked leaf by leaf against a table.
pub struct VerifiedLeaves {
    leaves: Range<u64>,
    offset: u64,
    bytes: Vec<u8>,
}

impl VerifiedLeaves {
    /// Which leaves.
    pub fn leaves(&self) -> &Range<u64> {
        &self.leaves
    }

    /// Where in the file they begin.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Their content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The runs of leaves to fetch so that a file with the table `have` can become `target`: at most
/// [`PACK_LEAVES`] each, never across a multiple of it, and no zeros.
///
/// Where most of an aligned run is wanted, all of it is, so that many clients ask for the same runs and a cache helps.
pub fn wanted_leaves(target: &LeafTable, have: &LeafTable) -> Vec<Range<u64>> {
    let lacks = |leaf: &u64| !has_leaf(have, target, *leaf) && !target.is_zero_leaf(*leaf);
    let count = target.leaf_count();
    let mut wanted = Vec::new();
    for start in (0..count).step_by(PACK_LEAVES as usize) {
        let aligned = start..(start + PACK_LEAVES).min(count);
        let lacking: Vec<u64> = aligned.clone().filter(lacks).collect();
        if lacking.len() as u64 * 2 > aligned.end - aligned.start {
            wanted.push(aligned);
        } else {
            wanted.extend(runs(lacking));
        }
    }
    wanted
}

/// Whether `have` has the same bytes in that leaf as `target`.
fn has_leaf(have: &LeafTable, target: &LeafTable, leaf: u64) -> bool {
    have.leaf(leaf) == target.leaf(leaf) && have.leaf_range(leaf) == target.leaf_range(leaf)
}

/// Packs a run of leaves of `store` to send it. The content is checked against `table` first.
pub fn pack_leaves(store: &dyn ByteStore, table: &LeafTable, leaves: Range<u64>) -> Result<Vec<u8>> {
    let bytes = check_run(table, &leaves)?;
    let mut raw = vec![0; (bytes.end - bytes.start).next_multiple_of(BLOCK_BYTES) as usize];
    let content = &mut raw[..(bytes.end - bytes.start) as usize];
    store.read_exact_at(content, bytes.start)?;
    check_leaves(table, &leaves, content)?;
    Compressor::fast()?.compress(&raw)
}

/// Unpacks what [`pack_leaves`] packed, and checks every leaf against `table`.
pub fn unpack_leaves(packed: &[u8], table: &LeafTable, leaves: Range<u64>) -> Result<VerifiedLeaves> {
    let range = check_run(table, &leaves)?;
    let length = range.end - range.start;
    let mut bytes = Vec::new();
    decompress(packed, &[], length.next_multiple_of(BLOCK_BYTES) as usize, &mut bytes)?;
    let padding = bytes.split_off(length as usize);
    if padding.iter().any(|byte| *byte != 0) {
        return Err(not_the_leaves("something follows the last one"));
    }
    check_leaves(table, &leaves, &bytes)
        .map_err(|_| not_the_leaves("they are not those of the table"))
        .context(|| format!("unpack leaves {}..{}", leaves.start, leaves.end))?;
    Ok(VerifiedLeaves { leaves, offset: range.start, bytes })
}

/// The pack that `packed` is, when it holds `leaves`.
pub(crate) fn leaf_pack(packed: &[u8], leaves: &VerifiedLeaves) -> LeafPack {
    let raw_bytes = (leaves.bytes.len() as u64).next_multiple_of(BLOCK_BYTES) as u32;
    let pack = PackRef {
        digest: Digest::of(packed),
        raw_bytes,
        packed_bytes: packed.len() as u32,
        reference: Vec::new(),
    };
    LeafPack { leaves: leaves.leaves.clone(), pack }
}

fn check_run(table: &LeafTable, leaves: &Range<u64>) -> Result<Range<u64>> {
    if leaves.is_empty() || leaves.end > table.leaf_count() || leaves.end - leaves.start > PACK_LEAVES {
        return Err(Error::invalid(format!(
            "take leaves {}..{} of {}: at most {PACK_LEAVES} at a time",
            leaves.start,
            leaves.end,
            table.leaf_count()
        )));
    }
    Ok(table.byte_range(leaves))
}

fn check_leaves(table: &LeafTable, leaves: &Range<u64>, bytes: &[u8]) -> Result<()> {
    let mut contents = leaves.clone().zip(bytes.chunks(LEAF_BYTES as usize));
    contents.try_for_each(|(leaf, content)| table.check_leaf(leaf, content))
}

fn not_the_leaves(why: &str) -> Error {
    Error::corrupt(format!("use fetched leaves: {why}"))
        .with_notice("patch.damaged")
        .with_value("object", "leaves")
}

/// The patch that turns a file with the table `from` into the one of `to`, with fetched leaves as its literals.
/// Fails with kind `NotFound` while a leaf has not been fetched.
pub fn patch_from_leaves(from: &LeafTable, to: &LeafTable, fetched: &[LeafPack]) -> Result<Patch> {
    let mut fetched = fetched.to_vec();
    fetched.sort_by_key(|pack| pack.leaves.start);
    let mut ops = Vec::new();
    let mut literals = 0;
    let mut packs = fetched.iter().peekable();
    let mut used = Vec::new();
    for leaf in (0..to.leaf_count()).filter(|leaf| !has_leaf(from, to, *leaf)) {
        let bytes = to.leaf_range(leaf);
        let count = (bytes.end - bytes.start).div_ceil(BLOCK_BYTES) as u32;
        let dst = BlockRange { start: (leaf * LEAF_BLOCKS) as u32, count };
        if to.is_zero_leaf(leaf) {
            // Behind the end of the old file there are zeros already.
            if bytes.start < from.byte_len() {
                push_op(&mut ops, Op { dst, source: Source::Zero });
            }
            continue;
        }
        while packs.next_if(|pack| pack.leaves.end <= leaf).is_some() {}
        let pack =
            packs.peek().filter(|pack| pack.leaves.contains(&leaf)).ok_or_else(|| not_fetched(leaf))?;
        if used.last() != Some(&pack.pack) {
            literals += used.last().map_or(0, PackRef::blocks);
            used.push(pack.pack.clone());
        }
        let source = Source::Literal(literals + ((leaf - pack.leaves.start) * LEAF_BLOCKS) as u32);
        push_op(&mut ops, Op { dst, source });
    }
    Patch::new(from.identity(), to.identity(), used, ops)
}

fn not_fetched(leaf: u64) -> Error {
    Error::not_found(format!("put leaf {leaf} into the file: it has not been fetched"))
}
