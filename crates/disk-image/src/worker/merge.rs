//! Computing a merge: what copying an Active into its Base changes in the file of Base.
//!
//! What Active holds is copied to Base through imago on a capturing storage; what it holds as zeroes (the seal makes that
//! of what NTFS does not use) is given back in Base. Neither file changes. The result is checked as a whole image
//! before anybody gets to see it.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use fault::{Context, Error, Result};
use imago::qcow2::Qcow2;
use imago::{DenyImplicitOpenGate, FormatAccess, FormatDriverBuilder, ShallowMapping};

use disk_image::Capture;

use crate::capture::Capturing;
use crate::header::{Header, damaged};
use crate::images::{Access, Lock, Marker, open_file, open_qcow2};
use crate::read_at::ReadAt;
use crate::survey::Survey;

/// The unit in which what did not change is left out.
const BLOCK_BYTES: usize = 4096;
/// How much is copied at once; whole clusters.
const CHUNK_BYTES: u64 = 1024 * 1024;

type BaseAccess = FormatAccess<Capturing>;

/// Computes a merge; `tell` hears how far it is.
pub(crate) fn run(
    active_path: &Path,
    base_path: &Path,
    scratch_path: &Path,
    tell: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<Capture> {
    Marker::beside(active_path).expect_absent()?;
    let active_file = open_file(active_path, Lock::Shared)?;
    let active = open_qcow2(&active_file, active_path, false, None)?;
    let base_file = open_file(base_path, Lock::Shared)?;
    Header::read(&base_file, base_path)?.expect_plain(base_path)?;
    let before = Survey::run(&base_file, base_path)?;
    if !before.report.is_clean() {
        return Err(damaged(base_path, "its structure is damaged"));
    }
    let storage = capturing(base_file, scratch_path)?;
    let mut base = open_captured(&storage, base_path)?;
    if base.size() != active.size() {
        return Err(damaged(active_path, "its size is not that of its Base"));
    }
    let plan = Plan::of(&active).context(|| format!("read {}", active_path.display()))?;
    plan.give_back(&mut base)
        .and_then(|()| plan.copy(&active_file, &base, tell))
        .and_then(|()| base.flush().map_err(Error::from))
        .and_then(|()| {
            drop(base);
            finish(&storage, &before, base_path)
        })
        .map_err(|error| explain_full(error.in_context("merge"), scratch_path))
}

pub(crate) fn capturing(base_file: File, scratch_path: &Path) -> Result<Capturing> {
    let create = || {
        let scratch =
            File::options().read(true).write(true).create_new(true).mode(0o600).open(scratch_path)?;
        Capturing::new(base_file, scratch)
    };
    create().context(|| format!("create {}", scratch_path.display()))
}

fn open_captured(storage: &Capturing, base_path: &Path) -> Result<BaseAccess> {
    let builder = Qcow2::<Capturing>::builder(storage.clone()).write(true).backing(None).data_file(None);
    let image = builder.open(DenyImplicitOpenGate::default());
    image.map(FormatAccess::new).context(|| format!("open {}", base_path.display()))
}

/// Names the file for whose bytes there was no room.
pub(crate) fn explain_full(error: Error, scratch_path: &Path) -> Error {
    match error.kind() {
        fault::Kind::NoSpace => error.with_notice("disk.no_space").with_value("path", scratch_path.display()),
        _ => error,
    }
}

/// What Active holds.
#[derive(Default)]
struct Plan {
    /// Guest ranges with data, and where in the file of Active these are.
    data: Vec<(Range<u64>, u64)>,
    /// Guest ranges that are zero, whatever Base has there.
    zeroes: Vec<Range<u64>>,
}

impl Plan {
    fn of(active: &Access) -> Result<Self> {
        let (mut plan, mut at) = (Self::default(), 0);
        while at < active.size() {
            let (mapping, length) = active.get_shallow_mapping(at, active.size() - at)?;
            match mapping {
                ShallowMapping::Raw { offset, .. } => plan.data.push((at..at + length, offset)),
                ShallowMapping::Zero { explicit: true, .. } => plan.zeroes.push(at..at + length),
                ShallowMapping::Zero { explicit: false, .. } => {}
                _ => return Err(Error::corrupt("Active holds compressed data")),
            }
            if length == 0 {
                return Err(Error::corrupt("Active has a mapping without length"));
            }
            at += length;
        }
        Ok(plan)
    }

    /// Gives back in Base what became zero. First, so that the copies can use the room.
    fn give_back(&self, base: &mut BaseAccess) -> Result<()> {
        for range in &self.zeroes {
            let mut at = range.start;
            while at < range.end {
                let (mapping, length) = base.get_shallow_mapping(at, range.end - at)?;
                let is_stored = matches!(mapping, ShallowMapping::Raw { .. });
                if is_stored {
                    base.discard_to_backing(at, length)?;
                }
                at += length;
            }
        }
        base.flush().map_err(Error::from)
    }

    /// Another thread reads the next chunk while this one writes.
    fn copy(
        &self,
        active_file: &File,
        base: &BaseAccess,
        tell: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        let total: u64 = self.data.iter().map(|(range, _)| range.end - range.start).sum();
        let (mut old, mut done) = (Vec::new(), 0);
        std::thread::scope(|scope| {
            let (read, chunks) = sync_channel(2);
            scope.spawn(move || {
                for (guest, host) in self.chunks() {
                    let mut bytes = vec![0; (guest.end - guest.start) as usize];
                    let outcome = active_file.read_padded(&mut bytes, host).map(|()| (guest.start, bytes));
                    let failed = outcome.is_err();
                    // Nobody listens any more only after an error of the writer.
                    if read.send(outcome).is_err() || failed {
                        return;
                    }
                }
            });
            for chunk in chunks {
                let (guest_offset, new) = chunk?;
                put(base, guest_offset, &new, &mut old)?;
                done += new.len() as u64;
                tell(done, total)?;
            }
            Ok(())
        })
    }

    /// What Active holds in pieces: guest ranges, and where in the file these are.
    fn chunks(&self) -> impl Iterator<Item = (Range<u64>, u64)> {
        self.data.iter().flat_map(|(range, host)| {
            let starts = (range.start..range.end).step_by(CHUNK_BYTES as usize);
            starts.map(move |at| (at..(at + CHUNK_BYTES).min(range.end), host + (at - range.start)))
        })
    }
}

/// Puts `new` at a guest offset of Base; where Base has a place for it, only the blocks that differ from `old`, which is read
/// here.
fn put(base: &BaseAccess, guest_offset: u64, new: &[u8], old: &mut Vec<u8>) -> Result<()> {
    let mut at = 0;
    while at < new.len() {
        let guest = guest_offset + at as u64;
        let (mapping, length) = base.get_shallow_mapping(guest, (new.len() - at) as u64)?;
        let is_stored = matches!(mapping, ShallowMapping::Raw { .. });
        let piece = &new[at..at + length as usize];
        if is_stored {
            old.resize(piece.len(), 0);
            base.read(&mut old[..], guest)?;
            put_differing(base, guest, piece, old)?;
        } else if piece.iter().any(|&byte| byte != 0) {
            base.write(piece, guest)?;
        }
        at += length as usize;
    }
    Ok(())
}

fn put_differing(base: &BaseAccess, guest_offset: u64, new: &[u8], old: &[u8]) -> Result<()> {
    let mut run: Option<Range<usize>> = None;
    let blocks = new.chunks(BLOCK_BYTES).zip(old.chunks(BLOCK_BYTES));
    for (index, (new_block, old_block)) in blocks.enumerate() {
        let (start, end) = (index * BLOCK_BYTES, index * BLOCK_BYTES + new_block.len());
        match run.as_mut() {
            Some(run) if new_block != old_block => run.end = end,
            None if new_block != old_block => run = Some(start..end),
            _ => {
                if let Some(run) = run.take() {
                    base.write(&new[run.clone()], guest_offset + run.start as u64)?;
                }
            }
        }
    }
    match run {
        Some(run) => base.write(&new[run.clone()], guest_offset + run.start as u64).map_err(Error::from),
        None => Ok(()),
    }
}

/// Checks the image that would come out of a merge or of growing, and zeroes what it no longer uses.
pub(crate) fn finish(storage: &Capturing, before: &Survey, base_path: &Path) -> Result<Capture> {
    let after = Survey::run(storage, base_path)?;
    if !after.report.is_clean() {
        return Err(Error::bug(format!(
            "change {}: the result is damaged: {:?}",
            base_path.display(),
            after.report
        )));
    }
    let length = storage.length()?;
    for free in after.free_clusters() {
        // What was in use before, or was written and then given up, would be kept for nothing.
        if !before.is_free(&free) || storage.is_written(free.clone()) {
            storage.zero(free.start..free.end.min(length))?;
        }
    }
    let (ranges, new_length) = storage.result();
    Ok(Capture { ranges, new_length })
}
