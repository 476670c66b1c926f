//! The messages between the reader process and the server.
//!
//! A message is one tag byte, the length of its payload in four little-endian bytes, and the payload: JSON, or the
//! bytes of a file. The reader only writes and the server only reads. Everything the server takes is bounded by
//! [`crate::limits`], whatever the reader claims.

use std::path::PathBuf;

use fault::{Notice, Result};
use serde::{Deserialize, Serialize};

use crate::limits::{DATA_BYTES, Limits, MESSAGE_BYTES};
use crate::printer::Configuration;
use crate::{FileTime, PackageKind, refusal};

/// Bytes in front of each payload.
pub(crate) const HEADER_BYTES: usize = 5;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// [`Listing`]: the first message, unless the archive is refused.
    Listing,
    /// [`Header`] of a directory, before anything inside it.
    Directory,
    /// [`Header`] of a file; its bytes follow in [`Tag::Data`] messages.
    File,
    /// Bytes of the last file.
    Data,
    /// An [`crate::report::InfReport`].
    Inf,
    /// Nothing to tell yet, but work goes on.
    Alive,
    /// A [`Piece`] of the archive that goes into the new one; its other bytes come in [`Tag::Data`].
    Piece,
    /// [`Closing`]: all is read and found good.
    End,
    /// A [`fault::WireError`]: the archive is refused.
    Refused,
}

impl Tag {
    const ALL: [(u8, Self); 9] = [
        (b'L', Self::Listing),
        (b'D', Self::Directory),
        (b'F', Self::File),
        (b'B', Self::Data),
        (b'I', Self::Inf),
        (b'A', Self::Alive),
        (b'C', Self::Piece),
        (b'E', Self::End),
        (b'R', Self::Refused),
    ];

    fn byte(self) -> u8 {
        Self::ALL.iter().find(|(_, tag)| *tag == self).map_or(0, |(byte, _)| *byte)
    }

    fn limit_bytes(self) -> usize {
        match self {
            Self::Data => DATA_BYTES,
            Self::Inf | Self::End => MESSAGE_BYTES,
            Self::Alive => 0,
            Self::Listing | Self::Directory | Self::File | Self::Piece | Self::Refused => 64 << 10,
        }
    }
}

/// The header of a message with `length` bytes of payload.
pub(crate) fn header(tag: Tag, length: usize) -> [u8; HEADER_BYTES] {
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    [tag.byte(), a, b, c, d]
}

/// Reads a header; the length is within the bound of its tag.
pub(crate) fn parse_header(bytes: [u8; HEADER_BYTES]) -> Result<(Tag, usize)> {
    let [tag, a, b, c, d] = bytes;
    let known = Tag::ALL.iter().find(|(byte, _)| *byte == tag);
    let (_, tag) = known.ok_or_else(|| refusal::reader_failed("it sent an unknown message"))?;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > tag.limit_bytes() {
        return Err(refusal::reader_failed("it sent a message over the limit"));
    }
    Ok((*tag, length))
}

/// What the whole archive holds, from its directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listing {
    pub(crate) files: u64,
    pub(crate) directories: u64,
    pub(crate) unpacked_bytes: u64,
}

/// A file or a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) modified: Option<FileTime>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Bytes of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// The reader's last words about a good archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Closing {
    pub(crate) warnings: Vec<Notice>,
    /// What the configuration file of a printer driver says, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) configuration: Option<Configuration>,
}

/// What the server asks the reader to do: its only argument, as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) kind: PackageKind,
    pub(crate) file_name: String,
    pub(crate) with_bytes: bool,
    /// Text that becomes the configuration file: then nothing is read, and a new archive is described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) configuration: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) tool: Option<PathBuf>,
    pub(crate) spool_directory: PathBuf,
    pub(crate) parent: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_survives_and_an_odd_one_does_not() {
        for (_, tag) in Tag::ALL {
            let length = tag.limit_bytes();
            assert_eq!(parse_header(header(tag, length)).unwrap(), (tag, length));
            assert!(parse_header(header(tag, length + 1)).is_err());
        }
        assert!(parse_header(*b"Z\0\0\0\0").is_err());
    }
}
