//! What the library and `disk-worker` say to each other over two pipes.
//!
//! A frame is a length (4 bytes, little endian; of what follows), a stream number (4 bytes), a tag (1 byte) and
//! a payload: a message in JSON, or bytes of file data. Each request has a stream of its own, and its answers
//! carry that number, so that small requests interleave with a running import. Both sides are of one version
//! and start together: there is no negotiation. Not part of the public interface.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::PathBuf;

use fault::{Error, Result, WireError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::limits::FRAME_BYTES_MAX;
use crate::names::DiskPath;
use crate::time::FileTime;
use crate::types::{
    Access, CheckReport, CreateOptions, DirEntry, DiskFacts, Image, ImageInfo, ImportReport, SealReport,
    Space,
};

/// What is appended to the name of an Active for the file that says: it is being changed.
pub const MARKER_SUFFIX: &str = ".open";
/// What is appended to the name of a file that is being made.
pub const PENDING_SUFFIX: &str = ".new";

const TAG_MESSAGE: u8 = 0;
const TAG_DATA: u8 = 1;
const HEAD_BYTES: usize = 5;
/// Frames up to this length go out in one system call.
const SMALL_BYTES: usize = 64 * 1024;

/// Which request a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(pub u32);

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The request it belongs to.
    pub stream: StreamId,
    /// What it carries.
    pub body: Body,
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A [`Request`] or an [`Answer`], in JSON.
    Message(Vec<u8>),
    /// Bytes of a file.
    Data(Vec<u8>),
}

/// What the library asks; the first nine begin the life of a worker, the others need an open image.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Opens an image; answered by `Done`.
    Open { image: Image, access: Access },
    /// Makes a Base; answered by `Image`.
    CreateBase { path: PathBuf, options: CreateOptions },
    /// Makes an Active; answered by `Done`.
    CreateActive { active: PathBuf, base: PathBuf },
    /// Checks, copies and completes a foreign Base; answered by `Progress` and `Image`.
    AdoptBase { source: PathBuf, dest: PathBuf },
    /// Computes a merge; answered by `Progress`, `Ranges` and `Captured`.
    Merge { active: PathBuf, base: PathBuf, capture: PathBuf },
    /// Computes what growing changes; answered by `Ranges` and `Captured`.
    Grow { base: PathBuf, capture: PathBuf, virtual_size_bytes: u64 },
    /// Grows a Base that is being made; answered by `Done`.
    GrowNew { path: PathBuf, virtual_size_bytes: u64 },
    /// Says how large a disk is and may become; answered by `Facts`.
    Inspect { path: PathBuf },
    /// Checks the structure of a file; answered by `Checked`.
    Check { path: PathBuf },
    /// Lists a directory; answered by one or more `Listing`.
    List { path: DiskPath },
    /// Says what a path names; answered by `Entry`.
    Stat { path: DiskPath },
    /// Reads a piece of a file; answered by data, or by `Done` at its end.
    ///
    /// `file` is what `Entry` said, and proves that it is still the same file.
    Read { file: u64, offset: u64, length: u32 },
    /// Answered by `Space`.
    Space,
    /// Begins to fill a new directory; answered by `Done`.
    BeginTree { path: DiskPath },
    /// Begins to write one file, which replaces one of that name if `replace`; answered by `Done`.
    BeginFile { path: DiskPath, size: u64, modified: FileTime, replace: bool },
    /// A directory below the tree. No answer unless it fails.
    Directory { path: DiskPath, modified: FileTime },
    /// A file below the tree; its data follow. No answer unless it fails.
    File { path: DiskPath, size: u64, modified: FileTime },
    /// Ends a tree or a file; answered by `Imported`.
    Finish,
    /// Removes what the tree or file has written so far; answered by `Done`.
    Cancel,
    /// Removes a file, or a directory with all in it; answered by `Done`.
    Remove { path: DiskPath },
    /// Makes all so far durable; answered by `Done`.
    Sync,
    /// Ends editing; answered by `Sealed`, after which the worker ends.
    Seal,
    /// Makes all durable and ends; answered by `Done`.
    Close,
}

