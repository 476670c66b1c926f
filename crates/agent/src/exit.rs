//! The exit codes of `tool-disk`, on which boot scripts rely.

use fault::{Error, Kind};

/// All went well.
pub const OK: u8 = 0;
/// A mistake of this program, or something unforeseen.
pub const FAILED: u8 = 1;
/// Wrong arguments or configuration.
pub const USAGE: u8 = 2;
/// Not enrolled, or the center does not know this terminal any more.
pub const DENIED: u8 = 3;
/// The center cannot be reached, or cannot serve now.
pub const UNAVAILABLE: u8 = 4;
/// The disk, or what was received, is not what it must be.
pub const CORRUPT: u8 = 5;
/// Space does not suffice.
pub const NO_SPACE: u8 = 6;
/// The update is fetched; the disk is in use.
pub const IN_USE: u8 = 7;
/// Another tool-disk is at work.
pub const BUSY: u8 = 8;
/// An update was begun and is not finished: the disk must not be opened.
pub const UPDATING: u8 = 9;
/// There is no disk yet.
pub const NO_DISK: u8 = 10;
/// Stopped by a signal.
pub const STOPPED: u8 = 130;

/// The exit code of a failure.
pub fn of_error(error: &Error) -> u8 {
    match error.notice().map(|notice| notice.id.as_ref()) {
        Some("disk.in_use") => return IN_USE,
        Some("disk.none" | "sync.nothing_published") => return NO_DISK,
        Some("agent.already_running") => return BUSY,
        _ => {}
    }
    match error.kind() {
        Kind::Invalid | Kind::Conflict => USAGE,
        Kind::Denied => DENIED,
        Kind::Unavailable | Kind::NotFound | Kind::Busy => UNAVAILABLE,
        Kind::Corrupt => CORRUPT,
        Kind::NoSpace => NO_SPACE,
        Kind::Cancelled => STOPPED,
        Kind::Bug => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_program_at_work_is_told_apart_from_what_passes() {
        let code = |notice: &'static str| of_error(&Error::busy("go on").with_notice(notice));
        assert_eq!(code("agent.already_running"), BUSY);
        for passing in ["sync.too_fast", "sync.outside_window", "sync.bandwidth_full", "center.busy"] {
            assert_eq!(code(passing), UNAVAILABLE, "{passing}");
        }
        assert_eq!(of_error(&Error::busy("go on")), UNAVAILABLE);
    }
}
