//! A patch from a file of which only a part is left, or only its leaf table, to a new file.
//!
//! Whoever applies the patch has the old file whole; whoever makes it has what is left. So nothing of the old file is
//! used here that its leaf table does not prove: leaves that are left, leaves that the new file has at the same place,
//! and leaves that can be put together from blocks of the new file, which the tags of a block index hint at. All else
//! is thought to be unknown: it is written anew, and never copied from.

use std::collections::HashMap;
use std::path::Path;

use fault::{Error, Result};

use crate::build::{Built, build};
use crate::change::Change;
use crate::identity::Digest;
use crate::index::{BlockIndex, ByKey, Key, Likeness};
use crate::leaves::LeafTable;
use crate::limits::{BLOCK_BYTES, LEAF_BLOCKS, LEAF_BYTES};
use crate::pack::{PackRef, PackSink, PackSource};
use crate::patch::{BlockRange, Op, Patch, Source, block_count, push_op};
use crate::progress::OnProgress;
use crate::reference::NEIGHBOURS;
use crate::store::{ByteStore, read_padded};

/// Leaves that are put together at once: it bounds the tags in memory.
const LEAVES_AT_ONCE: usize = 16 * 1024;

/// What is left of the old file.
#[derive(Clone, Copy)]
pub struct Remains<'a> {
    /// The leaf table that the file had when it was whole.
    pub leaves: &'a LeafTable,
    /// The file as it is, and what it holds; `None` where it is gone.
    pub rest: Option<(&'a dyn ByteStore, &'a LeafTable)>,
    /// The block index that the file had; only hints.
    pub hints: Option<&'a BlockIndex>,
}

/// The new file, which is there whole.
#[derive(Clone, Copy)]
pub struct Successor<'a> {
    /// Its bytes.
    pub store: &'a dyn ByteStore,
    /// Its leaf table.
    pub leaves: &'a LeafTable,
    /// Its block index.
    pub index: &'a BlockIndex,
}

/// Makes the patch from the file that `remains` are of to `new`; its packs go to `sink` and are durable when this
/// returns. `scratch` names a file for an index, which the caller removes.
pub fn build_from_remains(
    remains: &Remains<'_>,
    new: &Successor<'_>,
    scratch: &Path,
    sink: &dyn PackSink,
    on_progress: OnProgress<'_>,
) -> Result<Built> {
    let known = Known::of(remains, new)?;
    let known_leaves = known.table()?;
    let index = BlockIndex::rebuild(scratch, &known, &known_leaves.identity(), &mut *on_progress)?;
    // What a pack is compressed against has neighbours of what was found.
    index.forget_sketches(known.around_unknown())?;
    let whole = 0..new.leaves.byte_len();
    let ranges = if whole.is_empty() { &[][..] } else { std::slice::from_ref(&whole) };
    let change = Change { old: &known, writes: new.store, ranges, new_length: whole.end };
    let mut built = build(&change, &known_leaves, &index, sink, on_progress)?;
    built.patch = known.complete(&built.patch)?;
    Ok(built)
}

/// Where the content of a leaf of the old file is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// What is left of the file has it.
    Rest,
    /// The new file has it at the same place.
    New,
    /// The new file has its blocks, here and there; none for zeros.
    Pieces(Box<[Option<u32>]>),
    /// Nothing is known. It reads as zeros here, which is not what it was.
    Unknown,
}

/// The old file as far as it is known.
struct Known<'a> {
    leaves: &'a LeafTable,
    rest: Option<&'a dyn ByteStore>,
    rest_length: u64,
    new: Successor<'a>,
    origins: Vec<Origin>,
}

impl<'a> Known<'a> {
    fn of(remains: &Remains<'a>, new: &Successor<'a>) -> Result<Self> {
        let rest = remains.rest.map(|(store, _)| store);
        let rest_length = remains.rest.map_or(0, |(_, leaves)| leaves.byte_len());
        let has = |table: &LeafTable, leaf: u64| {
            table.leaf(leaf) == remains.leaves.leaf(leaf)
                && table.leaf_range(leaf) == remains.leaves.leaf_range(leaf)
        };
        let origin = |leaf: u64| match remains.rest {
            Some((_, found)) if has(found, leaf) => Origin::Rest,
            _ if has(new.leaves, leaf) => Origin::New,
            _ => Origin::Unknown,
        };
        let origins = (0..remains.leaves.leaf_count()).map(origin).collect();
        let mut known = Self { leaves: remains.leaves, rest, rest_length, new: *new, origins };
        if let Some(hints) = remains.hints.filter(|hints| *hints.identity() == remains.leaves.identity()) {
            known.put_together(hints)?;
        }
        Ok(known)
    }

