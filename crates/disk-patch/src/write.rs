//! Writing a patch into the file: idempotent, in large ascending pieces, with few packs in memory at a time.

use std::sync::mpsc::sync_channel;
use std::thread;

use fault::{Error, Result};

use crate::index::pieces;
use crate::limits::{BLOCK_BYTES, PIECE_BYTES};
use crate::pack::PackSource;
use crate::patch::{BlockRange, Patch};
use crate::plan::{CopyPiece, LiteralPiece, Plan};
use crate::progress::Meter;
use crate::staged::OldBlocks;
use crate::store::ByteStore;

/// Writes all that `patch` says; nothing is synced.
pub(crate) fn write_patch(
    file: &dyn ByteStore,
    patch: &Patch,
    plan: &Plan,
    staged: &dyn ByteStore,
    source: &dyn PackSource,
    meter: &mut Meter<'_, '_>,
) -> Result<()> {
    let length = patch.to().length;
    if file.byte_len()? != length {
        file.set_len(length)?;
    }
    let mut writer = Writer { file, length, start: 0, gathered: Vec::with_capacity(PIECE_BYTES), meter };
    let old = OldBlocks { file, patch, staged: &plan.staged, staged_bytes: staged };
    for copy in &plan.copies {
        write_copy(&mut writer, old, copy)?;
    }
    let zeros = vec![0; PIECE_BYTES];
    for piece in plan.zeros.iter().flat_map(pieces) {
        writer.write(&piece, &zeros[..piece.count as usize * BLOCK_BYTES as usize])?;
    }
    write_literals(&mut writer, old, plan, source)?;
    writer.flush()
}

fn write_copy(writer: &mut Writer<'_, '_, '_>, old: OldBlocks<'_>, copy: &CopyPiece) -> Result<()> {
    let mut buffer = vec![0; PIECE_BYTES.min(copy.dst.count as usize * BLOCK_BYTES as usize)];
    for dst in pieces(&copy.dst) {
        let bytes = &mut buffer[..dst.count as usize * BLOCK_BYTES as usize];
        old.read(copy.src + (dst.start - copy.dst.start), bytes)?;
        writer.write(&dst, bytes)?;
    }
    Ok(())
}

/// Another thread reads and decompresses the next pack while this one writes.
fn write_literals(
    writer: &mut Writer<'_, '_, '_>,
    old: OldBlocks<'_>,
    plan: &Plan,
    source: &dyn PackSource,
) -> Result<()> {
    let by_pack = || plan.literals.chunk_by(|a, b| a.pack == b.pack);
    thread::scope(|scope| {
        let (unpacked, packs) = sync_channel::<Result<Vec<u8>>>(1);
        scope.spawn(move || {
            for pieces in by_pack() {
                let raw = unpack(old, &pieces[0], source);
                let failed = raw.is_err();
                // Nobody listens any more only after an error of the writer.
                if unpacked.send(raw).is_err() || failed {
                    return;
                }
            }
        });
        for pieces in by_pack() {
            let raw = packs.recv().map_err(|_| Error::bug("unpack: the thread has stopped"))??;
            for piece in pieces {
                let start = piece.start as usize * BLOCK_BYTES as usize;
                let count = piece.dst.count as usize * BLOCK_BYTES as usize;
                writer.write(&piece.dst, &raw[start..start + count])?;
            }
        }
        Ok(())
    })
}

fn unpack(old: OldBlocks<'_>, piece: &LiteralPiece, source: &dyn PackSource) -> Result<Vec<u8>> {
    let pack = &old.patch.packs()[piece.pack as usize];
    let (mut reference, mut raw) = (Vec::new(), Vec::new());
    old.gather(&pack.reference, &mut reference)?;
    pack.unpack(&source.read(&pack.digest)?, &reference, &mut raw)?;
    Ok(raw)
}

/// Joins neighbouring writes into pieces of about 1 MiB, and cuts off what lies behind the end of the file.
struct Writer<'a, 'b, 'c> {
    file: &'a dyn ByteStore,
    length: u64,
    start: u64,
    gathered: Vec<u8>,
    meter: &'a mut Meter<'b, 'c>,
}

impl Writer<'_, '_, '_> {
    fn write(&mut self, dst: &BlockRange, bytes: &[u8]) -> Result<()> {
        let start = dst.bytes().start;
        let inside = self.length.saturating_sub(start).min(bytes.len() as u64) as usize;
        if start != self.start + self.gathered.len() as u64 || self.gathered.len() + inside > PIECE_BYTES {
            self.flush()?;
            self.start = start;
        }
        if inside >= PIECE_BYTES {
            self.file.write_all_at(&bytes[..inside], start)?;
            self.start = start + inside as u64;
        } else {
            self.gathered.extend_from_slice(&bytes[..inside]);
        }
        self.meter.add(bytes.len() as u64)
    }

    fn flush(&mut self) -> Result<()> {
        if !self.gathered.is_empty() {
            self.file.write_all_at(&self.gathered, self.start)?;
            self.gathered.clear();
        }
        Ok(())
    }
}