/// What the worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is described at the request that it answers")]
pub enum Answer {
    Done,
    Image(ImageInfo),
    Progress { done: u64, total: u64 },
    Ranges(Vec<Range<u64>>),
    Captured { new_length: u64 },
    Checked(CheckReport),
    Facts(DiskFacts),
    Listing { entries: Vec<DirEntry>, more: bool },
    Entry { file: u64, entry: DirEntry },
    Space(Space),
    Imported(ImportReport),
    Sealed(SealReport),
    Failed(WireError),
}

/// Bytes of a range in a file of ranges: start and end, little endian.
pub const RANGE_BYTES: usize = 16;

/// The form of a range in a file of ranges.
pub fn range_bytes(range: &Range<u64>) -> [u8; RANGE_BYTES] {
    (u128::from(range.end) << 64 | u128::from(range.start)).to_le_bytes()
}

/// The range that [`range_bytes`] wrote.
pub fn range_of(bytes: [u8; RANGE_BYTES]) -> Range<u64> {
    let both = u128::from_le_bytes(bytes);
    both as u64..(both >> 64) as u64
}

/// Writes one frame, to something that has no buffer of its own.
pub fn write_frame(out: &mut impl Write, stream: StreamId, body: &[u8], is_data: bool) -> io::Result<()> {
    let length = body.len() + HEAD_BYTES;
    if length > FRAME_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("a frame of {length} bytes")));
    }
    let mut head = Vec::with_capacity(if length <= SMALL_BYTES { 4 + length } else { 4 + HEAD_BYTES });
    head.extend((length as u32).to_le_bytes());
    head.extend(stream.0.to_le_bytes());
    head.push(if is_data { TAG_DATA } else { TAG_MESSAGE });
    if length <= SMALL_BYTES {
        head.extend(body);
        return out.write_all(&head);
    }
    out.write_all(&head)?;
    out.write_all(body)
}

/// Writes a [`Request`] or an [`Answer`].
pub fn write_message(out: &mut impl Write, stream: StreamId, message: &impl Serialize) -> io::Result<()> {
    write_frame(out, stream, &serde_json::to_vec(message)?, false)
}

/// Reads one frame; `None` at an end between two frames.
pub fn read_frame(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; 4 + HEAD_BYTES];
    let mut filled = 0;
    while filled < head.len() {
        match input.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let length = word(0) as usize;
    if !(HEAD_BYTES..=FRAME_BYTES_MAX).contains(&length) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    let mut body = Vec::with_capacity(length - HEAD_BYTES);
    if input.take((length - HEAD_BYTES) as u64).read_to_end(&mut body)? != length - HEAD_BYTES {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let body = match head[8] {
        TAG_MESSAGE => Body::Message(body),
        TAG_DATA => Body::Data(body),
        tag => return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame with tag {tag}"))),
    };
    Ok(Some(Frame { stream: StreamId(word(4)), body }))
}

/// Reads a message out of a frame's payload.
pub fn parse<T: DeserializeOwned>(message: &[u8]) -> Result<T> {
    serde_json::from_slice(message)
        .map_err(|error| Error::bug("read a message between library and worker").with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_a_round_trip() {
        let mut bytes = Vec::new();
        let request = Request::Stat { path: DiskPath::new("sys/a").unwrap() };
        write_message(&mut bytes, StreamId(7), &request).unwrap();
        write_frame(&mut bytes, StreamId(8), b"data", true).unwrap();
        let mut input = bytes.as_slice();
        let first = read_frame(&mut input).unwrap().unwrap();
        let Body::Message(message) = first.body else { panic!("not a message") };
        assert!(matches!(parse(&message).unwrap(), Request::Stat { path } if path.as_str() == "sys/a"));
        let second = Frame { stream: StreamId(8), body: Body::Data(b"data".to_vec()) };
        assert_eq!(read_frame(&mut input).unwrap(), Some(second));
        assert_eq!(read_frame(&mut input).unwrap(), None);
    }

    #[test]
    fn damaged_frames_are_errors() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, StreamId(1), b"data", true).unwrap();
        for cut in 1..bytes.len() {
            assert!(read_frame(&mut &bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut huge = bytes.clone();
        huge[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read_frame(&mut huge.as_slice()).is_err());
        bytes[8] = 9;
        assert!(read_frame(&mut bytes.as_slice()).is_err());
    }

    #[test]
    fn a_path_is_checked_again_on_the_other_side() {
        assert!(parse::<Request>(br#"{"Stat":{"path":"a/../b"}}"#).is_err());
    }
}
