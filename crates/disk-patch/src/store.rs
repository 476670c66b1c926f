//! Bytes at offsets: the one way in which this crate reads and writes files.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use fault::{Error, Kind, Result};

/// A growable array of bytes whose writes are durable after [`ByteStore::sync`] and not before.
pub trait ByteStore: Send + Sync {
    /// Fills `buffer` from `offset`; reaching behind the end is an error of kind `Corrupt`.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()>;
    /// Writes all of `bytes` at `offset`, growing the store when it reaches behind the end.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()>;
    /// The present length in bytes.
    fn byte_len(&self) -> Result<u64>;
    /// Cuts or extends (with zeros) to `length`.
    fn set_len(&self, length: u64) -> Result<()>;
    /// Makes all of it durable, the length included.
    fn sync(&self) -> Result<()>;
}

/// A regular file.
#[derive(Debug)]
pub struct FileStore {
    file: File,
    path: PathBuf,
}

impl FileStore {
    /// Opens an existing file for reading and writing.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Self::with(path.into(), OpenOptions::new().read(true).write(true))
    }

    /// Opens an existing file for reading only.
    pub fn open_read_only(path: impl Into<PathBuf>) -> Result<Self> {
        Self::with(path.into(), OpenOptions::new().read(true))
    }

    /// Makes an empty file, or empties the one that is there.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self> {
        Self::with(path.into(), OpenOptions::new().read(true).write(true).create(true).truncate(true))
    }

    /// Opens a file for reading and writing, and makes it where it is missing.
    pub fn open_or_create(path: impl Into<PathBuf>) -> Result<Self> {
        Self::with(path.into(), OpenOptions::new().read(true).write(true).create(true).truncate(false))
    }

    fn with(path: PathBuf, options: &mut OpenOptions) -> Result<Self> {
        match options.open(&path) {
            Ok(file) => Ok(Self { file, path }),
            Err(error) => Err(io_error(error, "open", &path)),
        }
    }

    /// Where the file was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl ByteStore for FileStore {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.file.read_exact_at(buffer, offset).map_err(|error| io_error(error, "read", &self.path))
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.file.write_all_at(bytes, offset).map_err(|error| io_error(error, "write", &self.path))
    }

    fn byte_len(&self) -> Result<u64> {
        match self.file.metadata() {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) => Err(io_error(error, "measure", &self.path)),
        }
    }

    fn set_len(&self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(|error| io_error(error, "resize", &self.path))
    }

    fn sync(&self) -> Result<()> {
        self.file.sync_all().map_err(|error| io_error(error, "sync", &self.path))
    }
}

/// An error of the file system, with what was done and to which file, and a notice where people can help.
pub(crate) fn io_error(error: io::Error, verb: &str, path: &Path) -> Error {
    let error = Error::from(error);
    let error = match error.kind() {
        Kind::NoSpace => error.with_notice("patch.no_space").with_value("path", path.display()),
        _ => error,
    };
    error.in_context(format!("{verb} {}", path.display()))
}

/// Reads as if the store had `length` bytes followed by zeros without end.
pub(crate) fn read_padded(store: &dyn ByteStore, length: u64, buffer: &mut [u8], offset: u64) -> Result<()> {
    let inside = length.saturating_sub(offset).min(buffer.len() as u64) as usize;
    let (content, padding) = buffer.split_at_mut(inside);
    padding.fill(0);
    if content.is_empty() { Ok(()) } else { store.read_exact_at(content, offset) }
}
