//! The block index of a file: where in it a block of some content, or of similar content, probably is.
//!
//! The file of the index holds two 32-bit keys per block of the disk file, in order, behind a header that names the
//! file it belongs to. A save hashes only its own new blocks and then reads the keys from front to back (2 MiB per
//! GiB of disk file), so memory follows the change. What the save changes is appended to the index with a header of its
//! own, and takes its place when somebody opens the index for the changed file. Keys are hints: whoever uses one reads
//! the bytes. So nothing here is synced, and a lost key costs a match only.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::path::Path;

use fault::{Context, Result};

use crate::build::Built;
use crate::change::{ChangedBlock, is_zero, split_blocks};
use crate::identity::{Digest, FileIdentity, Root};
use crate::limits::{BLOCK_BYTES, PIECE_BLOCKS, PIECE_BYTES};
use crate::parallel;
use crate::patch::{BlockRange, block_count};
use crate::progress::{Meter, OnProgress, Phase};
use crate::sketch::sketch_of;
use crate::store::{ByteStore, FileStore, read_padded};

/// The first bytes of an index, with the version of the format.
const MAGIC: [u8; 8] = *b"DCINDEX\x02";
/// Magic, length and root.
const HEADER_BYTES: u64 = 48;
/// The keys of a block: its tag and its sketch.
const ENTRY_BYTES: u64 = 8;
/// A changed block: its number and its keys.
const CHANGE_BYTES: usize = 12;
const NO_ROOT: [u8; 32] = [0; 32];

/// What a block can be looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(crate) u32);

impl Key {
    /// Whether the index has it for a block of zeros.
    pub(crate) fn is_of_zeros(self) -> bool {
        self.0 == 0
    }
}

/// Which of the keys of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Likeness {
    /// The tag: the first 32 bits of the digest.
    Same,
    /// The sketch.
    Similar,
}

/// All keys of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) tag: Key,
    pub(crate) sketch: Key,
}

impl Keys {
    /// Nobody looks for zeros: they have none.
    pub(crate) fn of(block: &[u8]) -> Option<Self> {
        (!is_zero(block)).then(|| Self { tag: tag_of(block), sketch: sketch_of(block) })
    }

    /// As the file of the index has them.
    fn to_bytes(keys: Option<Self>) -> [u8; ENTRY_BYTES as usize] {
        let mut bytes = [0; ENTRY_BYTES as usize];
        if let Some(Self { tag, sketch }) = keys {
            bytes[..4].copy_from_slice(&tag.0.to_le_bytes());
            bytes[4..].copy_from_slice(&sketch.0.to_le_bytes());
        }
        bytes
    }
}

/// The tag of a block of 4 KiB.
pub(crate) fn tag_of(block: &[u8]) -> Key {
    let digest = Digest::of(block).0;
    Key(u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]))
}

/// A map by key. Keys are hashes already, so that they need no further hashing: at worst a hostile file costs
/// its own save some time.
pub(crate) type ByKey<V> = HashMap<Key, V, BuildHasherDefault<KeyHasher>>;

/// Spreads a key over 64 bits.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// The index of one disk file, kept in a file of its own.
pub struct BlockIndex {
    store: Box<dyn ByteStore>,
    of: FileIdentity,
}

impl BlockIndex {
    /// Opens the index at `path`; `None` when it is missing, damaged, or belongs to another file than `of`. Then
    /// [`BlockIndex::rebuild`] makes a new one, or [`BlockIndex::empty`] does without.
    pub fn open(path: &Path, of: &FileIdentity) -> Result<Option<Self>> {
        let store = match FileStore::open(path) {
            Err(error) if error.kind() == fault::Kind::NotFound => return Ok(None),
            opened => Box::new(opened?),
        };
        let index = Self { store, of: *of };
        let Some(present) = index.header_at(0)? else { return Ok(None) };
        if present == *of {
            let is_whole = index.store.byte_len()? >= entry_offset(block_count(of.length));
            return Ok(is_whole.then_some(index));
        }
        let announced = entry_offset(block_count(present.length));
        if index.header_at(announced)? != Some(*of) {
            return Ok(None);
        }
        index.follow(announced)?;
        Ok(Some(index))
    }

    /// Reads all of `file`, whose identity is `of`, and writes a new index to `path`.
    pub fn rebuild(
        path: &Path,
        file: &dyn ByteStore,
        of: &FileIdentity,
        mut on_progress: OnProgress<'_>,
    ) -> Result<Self> {
        let index = Self { store: Box::new(FileStore::create(path)?), of: *of };
        let every = BlockRange { start: 0, count: block_count(of.length) as u32 };
        let mut meter = Meter::new(&mut on_progress, Phase::Hash, of.length);
        index.invalidate()?;
        index.fit_length()?;
        index.write_keys(file, every, &mut meter)?;
        index.validate()?;
        Ok(index)
    }

