//! The reader's voice: messages on its standard output, gathered into large writes.

use std::fs::File;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use fault::{Context, Error, Result, WireError};
use serde::Serialize;

use super::rewrite::Part;
use crate::frame::{self, Closing, HEADER_BYTES, Header, Listing, Tag};
use crate::limits::{DATA_BYTES, MESSAGE_BYTES};
use crate::refusal;
use crate::report::InfReport;

/// Room for one piece of data and for many small messages before it.
const BUFFER_BYTES: usize = 2 * DATA_BYTES;
/// How often it is said that work goes on.
const ALIVE: Duration = Duration::from_millis(500);

/// Messages on their way to the server.
pub(super) struct Output {
    pipe: File,
    with_bytes: bool,
    buffer: Vec<u8>,
    filled: usize,
    last_write: Instant,
}

impl Output {
    /// Without `with_bytes`, names and bytes of files are not sent.
    pub(super) fn new(pipe: File, with_bytes: bool) -> Self {
        Self { pipe, with_bytes, buffer: vec![0; BUFFER_BYTES], filled: 0, last_write: Instant::now() }
    }

    pub(super) fn listing(&mut self, listing: &Listing) -> Result<()> {
        self.message(Tag::Listing, listing)?;
        self.flush()
    }

    pub(super) fn directory(&mut self, header: &Header) -> Result<()> {
        if self.with_bytes { self.message(Tag::Directory, header) } else { Ok(()) }
    }

    pub(super) fn file(&mut self, header: &Header) -> Result<()> {
        if self.with_bytes { self.message(Tag::File, header) } else { Ok(()) }
    }

    /// Tells of bytes that go into the new archive.
    pub(super) fn piece(&mut self, piece: &Part) -> Result<()> {
        match piece {
            Part::Copy(piece) => self.message(Tag::Piece, piece),
            Part::New(bytes) => bytes.chunks(DATA_BYTES).try_for_each(|bytes| self.put(Tag::Data, bytes)),
        }
    }

    /// Tells of an INF file; false when the report is too long for a message.
    pub(super) fn inf(&mut self, report: &InfReport) -> Result<bool> {
        let payload = encode(report)?;
        if payload.len() > MESSAGE_BYTES {
            return Ok(false);
        }
        self.put(Tag::Inf, &payload)?;
        Ok(true)
    }

    pub(super) fn end(&mut self, closing: &Closing) -> Result<()> {
        self.message(Tag::End, closing)?;
        self.flush()
    }

    pub(super) fn refuse(&mut self, error: &Error) -> Result<()> {
        self.message(Tag::Refused, &WireError::from(error))?;
        self.flush()
    }

    /// Says that work goes on, now and then.
    pub(super) fn alive(&mut self) -> Result<()> {
        if self.last_write.elapsed() < ALIVE {
            return Ok(());
        }
        self.put(Tag::Alive, &[])?;
        self.flush()
    }

    /// Takes all of one file from `source` and hands each piece to `tee`.
    ///
    /// With `send`, the pieces go out as data of the last file. `source` must give exactly `size` bytes.
    pub(super) fn bytes(
        &mut self,
        (name, size): (&str, u64),
        send: bool,
        source: &mut dyn Read,
        tee: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut left = size;
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(DATA_BYTES).min(DATA_BYTES);
            if BUFFER_BYTES - self.filled < HEADER_BYTES + want {
                self.flush()?;
            }
            let start = self.filled + HEADER_BYTES;
            let got = fill(source, &mut self.buffer[start..start + want])
                .map_err(|error| unreadable(name, &error))?;
            if got == 0 {
                return Err(refusal::damaged(name, "shorter than its directory entry says"));
            }
            left -= got as u64;
            tee(&self.buffer[start..start + got])?;
            if send && self.with_bytes {
                self.buffer[self.filled..start].copy_from_slice(&frame::header(Tag::Data, got));
                self.filled = start + got;
            }
            self.alive()?;
        }
        // The checksum is compared when the end is seen.
        match fill(source, &mut [0; 1]).map_err(|error| unreadable(name, &error))? {
            0 => Ok(()),
            _ => Err(refusal::damaged(name, "longer than its directory entry says")),
        }
    }

    fn message<T: Serialize>(&mut self, tag: Tag, payload: &T) -> Result<()> {
        let payload = encode(payload)?;
        self.put(tag, &payload)
    }

    fn put(&mut self, tag: Tag, payload: &[u8]) -> Result<()> {
        let length = HEADER_BYTES + payload.len();
        if BUFFER_BYTES - self.filled < length {
            self.flush()?;
        }
        if length > BUFFER_BYTES {
            let pipe = &mut self.pipe;
            let header = frame::header(tag, payload.len());
            return pipe
                .write_all(&header)
                .and_then(|()| pipe.write_all(payload))
                .context(|| "write to the server");
        }
        let (start, end) = (self.filled + HEADER_BYTES, self.filled + length);
        self.buffer[self.filled..start].copy_from_slice(&frame::header(tag, payload.len()));
        self.buffer[start..end].copy_from_slice(payload);
        self.filled = end;
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.pipe.write_all(&self.buffer[..self.filled]).context(|| "write to the server")?;
        self.filled = 0;
        self.last_write = Instant::now();
        Ok(())
    }
}

fn encode<T: Serialize>(payload: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(payload).map_err(|error| Error::bug("encode a message").with_source(error))
}

fn unreadable(name: &str, error: &std::io::Error) -> Error {
    refusal::damaged(name, &error.to_string())
}

/// Reads until `buffer` is full or the source ends.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
