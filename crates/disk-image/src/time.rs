//! Times as NTFS keeps them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// 100 ns ticks from 1601-01-01 to 1970-01-01.
const TICKS_TO_UNIX_EPOCH: u64 = 116_444_736_000_000_000;
const TICKS_PER_SECOND: u64 = 10_000_000;

/// A time in 100 ns ticks since 1601-01-01 UTC; what lies before or too far after is clamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileTime(u64);

impl FileTime {
    /// From NTFS' own number.
    pub fn from_ticks(ticks: u64) -> Self {
        Self(ticks.min(i64::MAX as u64))
    }

    /// NTFS' own number.
    pub fn ticks(self) -> u64 {
        self.0
    }
}

impl From<SystemTime> for FileTime {
    fn from(time: SystemTime) -> Self {
        let ticks = |span: Duration| {
            span.as_secs()
                .saturating_mul(TICKS_PER_SECOND)
                .saturating_add(u64::from(span.subsec_nanos() / 100))
        };
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self::from_ticks(TICKS_TO_UNIX_EPOCH.saturating_add(ticks(after))),
            Err(before) => Self::from_ticks(TICKS_TO_UNIX_EPOCH.saturating_sub(ticks(before.duration()))),
        }
    }
}

impl From<FileTime> for SystemTime {
    fn from(time: FileTime) -> Self {
        let span =
            |ticks: u64| Duration::new(ticks / TICKS_PER_SECOND, (ticks % TICKS_PER_SECOND) as u32 * 100);
        let moved = match time.0.checked_sub(TICKS_TO_UNIX_EPOCH) {
            Some(after) => UNIX_EPOCH.checked_add(span(after)),
            None => UNIX_EPOCH.checked_sub(span(TICKS_TO_UNIX_EPOCH - time.0)),
        };
        moved.unwrap_or(UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_to_100_ns() {
        let time = UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_700);
        assert_eq!(SystemTime::from(FileTime::from(time)), time);
        let old = UNIX_EPOCH - Duration::from_secs(86_400 * 365 * 100);
        assert_eq!(SystemTime::from(FileTime::from(old)), old);
    }

    #[test]
    fn the_epochs_are_those_of_windows_and_unix() {
        assert_eq!(FileTime::from(UNIX_EPOCH).ticks(), TICKS_TO_UNIX_EPOCH);
        assert_eq!(SystemTime::from(FileTime::from_ticks(TICKS_TO_UNIX_EPOCH)), UNIX_EPOCH);
    }
}
