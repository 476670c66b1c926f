//! Bounds on what people, programs and terminals may ask of the center, in one place.
//!
//! What an archive may cost is in `driver_package::Limits`, what a disk may hold in `disk_image`.

/// Longest name of a driver, in characters.
pub const DRIVER_NAME_CHARS_MAX: usize = 120;

/// Longest description, in characters.
pub const DESCRIBE_CHARS_MAX: usize = 255;

/// Device rows that one page holds at most.
pub const DEVICES_PAGE_MAX: u64 = 1000;

/// Most drivers in one request to delete.
pub const DELETE_MAX: usize = 1000;

/// Longest name of a terminal that a printer driver comes from, in characters.
pub const CLIENT_NAME_CHARS_MAX: usize = 255;

/// Longest password of a shared printer, in characters; Windows' own limit.
pub const PRINTER_PASSWORD_CHARS_MAX: usize = 256;

/// Templates whose drivers one request asks for at most.
pub const RELATIONS_MAX: usize = 1000;

/// Values in one `IN (…)` of a statement.
pub const IDS_PER_STATEMENT: usize = 500;

/// Time windows in which terminals update by themselves.
pub const TIME_WINDOWS_MAX: usize = 20;

/// How far a site's clock may be from UTC.
pub const UTC_OFFSET_MINUTES_MAX: u32 = 14 * 60;

/// Least bytes per second for all terminals together: two transfers that their clients do not give up.
pub const BYTES_PER_SECOND_MIN: u64 = 64 * 1024;

/// Most bytes per second that one sets: a limit far over what any network carries is a mistake.
pub const BYTES_PER_SECOND_MAX: u64 = 1 << 40;

/// Devices of one terminal.
pub const INVENTORY_DEVICES_MAX: usize = 2000;

/// A terminal's inventory, in bytes of JSON.
pub const INVENTORY_BYTES_MAX: usize = 512 * 1024;

/// IDs of one device.
pub const DEVICE_IDS_MAX: usize = 64;

/// Longest ID of a device, in characters.
pub const DEVICE_ID_CHARS_MAX: usize = 500;

/// Jobs that one listing shows at most.
pub const JOBS_LISTED_MAX: u64 = 500;

/// Longest note of a version, in characters.
pub const NOTE_CHARS_MAX: usize = 1000;

/// Terminals in one push at most.
pub const PUSH_MAX: usize = 100_000;

/// Longest name of a group of terminals, in characters.
pub const GROUP_NAME_CHARS_MAX: usize = 120;

/// Terminals in a page of their list at most.
pub const TERMINALS_PAGE_MAX: u64 = 1000;

/// Terminals in a page of their list when no number is asked for.
pub const TERMINALS_PAGE: u64 = 50;

/// How many terminals that a search finds are counted.
pub const TERMINALS_COUNTED_MAX: u64 = 10_000;

/// Longest text that is searched for, in characters.
pub const SEARCH_CHARS_MAX: usize = 255;

/// Versions that one listing shows at most.
pub const VERSIONS_PAGE_MAX: u64 = 500;

/// Older versions that are kept ready to be looked into.
pub const VIEWS_MAX: usize = 4;

/// How long an older version stays ready to be looked into after it was used.
pub const VIEW_IDLE: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// How often looking into an older version begins again because Base was changed meanwhile.
pub const VIEW_TRIES: usize = 4;

/// How long looking into an older version waits for the end of a save that has changed Base.
pub const RECORD_PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Files that one comparison of two versions lists at most.
pub const DIFF_FILES_MAX: u64 = 10_000;

/// INF files that one comparison of two versions lists at most.
pub const DIFF_INFS_MAX: usize = 5_000;

/// Hardware IDs that are listed of one INF file, as added and as removed.
pub const DIFF_DEVICES_MAX: usize = 100;

/// The virtual size of the disk is a whole number of these.
pub const VIRTUAL_SIZE_UNIT_BYTES: u64 = 64 * 1024;

/// Bytes of files of the same size that one comparison of two versions reads on each side.
pub const DIFF_COMPARED_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// Longest message that is kept of a terminal, in characters.
pub const TERMINAL_MESSAGE_CHARS_MAX: usize = 500;

/// Warnings that are kept of one package.
pub const WARNINGS_MAX: usize = 200;

/// Space that stays free on the data directory's disk whatever is imported or saved, in bytes.
pub const RESERVED_BYTES: u64 = 256 * 1024 * 1024;

/// How long a reader of a file on the disk may take nothing before it is cut off: it holds Base's read lock, and a save
/// waits for that.
pub const READER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Characters of an audit entry's user, address and subject that are kept.
pub(crate) const AUDIT_NAME_CHARS_MAX: usize = 255;
pub(crate) const AUDIT_ADDRESS_CHARS_MAX: usize = 64;
pub(crate) const AUDIT_SUBJECT_CHARS_MAX: usize = 255;
/// Bytes of its particulars; longer ones are left out.
pub(crate) const AUDIT_DETAIL_BYTES_MAX: usize = 16 * 1024;

/// Pause before the end of an operation or a job is recorded once more, where the database could not; it doubles from there.
pub(crate) const END_PAUSE_FIRST: std::time::Duration = std::time::Duration::from_millis(500);
/// The longest such pause.
pub(crate) const END_PAUSE_LONGEST: std::time::Duration = std::time::Duration::from_secs(10);

/// How often it is recorded how the terminals stand.
pub(crate) const HISTORY_PAUSE: std::time::Duration = std::time::Duration::from_secs(60);
/// How long after the start that begins: terminals at rest report each minute, and are silent while the server is down.
pub(crate) const HISTORY_DELAY: std::time::Duration = std::time::Duration::from_secs(120);
/// Rows of the history for a day: how many seconds each stands for, and how many are kept; the last is not complete.
pub(crate) const HISTORY_DAY: (u32, u32) = (5 * 60, 24 * 12 + 1);
/// The same for a week.
pub(crate) const HISTORY_WEEK: (u32, u32) = (30 * 60, 7 * 48 + 1);
/// The same for a month of 31 days.
pub(crate) const HISTORY_MONTH: (u32, u32) = (2 * 60 * 60, 31 * 12 + 1);

/// Terminals that the platform is told of in one request.
pub(crate) const PLATFORM_IDS_AT_ONCE: usize = 50;
/// How often it is looked whether the platform has to be told something, at most.
pub(crate) const PLATFORM_PAUSE_FIRST: std::time::Duration = std::time::Duration::from_millis(500);
/// The longest pause before a platform that does not answer is told again.
pub(crate) const PLATFORM_PAUSE_LONGEST: std::time::Duration = std::time::Duration::from_secs(60);

/// Pause after the first failure to bring images to the mirror; it doubles from there.
pub(crate) const MIRROR_PAUSE_FIRST: std::time::Duration = std::time::Duration::from_secs(15);
/// The longest pause; also how often the mirror is looked at while nothing happens.
pub(crate) const MIRROR_PAUSE_LONGEST: std::time::Duration = std::time::Duration::from_secs(30 * 60);
