//! The refusals of this crate: one constructor for each notice, so that a notice has the same values everywhere.

use fault::Error;

use crate::limits::SHOWN_NAME_CHARS;

/// A name from an archive in a form that is fit for a message: bounded and without control characters.
pub(crate) fn shown(name: &str) -> String {
    let mut text: String = name
        .chars()
        .take(SHOWN_NAME_CHARS)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if name.chars().nth(SHOWN_NAME_CHARS).is_some() {
        text.push('…');
    }
    text
}

pub(crate) fn wrong_type(file_name: &str, reason: &str) -> Error {
    let name = shown(file_name);
    Error::invalid(format!("{name} is no driver archive: {reason}"))
        .with_notice("package.wrong_type")
        .with_value("file", name)
}

pub(crate) fn empty() -> Error {
    Error::invalid("the archive contains no file").with_notice("package.empty")
}

pub(crate) fn no_driver() -> Error {
    Error::invalid("the archive contains no driver: no INF file describes one")
        .with_notice("package.no_driver")
}

pub(crate) fn encrypted(entry: &str) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("{entry} is encrypted; pack the drivers again without a password"))
        .with_notice("package.encrypted")
        .with_value("entry", entry)
}

/// `entry` is empty when the archive as a whole is meant.
pub(crate) fn damaged(entry: &str, reason: &str) -> Error {
    let entry = shown(entry);
    let object = if entry.is_empty() { "the archive" } else { &entry };
    Error::corrupt(format!("{object} is damaged: {reason}"))
        .with_notice("package.damaged")
        .with_value("entry", entry)
        .with_value("reason", shown(reason))
}

pub(crate) fn bad_name(entry: &str, reason: &'static str) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("the name of entry {entry} cannot be used on a Windows disk: {reason}"))
        .with_notice("package.bad_name")
        .with_value("entry", entry)
        .with_value("reason", reason)
}

pub(crate) fn link(entry: &str) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("entry {entry} is a link; archives may contain only files and directories"))
        .with_notice("package.link")
        .with_value("entry", entry)
}

pub(crate) fn duplicate(entry: &str) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("two entries have the name {entry}; Windows does not tell case apart"))
        .with_notice("package.duplicate_entry")
        .with_value("entry", entry)
}

/// `entry` is empty when the sum of all entries is meant.
pub(crate) fn too_large(entry: &str, bytes: u64, limit_bytes: u64) -> Error {
    let entry = shown(entry);
    let object = if entry.is_empty() { "the archive's content" } else { &entry };
    Error::invalid(format!("{object} takes {bytes} bytes, more than the limit of {limit_bytes}"))
        .with_notice("package.too_large")
        .with_value("entry", entry)
        .with_value("bytes", bytes)
        .with_value("limit_bytes", limit_bytes)
}

pub(crate) fn too_many_entries(entries: u64, limit: u64) -> Error {
    Error::invalid(format!("the archive has {entries} or more entries, over the limit of {limit}"))
        .with_notice("package.too_many_entries")
        .with_value("entries", entries)
        .with_value("limit", limit)
}

pub(crate) fn too_deep(entry: &str, limit: u64) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("archives are nested more than {limit} deep at {entry}"))
        .with_notice("package.too_deep")
        .with_value("entry", entry)
        .with_value("limit", limit)
}

pub(crate) fn unsupported(entry: &str, reason: &str) -> Error {
    let entry = shown(entry);
    Error::invalid(format!("{entry} is packed in a way that is not supported: {reason}"))
        .with_notice("package.unsupported")
        .with_value("entry", entry)
        .with_value("reason", shown(reason))
}

pub(crate) fn tool_missing() -> Error {
    Error::unavailable("the program 7zz is missing; install it with: apt install 7zip")
        .with_notice("package.tool_missing")
        .with_value("program", "7zz")
        .with_value("command", "apt install 7zip")
}

pub(crate) fn reader_failed(reason: &str) -> Error {
    Error::unavailable(format!("the archive reader stopped: {}", shown(reason)))
        .with_notice("package.reader_failed")
        .with_value("reason", shown(reason))
}

pub(crate) fn stalled(seconds: u64) -> Error {
    Error::unavailable(format!("the archive reader made no progress for {seconds} s"))
        .with_notice("package.stalled")
        .with_value("seconds", seconds)
}

pub(crate) fn too_slow(seconds: u64) -> Error {
    Error::invalid(format!("the archive was not read within {seconds} s"))
        .with_notice("package.too_slow")
        .with_value("seconds", seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_bounded_and_printable() {
        assert_eq!(shown("a\nb\u{1b}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown(&"字".repeat(5_000)).chars().count(), SHOWN_NAME_CHARS + 1);
    }
}
