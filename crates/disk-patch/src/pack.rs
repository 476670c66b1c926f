//! Packs: runs of literal blocks, compressed by zstd and named by the digest of the compressed bytes.
//!
//! The name covers what travels, so it is checked before anything is decompressed. A pack may be compressed against
//! blocks of the old file, its reference: then whoever decompresses it needs these, too.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};

use fault::{Context, Error, Result};

use zstd::zstd_safe::{CCtx, CParameter, DCtx};

use crate::checked::{Checked, CheckedBlocks};
use crate::identity::Digest;
use crate::limits::{BLOCK_BYTES, MAX_PACKED_BYTES, MAX_PACKS, MAX_REFERENCE_BLOCKS, PACK_RAW_BYTES};
use crate::parallel;
use crate::patch::{BlockRange, block_count};
use crate::reference::Similar;

/// The levels of compression: small patches are packed tightly, and a large one must not keep the save waiting. The
/// measurements are in `docs/formats/patch.md`.
const TIGHT_LEVEL: i32 = 6;
const FAST_LEVEL: i32 = 3;
/// How many packs of a patch are packed tightly (64 MiB raw).
const TIGHT_PACKS: usize = 16;
/// Matches may reach back over a whole pack (2^22 bytes).
const WINDOW_LOG: u32 = 22;
/// Matches may reach back over a whole pack and its reference.
const REFERENCE_WINDOW_LOG: u32 = 24;
/// One in 2^6 positions of a reference is looked at for a match; the matches themselves are then found in full.
const REFERENCE_SAMPLE_LOG: u32 = 6;

/// Where new objects go. An object is durable after [`PackSink::sync`] and not before.
pub trait PackSink: Send + Sync {
    /// Stores `bytes`, whose digest is `digest`. Storing the same object again does nothing.
    fn store(&self, digest: &Digest, bytes: &[u8]) -> Result<()>;
    /// Makes all that was stored durable.
    fn sync(&self) -> Result<()>;
}

/// Where objects come from.
pub trait PackSource: Send + Sync {
    /// The bytes of an object, whose digest the source has checked; `NotFound` when it is not there.
    fn read(&self, digest: &Digest) -> Result<Vec<u8>>;
}

/// A pack as a patch refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRef {
    /// The name: the digest of the packed bytes.
    pub digest: Digest,
    /// The size before compression, a multiple of 4 KiB.
    pub raw_bytes: u32,
    /// The size as it travels.
    pub packed_bytes: u32,
    /// The blocks of the old file that it was compressed against, ascending and apart; mostly none.
    pub reference: Vec<BlockRange>,
}

impl PackRef {
    /// How many blocks it holds.
    pub fn blocks(&self) -> u32 {
        self.raw_bytes / BLOCK_BYTES as u32
    }

    /// Whether its sizes are possible ones, and its reference lies within an old file of `old_blocks` blocks.
    pub(crate) fn is_plausible(&self, old_blocks: u64) -> bool {
        let raw = u64::from(self.raw_bytes);
        self.reference_is_plausible(old_blocks)
            && raw != 0
            && raw % BLOCK_BYTES == 0
            && raw <= PACK_RAW_BYTES
            && self.packed_bytes != 0
            && u64::from(self.packed_bytes) <= MAX_PACKED_BYTES
    }

    fn reference_is_plausible(&self, old_blocks: u64) -> bool {
        let mut free_from = 0;
        let mut in_order = |range: &BlockRange| {
            let follows = range.count != 0 && u64::from(range.start) >= free_from;
            free_from = range.end();
            follows
        };
        self.reference.iter().all(&mut in_order)
            && free_from <= old_blocks
            && self.reference_blocks() <= MAX_REFERENCE_BLOCKS
    }

    /// How many blocks its reference has.
    pub(crate) fn reference_blocks(&self) -> u64 {
        self.reference.iter().map(|range| u64::from(range.count)).sum()
    }

    /// Decompresses `packed`, whose reference has these bytes, into `raw`, which gets exactly [`PackRef::raw_bytes`].
    pub(crate) fn unpack(&self, packed: &[u8], reference: &[u8], raw: &mut Vec<u8>) -> Result<()> {
        decompress(packed, reference, self.raw_bytes as usize, raw)
            .context(|| format!("unpack {}", self.digest))
    }