    /// An index in memory that knows no block, for a file that is new or whose matches do not matter.
    pub fn empty() -> Self {
        let of = FileIdentity { root: Root(Digest(NO_ROOT)), length: 0 };
        Self { store: Box::new(NoKeys), of }
    }

    /// The file it is of.
    pub fn identity(&self) -> &FileIdentity {
        &self.of
    }

    /// Notes what `built` changes: from now on the index can be opened for `built.patch.to()` too, as soon as the file
    /// is that. An index of another file than `built.patch.from()` stays as it is.
    pub fn announce(&self, built: &Built) -> Result<()> {
        if self.of != *built.patch.from() {
            return Ok(());
        }
        let mut offset = entry_offset(block_count(self.of.length));
        self.store.set_len(offset)?;
        self.store.write_all_at(&header_of(built.patch.to()), offset)?;
        offset += HEADER_BYTES;
        for blocks in built.changed.chunks(PIECE_BYTES / CHANGE_BYTES) {
            let changes: Vec<u8> = blocks.iter().flat_map(change_of).collect();
            self.store.write_all_at(&changes, offset)?;
            offset += changes.len() as u64;
        }
        Ok(())
    }

    /// Puts the changes that were announced at `offset` into their places.
    fn follow(&self, offset: u64) -> Result<()> {
        let first = offset + HEADER_BYTES;
        let mut changes = vec![0; self.store.byte_len()?.saturating_sub(first) as usize];
        self.store.read_exact_at(&mut changes, first)?;
        self.invalidate()?;
        // Cut off first: where the file grows, the room of the changes becomes that of entries, which begin as zeros.
        self.store.set_len(offset)?;
        self.fit_length()?;
        let blocks = block_count(self.of.length);
        let number = |change: &[u8; CHANGE_BYTES]| {
            u64::from(u32::from_le_bytes([change[0], change[1], change[2], change[3]]))
        };
        for run in changes.as_chunks().0.chunk_by(|a, b| number(a) + 1 == number(b)) {
            let keys: Vec<u8> = run.iter().flat_map(|change| &change[4..]).copied().collect();
            if number(&run[0]) + run.len() as u64 <= blocks {
                self.store.write_all_at(&keys, entry_offset(number(&run[0])))?;
            }
        }
        self.validate()
    }

    /// Looks up keys of one kind: for each wanted one a block that probably has it, preferably one that `is_stable`:
    /// that the patch does not overwrite.
    pub(crate) fn find(
        &self,
        likeness: Likeness,
        wanted: &mut ByKey<Option<u32>>,
        is_stable: impl Fn(u32) -> bool,
    ) -> Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        let filter = Filter::of(wanted.keys());
        let mut buffer = vec![0; PIECE_BYTES];
        let blocks = block_count(self.of.length);
        let mut first = 0;
        while first < blocks {
            let count = (blocks - first).min(PIECE_BYTES as u64 / ENTRY_BYTES);
            let entries = &mut buffer[..(count * ENTRY_BYTES) as usize];
            self.store.read_exact_at(entries, entry_offset(first)).context(|| "read the block index")?;
            for (block, entry) in (first as u32..).zip(entries.as_chunks::<8>().0) {
                let [a, b, c, d, e, f, g, h] = *entry;
                let key = Key(u32::from_le_bytes(match likeness {
                    Likeness::Same => [a, b, c, d],
                    Likeness::Similar => [e, f, g, h],
                }));
                if filter.may_have(key)
                    && let Some(found) = wanted.get_mut(&key)
                {
                    let is_better = found.is_none_or(|found| !is_stable(found) && is_stable(block));
                    *found = if is_better { Some(block) } else { *found };
                }
            }
            first += count;
        }
        Ok(())
    }

    /// The tags of `count` blocks from `first` on, as far as the file has them; zeros behind its end.
    pub(crate) fn tags(&self, first: u64, count: u64) -> Result<Vec<Key>> {
        let known = block_count(self.of.length).saturating_sub(first).min(count);
        let mut bytes = vec![0; (count * ENTRY_BYTES) as usize];
        self.store.read_exact_at(&mut bytes[..(known * ENTRY_BYTES) as usize], entry_offset(first))?;
        let tag = |[a, b, c, d, ..]: &[u8; 8]| Key(u32::from_le_bytes([*a, *b, *c, *d]));
        Ok(bytes.as_chunks::<8>().0.iter().map(tag).collect())
    }

    /// Lets nobody find these blocks by their sketch.
    pub(crate) fn forget_sketches(&self, blocks: impl Iterator<Item = u64>) -> Result<()> {
        let end = block_count(self.of.length);
        for block in blocks.filter(|block| *block < end) {
            self.store.write_all_at(&[0; 4], entry_offset(block) + ENTRY_BYTES / 2)?;
        }
        Ok(())
    }

    fn fit_length(&self) -> Result<()> {
        self.store.set_len(entry_offset(block_count(self.of.length)))
    }

    fn write_keys(&self, file: &dyn ByteStore, range: BlockRange, meter: &mut Meter<'_, '_>) -> Result<()> {
        let pieces: Vec<BlockRange> = pieces(&range).collect();
        for batch in pieces.chunks(64) {
            let keyed = parallel::map(batch, |piece, buffer| {
                let Range { start, end } = piece.bytes();
                buffer.resize((end - start) as usize, 0);
                read_padded(file, self.of.length, buffer, start)?;
                Ok(split_blocks(buffer)
                    .flat_map(|block| Keys::to_bytes(Keys::of(block)))
                    .collect::<Vec<u8>>())
            })?;
            for (piece, keys) in batch.iter().zip(keyed) {
                self.store.write_all_at(&keys, entry_offset(u64::from(piece.start)))?;
                meter.add(u64::from(piece.count) * BLOCK_BYTES)?;
            }
        }
        Ok(())
    }

    /// The file that a header names.
    fn header_at(&self, offset: u64) -> Result<Option<FileIdentity>> {
        if self.store.byte_len()? < offset.saturating_add(HEADER_BYTES) {
            return Ok(None);
        }
        let mut header = [0; HEADER_BYTES as usize];
        self.store.read_exact_at(&mut header, offset)?;
        let Some((magic, rest)) = header.split_first_chunk() else { return Ok(None) };
        let Some((length, root)) = rest.split_first_chunk() else { return Ok(None) };
        let identity = |root| FileIdentity { root: Root(Digest(root)), length: u64::from_le_bytes(*length) };
        Ok(root.try_into().ok().filter(|_| *magic == MAGIC).map(identity))
    }

    fn invalidate(&self) -> Result<()> {
        self.store.write_all_at(&[0; HEADER_BYTES as usize], 0)
    }

    fn validate(&self) -> Result<()> {
        self.store.write_all_at(&header_of(&self.of), 0)
    }
}

