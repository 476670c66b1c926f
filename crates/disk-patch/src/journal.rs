//! The journal: a promise on the disk to finish a patch.
//!
//! While the journal is there, the disk file is neither the old nor the new one, and only redoing the patch may
//! touch it. It appears and vanishes by one rename or removal.

use fault::{Context, Error, Result};

use crate::folder::{self, Folder};
use crate::identity::Digest;
use crate::limits::{BLOCK_BYTES, MAX_FILE_BYTES, MAX_PATCH_BYTES, PIECE_BYTES};
use crate::patch::Patch;
use crate::store::ByteStore;

const JOURNAL: &str = "journal";
const JOURNAL_UNFINISHED: &str = "journal.new";
/// The old blocks that the patch needs and destroys, one after the other.
const STAGED: &str = "staged";

/// The first bytes of a journal, with the version of the format.
const MAGIC: [u8; 8] = *b"DCJRNL\0\x02";
/// Magic, size and digest of the staged blocks.
const HEADER_BYTES: usize = 48;
const DIGEST_BYTES: usize = 32;

/// What must be redone.
pub(crate) struct Journal {
    pub(crate) patch: Patch,
    pub(crate) staged: Box<dyn ByteStore>,
}

impl Journal {
    /// Whether there is a journal.
    pub(crate) fn exists(state: &dyn Folder) -> Result<bool> {
        Ok(state.open(JOURNAL)?.is_some())
    }

    /// Makes the store for staged blocks. It means nothing before [`Journal::write`].
    pub(crate) fn stage(state: &dyn Folder) -> Result<Box<dyn ByteStore>> {
        state.create(STAGED)
    }

    /// Makes the promise: durable when this returns, not made at all when it fails before.
    pub(crate) fn write(state: &dyn Folder, patch: &Patch, staged: &dyn ByteStore) -> Result<()> {
        staged.sync()?;
        // Else the journal could survive a crash that the name of the staged blocks does not.
        state.sync()?;
        let patch = patch.encode()?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&staged.byte_len()?.to_le_bytes());
        header.extend_from_slice(&digest_of(staged)?.0);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header).update(&patch);
        folder::replace(state, JOURNAL, &[&header, &patch, hasher.finalize().as_bytes()])
    }

    /// The journal, if there is one, with its staged blocks checked.
    pub(crate) fn read(state: &dyn Folder) -> Result<Option<Self>> {
        let Some(file) = state.open(JOURNAL)? else { return Ok(None) };
        Self::parse(state, &*file).map(Some).context(|| "read the journal")
    }

    fn parse(state: &dyn Folder, file: &dyn ByteStore) -> Result<Self> {
        let size = file.byte_len()?;
        if size > MAX_PATCH_BYTES + (HEADER_BYTES + DIGEST_BYTES) as u64 {
            return Err(damaged("it is too long"));
        }
        let mut bytes = vec![0; size as usize];
        file.read_exact_at(&mut bytes, 0)?;
        let (promise, digest) =
            bytes.split_last_chunk::<DIGEST_BYTES>().ok_or_else(|| damaged("it is too short"))?;
        if Digest::of(promise).0 != *digest {
            return Err(damaged("its digest is another one"));
        }
        let (header, patch) =
            promise.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("it is too short"))?;
        if header[..8] != MAGIC {
            return Err(damaged("it does not begin like one"));
        }
        let staged = state.open(STAGED)?.ok_or_else(|| damaged("its staged blocks are missing"))?;
        if header[8..16] != staged.byte_len()?.to_le_bytes() || header[16..48] != digest_of(&*staged)?.0 {
            return Err(damaged("its staged blocks are other ones"));
        }
        Ok(Self { patch: Patch::decode(patch)?, staged })
    }

    /// The promise is kept, or there was none: removes everything, the journal first.
    pub(crate) fn remove(state: &dyn Folder) -> Result<()> {
        state.remove(JOURNAL)?;
        state.sync()?;
        Self::remove_leftovers(state)
    }

    /// Removes what an apply left behind that never came to its promise. There must be no journal.
    pub(crate) fn remove_leftovers(state: &dyn Folder) -> Result<()> {
        state.remove(JOURNAL_UNFINISHED)?;
        state.remove(STAGED)
    }
}

fn digest_of(staged: &dyn ByteStore) -> Result<Digest> {
    let length = staged.byte_len()?;
    if length > MAX_FILE_BYTES || length % BLOCK_BYTES != 0 {
        return Err(damaged("its staged blocks have an impossible size"));
    }
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; PIECE_BYTES];
    let mut offset = 0;
    while offset < length {
        let piece = &mut buffer[..(length - offset).min(PIECE_BYTES as u64) as usize];
        staged.read_exact_at(piece, offset)?;
        hasher.update(piece);
        offset += piece.len() as u64;
    }
    Ok(Digest(hasher.finalize().into()))
}

fn damaged(why: &str) -> Error {
    Error::corrupt(format!("use the journal: {why}"))
        .with_notice("patch.damaged")
        .with_value("object", "journal")
}