    /// Checks what can be known without decompressing.
    pub(crate) fn check_packed(&self, packed: &[u8]) -> Result<()> {
        let declared = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
        if packed.len() as u64 != u64::from(self.packed_bytes) || declared != Some(u64::from(self.raw_bytes))
        {
            return Err(
                damaged("its size is not the one in the patch").in_context(format!("use {}", self.digest))
            );
        }
        Ok(())
    }
}

fn damaged(why: &str) -> Error {
    Error::corrupt(format!("read a pack: {why}")).with_notice("patch.damaged").with_value("object", "pack")
}

/// Decompresses to exactly `expected` bytes, and never allocates more.
pub(crate) fn decompress(packed: &[u8], reference: &[u8], expected: usize, raw: &mut Vec<u8>) -> Result<()> {
    raw.clear();
    raw.reserve_exact(expected);
    let mut context = DCtx::create();
    if !reference.is_empty() {
        context.ref_prefix(reference).map_err(zstd_error)?;
    }
    let read = context
        .decompress(raw, packed)
        .map_err(|code| damaged("zstd refuses it").with_source(zstd_error(code)))?;
    if read == expected { Ok(()) } else { Err(damaged("it has another size than announced")) }
}

fn zstd_error(code: usize) -> Error {
    Error::corrupt(format!("use zstd: {}", zstd::zstd_safe::get_error_name(code)))
}

/// Compresses against a reference, in which matches of 64 bytes and more are found wherever they are.
fn compress_against(reference: &[u8], raw: &[u8], level: i32) -> Result<Vec<u8>> {
    let mut context = CCtx::create();
    let parameters = [
        CParameter::CompressionLevel(level),
        CParameter::WindowLog(REFERENCE_WINDOW_LOG),
        CParameter::ContentSizeFlag(true),
        CParameter::EnableLongDistanceMatching(true),
        CParameter::LdmHashRateLog(REFERENCE_SAMPLE_LOG),
    ];
    for parameter in parameters {
        context.set_parameter(parameter).map_err(zstd_error)?;
    }
    context.ref_prefix(reference).map_err(zstd_error)?;
    let mut packed = Vec::with_capacity(zstd::zstd_safe::compress_bound(raw.len()));
    context.compress2(&mut packed, raw).map_err(zstd_error).context(|| "compress a pack")?;
    Ok(packed)
}