/// A changed block and its keys.
fn change_of(block: &ChangedBlock) -> [u8; CHANGE_BYTES] {
    let mut change = [0; CHANGE_BYTES];
    change[..4].copy_from_slice(&block.number.to_le_bytes());
    change[4..].copy_from_slice(&Keys::to_bytes(block.keys));
    change
}

fn header_of(of: &FileIdentity) -> [u8; HEADER_BYTES as usize] {
    let mut header = [0; HEADER_BYTES as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&of.length.to_le_bytes());
    header[16..].copy_from_slice(&of.root.0.0);
    header
}

fn entry_offset(block: u64) -> u64 {
    HEADER_BYTES + block * ENTRY_BYTES
}

/// Cuts a run of blocks into pieces of at most 1 MiB.
pub(crate) fn pieces(range: &BlockRange) -> impl Iterator<Item = BlockRange> + use<> {
    let (mut start, mut left) = (range.start, range.count);
    std::iter::from_fn(move || {
        let count = left.min(PIECE_BLOCKS);
        let piece = BlockRange { start, count };
        (start, left) = (start.wrapping_add(count), left - count);
        (count != 0).then_some(piece)
    })
}

/// A bit set in front of the map: most keys of a file are not wanted, and most lookups end here.
struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Filter {
    fn of<'a>(keys: impl ExactSizeIterator<Item = &'a Key>) -> Self {
        let log = (keys.len() as u64 * 16).next_power_of_two().ilog2().clamp(10, 28);
        let mut filter = Self { bits: vec![0; 1 << (log - 6)], shift: 32 - log };
        for Key(key) in keys {
            let bit = key >> filter.shift;
            filter.bits[(bit >> 6) as usize] |= 1 << (bit & 63);
        }
        filter
    }

    fn may_have(&self, Key(key): Key) -> bool {
        let bit = key >> self.shift;
        self.bits[(bit >> 6) as usize] >> (bit & 63) & 1 == 1
    }
}

/// The store of the empty index.
struct NoKeys;

impl ByteStore for NoKeys {
    fn read_exact_at(&self, _: &mut [u8], _: u64) -> Result<()> {
        Err(fault::Error::bug("read an empty index"))
    }

    fn write_all_at(&self, _: &[u8], _: u64) -> Result<()> {
        Ok(())
    }

    fn byte_len(&self) -> Result<u64> {
        Ok(0)
    }

    fn set_len(&self, _: u64) -> Result<()> {
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}