    /// Looks for the blocks of unknown leaves in the new file.
    fn put_together(&mut self, hints: &BlockIndex) -> Result<()> {
        let unknown = |leaf: &u64| self.origins[*leaf as usize] == Origin::Unknown;
        let unknown: Vec<u64> = (0..self.leaves.leaf_count()).filter(unknown).collect();
        for batch in unknown.chunks(LEAVES_AT_ONCE) {
            let mut tags: HashMap<u64, Vec<Key>> = HashMap::new();
            for leaf in batch {
                tags.insert(*leaf, hints.tags(leaf * LEAF_BLOCKS, LEAF_BLOCKS)?);
            }
            let mut places: ByKey<Option<u32>> =
                tags.values().flatten().filter(|tag| !tag.is_of_zeros()).map(|tag| (*tag, None)).collect();
            self.new.index.find(Likeness::Same, &mut places, |_| true)?;
            for (leaf, tags) in tags {
                if let Some(pieces) = self.prove(leaf, &tags, &places)? {
                    self.origins[leaf as usize] = Origin::Pieces(pieces);
                }
            }
        }
        Ok(())
    }

    /// The blocks with these tags, if together they are the leaf.
    fn prove(
        &self,
        leaf: u64,
        tags: &[Key],
        places: &ByKey<Option<u32>>,
    ) -> Result<Option<Box<[Option<u32>]>>> {
        let place = |tag: &Key| match tag.is_of_zeros() {
            true => Some(None),
            false => places.get(tag).copied().flatten().map(Some),
        };
        let Some(pieces) = tags.iter().map(place).collect::<Option<Box<[_]>>>() else { return Ok(None) };
        let range = self.leaves.leaf_range(leaf);
        let mut bytes = vec![0; LEAF_BYTES as usize];
        self.read_pieces(&pieces, &mut bytes)?;
        let is_it = self.leaves.leaf(leaf) == Some(Digest::of(&bytes[..(range.end - range.start) as usize]));
        Ok(is_it.then_some(pieces))
    }

    fn read_pieces(&self, pieces: &[Option<u32>], leaf: &mut [u8]) -> Result<()> {
        leaf.fill(0);
        for (block, content) in pieces.iter().zip(leaf.chunks_mut(BLOCK_BYTES as usize)) {
            if let Some(block) = block {
                let start = u64::from(*block) * BLOCK_BYTES;
                read_padded(self.new.store, self.new.leaves.byte_len(), content, start)?;
            }
        }
        Ok(())
    }

    /// The leaf table of the file that this reads as.
    fn table(&self) -> Result<LeafTable> {
        let zeros = LeafTable::of_zeros(self.leaves.byte_len())?;
        let mut table = self.leaves.clone();
        for leaf in self.unknown() {
            if let Some(digest) = zeros.leaf(leaf) {
                table.set_leaf(leaf, digest);
            }
        }
        Ok(table)
    }

    fn unknown(&self) -> impl Iterator<Item = u64> + '_ {
        (0..).zip(&self.origins).filter(|(_, origin)| **origin == Origin::Unknown).map(|(leaf, _)| leaf)
    }

    /// The blocks so near to an unknown leaf that a reference to them may reach into it.
    fn around_unknown(&self) -> impl Iterator<Item = u64> + '_ {
        let near = u64::from(NEIGHBOURS);
        self.unknown().flat_map(move |leaf| {
            let (start, end) = (leaf * LEAF_BLOCKS, (leaf + 1) * LEAF_BLOCKS);
            (start.saturating_sub(near)..start).chain(end..end + near)
        })
    }

    /// Fails where a pack is compressed against what is not known.
    fn check_references(&self, patch: &Patch) -> Result<()> {
        let is_unknown = |block: u32| {
            self.origins.get((u64::from(block) / LEAF_BLOCKS) as usize) == Some(&Origin::Unknown)
        };
        let mut blocks = patch.packs().iter().flat_map(|pack| &pack.reference).flat_map(BlockRange::numbers);
        match blocks.any(is_unknown) {
            false => Ok(()),
            true => Err(Error::bug("a pack is compressed against blocks that are not known")),
        }
    }

    /// The patch for the file as it really was: what reads as zeros here without having been zeros is written, too.
    fn complete(&self, patch: &Patch) -> Result<Patch> {
        self.check_references(patch)?;
        let end = block_count(patch.to().length).min(block_count(self.leaves.byte_len()));
        let mut ops = Vec::new();
        let mut given = patch.ops().iter().copied().peekable();
        let mut next = 0;
        for leaf in self.unknown() {
            let blocks = leaf * LEAF_BLOCKS..((leaf + 1) * LEAF_BLOCKS).min(end);
            // The last operation may have reached into this leaf.
            next = blocks.start.max(next);
            while next < blocks.end {
                while let Some(before) = given.next_if(|op| op.dst.end() <= next) {
                    push_op(&mut ops, before);
                }
                let gap = given.peek().map_or(blocks.end, |op| u64::from(op.dst.start).min(blocks.end));
                if gap > next {
                    let dst = BlockRange { start: next as u32, count: (gap - next) as u32 };
                    push_op(&mut ops, Op { dst, source: Source::Zero });
                    next = gap;
                } else if let Some(op) = given.next() {
                    next = op.dst.end();
                    push_op(&mut ops, op);
                }
            }
        }
        given.for_each(|op| push_op(&mut ops, op));
        Patch::new(self.leaves.identity(), *patch.to(), patch.packs().to_vec(), ops)
    }

    fn read_leaf(&self, leaf: u64, offset: usize, bytes: &mut [u8]) -> Result<()> {
        let start = leaf * LEAF_BYTES + offset as u64;
        match (&self.origins[leaf as usize], self.rest) {
            (Origin::Rest, Some(rest)) => read_padded(rest, self.rest_length, bytes, start),
            (Origin::New, _) => read_padded(self.new.store, self.new.leaves.byte_len(), bytes, start),
            (Origin::Pieces(pieces), _) => {
                let mut whole = vec![0; LEAF_BYTES as usize];
                self.read_pieces(pieces, &mut whole)?;
                bytes.copy_from_slice(&whole[offset..offset + bytes.len()]);
                Ok(())
            }
            _ => {
                bytes.fill(0);
                Ok(())
            }
        }
    }
}