/// Compresses packs without a reference; keep one per thread.
pub(crate) struct Compressor(zstd::bulk::Compressor<'static>);

impl Compressor {
    /// For packs that are not among the first of a patch.
    pub(crate) fn fast() -> Result<Self> {
        Self::with_level(FAST_LEVEL)
    }

    fn with_level(level: i32) -> Result<Self> {
        let mut inner = zstd::bulk::Compressor::new(level)?;
        inner.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        inner.set_parameter(CParameter::ContentSizeFlag(true))?;
        Ok(Self(inner))
    }

    pub(crate) fn compress(&mut self, raw: &[u8]) -> Result<Vec<u8>> {
        self.0.compress(raw).context(|| "compress a pack")
    }
}

/// A pack on its way to being compressed.
struct RawPack {
    number: usize,
    bytes: Vec<u8>,
    reference: Vec<BlockRange>,
}

/// More packers than processors: each waits for the disk from time to time, and the others go on.
const WAITING_PACKERS: usize = 2;

/// Collects literal blocks into packs, which other threads compress and store.
pub(crate) struct PackWriter {
    filling: Vec<u8>,
    similar: Similar,
    old_blocks: u64,
    blocks: u32,
    sent: usize,
    queue: SyncSender<RawPack>,
}

impl PackWriter {
    /// Takes a block, and a block of the old file that is like it, and answers its number among all literals of the
    /// patch.
    pub(crate) fn push(&mut self, block: &[u8], similar: Option<u32>) -> Result<u32> {
        debug_assert_eq!(block.len() as u64, BLOCK_BYTES);
        let number = self.blocks;
        if let Some(old) = similar {
            self.similar.add(old);
        }
        self.filling.extend_from_slice(block);
        self.blocks += 1;
        if self.filling.len() as u64 == PACK_RAW_BYTES {
            self.flush()?;
        }
        Ok(number)
    }

    fn flush(&mut self) -> Result<()> {
        if self.filling.is_empty() {
            return Ok(());
        }
        if self.sent as u64 == MAX_PACKS {
            return Err(Error::invalid(format!("make a patch of more than {MAX_PACKS} packs"))
                .with_notice("patch.too_large")
                .with_value("limit", MAX_PACKS));
        }
        let bytes = std::mem::replace(&mut self.filling, Vec::with_capacity(PACK_RAW_BYTES as usize));
        let is_full = bytes.len() as u64 == PACK_RAW_BYTES;
        let pack =
            RawPack { number: self.sent, bytes, reference: self.similar.take(self.old_blocks, is_full) };
        self.sent += 1;
        // Nobody listens any more only after an error, which those who listened tell.
        self.queue.send(pack).map_err(|_| Error::bug("store a pack: the packers have stopped"))
    }
}

/// Runs `fill` while threads compress and store what it writes; answers the packs, which are durable then. References
/// are read from `old`.
pub(crate) fn write_packs<T>(
    sink: &dyn PackSink,
    old: Checked<'_>,
    fill: impl FnOnce(&mut PackWriter) -> Result<T>,
) -> Result<(T, Vec<PackRef>)> {
    let done = Mutex::new(Vec::new());
    let filled = thread::scope(|scope| {
        let (queue, packs) = sync_channel(1);
        let packs = std::sync::Arc::new(Mutex::new(packs));
        let workers: Vec<_> = (0..parallel::threads() + WAITING_PACKERS)
            .map(|_| spawn_packer(scope, sink, old, packs.clone(), &done))
            .collect();
        drop(packs);
        let mut writer = PackWriter {
            filling: Vec::new(),
            similar: Similar::default(),
            old_blocks: block_count(old.leaves.byte_len()),
            blocks: 0,
            sent: 0,
            queue,
        };
        let filled = fill(&mut writer).and_then(|value| writer.flush().map(|()| value));
        drop(writer);
        for worker in workers {
            // The first cause is a packer's error; the writer only notices that nobody listens.
            worker.join().map_err(|_| Error::bug("store a pack: a thread panicked"))??;
        }
        filled
    })?;
    sink.sync()?;
    let mut packs = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    packs.sort_unstable_by_key(|(number, _)| *number);
    Ok((filled, packs.into_iter().map(|(_, pack)| pack).collect()))
}

type Queue = std::sync::Arc<Mutex<Receiver<RawPack>>>;

fn spawn_packer<'scope>(
    scope: &'scope Scope<'scope, '_>,
    sink: &'scope dyn PackSink,
    old: Checked<'scope>,
    queue: Queue,
    done: &'scope Mutex<Vec<(usize, PackRef)>>,
) -> thread::ScopedJoinHandle<'scope, Result<()>> {
    scope.spawn(move || {
        let mut packer = Packer::new(old)?;
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(raw) = next else { return Ok(()) };
            let packed = packer.pack(&raw)?;
            let number = raw.number;
            let pack = store_pack(sink, raw, &packed)?;
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, pack));
        }
    })
}

/// What one thread needs to compress packs.
struct Packer<'a> {
    tight: Compressor,
    fast: Compressor,
    old: CheckedBlocks<'a>,
    reference: Vec<u8>,
}

impl<'a> Packer<'a> {
    fn new(old: Checked<'a>) -> Result<Self> {
        let (tight, fast) = (Compressor::with_level(TIGHT_LEVEL)?, Compressor::fast()?);
        Ok(Self { tight, fast, old: old.blocks(), reference: Vec::new() })
    }

    fn pack(&mut self, raw: &RawPack) -> Result<Vec<u8>> {
        let is_tight = raw.number < TIGHT_PACKS;
        if raw.reference.is_empty() {
            return if is_tight { &mut self.tight } else { &mut self.fast }.compress(&raw.bytes);
        }
        self.old.gather(&raw.reference, &mut self.reference)?;
        compress_against(&self.reference, &raw.bytes, if is_tight { TIGHT_LEVEL } else { FAST_LEVEL })
    }
}

fn store_pack(sink: &dyn PackSink, raw: RawPack, packed: &[u8]) -> Result<PackRef> {
    let digest = Digest::of(packed);
    sink.store(&digest, packed)?;
    Ok(PackRef {
        digest,
        raw_bytes: raw.bytes.len() as u32,
        packed_bytes: packed.len() as u32,
        reference: raw.reference,
    })
}
