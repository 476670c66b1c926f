//! Readers on the way to and from Glance: one hashes what passes, one tells how far it is.

use std::io::{self, Read};

use fault::{Error, Result};
use sha2::{Digest as _, Sha256, Sha512};

use crate::Progress;

/// The digests of what has passed; Glance is configured to keep one of them.
pub(super) struct Digests {
    pub(super) sha256: String,
    pub(super) sha512: String,
}

/// Hashes what is read through it.
pub(super) struct Hashing<R> {
    reader: R,
    sha256: Sha256,
    sha512: Sha512,
}

impl<R> Hashing<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, sha256: Sha256::new(), sha512: Sha512::new() }
    }

    pub(super) fn finish(self) -> Digests {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Digests { sha256: hex(&self.sha256.finalize()), sha512: hex(&self.sha512.finalize()) }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        self.sha512.update(&buffer[..read]);
        Ok(read)
    }
}

/// Tells how much has been read, stops on request, and keeps its own failure apart from the network's.
pub(super) struct Watched<'a, R> {
    reader: R,
    done: u64,
    length: u64,
    progress: Progress<'a>,
    failure: Option<Error>,
}

impl<'a, R: Read> Watched<'a, R> {
    pub(super) fn new(reader: R, length: u64, progress: Progress<'a>) -> Self {
        Self { reader, done: 0, length, progress, failure: None }
    }

    pub(super) fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    pub(super) fn into_inner(self) -> R {
        self.reader
    }

    fn step(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.length - self.done;
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..room])?;
        if read == 0 && room > 0 {
            return Err(Error::conflict("the image got shorter while it was read"));
        }
        self.done += read as u64;
        if (self.progress)(self.done, self.length) {
            Ok(read)
        } else {
            Err(Error::cancelled("stopped on request"))
        }
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.step(buffer).map_err(|failure| {
            self.failure = Some(failure);
            io::Error::other("the body of the request failed")
        })
    }
}