/// Calls `visit` with the number and the content of each block of the new file that `patch` has as a literal and that
/// `is_wanted`, in no particular order.
///
/// Packs may be compressed against blocks of the old file, which are read from `old`, or are zeros behind its end. Where it
/// is not that file, what comes out is not the content: prove it before it is used.
pub fn visit_literals(
    patch: &Patch,
    source: &dyn PackSource,
    old: &dyn ByteStore,
    is_wanted: impl Fn(u32) -> bool,
    visit: &mut dyn FnMut(u32, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut wanted: Vec<(u32, u32)> = Vec::new();
    for op in patch.ops() {
        if let Source::Literal(first) = op.source {
            let pairs = (0..op.dst.count).map(|at| (first + at, op.dst.start + at));
            wanted.extend(pairs.filter(|(_, block)| is_wanted(*block)));
        }
    }
    wanted.sort_unstable();
    let (mut start, mut raw) = (0, Vec::new());
    for pack in patch.packs() {
        let end = start + pack.blocks();
        let of_pack = wanted.partition_point(|(literal, _)| *literal < end);
        let here: Vec<(u32, u32)> = wanted.drain(..of_pack).collect();
        if !here.is_empty() {
            let reference = gather(pack, old)?;
            let packed = source.read(&pack.digest)?;
            if let Err(error) = pack.unpack(&packed, &reference, &mut raw) {
                match pack.reference.is_empty() {
                    true => return Err(error),
                    false => raw = vec![0; pack.raw_bytes as usize],
                }
            }
        }
        for (literal, block) in here {
            let at = (literal - start) as usize * BLOCK_BYTES as usize;
            visit(block, &raw[at..at + BLOCK_BYTES as usize])?;
        }
        start = end;
    }
    Ok(())
}

fn gather(pack: &PackRef, old: &dyn ByteStore) -> Result<Vec<u8>> {
    let (length, mut reference) = (old.byte_len()?, Vec::new());
    for range in &pack.reference {
        let bytes = range.bytes();
        let mut blocks = vec![0; (bytes.end - bytes.start) as usize];
        read_padded(old, length, &mut blocks, bytes.start)?;
        reference.extend_from_slice(&blocks);
    }
    Ok(reference)
}

fn read_only() -> Error {
    Error::bug("write what is left of a file")
}

impl ByteStore for Known<'_> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        if offset + buffer.len() as u64 > self.leaves.byte_len() {
            return Err(Error::corrupt("read behind the end of the old file"));
        }
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            let inside = (at % LEAF_BYTES) as usize;
            let count = (LEAF_BYTES as usize - inside).min(buffer.len() - done);
            self.read_leaf(at / LEAF_BYTES, inside, &mut buffer[done..done + count])?;
            done += count;
        }
        Ok(())
    }

    fn write_all_at(&self, _: &[u8], _: u64) -> Result<()> {
        Err(read_only())
    }

    fn byte_len(&self) -> Result<u64> {
        Ok(self.leaves.byte_len())
    }

    fn set_len(&self, _: u64) -> Result<()> {
        Err(read_only())
    }

    fn sync(&self) -> Result<()> {
        Err(read_only())
    }
}
