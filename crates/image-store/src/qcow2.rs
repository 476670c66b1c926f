//! Whether a qcow2 file stands for itself, by its header alone.
//!
//! Offsets and bits are those of QEMU's `docs/interop/qcow2.rst`; numbers are big-endian.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use fault::{Context, Error, Result};

const MAGIC: [u8; 4] = *b"QFI\xfb";
/// Length of the header of version 3 without extensions; that of version 2 has 72.
const HEADER_BYTES: usize = 104;
const HEADER_BYTES_V2: u64 = 72;

const BACKING_OFFSET: usize = 8;
const BACKING_SIZE: usize = 16;
const VIRTUAL_BYTES: usize = 24;
const CRYPT_METHOD: usize = 32;
const INCOMPATIBLE: usize = 72;

/// The image was not closed, or is known to be damaged.
const DIRTY_OR_CORRUPT: u64 = 0b11;
/// The data is in another file.
const EXTERNAL_DATA: u64 = 0b100;

/// What the header of an acceptable image says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version of the format, 2 or 3.
    pub version: u32,
    /// Size of the disk within, in bytes.
    pub virtual_bytes: u64,
}

/// Refuses what is no qcow2 image that is complete in itself: unclean, encrypted, or with data in other files.
pub fn check(path: &Path) -> Result<Header> {
    let file = File::open(path).context(|| format!("open {}", path.display()))?;
    check_file(&file, path)
}

/// The same on an open file; `path` is only for messages.
pub(crate) fn check_file(file: &File, path: &Path) -> Result<Header> {
    let name = || path.display();
    let metadata = file.metadata().context(|| format!("examine {}", name()))?;
    let refuse = |id: &'static str, why: &str| {
        Err(Error::invalid(format!("image {}: {why}", name())).with_notice(id).with_value("file", name()))
    };
    if !metadata.is_file() || metadata.len() < HEADER_BYTES_V2 {
        return refuse("store.not_qcow2", "not a qcow2 file");
    }
    let mut header = [0; HEADER_BYTES];
    let length = metadata.len().min(HEADER_BYTES as u64) as usize;
    file.read_exact_at(&mut header[..length], 0).context(|| format!("read {}", name()))?;
    if header[..4] != MAGIC {
        return refuse("store.not_qcow2", "not a qcow2 file");
    }
    let version = u32_at(&header, 4);
    // Version 2 ends before the feature bits; the bytes there are something else.
    let incompatible = match version {
        2 => 0,
        3 if length == HEADER_BYTES => u64_at(&header, INCOMPATIBLE),
        _ => return refuse("store.not_qcow2", "unknown version of qcow2"),
    };
    if u64_at(&header, BACKING_OFFSET) != 0 || u32_at(&header, BACKING_SIZE) != 0 {
        return refuse("store.backing_file", "has a backing file; an image must stand for itself");
    }
    if incompatible & EXTERNAL_DATA != 0 {
        return refuse("store.backing_file", "has its data in another file");
    }
    if u32_at(&header, CRYPT_METHOD) != 0 {
        return refuse("store.encrypted", "is encrypted");
    }
    if incompatible & DIRTY_OR_CORRUPT != 0 {
        return refuse("store.unclean", "was not closed properly; run qemu-img check -r all on it");
    }
    Ok(Header { version, virtual_bytes: u64_at(&header, VIRTUAL_BYTES) })
}

fn u32_at(bytes: &[u8; HEADER_BYTES], offset: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[offset..offset + 4]);
    u32::from_be_bytes(number)
}

fn u64_at(bytes: &[u8; HEADER_BYTES], offset: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[offset..offset + 8]);
    u64::from_be_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(version: u8, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[7] = version;
        bytes[VIRTUAL_BYTES + 4] = 1;
        change(&mut bytes);
        bytes
    }

    /// The notice that refuses these bytes, or nothing.
    fn notice(bytes: &[u8]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("image");
        std::fs::write(&path, bytes).unwrap();
        match check(&path) {
            Ok(header) => {
                assert_eq!(header.virtual_bytes, 1 << 24);
                String::new()
            }
            Err(error) => error.notice().unwrap().id.to_string(),
        }
    }

    #[test]
    fn a_plain_image_passes() {
        assert_eq!(notice(&header(3, |_| ())), "");
        assert_eq!(notice(&header(2, |bytes| bytes.truncate(72))), "");
        assert_eq!(notice(&header(2, |bytes| bytes[79] = 0xff)), "", "no feature bits in version 2");
        assert_eq!(notice(&header(3, |bytes| bytes[79] = 0b1000)), "", "another compression is no reason");
    }

    #[test]
    fn what_does_not_stand_for_itself_is_refused() {
        assert_eq!(notice(&header(3, |bytes| bytes[15] = 0xff)), "store.backing_file");
        assert_eq!(notice(&header(3, |bytes| bytes[19] = 9)), "store.backing_file");
        assert_eq!(notice(&header(3, |bytes| bytes[79] = 0b100)), "store.backing_file");
        assert_eq!(notice(&header(3, |bytes| bytes[35] = 2)), "store.encrypted");
        assert_eq!(notice(&header(3, |bytes| bytes[79] = 0b1)), "store.unclean");
        assert_eq!(notice(&header(3, |bytes| bytes[79] = 0b10)), "store.unclean");
    }

    #[test]
    fn what_is_no_image_is_refused() {
        assert_eq!(notice(b""), "store.not_qcow2");
        assert_eq!(notice(&[0; 200]), "store.not_qcow2");
        assert_eq!(notice(&header(4, |_| ())), "store.not_qcow2");
        assert_eq!(notice(&header(3, |bytes| bytes.truncate(103))), "store.not_qcow2");
        assert!(check(Path::new("/")).is_err());
    }
}
