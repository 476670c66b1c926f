//! The leaf table: one digest for each 64 KiB of a file, and the root over them.
//!
//! Owns the table's format and how it follows a change. It never decides whether a file may be written.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use fault::{Context, Error, Result};

use crate::folder::{self, Folder};
use crate::identity::{Digest, FileIdentity, Root};
use crate::limits::{LEAF_BYTES, MAX_FILE_BYTES};
use crate::parallel;
use crate::progress::{Meter, OnProgress, Phase};
use crate::store::ByteStore;

/// The first bytes of an encoded table, with the version of the format.
const MAGIC: [u8; 8] = *b"DCLEAF\0\x01";
/// Magic, length and root.
const HEADER_BYTES: usize = 48;

/// The digests of all leaves of a file of a known length.
#[derive(Clone, PartialEq, Eq)]
pub struct LeafTable {
    length: u64,
    leaves: Vec<[u8; 32]>,
}

impl std::fmt::Debug for LeafTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LeafTable({})", self.identity())
    }
}

impl LeafTable {
    /// The table of a file of `length` zeros.
    pub fn of_zeros(length: u64) -> Result<Self> {
        check_length(length)?;
        let mut table = Self { length: 0, leaves: Vec::new() };
        table.resize(length);
        Ok(table)
    }

    /// Reads and hashes all of `store`.
    pub fn of_store(store: &dyn ByteStore, mut on_progress: OnProgress<'_>) -> Result<Self> {
        let mut table = Self::of_zeros(store.byte_len()?)?;
        let every: Vec<u64> = (0..table.leaf_count()).collect();
        table.rehash(store, &every, &mut Meter::new(&mut on_progress, Phase::Hash, table.length))?;
        Ok(table)
    }

    /// The length of the file in bytes.
    pub fn byte_len(&self) -> u64 {
        self.length
    }

    /// How many leaves there are.
    pub fn leaf_count(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The digest of a leaf.
    pub fn leaf(&self, index: u64) -> Option<Digest> {
        self.leaves.get(usize::try_from(index).ok()?).copied().map(Digest)
    }

    /// The bytes that a leaf covers; empty behind the end of the file.
    pub fn leaf_range(&self, index: u64) -> Range<u64> {
        let start = index.saturating_mul(LEAF_BYTES).min(self.length);
        start..start.saturating_add(LEAF_BYTES).min(self.length)
    }

    /// The bytes that a run of leaves covers.
    pub fn byte_range(&self, leaves: &Range<u64>) -> Range<u64> {
        let end = leaves.end.saturating_mul(LEAF_BYTES).min(self.length);
        self.leaf_range(leaves.start).start.min(end)..end
    }

    /// Whether a leaf consists of zeros, so that nobody needs to send it.
    pub fn is_zero_leaf(&self, index: u64) -> bool {
        let range = self.leaf_range(index);
        self.leaf(index) == Some(Digest(zero_leaf(range.end - range.start)))
    }

    /// The digest over the length and all leaves.
    pub fn root(&self) -> Root {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.length.to_le_bytes()).update(self.leaves.as_flattened());
        Root(Digest(hasher.finalize().into()))
    }

    /// Root and length.
    pub fn identity(&self) -> FileIdentity {
        FileIdentity { root: self.root(), length: self.length }
    }

    /// Fails with kind `Corrupt` unless `bytes` are the content of leaf `index`.
    pub fn check_leaf(&self, index: u64, bytes: &[u8]) -> Result<()> {
        if self.leaf(index) == Some(Digest::of(bytes)) {
            return Ok(());
        }
        Err(Self::leaf_damaged(index))
    }

    fn leaf_damaged(index: u64) -> Error {
        let offset = index.saturating_mul(LEAF_BYTES);
        Error::corrupt(format!("use the 64 KiB at offset {offset}: they are not what the leaf table says"))
            .with_notice("patch.disk_damaged")
            .with_value("offset", offset)
    }

    /// The runs of leaves of this table that `other` lacks or has differently, in order.
    pub fn differing(&self, other: &Self) -> Vec<Range<u64>> {
        let differs = |index: &u64| {
            self.leaf(*index) != other.leaf(*index) || self.leaf_range(*index) != other.leaf_range(*index)
        };
        runs((0..self.leaf_count()).filter(differs))
    }

