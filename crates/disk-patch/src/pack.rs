//! Packs: runs of literal blocks, compressed by zstd and named by the digest of the compressed bytes.
//!
//! The name covers what travels, so it is checked before anything is decompressed.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};

use fault::{Context, Error, Result};

use crate::identity::Digest;
use crate::limits::{BLOCK_BYTES, MAX_PACKED_BYTES, MAX_PACKS, PACK_RAW_BYTES};
use crate::parallel;

/// The levels of compression: small patches are packed tightly, and a large one must not keep the save waiting. The
/// measurements are in `docs/formats/patch.md`.
const TIGHT_LEVEL: i32 = 6;
const FAST_LEVEL: i32 = 3;
/// How many packs of a patch are packed tightly (64 MiB raw).
const TIGHT_PACKS: usize = 16;
/// Matches may reach back over a whole pack (2^22 bytes).
const WINDOW_LOG: u32 = 22;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackRef {
    /// The name: the digest of the packed bytes.
    pub digest: Digest,
    /// The size before compression, a multiple of 4 KiB.
    pub raw_bytes: u32,
    /// The size as it travels.
    pub packed_bytes: u32,
}

impl PackRef {
    /// How many blocks it holds.
    pub fn blocks(&self) -> u32 {
        self.raw_bytes / BLOCK_BYTES as u32
    }

    /// Whether its sizes are possible ones.
    pub(crate) fn is_plausible(&self) -> bool {
        let raw = u64::from(self.raw_bytes);
        raw != 0
            && raw % BLOCK_BYTES == 0
            && raw <= PACK_RAW_BYTES
            && self.packed_bytes != 0
            && u64::from(self.packed_bytes) <= MAX_PACKED_BYTES
    }

    /// Decompresses `packed` into `raw`, which gets exactly [`PackRef::raw_bytes`].
    pub(crate) fn unpack(&self, packed: &[u8], raw: &mut Vec<u8>) -> Result<()> {
        decompress(packed, self.raw_bytes as usize, raw).context(|| format!("unpack {}", self.digest))
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
pub(crate) fn decompress(packed: &[u8], expected: usize, raw: &mut Vec<u8>) -> Result<()> {
    raw.clear();
    raw.reserve_exact(expected);
    let read = zstd::bulk::Decompressor::new()
        .and_then(|mut decompressor| decompressor.decompress_to_buffer(packed, raw))
        .map_err(|error| damaged("zstd refuses it").with_source(error))?;
    if read == expected { Ok(()) } else { Err(damaged("it has another size than announced")) }
}

/// Compresses packs; keep one per thread.
pub(crate) struct Compressor(zstd::bulk::Compressor<'static>);

impl Compressor {
    /// For packs that are not among the first of a patch.
    pub(crate) fn fast() -> Result<Self> {
        Self::with_level(FAST_LEVEL)
    }

    fn with_level(level: i32) -> Result<Self> {
        use zstd::zstd_safe::CParameter;
        let mut inner = zstd::bulk::Compressor::new(level)?;
        inner.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        inner.set_parameter(CParameter::ContentSizeFlag(true))?;
        Ok(Self(inner))
    }

    pub(crate) fn compress(&mut self, raw: &[u8]) -> Result<Vec<u8>> {
        self.0.compress(raw).context(|| "compress a pack")
    }
}

/// Collects literal blocks into packs, which other threads compress and store.
pub(crate) struct PackWriter {
    filling: Vec<u8>,
    blocks: u32,
    sent: usize,
    queue: SyncSender<(usize, Vec<u8>)>,
}

impl PackWriter {
    /// Takes a block and answers its number among all literals of the patch.
    pub(crate) fn push(&mut self, block: &[u8]) -> Result<u32> {
        debug_assert_eq!(block.len() as u64, BLOCK_BYTES);
        let number = self.blocks;
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
        let raw = std::mem::replace(&mut self.filling, Vec::with_capacity(PACK_RAW_BYTES as usize));
        let pack = (self.sent, raw);
        self.sent += 1;
        // Nobody listens any more only after an error, which those who listened tell.
        self.queue.send(pack).map_err(|_| Error::bug("store a pack: the packers have stopped"))
    }
}

/// Runs `fill` while threads compress and store what it writes; answers the packs, which are durable then.
pub(crate) fn write_packs<T>(
    sink: &dyn PackSink,
    fill: impl FnOnce(&mut PackWriter) -> Result<T>,
) -> Result<(T, Vec<PackRef>)> {
    let done = Mutex::new(Vec::new());
    let filled = thread::scope(|scope| {
        let (queue, packs) = sync_channel(1);
        let packs = std::sync::Arc::new(Mutex::new(packs));
        let workers: Vec<_> =
            (0..parallel::threads()).map(|_| spawn_packer(scope, sink, packs.clone(), &done)).collect();
        drop(packs);
        let mut writer = PackWriter { filling: Vec::new(), blocks: 0, sent: 0, queue };
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

type Queue = std::sync::Arc<Mutex<Receiver<(usize, Vec<u8>)>>>;

fn spawn_packer<'scope>(
    scope: &'scope Scope<'scope, '_>,
    sink: &'scope dyn PackSink,
    queue: Queue,
    done: &'scope Mutex<Vec<(usize, PackRef)>>,
) -> thread::ScopedJoinHandle<'scope, Result<()>> {
    scope.spawn(move || {
        let (mut tight, mut fast) = (Compressor::with_level(TIGHT_LEVEL)?, Compressor::fast()?);
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, raw)) = next else { return Ok(()) };
            let compressor = if number < TIGHT_PACKS { &mut tight } else { &mut fast };
            let pack = store_pack(sink, compressor, &raw)?;
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, pack));
        }
    })
}

fn store_pack(sink: &dyn PackSink, compressor: &mut Compressor, raw: &[u8]) -> Result<PackRef> {
    let packed = compressor.compress(raw)?;
    let digest = Digest::of(&packed);
    sink.store(&digest, &packed)?;
    Ok(PackRef { digest, raw_bytes: raw.len() as u32, packed_bytes: packed.len() as u32 })
}
