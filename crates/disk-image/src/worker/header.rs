//! The header of a qcow2 file, read before imago sees it: what is acceptable is decided here.
//!
//! Offsets and features are those of QEMU's `docs/interop/qcow2.txt`.

use std::path::Path;

use fault::{Context, Error, Result};

use disk_image::limits::VIRTUAL_SIZE_MAX_BYTES;

use crate::read_at::ReadAt;

/// The only cluster size that is written here.
pub(crate) const CLUSTER_BITS: u32 = 16;
/// The same in bytes.
pub(crate) const CLUSTER_BYTES: u64 = 1 << CLUSTER_BITS;
/// 16-bit reference counts, the only width that is written here.
const REFCOUNT_ORDER: u32 = 4;
const MAGIC: u32 = 0x5146_49fb;
const HEADER_BYTES: usize = 104;
/// Incompatible features: damaged reference counts, damage, external data, another compression, extended L2 entries.
const INCOMPATIBLE_DIRTY: u64 = 1;
const INCOMPATIBLE_CORRUPT: u64 = 2;
const INCOMPATIBLE_EXTERNAL_DATA: u64 = 4;
/// Compatible feature: reference counts may be written late.
const COMPATIBLE_LAZY_REFCOUNTS: u64 = 1;

/// The fields of a header that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) virtual_size_bytes: u64,
    pub(crate) l1_offset: u64,
    pub(crate) l1_entries: u32,
    pub(crate) refcount_table_offset: u64,
    pub(crate) refcount_table_clusters: u32,
    version: u32,
    cluster_bits: u32,
    refcount_order: u32,
    snapshots: u32,
    incompatible: u64,
    compatible: u64,
    backing_offset: u64,
    encryption: u32,
}

impl Header {
    /// Reads the header of the file at `path`.
    pub(crate) fn read(file: &impl ReadAt, path: &Path) -> Result<Self> {
        let mut bytes = [0; HEADER_BYTES];
        let length = file.read_up_to(&mut bytes, 0).context(|| format!("read {}", path.display()))?;
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
        if length < 72 || word(0) != MAGIC || !matches!(word(4), 2 | 3) {
            return Err(Error::invalid(format!("{} is no qcow2 file", path.display()))
                .with_notice("disk.not_qcow2")
                .with_value("path", path.display()));
        }
        let is_v3 = word(4) == 3;
        Ok(Self {
            version: word(4),
            backing_offset: long(8),
            cluster_bits: word(20),
            virtual_size_bytes: long(24),
            encryption: word(32),
            l1_entries: word(36),
            l1_offset: long(40),
            refcount_table_offset: long(48),
            refcount_table_clusters: word(56),
            snapshots: word(60),
            incompatible: if is_v3 { long(72) } else { 0 },
            compatible: if is_v3 { long(80) } else { 0 },
            refcount_order: if is_v3 { word(96) } else { REFCOUNT_ORDER },
        })
    }

    /// Refuses what no image here may have, however it is written: other files, encryption, damage, odd sizes.
    pub(crate) fn expect_safe(&self, path: &Path) -> Result<()> {
        if self.incompatible & INCOMPATIBLE_CORRUPT != 0 {
            return Err(damaged(path, "it is marked as corrupt"));
        }
        let feature = if self.backing_offset != 0 {
            "backing file"
        } else if self.incompatible & INCOMPATIBLE_EXTERNAL_DATA != 0 {
            "external data file"
        } else if self.encryption != 0 {
            "encryption"
        } else if self.virtual_size_bytes == 0 || self.virtual_size_bytes > VIRTUAL_SIZE_MAX_BYTES {
            "virtual size"
        } else {
            return Ok(());
        };
        Err(unsupported(path, feature))
    }

    /// What keeps the file from being used as it is, though `qemu-img convert` can bring it into form.
    pub(crate) fn deviation(&self) -> Option<&'static str> {
        if self.version != 3 {
            Some("version 2")
        } else if self.cluster_bits != CLUSTER_BITS {
            Some("cluster size")
        } else if self.refcount_order != REFCOUNT_ORDER {
            Some("refcount width")
        } else if self.snapshots != 0 {
            Some("internal snapshots")
        } else if self.incompatible & INCOMPATIBLE_DIRTY != 0
            || self.compatible & COMPATIBLE_LAZY_REFCOUNTS != 0
        {
            Some("lazy refcounts")
        } else if self.incompatible != 0 {
            Some("incompatible features")
        } else if !self.l1_offset.is_multiple_of(CLUSTER_BYTES)
            || !self.refcount_table_offset.is_multiple_of(CLUSTER_BYTES)
        {
            Some("unaligned tables")
        } else {
            None
        }
    }

    /// Requires a file such as is written here.
    pub(crate) fn expect_plain(&self, path: &Path) -> Result<()> {
        self.expect_safe(path)?;
        match self.deviation() {
            None => Ok(()),
            Some(feature) => Err(unsupported(path, feature)),
        }
    }
}

/// The error of an image that is refused for what it is.
pub(crate) fn unsupported(path: &Path, feature: &str) -> Error {
    Error::invalid(format!("use {}: {feature} is not supported", path.display()))
        .with_notice("disk.unsupported_image")
        .with_value("path", path.display())
        .with_value("feature", feature)
}

/// The error of an image whose structure is damaged.
pub(crate) fn damaged(path: &Path, what: &str) -> Error {
    Error::corrupt(format!("use {}: {what}", path.display()))
        .with_notice("disk.image_damaged")
        .with_value("path", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        let fields =
            [(0, MAGIC), (4, 3), (20, CLUSTER_BITS), (28, 1 << 30), (96, REFCOUNT_ORDER), (100, 104)];
        for (at, value) in fields {
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        change(&mut bytes);
        bytes
    }

    fn plain(bytes: &[u8]) -> Result<()> {
        let path = Path::new("x.qcow2");
        Header::read(&bytes, path)?.expect_plain(path)
    }

    #[test]
    fn a_plain_file_passes() {
        plain(&header(|_| {})).unwrap();
    }

    #[test]
    fn each_foreign_feature_is_refused_by_name() {
        let cases: [(usize, u8, &str); 9] = [
            (15, 200, "backing file"),
            (35, 1, "encryption"),
            (79, 4, "external data file"),
            (7, 2, "version 2"),
            (23, 12, "cluster size"),
            (63, 1, "internal snapshots"),
            (79, 8, "incompatible features"),
            (79, 16, "incompatible features"),
            (87, 1, "lazy refcounts"),
        ];
        for (at, value, feature) in cases {
            let error = plain(&header(|bytes| bytes[at] = value)).unwrap_err();
            let notice = error.notice().unwrap();
            assert_eq!(notice.id, "disk.unsupported_image");
            assert_eq!(notice.values[1].1, feature);
        }
    }

    #[test]
    fn damage_and_other_files_are_told_apart() {
        let corrupt = plain(&header(|bytes| bytes[79] = 2)).unwrap_err();
        assert_eq!(corrupt.notice().unwrap().id, "disk.image_damaged");
        for bytes in [&b"QFI"[..], &[0; 200], &header(|_| {})[..60]] {
            assert_eq!(plain(bytes).unwrap_err().notice().unwrap().id, "disk.not_qcow2");
        }
    }
}
