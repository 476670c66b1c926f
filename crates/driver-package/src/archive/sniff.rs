//! What a file is, from fixed places in its first kilobytes. No name is trusted, and nothing is parsed here.

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;

use fault::{Context, Result};

use crate::refusal;

/// The kinds of content that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    SevenZip,
    Zip,
    /// ISO 9660, with or without Joliet and Rock Ridge.
    Iso,
    /// UDF, also as a bridge with ISO 9660: then the UDF side has the whole names and sizes.
    Udf,
    /// A program; among them are self-extracting archives, which are refused: nothing tells what the program
    /// would do with its archive, and every one can be packed again as a plain archive.
    Executable,
    Unknown,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SevenZip => "7z archive",
            Self::Zip => "ZIP archive",
            Self::Iso => "disc image (ISO 9660)",
            Self::Udf => "disc image (UDF)",
            Self::Executable => "program (unpack a self-extracting archive and pack it again)",
            Self::Unknown => "file of an unknown type",
        })
    }
}

const SECTOR: u64 = 2_048;
/// ECMA-119 and ECMA-167: volume descriptors begin here.
const FIRST_DESCRIPTOR: u64 = 16 * SECTOR;
/// Descriptors that are looked at; a disc has about five.
const DESCRIPTORS: u64 = 32;

pub(super) fn sniff(file: &File) -> Result<Content> {
    let head: [u8; 6] = read_at(file, 0)?;
    match head {
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C] => return Ok(Content::SevenZip),
        // A local file header, or the end record of an archive without entries.
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Ok(Content::Zip),
        _ => {}
    }
    // A bootable disc may begin with anything, so its descriptors come first.
    match volume(file)? {
        Some(content) => Ok(content),
        None if head.starts_with(b"MZ") => Ok(Content::Executable),
        None => Ok(Content::Unknown),
    }
}

fn volume(file: &File) -> Result<Option<Content>> {
    let mut found = None;
    for number in 0..DESCRIPTORS {
        let [_, id @ ..]: [u8; 6] = read_at(file, FIRST_DESCRIPTOR + number * SECTOR)?;
        match &id {
            b"NSR02" | b"NSR03" => return Ok(Some(Content::Udf)),
            b"CD001" => found = Some(Content::Iso),
            b"BEA01" | b"BOOT2" | b"TEA01" => {}
            _ => break,
        }
    }
    Ok(found)
}

/// Refuses an ISO 9660 volume that says it is longer than the file.
pub(super) fn check_volume_size(file: &File, content: Content) -> Result<()> {
    if content != Content::Iso {
        return Ok(());
    }
    let descriptor: [u8; 84] = read_at(file, FIRST_DESCRIPTOR)?;
    let sectors = u32::from_le_bytes([descriptor[80], descriptor[81], descriptor[82], descriptor[83]]);
    let length = file.metadata().context(|| "measure the archive")?.len();
    if descriptor[0] == 1 && u64::from(sectors) * SECTOR > length {
        return Err(refusal::damaged("", "the disc image is cut"));
    }
    Ok(())
}

/// The bytes at `offset`, with zeros after the end of the file.
fn read_at<const N: usize>(file: &File, offset: u64) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        match file.read_at(&mut bytes[filled..], offset + filled as u64).context(|| "read the archive")? {
            0 => break,
            got => filled += got,
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn content(parts: &[(u64, &[u8])]) -> Content {
        let file = tempfile::tempfile().unwrap();
        for (offset, bytes) in parts {
            file.write_all_at(bytes, *offset).unwrap();
        }
        sniff(&file).unwrap()
    }

    #[test]
    fn content_is_known_by_its_bytes() {
        assert_eq!(content(&[(0, b"7z\xBC\xAF\x27\x1C")]), Content::SevenZip);
        assert_eq!(content(&[(0, b"PK\x05\x06\0\0")]), Content::Zip);
        assert_eq!(content(&[(0, b"MZ\0\0"), (700, b"7z\xBC\xAF\x27\x1C")]), Content::Executable);
        assert_eq!(content(&[(0, b"\x33\xED"), (32_769, b"CD001")]), Content::Iso);
        assert_eq!(content(&[(32_769, b"CD001"), (34_817, b"BEA01"), (36_865, b"NSR02")]), Content::Udf);
        assert_eq!(content(&[(0, b"hello")]), Content::Unknown);
    }

    #[test]
    fn a_cut_disc_is_seen_from_its_descriptor() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[0; 40_000]).unwrap();
        file.write_all_at(b"\x01CD001", FIRST_DESCRIPTOR).unwrap();
        file.write_all_at(&10u32.to_le_bytes(), FIRST_DESCRIPTOR + 80).unwrap();
        check_volume_size(&file, Content::Iso).unwrap();
        file.write_all_at(&1_000u32.to_le_bytes(), FIRST_DESCRIPTOR + 80).unwrap();
        let error = check_volume_size(&file, Content::Iso).unwrap_err();
        assert_eq!(error.notice().unwrap().id, "package.damaged");
    }
}
