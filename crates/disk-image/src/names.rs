//! Paths inside the disk, by the naming rules of Windows.
//!
//! libntfs-3g enforces none of these rules, and a name that breaks them cannot be opened, or not be removed, in
//! Windows. So every path passes here before anything touches the volume.

use std::fmt;

use fault::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::limits::{NAME_UNITS_MAX, PATH_DEPTH_MAX, PATH_UNITS_MAX};

/// A valid path below the root of the disk: `/`, or names separated by `/`.
///
/// Comparing two of them compares letters; the volume itself ignores case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DiskPath(String);

impl DiskPath {
    /// The root directory.
    pub fn root() -> Self {
        Self(String::new())
    }

    /// Checks `path`; a leading `/` is optional, a trailing one is refused like any empty name.
    pub fn new(path: &str) -> Result<Self> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Ok(Self::root());
        }
        let units = path.encode_utf16().take(PATH_UNITS_MAX + 1).count();
        if units > PATH_UNITS_MAX || path.split('/').take(PATH_DEPTH_MAX + 1).count() > PATH_DEPTH_MAX {
            let shown: String = path.chars().take(200).collect();
            return Err(refusal(&shown, "path is too long or too deep", "disk.path_too_long"));
        }
        path.split('/').try_for_each(|name| check_name(name, path))?;
        Ok(Self(path.to_owned()))
    }

    /// The path of `name` in this directory.
    pub fn join(&self, name: &str) -> Result<Self> {
        match self.is_root() {
            true => Self::new(name),
            false => Self::new(&format!("{}/{}", self.0, name.strip_prefix('/').unwrap_or(name))),
        }
    }

    /// Whether this is the root directory.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The names from the root down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// The directory that contains it, and its name there; the root has none.
    pub fn split_last(&self) -> Option<(Self, &str)> {
        match self.0.rsplit_once('/') {
            Some((parent, name)) => Some((Self(parent.to_owned()), name)),
            None if self.is_root() => None,
            None => Some((Self::root(), &self.0)),
        }
    }

    /// The path without the leading `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DiskPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0)
    }
}

impl TryFrom<String> for DiskPath {
    type Error = Error;

    fn try_from(path: String) -> Result<Self> {
        Self::new(&path)
    }
}

impl From<DiskPath> for String {
    fn from(path: DiskPath) -> Self {
        path.0
    }
}

impl std::str::FromStr for DiskPath {
    type Err = Error;

    fn from_str(path: &str) -> Result<Self> {
        Self::new(path)
    }
}

fn refusal(entry: &str, reason: &str, notice: &'static str) -> Error {
    Error::invalid(format!("entry {entry:?}: {reason}")).with_notice(notice).with_value("entry", entry)
}

fn check_name(name: &str, path: &str) -> Result<()> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(refusal(path, "an empty name, `.` or `..`", "disk.name_invalid"));
    }
    if name.encode_utf16().count() > NAME_UNITS_MAX {
        return Err(refusal(path, "a name of more than 255 UTF-16 units", "disk.path_too_long"));
    }
    if let Some(found) = name.chars().find(|&c| c < ' ' || r#"<>:"\|?*"#.contains(c)) {
        return Err(refusal(path, &format!("character {found:?} in a name"), "disk.name_invalid"));
    }
    if name.ends_with(['.', ' ']) {
        return Err(refusal(path, "a name that ends in a dot or a space", "disk.name_invalid"));
    }
    if is_device_name(name) {
        return Err(refusal(path, "the name of a Windows device", "disk.name_reserved"));
    }
    Ok(())
}

/// Names of devices, which Windows finds in every directory, whatever the extension.
///
/// Microsoft, "Naming Files, Paths, and Namespaces"; the superscript digits count as digits there.
fn is_device_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let stem: Vec<char> = stem.chars().map(|c| c.to_ascii_uppercase()).collect();
    match stem.as_slice() {
        ['C', 'O', 'N'] | ['P', 'R', 'N'] | ['A', 'U', 'X'] | ['N', 'U', 'L'] => true,
        ['C', 'O', 'M', digit] | ['L', 'P', 'T', digit] => "0123456789¹²³".contains(*digit),
        ['C', 'O', 'N', 'I', 'N', '$'] | ['C', 'O', 'N', 'O', 'U', 'T', '$'] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(path: &str) -> Option<String> {
        DiskPath::new(path).err().map(|error| error.notice().expect("a refusal has a notice").id.to_string())
    }

    #[test]
    fn ordinary_names_pass() {
        let long = "x".repeat(255);
        for path in [
            "/",
            "",
            "sys/tq/网卡 驱动/a.inf",
            "/a.b.c",
            "com",
            "com10",
            "console.txt",
            "lpt",
            ".hidden",
            "𝄞",
            &long,
        ] {
            assert_eq!(notice(path), None, "{path}");
        }
    }

    #[test]
    fn device_names_are_refused_with_extension_superscript_and_case() {
        for path in [
            "CON",
            "nul.txt",
            "a/AUX.tar.gz",
            "com1",
            "Com¹.inf",
            "lpt³",
            "COM0",
            "prn .txt",
            "conin$",
            "CONOUT$.x",
        ] {
            assert_eq!(notice(path).as_deref(), Some("disk.name_reserved"), "{path}");
        }
    }

    #[test]
    fn names_that_windows_cannot_open_are_refused() {
        for path in
            ["a/", "a//b", ".", "a/..", "a.", "b ", "a:b", "a\\b", "a?", "x\u{7}", "tab\t", "<", "\u{0}"]
        {
            assert_eq!(notice(path).as_deref(), Some("disk.name_invalid"), "{path:?}");
        }
    }

    #[test]
    fn length_counts_utf16_units() {
        assert_eq!(notice(&"x".repeat(256)).as_deref(), Some("disk.path_too_long"));
        assert_eq!(notice(&"𝄞".repeat(128)).as_deref(), Some("disk.path_too_long"));
        assert_eq!(notice(&["x"; 65].join("/")).as_deref(), Some("disk.path_too_long"));
        assert_eq!(notice(&vec!["x".repeat(200); 5].join("/")).as_deref(), Some("disk.path_too_long"));
        assert_eq!(notice(&["x"; 64].join("/")), None);
    }

    #[test]
    fn the_refusal_names_the_entry() {
        let error = DiskPath::new("drivers/nul.sys").unwrap_err();
        assert_eq!(error.notice().unwrap().values, [("entry".into(), "drivers/nul.sys".to_owned())]);
    }

    #[test]
    fn paths_split_and_join() {
        let path = DiskPath::root().join("sys").unwrap().join("tq/a").unwrap();
        assert_eq!(path.to_string(), "/sys/tq/a");
        let (parent, name) = path.split_last().unwrap();
        assert_eq!((parent.to_string().as_str(), name), ("/sys/tq", "a"));
        assert!(DiskPath::root().split_last().is_none());
        assert!(path.join("../x").is_err());
    }
}
