//! An open image.

use std::io::Write;
use std::sync::Arc;
use std::time::SystemTime;

use fault::{Error, Result};

use crate::client::connection::{Connection, Pending, Reply, unexpected};
use crate::client::import::{Import, file_time};
use crate::client::program::WorkerProgram;
use crate::limits::DATA_FRAME_BYTES;
use crate::names::DiskPath;
use crate::types::{Access, DirEntry, Image, SealReport, Space};
use crate::wire::{Answer, Request};

/// An image that a worker of its own has open.
///
/// Calls may come from several threads. One import at a time may run; other calls interleave with it.
/// Dropping a session closes it in order: what was written counts, but [`DiskSession::sync`] is what proves it.
#[derive(Debug)]
pub struct DiskSession {
    connection: Arc<Connection>,
}

impl DiskSession {
    /// Opens an image. An Active that was not closed in order after a change cannot be opened for writing.
    pub fn open(program: &WorkerProgram, image: Image, access: Access) -> Result<Self> {
        let connection = Connection::start(program)?;
        connection.send(&Request::Open { image, access })?.done()?;
        Ok(Self { connection })
    }

    fn ask(&self, request: &Request) -> Result<Pending> {
        self.connection.send(request)
    }

    /// The entries of a directory, sorted by name without regard to case.
    pub fn list(&self, path: &DiskPath) -> Result<Vec<DirEntry>> {
        let pending = self.ask(&Request::List { path: path.clone() })?;
        let mut all = Vec::new();
        loop {
            match pending.answer()? {
                Answer::Listing { mut entries, more } => {
                    all.append(&mut entries);
                    if !more {
                        return Ok(all);
                    }
                }
                other => return Err(unexpected(other)),
            }
        }
    }

    /// What a path names.
    pub fn stat(&self, path: &DiskPath) -> Result<DirEntry> {
        self.entry(path).map(|(_, entry)| entry)
    }

    fn entry(&self, path: &DiskPath) -> Result<(u64, DirEntry)> {
        match self.ask(&Request::Stat { path: path.clone() })?.answer()? {
            Answer::Entry { file, entry } => Ok((file, entry)),
            other => Err(unexpected(other)),
        }
    }

    /// Calls `visit` for all below a directory, a directory before what it contains.
    pub fn walk(
        &self,
        path: &DiskPath,
        visit: &mut dyn FnMut(&DiskPath, &DirEntry) -> Result<()>,
    ) -> Result<()> {
        for entry in self.list(path)? {
            // A foreign disk may hold names that no path can say; they are listed, but cannot be entered.
            let Ok(below) = path.join(&entry.name) else { continue };
            visit(&below, &entry)?;
            if entry.is_dir {
                self.walk(&below, visit)?;
            }
        }
        Ok(())
    }

    /// Copies the data of a file to `out`; answers their length.
    pub fn read(&self, path: &DiskPath, out: &mut dyn Write) -> Result<u64> {
        let (file, entry) = self.entry(path)?;
        if entry.is_dir {
            return Err(Error::invalid(format!("read {path}: it is a directory"))
                .with_notice("disk.is_directory")
                .with_value("entry", path));
        }
        let mut offset = 0;
        while offset < entry.size {
            let length = (entry.size - offset).min(DATA_FRAME_BYTES as u64) as u32;
            match self.ask(&Request::Read { file, offset, length })?.next()? {
                Reply::Data(data) if !data.is_empty() && data.len() as u64 <= u64::from(length) => {
                    out.write_all(&data)?;
                    offset += data.len() as u64;
                }
                Reply::Data(_) => return Err(Error::corrupt(format!("read {path}: it ends at {offset}"))),
                Reply::Answer(other) => return Err(unexpected(other)),
            }
        }
        Ok(offset)
    }

    /// Space inside the volume.
    pub fn space(&self) -> Result<Space> {
        match self.ask(&Request::Space)?.answer()? {
            Answer::Space(space) => Ok(space),
            other => Err(unexpected(other)),
        }
    }

    /// Begins to fill a new directory, whose parent must exist. It must not exist, in any spelling of case.
    pub fn begin_import(&self, directory: &DiskPath) -> Result<Import> {
        let pending = self.ask(&Request::BeginTree { path: directory.clone() })?;
        pending.done()?;
        Ok(Import::new(pending, directory.clone(), None))
    }

    /// Begins to write one file of exactly `size` bytes. With `replace`, a file of that name stays until
    /// [`Import::finish`]; without, it must not exist.
    pub fn begin_file(
        &self,
        path: &DiskPath,
        size: u64,
        modified: Option<SystemTime>,
        replace: bool,
    ) -> Result<Import> {
        let request = Request::BeginFile { path: path.clone(), size, modified: file_time(modified), replace };
        let pending = self.ask(&request)?;
        pending.done()?;
        Ok(Import::new(pending, path.clone(), Some(size)))
    }

    /// Removes a file, or a directory with all in it.
    pub fn remove(&self, path: &DiskPath) -> Result<()> {
        self.ask(&Request::Remove { path: path.clone() })?.done()
    }

    /// Makes all so far durable: when this returns, the changes count as done.
    pub fn sync(&self) -> Result<()> {
        self.ask(&Request::Sync)?.done()
    }

    /// Ends editing: gives back the space that NTFS does not use, checks the image, makes it durable.
    pub fn seal(self) -> Result<SealReport> {
        match self.ask(&Request::Seal)?.answer()? {
            Answer::Sealed(report) => Ok(report),
            other => Err(unexpected(other)),
        }
    }

    /// Makes all durable and ends the worker.
    pub fn close(self) -> Result<()> {
        self.ask(&Request::Close)?.done()
    }

    /// Whether the worker still runs; when it does not, every call fails.
    pub fn is_alive(&self) -> bool {
        self.connection.is_alive()
    }

    /// The number of the worker's process, for logs and tests.
    pub fn worker_process_id(&self) -> u32 {
        self.connection.process_id()
    }
}
