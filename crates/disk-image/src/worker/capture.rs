//! A file of Base with other bytes over it: writing to a Base without touching it, and seeing what it was.
//!
//! [`Capturing`] is what imago writes to in a merge: reads see the file of Base overlaid by what was written before,
//! writes go to a scratch file at the same offsets. What is left is the change of the file, as ranges and bytes.
#![expect(unsafe_code, reason = "imago declares some functions of the storage that we implement as unsafe")]

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imago::Storage;
use imago::io_buffers::{IoVector, IoVectorMut};
use imago::storage::PreallocateMode;
use imago::storage::drivers::CommonStorageHelper;

use crate::ffi::host::punch_hole;
use crate::ranges::RangeSet;
use crate::read_at::ReadAt;

/// A file of Base as it would be after the writes so far. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Capturing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    base: File,
    base_length: u64,
    scratch: File,
    state: Mutex<State>,
    helper: CommonStorageHelper,
}

#[derive(Debug, Default)]
struct State {
    written: RangeSet,
    length: u64,
}

impl Capturing {
    /// Captures what would be written to `base` in `scratch`, an empty file.
    pub(crate) fn new(base: File, scratch: File) -> io::Result<Self> {
        let base_length = base.length()?;
        let state = Mutex::new(State { written: RangeSet::default(), length: base_length });
        Ok(Self(Arc::new(Inner {
            base,
            base_length,
            scratch,
            state,
            helper: CommonStorageHelper::default(),
        })))
    }

    /// Lays the `written` ranges of `scratch` over `base`, which then has `length`.
    pub(crate) fn over(base: File, scratch: File, written: RangeSet, length: u64) -> Self {
        let state = Mutex::new(State { written, length });
        let helper = CommonStorageHelper::default();
        Self(Arc::new(Inner { base, base_length: length, scratch, state, helper }))
    }

    /// The ranges that were written, and the length that the file then has.
    pub(crate) fn result(&self) -> (Vec<Range<u64>>, u64) {
        let state = self.state();
        (state.written.iter().collect(), state.length)
    }

    /// Whether anything in a range was written.
    pub(crate) fn is_written(&self, range: Range<u64>) -> bool {
        self.state().written.pieces(range).iter().any(|(_, written)| *written)
    }

    /// Writes zeroes, as a hole of the scratch file.
    pub(crate) fn zero(&self, range: Range<u64>) -> io::Result<()> {
        let mut state = self.state();
        if state.written.pieces(range.clone()).iter().any(|(_, written)| *written) {
            punch_hole(&self.0.scratch, range.clone())?;
        }
        if self.0.scratch.length()? < range.end {
            self.0.scratch.set_len(range.end)?;
        }
        state.length = state.length.max(range.end);
        state.written.insert(range);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state changes only after all that can fail.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        let pieces = self.state().written.pieces(offset..end);
        let mut rest = buffer;
        for (range, written) in pieces {
            let (piece, after) = rest.split_at_mut((range.end - range.start) as usize);
            match written {
                true => self.0.scratch.read_padded(piece, range.start)?,
                false if range.start >= self.0.base_length => piece.fill(0),
                false => self.0.base.read_padded(piece, range.start)?,
            }
            rest = after;
        }
        Ok(())
    }

    fn write(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let end = offset.checked_add(data.len() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        self.0.scratch.write_all_at(data, offset)?;
        let mut state = self.state();
        state.written.insert(offset..end);
        state.length = state.length.max(end);
        Ok(())
    }
}

impl ReadAt for Capturing {
    fn read_up_to(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count =
            buffer.len().min(usize::try_from(self.length()?.saturating_sub(offset)).unwrap_or(usize::MAX));
        self.read(&mut buffer[..count], offset)?;
        Ok(count)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.state().length)
    }
}

impl fmt::Display for Capturing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("captured Base")
    }
}

impl Storage for Capturing {
    fn size(&self) -> io::Result<u64> {
        self.length()
    }

    unsafe fn pure_readv(&self, bufv: IoVectorMut<'_>, mut offset: u64) -> io::Result<()> {
        for mut buffer in bufv.into_inner() {
            self.read(&mut buffer, offset)?;
            offset += buffer.len() as u64;
        }
        Ok(())
    }

    unsafe fn pure_writev(&self, bufv: IoVector<'_>, mut offset: u64) -> io::Result<()> {
        for buffer in bufv.into_inner() {
            self.write(&buffer, offset)?;
            offset += buffer.len() as u64;
        }
        Ok(())
    }

    unsafe fn pure_write_zeroes(&self, offset: u64, length: u64) -> io::Result<()> {
        self.zero(offset..offset.checked_add(length).ok_or(io::ErrorKind::InvalidInput)?)
    }

    unsafe fn pure_write_allocated_zeroes(&self, offset: u64, length: u64) -> io::Result<()> {
        self.zero(offset..offset.checked_add(length).ok_or(io::ErrorKind::InvalidInput)?)
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.0.scratch.sync_all()
    }

    unsafe fn invalidate_cache(&self) -> io::Result<()> {
        Ok(())
    }

    fn get_storage_helper(&self) -> &CommonStorageHelper {
        &self.0.helper
    }

    fn resize(&self, new_size: u64, _prealloc_mode: PreallocateMode) -> io::Result<()> {
        let length = self.length()?;
        match new_size >= length {
            true => self.zero(length..new_size),
            // A merge only ever adds to the file.
            false => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}
