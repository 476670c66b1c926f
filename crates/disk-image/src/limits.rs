//! Bounds on everything that comes from outside: callers, images, and what the worker answers.

use std::time::Duration;

/// UTF-16 units in one name, as in NTFS.
pub const NAME_UNITS_MAX: usize = 255;
/// UTF-16 units in a whole path below the root, separators included.
pub const PATH_UNITS_MAX: usize = 1_000;
/// Names in a path.
pub const PATH_DEPTH_MAX: usize = 64;
/// Files and directories in one import.
pub const IMPORT_ENTRIES_MAX: u64 = 500_000;
/// Entries of one directory that are listed; any number can be removed.
pub const DIRECTORY_ENTRIES_MAX: usize = 500_000;
/// Directories of an import whose place on the volume is remembered.
pub const DIRECTORIES_REMEMBERED: usize = 10_000;
/// Entries in one message of a listing.
pub const LISTING_BATCH: usize = 1_000;
/// Bytes of file data in one frame; at least one qcow2 cluster, and a multiple of it.
pub const DATA_FRAME_BYTES: usize = 1024 * 1024;
/// Bytes of one frame, with room for a control message.
pub const FRAME_BYTES_MAX: usize = 4 * DATA_FRAME_BYTES;
/// Frames that the worker has read but not handled yet.
pub const FRAMES_AHEAD: usize = 16;
/// Ranges in one message of a merge's result.
pub const RANGES_BATCH: usize = 10_000;
/// Ranges in which an earlier Base differs from the present one.
pub const EARLIER_RANGES_MAX: u64 = 8 << 20;
/// Virtual size of a disk: at least this, so that NTFS fits with its log.
pub const VIRTUAL_SIZE_MIN_BYTES: u64 = 64 * 1024 * 1024;
/// Virtual size of a disk: at most this, so that a file of that size fits on ext4.
pub const VIRTUAL_SIZE_MAX_BYTES: u64 = 8 * 1024 * 1024 * 1024 * 1024;
/// Clusters of an NTFS volume: what Windows writes is counted in 32 bits.
pub const NTFS_CLUSTERS_MAX: u64 = u32::MAX as u64;
/// UTF-16 units of a volume label, as in NTFS' tools.
pub const LABEL_UNITS_MAX: usize = 32;
/// Longest wait for one answer of the worker; it reports progress meanwhile where it may take longer.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// How long the worker may take to close its image after its parent has gone away.
pub const ORPHAN_TIMEOUT: Duration = Duration::from_secs(60);
/// How long opening waits for the lock on a file: the worker of a server that was killed may still be closing it.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(3);
/// What is kept of the worker's error output.
pub const STDERR_BYTES_MAX: usize = 8 * 1024;
/// Address space of the worker.
pub const WORKER_MEMORY_BYTES: u64 = 1024 * 1024 * 1024;
/// Address space of the programs that it runs; `qemu-img` reserves much for its threads.
pub const PROGRAM_MEMORY_BYTES: u64 = 4 * WORKER_MEMORY_BYTES;
