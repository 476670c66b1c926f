//! Which paths an archive may name.
//!
//! An accepted path is relative, uses `/`, stays inside its package, and every component of it is a name that a
//! Windows program can open. The reader process checks each path with it before the first byte leaves; the
//! server checks each path again, because it does not trust the reader. What only the disk can know (a name
//! that exists already, room in a directory, its own upcase table) is checked where the disk is written.
//!
//! The rules are those of Microsoft's "Naming Files, Paths, and Namespaces". Nothing is renamed: a driver's INF
//! refers to its files by name, so a renamed file would be a broken driver.

use crate::limits::Limits;
use crate::refusal;

/// NTFS: UTF-16 units of one name.
const NAME_UNITS: usize = 255;

/// Checks a path as it stands in an archive. The error names the entry.
pub(crate) fn check(path: &str, limits: &Limits) -> fault::Result<()> {
    match fault_of(path, limits) {
        None => Ok(()),
        Some(reason) => Err(refusal::bad_name(path, reason)),
    }
}

fn fault_of(path: &str, limits: &Limits) -> Option<&'static str> {
    let bytes = path.as_bytes();
    if path.is_empty() {
        return Some("empty");
    }
    if path.starts_with(['/', '\\'])
        || (bytes.len() >= 2 && bytes[1] == b':' && bytes[0].is_ascii_alphabetic())
    {
        return Some("absolute");
    }
    // A UTF-8 text is never shorter than its UTF-16 form in units, so this bounds the work below.
    if path.len() > 3 * limits.path_units || path.encode_utf16().count() > limits.path_units {
        return Some("too_long");
    }
    if path.split('/').count() > limits.path_depth {
        return Some("too_deep");
    }
    path.split('/').find_map(fault_of_component)
}

fn fault_of_component(name: &str) -> Option<&'static str> {
    match name {
        "" => return Some("empty"),
        "." | ".." => return Some("traversal"),
        _ => {}
    }
    if name.contains(|c: char| c.is_control() || "<>:\"/\\|?*".contains(c)) {
        return Some("character");
    }
    if name.trim_matches(['.', ' ']).is_empty() {
        return Some("traversal");
    }
    if name.ends_with(['.', ' ']) {
        return Some("trailing");
    }
    if name.encode_utf16().count() > NAME_UNITS {
        return Some("too_long");
    }
    is_device(name).then_some("reserved")
}

/// Whether Windows takes `name` for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|digit| {
        matches!(digit, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    })
}

/// The form under which two names are the same file: NTFS maps single UTF-16 units to upper case.
pub(crate) fn fold(path: &str) -> String {
    path.chars()
        .map(|c| {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}

/// The directory part of a path; empty for the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether the last component of `path` ends in `.` and `extension`, whatever the case.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &str) -> Option<&'static str> {
        fault_of(path, &Limits::default())
    }

    #[test]
    fn usual_paths_pass() {
        for path in
            ["a.inf", "Drivers/网卡/e1d65x64.inf", " lead.inf", ".hidden/x", "a..b", "COM10.inf", "console"]
        {
            assert_eq!(reason(path), None, "{path}");
        }
    }

    #[test]
    fn hostile_paths_are_told_apart() {
        let cases = [
            ("", "empty"),
            ("a//b", "empty"),
            ("/tmp/x", "absolute"),
            ("\\\\server\\share", "absolute"),
            ("C:x", "absolute"),
            ("../x", "traversal"),
            ("a/./b", "traversal"),
            ("a/.. /x", "traversal"),
            ("...", "traversal"),
            ("a\\b", "character"),
            ("file.inf:stream", "character"),
            ("nl\nname", "character"),
            ("dot.", "trailing"),
            ("dir /x", "trailing"),
            ("aux.txt", "reserved"),
            ("x/con", "reserved"),
            ("nul .inf", "reserved"),
            ("com¹.sys", "reserved"),
        ];
        for (path, expected) in cases {
            assert_eq!(reason(path), Some(expected), "{path:?}");
        }
        assert_eq!(reason(&"n".repeat(256)), Some("too_long"));
        assert_eq!(reason(&["d"; 41].join("/")), Some("too_deep"));
        assert_eq!(reason(&["directory-name"; 30].join("/").repeat(3)), Some("too_long"));
    }

    #[test]
    fn names_that_differ_in_case_only_are_one() {
        assert_eq!(fold("Drivers/Ä.inf"), fold("dRIVERS/ä.INF"));
        assert_ne!(fold("ß"), fold("SS"));
    }
}
