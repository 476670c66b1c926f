//! What callers say and get to know about an image.

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::time::FileTime;

/// Where NTFS lies on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// It begins with the first sector; the disk has no partition table.
    #[default]
    WholeVolume,
    /// It is the first partition of an MBR, aligned to 1 MiB.
    MbrPartition,
}

/// How a new Base is to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateOptions {
    /// Size of the disk as a computer sees it.
    pub virtual_size_bytes: u64,
    /// Where NTFS lies.
    pub layout: Layout,
    /// The volume's label, at most 32 UTF-16 units.
    pub label: String,
}

impl Default for CreateOptions {
    fn default() -> Self {
        Self {
            virtual_size_bytes: 256 * 1024 * 1024 * 1024,
            layout: Layout::WholeVolume,
            label: "TOOLDISK".to_owned(),
        }
    }
}

/// What an image is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageInfo {
    /// Size of the disk as a computer sees it.
    pub virtual_size_bytes: u64,
    /// Length of the qcow2 file.
    pub file_size_bytes: u64,
    /// Where NTFS lies.
    pub layout: Layout,
    /// Whether an adopted image had to be rewritten, because it used features that are not written here.
    pub normalised: bool,
}

/// Which image a session is about. Nothing that an image itself names is ever opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// A Base by itself.
    Base(PathBuf),
    /// An Active over the Base that it was created on.
    Active {
        /// The overlay.
        active: PathBuf,
        /// What it overlays; never written.
        base: PathBuf,
    },
    /// A Base as it was earlier, only to be read: other bytes lie over some ranges of its file.
    Earlier {
        /// The file of Base, as it is now.
        base: PathBuf,
        /// The other bytes, at the same offsets.
        scratch: PathBuf,
        /// The ranges, as [`save_ranges`](crate::save_ranges) wrote them.
        ranges: PathBuf,
        /// The length that the file of Base had.
        length: u64,
    },
    /// A Base that is being made: nobody reads it yet, and where the worker dies it is thrown away.
    New(PathBuf),
}

/// What a session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// List and read.
    Read,
    /// Everything; at most one session at a time.
    Write,
}

/// One entry of a directory, or what a path names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirEntry {
    /// The name in its directory; what is no Unicode in it is replaced by U+FFFD.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Bytes of data; 0 for a directory.
    pub size: u64,
    /// Last change of the data.
    pub modified: FileTime,
}

/// Space inside the volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Bytes of the volume.
    pub total_bytes: u64,
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes of an NTFS cluster.
    pub cluster_bytes: u32,
}

/// What an import has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Files, without directories.
    pub files: u64,
    /// Bytes of their data.
    pub bytes: u64,
}

/// What sealing has found and done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealReport {
    /// Bytes of clusters that hold data in the sealed image.
    pub allocated_bytes: u64,
    /// Bytes given back in the sealed image, because NTFS says that they are free.
    pub discarded_bytes: u64,
    /// Bytes that the merge will give back in Base, for the same reason.
    pub released_base_bytes: u64,
    /// Length of the sealed file.
    pub file_size_bytes: u64,
}

/// The changes that a merge, or growing, makes to the file of Base.
///
/// The new bytes of each range are in the capture file at the same offsets; a hole there means zeroes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// Ascending, neither overlapping nor touching.
    pub ranges: Vec<Range<u64>>,
    /// Length of the file of Base with the changes.
    pub new_length: u64,
}

/// What a disk is, and what it could become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskFacts {
    /// Size of the disk as a computer sees it.
    pub virtual_size_bytes: u64,
    /// The largest size that [`grow`](crate::grow) can give it; not more than it has where it cannot grow.
    pub largest_size_bytes: u64,
}

/// What checking the structure of a qcow2 file has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Clusters in use by their reference counts.
    pub clusters: u64,
    /// Clusters counted as used that nothing refers to: space that is lost, nothing worse.
    pub leaked_clusters: u64,
    /// References that point outside, overlap or count wrongly: data is or may get lost.
    pub errors: u64,
}

impl CheckReport {
    /// Whether nothing at all is wrong.
    pub fn is_clean(&self) -> bool {
        self.errors == 0 && self.leaked_clusters == 0
    }
}
