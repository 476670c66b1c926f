//! A directory or a file that is being written.

use std::time::SystemTime;

use fault::{Error, Result};

use crate::client::connection::{Pending, Reply, unexpected};
use crate::limits::DATA_FRAME_BYTES;
use crate::names::DiskPath;
use crate::time::FileTime;
use crate::types::ImportReport;
use crate::wire::{Answer, Request};

/// A directory or a file that is being written; dropped without [`Import::finish`], it is removed again.
///
/// A time of `None` is now. Calls are not acknowledged one by one: an error may come from the call after the one that caused it.
#[derive(Debug)]
pub struct Import {
    pending: Pending,
    target: DiskPath,
    /// Bytes that the present file still lacks.
    missing_bytes: u64,
    is_tree: bool,
    ended: bool,
}

impl Import {
    pub(crate) fn new(pending: Pending, target: DiskPath, file_size: Option<u64>) -> Self {
        Self {
            pending,
            target,
            missing_bytes: file_size.unwrap_or(0),
            is_tree: file_size.is_none(),
            ended: false,
        }
    }

    /// Adds a directory, `rel` below the imported one; parents that are missing come to be.
    pub fn directory(&mut self, rel: &str, modified: Option<SystemTime>) -> Result<()> {
        let path = self.begin_entry(rel)?;
        self.send(&Request::Directory { path, modified: file_time(modified) })
    }

    /// Adds a file of exactly `size` bytes, `rel` below the imported directory; its data follow.
    pub fn file(&mut self, rel: &str, size: u64, modified: Option<SystemTime>) -> Result<()> {
        let path = self.begin_entry(rel)?;
        self.missing_bytes = size;
        self.send(&Request::File { path, size, modified: file_time(modified) })
    }

    fn begin_entry(&mut self, rel: &str) -> Result<DiskPath> {
        self.expect_file_whole()?;
        if !self.is_tree {
            return Err(Error::bug(format!("add {rel:?} to {}: it is a single file", self.target)));
        }
        let below = DiskPath::new(rel)?;
        // The limits hold for the whole path.
        self.target.join(below.as_str())?;
        match below.is_root() {
            true => Err(Error::invalid("entry \"\": an empty name")
                .with_notice("disk.name_invalid")
                .with_value("entry", rel)),
            false => Ok(below),
        }
    }

    /// Adds data to the present file.
    pub fn data(&mut self, data: &[u8]) -> Result<()> {
        if data.len() as u64 > self.missing_bytes {
            return Err(self.size_mismatch("more bytes than announced"));
        }
        for piece in data.chunks(DATA_FRAME_BYTES) {
            self.fail_early()?;
            self.pending.connection().send_data(self.pending.stream, piece)?;
        }
        self.missing_bytes -= data.len() as u64;
        Ok(())
    }

    /// Ends it; with [`crate::DiskSession::sync`] after it, it is durable.
    pub fn finish(mut self) -> Result<ImportReport> {
        self.expect_file_whole()?;
        self.send(&Request::Finish)?;
        self.ended = true;
        match self.pending.answer()? {
            Answer::Imported(report) => Ok(report),
            other => Err(unexpected(other)),
        }
    }

    /// Removes what has been written, and waits for that.
    pub fn cancel(mut self) -> Result<()> {
        self.ended = true;
        let connection = self.pending.connection();
        connection.send_more(self.pending.stream, &Request::Cancel)?;
        loop {
            // An error of the import itself may still be on its way: it no longer matters.
            match self.pending.next() {
                Ok(Reply::Answer(Answer::Done)) => return Ok(()),
                Err(error) if error.notice().is_some_and(|notice| notice.id == "disk.worker_died") => {
                    return Err(error);
                }
                _ => {}
            }
        }
    }

    fn send(&mut self, request: &Request) -> Result<()> {
        self.fail_early()?;
        self.pending.connection().send_more(self.pending.stream, request)
    }

    fn fail_early(&self) -> Result<()> {
        match self.pending.try_next()? {
            None => Ok(()),
            Some(reply) => Err(unexpected(reply)),
        }
    }

    fn expect_file_whole(&self) -> Result<()> {
        match self.missing_bytes {
            0 => Ok(()),
            _ => Err(self.size_mismatch("fewer bytes than announced")),
        }
    }

    fn size_mismatch(&self, what: &str) -> Error {
        Error::corrupt(format!("write a file of {}: {what}", self.target))
            .with_notice("disk.size_mismatch")
            .with_value("entry", &self.target)
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        if !self.ended {
            // Where the worker is gone, what it has written is refused anyway.
            let _ = self.pending.connection().send_more(self.pending.stream, &Request::Cancel);
        }
    }
}

/// The given time, or now.
pub(crate) fn file_time(modified: Option<SystemTime>) -> FileTime {
    modified.unwrap_or_else(SystemTime::now).into()
}
