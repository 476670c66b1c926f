//! Every bound of the commands on what they wait for, keep or repeat.

use std::time::Duration;

/// Pause between two looks at a job or an operation.
pub(super) const POLL: Duration = Duration::from_millis(250);
/// How long a server that was reached before may be out of reach while it is being waited for.
pub(super) const OUTAGE_MAX: Duration = Duration::from_secs(60);
/// Time for a command to end by itself after Ctrl-C.
pub(super) const INTERRUPT_GRACE: Duration = Duration::from_secs(1);
/// How often a line of progress is written where there is no terminal.
pub(super) const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Bytes of a file that this program keeps, or of a file of certificates.
pub(super) const OWN_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a line that is typed in.
pub(super) const LINE_BYTES_MAX: u64 = 4096;
/// Largest file that is read from the disk of the center: 1 PiB, far over what a disk can hold.
pub(super) const FILE_BYTES_MAX: u64 = 1 << 50;
/// Rows that are asked for at once.
pub(super) const PAGE_ROWS: u64 = 500;
/// Terminals that are asked for at once.
pub(super) const TERMINALS_PAGE_ROWS: u64 = 1000;
/// Age after which a remembered upload is forgotten.
pub(super) const REMEMBERED_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
