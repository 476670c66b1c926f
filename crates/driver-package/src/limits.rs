//! Every bound on what an archive may ask of us, in one place.
//!
//! The numbers come from the largest driver collections in circulation (an ISO of 30 GB with 200,000 files) with
//! room to spare. An archive that goes over one of them is refused whole; where its directory already shows it,
//! before the first byte is unpacked.

use serde::{Deserialize, Serialize};

use crate::PackageKind;

/// How much one kind of package may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Files and directories.
    pub entries: u64,
    /// Sum of the unpacked sizes.
    pub unpacked_bytes: u64,
}

/// The bounds for one reading of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the archive file itself.
    pub archive_bytes: u64,
    /// What a universal driver may contain.
    pub universal: Capacity,
    /// What an extracted driver may contain. A whole driver store of Windows has about 30,000 files.
    pub extracted: Capacity,
    /// What a printer driver may contain. The largest vendor packages have about 3,000 files and 1.5 GB.
    pub printer: Capacity,
    /// Unpacked bytes per byte of the archive. Solid archives of near-identical drivers reach about 50.
    pub expansion: u64,
    /// Below this many unpacked bytes the expansion does not matter.
    pub expansion_free_bytes: u64,
    /// Length of a path in UTF-16 units.
    pub path_units: usize,
    /// Components of a path.
    pub path_depth: usize,
    /// Size of one INF file; larger ones are stored but not read.
    pub inf_bytes: u64,
    /// INF files of one package, nested archives included.
    pub infs: usize,
    /// How deep archives may nest inside the uploaded one.
    pub nested_depth: u32,
    /// Nested archives of one package.
    pub nested_archives: usize,
    /// Size of one nested archive; larger ones are stored but not looked into.
    pub nested_bytes: u64,
    /// Bytes unpacked from all nested archives together, only to read their INF files.
    pub nested_unpacked_bytes: u64,
    /// Dictionary or model of a decompressor. 7-Zip's strongest preset takes 256 MiB.
    pub dictionary_bytes: u64,
    /// Address space of the reader process.
    pub memory_bytes: u64,
    /// Processor time of the reader process.
    pub cpu_seconds: u64,
    /// The reader must say something within this time while it is waited for.
    pub stall_ms: u64,
    /// The whole reading, the sink's work included.
    pub total_ms: u64,
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Default for Limits {
    fn default() -> Self {
        Self {
            archive_bytes: 64 * GIB,
            universal: Capacity { entries: 400_000, unpacked_bytes: 128 * GIB },
            extracted: Capacity { entries: 100_000, unpacked_bytes: 64 * GIB },
            printer: Capacity { entries: 20_000, unpacked_bytes: 8 * GIB },
            expansion: 200,
            expansion_free_bytes: 64 * MIB,
            path_units: 1_024,
            path_depth: 40,
            inf_bytes: 8 * MIB,
            infs: 50_000,
            nested_depth: 3,
            nested_archives: 2_000,
            nested_bytes: 8 * GIB,
            nested_unpacked_bytes: 128 * GIB,
            dictionary_bytes: 512 * MIB,
            memory_bytes: 2 * GIB,
            cpu_seconds: 4 * 3_600,
            stall_ms: 120_000,
            total_ms: 4 * 3_600_000,
        }
    }
}

impl Limits {
    /// What a package of `kind` may contain.
    pub fn capacity(&self, kind: PackageKind) -> Capacity {
        match kind {
            PackageKind::Universal => self.universal,
            PackageKind::Extracted => self.extracted,
            PackageKind::Printer => self.printer,
        }
    }
}

/// Largest message of the reader that is not file data, in bytes. One INF report is such a message.
pub(crate) const MESSAGE_BYTES: usize = 48 << 20;
/// Largest piece of file data in one message, in bytes.
pub(crate) const DATA_BYTES: usize = 512 << 10;
/// All INF reports of one package together, in bytes: what the server keeps in memory of a hostile reader.
pub(crate) const REPORT_BYTES: usize = 512 << 20;
/// A printer's configuration file without its padding, in bytes. It travels to the confined process as an argument,
/// which Linux bounds at 128 KiB, and quoting may double it.
pub(crate) const CONFIGURATION_BYTES: usize = 56 << 10;
/// The same with its padding.
pub(crate) const CONFIGURATION_FILE_BYTES: usize = 64 << 10;
/// A ZIP archive's central directory, in bytes: three times what the most entries with usual names take.
pub(crate) const DIRECTORY_BYTES: u64 = 16 << 20;
/// Warnings of one package; further ones are counted only.
pub(crate) const WARNINGS: usize = 200;
/// Characters of an entry's name in a message for people.
pub(crate) const SHOWN_NAME_CHARS: usize = 200;
/// What is kept of the reader's or the tool's error output, in bytes.
pub(crate) const STDERR_BYTES: usize = 4_096;
