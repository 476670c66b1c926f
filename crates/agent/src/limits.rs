//! Every bound of this program on what it waits for, keeps or repeats.

use std::time::Duration;

/// Connections that fetch at the same time. Each holds up to 4 MiB packed and 4 MiB unpacked.
pub const CONNECTIONS: usize = 3;
/// After so many bytes a first download is made to survive a restart.
pub const CHECKPOINT_BYTES: u64 = 256 * 1024 * 1024;
/// How often a first download is read back and mended before the storage is called unreliable.
pub const READ_BACK_ATTEMPTS: u32 = 3;
/// How often one request is tried before the whole attempt is given up.
pub const ATTEMPTS_PER_REQUEST: u32 = 5;
/// How often one request comes again because others use the bandwidth for updates.
pub const TURNS_PER_REQUEST: u32 = 120;
/// The longest pause before it does; each is shortened at random.
pub const TURN_PAUSE: Duration = Duration::from_secs(10);
/// How often a download follows the center to a newer version before it is given up.
pub const NEWER_VERSIONS_MAX: u32 = 50;
/// How often one sync looks what a damaged disk is and mends it.
pub const MENDS_MAX: u32 = 3;
/// Bytes of a file of the state directory, except leaf table, staging and journal.
pub const STATE_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Devices of this machine that the center is told of.
pub const INVENTORY_DEVICES_MAX: usize = 250;
/// How long an inventory that the center found fault with is not told again, unless it changes.
pub const REFUSED_INVENTORY_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// Entries of one bus that are looked at.
pub const BUS_DEVICES_MAX: usize = 4096;
/// Bytes that are read of an attribute of a device, or of the file that says what the terminal is used for.
pub const ATTRIBUTE_BYTES_MAX: u64 = 4096;
/// Characters that are taken of such an attribute.
pub const ATTRIBUTE_CHARS_MAX: usize = 120;
/// Bytes of a file of trusted certificates.
pub const CERTIFICATES_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What stays free beside what an update is known to need.
pub const FREE_SPACE_MARGIN_BYTES: u64 = 16 * 1024 * 1024;
/// Longest time that the command which says whether the disk is in use may take.
pub const IN_USE_COMMAND_TIME: Duration = Duration::from_secs(10);
/// Shortest time between two reports of progress.
pub const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Pauses between tries of the report that an update has ended; until the center hears of it, it lets nobody save.
pub const LAST_REPORT_PAUSES: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];
/// Shortest turn of the daemon: a report and a request for the head.
pub const TURN_MIN: Duration = Duration::from_secs(1);
/// Longest time between two reports while idle, whatever the center asks for.
pub const REPORT_AFTER_MAX: Duration = Duration::from_secs(600);
/// After this time a stop that was asked for happens, unless the disk is being written.
pub const STOP_GRACE: Duration = Duration::from_secs(3);
/// The first pause between tries of a request, before it is shortened at random.
pub const REQUEST_PAUSE: Duration = Duration::from_millis(500);
/// The first pause of the daemon after a failure, before it is shortened at random.
pub const DAEMON_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause of the daemon after failures.
pub const DAEMON_PAUSE_MAX: Duration = Duration::from_secs(300);
/// Terminals that hear of a version at once begin to fetch it within this time of each other.
pub const ANNOUNCEMENT_SPREAD: Duration = Duration::from_secs(5);