    /// Follows a change of the file: the new length, and new bytes at `ranges`. Reads what the ranges touch.
    pub fn update(
        &mut self,
        store: &dyn ByteStore,
        ranges: &[Range<u64>],
        mut on_progress: OnProgress<'_>,
    ) -> Result<()> {
        let length = store.byte_len()?;
        check_length(length)?;
        let touched = self.touched_by(ranges, length);
        self.resize(length);
        let total = touched.len() as u64 * LEAF_BYTES;
        self.rehash(store, &touched, &mut Meter::new(&mut on_progress, Phase::Check, total))
    }

    /// The leaves whose digests change, or may, when `ranges` are written and the length becomes `length`.
    pub(crate) fn touched_by(&self, ranges: &[Range<u64>], length: u64) -> Vec<u64> {
        let mut touched = BTreeSet::new();
        for range in ranges {
            let end = range.end.min(length);
            touched.extend(range.start / LEAF_BYTES..end.div_ceil(LEAF_BYTES));
        }
        // The leaf in which the shorter of the two files ends is cut or continued.
        let seam = self.length.min(length);
        if self.length != length && !seam.is_multiple_of(LEAF_BYTES) {
            touched.insert(seam / LEAF_BYTES);
        }
        touched.into_iter().collect()
    }

    /// Takes the new length; new leaves are those of zeros. The leaf at the seam must be hashed again.
    pub(crate) fn resize(&mut self, length: u64) {
        let count = length.div_ceil(LEAF_BYTES) as usize;
        self.length = length;
        let grown = count > self.leaves.len();
        self.leaves.resize(count, zero_leaf(LEAF_BYTES));
        if grown && let Some(last) = self.leaves.last_mut() {
            *last = zero_leaf((length - 1) % LEAF_BYTES + 1);
        }
    }

    /// Replaces the digest of a leaf.
    pub(crate) fn set_leaf(&mut self, index: u64, digest: Digest) {
        self.leaves[index as usize] = digest.0;
    }

    /// Reads and hashes the given leaves, and takes their digests.
    pub(crate) fn rehash(
        &mut self,
        store: &dyn ByteStore,
        leaves: &[u64],
        meter: &mut Meter<'_, '_>,
    ) -> Result<()> {
        for batch in parallel::batches(leaves) {
            for (index, digest) in self.hash_batch(store, batch, meter)? {
                self.set_leaf(index, digest);
            }
        }
        Ok(())
    }

    /// Reads and hashes the given leaves, and fails with kind `Corrupt` at the first that differs.
    pub(crate) fn check(
        &self,
        store: &dyn ByteStore,
        leaves: &[u64],
        meter: &mut Meter<'_, '_>,
    ) -> Result<()> {
        for batch in parallel::batches(leaves) {
            let found = self.hash_batch(store, batch, meter)?;
            if let Some((index, _)) = found.iter().find(|(index, digest)| self.leaf(*index) != Some(*digest))
            {
                return Err(Self::leaf_damaged(*index));
            }
        }
        Ok(())
    }

    fn hash_batch(
        &self,
        store: &dyn ByteStore,
        batch: &[u64],
        meter: &mut Meter<'_, '_>,
    ) -> Result<Vec<(u64, Digest)>> {
        let digests = parallel::map(batch, |index, buffer| {
            let range = self.leaf_range(*index);
            buffer.resize((range.end - range.start) as usize, 0);
            store.read_exact_at(buffer, range.start)?;
            Ok((*index, leaf_digest(buffer)))
        })?;
        meter.add(
            batch.iter().map(|index| self.leaf_range(*index)).map(|range| range.end - range.start).sum(),
        )?;
        Ok(digests)
    }

