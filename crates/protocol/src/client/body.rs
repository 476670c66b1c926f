//! Moving bodies in either direction, bounded and with progress.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use fault::{Context, Error, Result};
use ureq::Body;
use ureq::http::Response;

use super::{Progress, failure};

const CHUNK_BYTES: usize = 64 * 1024;

/// Copies the body of `response`, at most `limit` bytes, to `sink`, and adds what comes to `received`.
pub(super) fn copy(
    url: &str,
    response: Response<Body>,
    limit: u64,
    sink: &mut dyn Write,
    progress: Progress<'_>,
    received: &AtomicU64,
) -> Result<u64> {
    let body = response.into_body();
    if body.content_length().is_some_and(|announced| announced > limit) {
        return Err(too_large(url, limit));
    }
    // One byte more than allowed tells an exact fit from too much.
    let mut reader = body.into_with_config().limit(limit + 1).reader();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut done = 0;
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => return Ok(done),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failure::of_transport(url, error.into())),
        };
        done += count as u64;
        received.fetch_add(count as u64, Ordering::Relaxed);
        if done > limit {
            return Err(too_large(url, limit));
        }
        sink.write_all(&chunk[..count]).context(|| format!("keep what {url} sends"))?;
        progress(done)?;
    }
}

fn too_large(url: &str, limit: u64) -> Error {
    Error::corrupt(format!("take what {url} sends: it is more than {limit} bytes"))
        .with_notice("net.too_large")
        .with_value("url", url)
        .with_value("limit_bytes", limit)
}

/// The body of an upload: exactly the announced length, and the place where its own failure is kept.
pub(super) struct Source<'a> {
    reader: &'a mut dyn Read,
    length: u64,
    done: u64,
    progress: Progress<'a>,
    failure: Option<Error>,
}

impl<'a> Source<'a> {
    pub(super) fn new(reader: &'a mut dyn Read, length: u64, progress: Progress<'a>) -> Self {
        Self { reader, length, done: 0, progress, failure: None }
    }

    /// What went wrong on this side, as against the network's.
    pub(super) fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    fn step(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.length - self.done;
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = self.reader.read(&mut buffer[..room]).context(|| "read the file to upload")?;
        if count == 0 && room > 0 {
            return Err(Error::conflict(format!(
                "upload the file: it became {left} bytes shorter meanwhile"
            )));
        }
        self.done += count as u64;
        (self.progress)(self.done)?;
        Ok(count)
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.step(buffer).map_err(|failure| {
            self.failure = Some(failure);
            io::Error::other("the body of the request failed")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_stops_at_its_length_and_reports_a_shorter_file() {
        let mut text = Vec::new();
        let (mut data, mut seen): (&[u8], _) = (b"abcdef", 0);
        let mut note = |done| {
            seen = done;
            Ok(())
        };
        Source::new(&mut data, 4, &mut note).read_to_end(&mut text).unwrap();
        assert_eq!((text.as_slice(), seen), (b"abcd".as_slice(), 4));

        let (mut data, mut note): (&[u8], _) = (b"ab", |_| Ok(()));
        let mut source = Source::new(&mut data, 4, &mut note);
        assert!(source.read_to_end(&mut text).is_err());
        assert_eq!(source.take_failure().unwrap().kind(), fault::Kind::Conflict);
    }
}
