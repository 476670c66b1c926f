//! Every bound of this program on what it reads, waits for or keeps.

use std::time::Duration;

/// Files and folders of a printer driver, as the server bounds them.
pub(crate) const ENTRIES_MAX: usize = 20_000;
/// Bytes of the files of a printer driver, as the server bounds them.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 8 << 30;
/// How deep folders may lie in each other.
pub(crate) const DEPTH_MAX: usize = 32;
/// Bytes of the settings, of a remembered upload, of a token.
pub(crate) const OWN_FILE_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of a file of trusted certificates.
pub(crate) const CERTIFICATES_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Characters of the name of a package.
pub(crate) const NAME_CHARS_MAX: usize = 100;
/// What is read of another program's output.
pub(crate) const OUTPUT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long a program that tells something may take.
pub(crate) const TELL_TIME: Duration = Duration::from_secs(20);
/// How long exporting a driver package may take.
#[cfg(windows)]
pub(crate) const EXPORT_TIME: Duration = Duration::from_secs(300);
/// Pause between two looks at another program, or at the import.
pub(crate) const POLL: Duration = Duration::from_millis(250);
/// How long a server that was reached before may be out of reach while it imports.
pub(crate) const OUTAGE_MAX: Duration = Duration::from_secs(60);
/// After so long an unfinished upload, or a package of an interrupted run, is forgotten.
pub(crate) const REMEMBERED_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How often a line of progress is written where there is no terminal.
pub(crate) const LINE_INTERVAL: Duration = Duration::from_secs(10);