    /// The form in which a table is stored and sent: see `docs/formats/patch.md`.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.extend_from_slice(self.leaves.as_flattened());
        bytes
    }

    fn header(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&self.length.to_le_bytes());
        bytes.extend_from_slice(&self.root().0.0);
        bytes
    }

    /// Reads an encoded table and proves it against the root inside. Compare that root with the one you expect,
    /// or use [`LeafTable::decode_expecting`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let (header, leaves) =
            bytes.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("it is too short"))?;
        let (length, root) = read_header(header)?;
        if leaves.len() as u64 != length.div_ceil(LEAF_BYTES) * 32 {
            return Err(damaged("its size does not fit the length of the file"));
        }
        let leaves = leaves.as_chunks::<32>().0.to_vec();
        Self { length, leaves }.proven(root)
    }

    /// Reads an encoded table that must be the one of `expected`.
    pub fn decode_expecting(bytes: &[u8], expected: &FileIdentity) -> Result<Self> {
        let (length, root) =
            read_header(bytes.get(..HEADER_BYTES).ok_or_else(|| damaged("it is too short"))?)?;
        if (FileIdentity { root, length }) != *expected {
            return Err(damaged("it belongs to another file"));
        }
        Self::decode(bytes)
    }

    /// The size of the encoded table of a file, to bound a download.
    pub fn encoded_bytes(length: u64) -> u64 {
        HEADER_BYTES as u64 + length.div_ceil(LEAF_BYTES) * 32
    }

    /// Saves the table durably under `name`.
    pub fn save(&self, folder: &dyn Folder, name: &str) -> Result<()> {
        folder::replace(folder, name, &[&self.header(), self.leaves.as_flattened()])
    }

    /// Loads the table `name`; `None` when there is none.
    pub fn load(folder: &dyn Folder, name: &str) -> Result<Option<Self>> {
        let Some(file) = folder.open(name)? else { return Ok(None) };
        Self::read(&*file).map(Some).context(|| format!("load {name}"))
    }

    fn read(file: &dyn ByteStore) -> Result<Self> {
        let mut header = [0; HEADER_BYTES];
        if file.byte_len()? < HEADER_BYTES as u64 {
            return Err(damaged("it is too short"));
        }
        file.read_exact_at(&mut header, 0)?;
        let (length, root) = read_header(&header)?;
        if file.byte_len()? != Self::encoded_bytes(length) {
            return Err(damaged("its size does not fit the length of the file"));
        }
        let mut leaves = vec![[0; 32]; length.div_ceil(LEAF_BYTES) as usize];
        file.read_exact_at(leaves.as_flattened_mut(), HEADER_BYTES as u64)?;
        Self { length, leaves }.proven(root)
    }

    fn proven(self, root: Root) -> Result<Self> {
        if self.root() == root { Ok(self) } else { Err(damaged("its root is another one")) }
    }
}

fn read_header(header: &[u8]) -> Result<(u64, Root)> {
    let mut length = [0; 8];
    let mut root = [0; 32];
    if header[..8] != MAGIC {
        return Err(damaged("it does not begin like one"));
    }
    length.copy_from_slice(&header[8..16]);
    root.copy_from_slice(&header[16..48]);
    let length = u64::from_le_bytes(length);
    check_length(length).map_err(|_| damaged("its file is longer than the limit"))?;
    Ok((length, Root(Digest(root))))
}

fn damaged(why: &str) -> Error {
    Error::corrupt(format!("read a leaf table: {why}"))
        .with_notice("patch.damaged")
        .with_value("object", "leaf table")
}

/// Fails unless a file of `length` bytes is within the limits.
pub(crate) fn check_length(length: u64) -> Result<()> {
    if length <= MAX_FILE_BYTES {
        return Ok(());
    }
    Err(Error::invalid(format!("work on a file of {length} bytes: the limit is {MAX_FILE_BYTES}"))
        .with_notice("patch.too_large")
        .with_value("bytes", length)
        .with_value("limit", MAX_FILE_BYTES))
}

/// Joins ascending numbers into runs.
pub(crate) fn runs(numbers: impl IntoIterator<Item = u64>) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some(run) if run.end == number => run.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

/// The digest of a leaf. Disk files are full of zeros, whose digest is known.
fn leaf_digest(bytes: &[u8]) -> Digest {
    static ZEROS: [u8; LEAF_BYTES as usize] = [0; LEAF_BYTES as usize];
    if *bytes == ZEROS { Digest(zero_leaf(LEAF_BYTES)) } else { Digest::of(bytes) }
}

fn zero_leaf(length: u64) -> [u8; 32] {
    static FULL: OnceLock<[u8; 32]> = OnceLock::new();
    let hash = |length: u64| blake3::hash(&vec![0; length as usize]).into();
    if length == LEAF_BYTES { *FULL.get_or_init(|| hash(LEAF_BYTES)) } else { hash(length) }
}
