//! What one uploaded archive turned out to be.

use std::fmt;
use std::time::{Duration, SystemTime};

use fault::Notice;
use serde::{Deserialize, Serialize};

use crate::os::OsType;
use crate::printer::Configuration;
use crate::report::InfReport;

/// What an uploaded file is used for; its extension names it and its content must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageKind {
    /// A universal driver: an `.iso` with an ISO 9660 or UDF file system.
    Universal,
    /// An extracted driver: a `.tq`, which is a 7z or a ZIP archive.
    Extracted,
    /// A printer driver: a `.zip`. It is stored whole and its configuration is edited in place, so nothing but a
    /// ZIP archive will do.
    Printer,
}

impl PackageKind {
    /// The kind that the extension of the user's file name stands for.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "iso" => Some(Self::Universal),
            "tq" => Some(Self::Extracted),
            "zip" => Some(Self::Printer),
            _ => None,
        }
    }
}

impl fmt::Display for PackageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Universal => "universal driver (.iso)",
            Self::Extracted => "extracted driver (.tq)",
            Self::Printer => "printer driver (.zip)",
        })
    }
}

/// A point in time as NTFS keeps it: 100-nanosecond steps since 1601-01-01 UTC.
///
/// ZIP and ISO 9660 keep local times without saying where; they are taken as UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileTime(pub u64);

impl FileTime {
    const STEPS_PER_SECOND: u64 = 10_000_000;
    const UNIX_EPOCH_SECONDS: u64 = 134_774 * 86_400;

    /// The time of a civil date; `None` when there is no such date or it lies before 1601.
    pub(crate) fn from_civil(date: (u32, u32, u32), clock: (u32, u32, u32)) -> Option<Self> {
        let (year, month, day) = date;
        let (hour, minute, second) = clock;
        let valid = (1601..=30_000).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return None;
        }
        // Days since 1601-01-01, with years that begin in March so that the leap day comes last.
        let shifted = u64::from(year) - u64::from(month <= 2);
        let from_march = (u64::from(month) + 9) % 12;
        let days = shifted * 365 + shifted / 4 - shifted / 100
            + shifted / 400
            + (from_march * 153 + 2) / 5
            + u64::from(day)
            - 1;
        let days = days.checked_sub(584_694)?;
        let seconds = days * 86_400 + u64::from(hour * 3_600 + minute * 60 + second);
        Some(Self(seconds * Self::STEPS_PER_SECOND))
    }
}

impl From<FileTime> for SystemTime {
    fn from(time: FileTime) -> Self {
        let epoch = Duration::from_secs(FileTime::UNIX_EPOCH_SECONDS);
        let since_1601 = Duration::from_secs(time.0 / FileTime::STEPS_PER_SECOND)
            + Duration::from_nanos(time.0 % FileTime::STEPS_PER_SECOND * 100);
        match since_1601.checked_sub(epoch) {
            Some(after) => SystemTime::UNIX_EPOCH + after,
            None => SystemTime::UNIX_EPOCH - (epoch - since_1601),
        }
    }
}

/// All that was learned from one archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageReport {
    /// What the archive is used for.
    pub kind: PackageKind,
    /// Files in it, those of nested archives not counted.
    pub files: u64,
    /// Directories in it, also those that are only named in paths of files.
    pub directories: u64,
    /// Sum of the sizes of its files.
    pub unpacked_bytes: u64,
    /// Its INF files. A path of a nested one is the path of the nested archive, `/`, and the path inside.
    pub infs: Vec<InfReport>,
    /// The systems that its drivers are for, ascending.
    pub os_types: Vec<OsType>,
    /// The configuration file of a printer driver, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Configuration>,
    /// What could not be looked into, or looks odd.
    pub warnings: Vec<Notice>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_kind() {
        assert_eq!(PackageKind::from_file_name("万能驱动.v2.ISO"), Some(PackageKind::Universal));
        assert_eq!(PackageKind::from_file_name("a.tq"), Some(PackageKind::Extracted));
        assert_eq!(PackageKind::from_file_name("a.zip"), Some(PackageKind::Printer));
        assert_eq!(PackageKind::from_file_name("zip"), None);
        assert_eq!(PackageKind::from_file_name("a.tq.exe"), None);
    }

    #[test]
    fn civil_times_count_from_1601() {
        assert_eq!(FileTime::from_civil((1601, 1, 1), (0, 0, 0)), Some(FileTime(0)));
        let unix = FileTime::from_civil((1970, 1, 1), (0, 0, 0)).unwrap();
        assert_eq!(SystemTime::from(unix), SystemTime::UNIX_EPOCH);
        let leap = FileTime::from_civil((2024, 2, 29), (23, 59, 58)).unwrap();
        assert_eq!(SystemTime::from(leap), SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_251_198));
        assert_eq!(FileTime::from_civil((2024, 13, 1), (0, 0, 0)), None);
        assert_eq!(FileTime::from_civil((1600, 12, 31), (0, 0, 0)), None);
    }
}
