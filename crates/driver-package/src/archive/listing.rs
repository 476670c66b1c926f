//! The listing of `7zz l -slt -ba`: lines `Name = value`, and an empty line after each entry.

use fault::Result;

use super::contents::Entry;
use crate::{FileTime, refusal};

/// Entries of a listing as its lines come in.
#[derive(Debug, Default)]
pub(super) struct Listing {
    entries: Vec<Entry>,
    open: Option<Entry>,
}

impl Listing {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes a line, with its line end.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(line)
            .map_err(|_| refusal::bad_name(&String::from_utf8_lossy(line), "character"))?
            .trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            self.entries.extend(self.open.take());
            return Ok(());
        }
        let Some((name, value)) = text.split_once(" = ").or_else(|| Some((text.strip_suffix(" =")?, "")))
        else {
            return Ok(());
        };
        if name == "Path" {
            self.entries.extend(self.open.take());
            self.open = Some(Entry { path: value.to_owned(), ..Entry::default() });
        } else if let Some(entry) = &mut self.open {
            set(entry, name, value)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<Entry>> {
        self.entries.extend(self.open.take());
        Ok(self.entries)
    }
}

fn set(entry: &mut Entry, name: &str, value: &str) -> Result<()> {
    match name {
        "Folder" => entry.directory = value == "+",
        "Size" if value.is_empty() => entry.size = 0,
        "Size" => {
            entry.size = value.parse().map_err(|_| refusal::damaged(&entry.path, "its size is no number"))?;
        }
        "Modified" => entry.modified = time(value),
        "Encrypted" => entry.encrypted = value == "+",
        "Symbolic Link" | "Hard Link" => entry.special |= !value.is_empty(),
        "Mode" => entry.special |= !matches!(value.bytes().next(), None | Some(b'-' | b'd')),
        _ => {}
    }
    Ok(())
}

/// `2026-11-23 02:34:24`, perhaps with a fraction.
fn time(text: &str) -> Option<FileTime> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let date = (number(0..4)?, number(5..7)?, number(8..10)?);
    FileTime::from_civil(date, (number(11..13)?, number(14..16)?, number(17..19)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Entry>> {
        let mut listing = Listing::default();
        for line in text.split_inclusive('\n') {
            listing.line(line.as_bytes())?;
        }
        listing.finish()
    }

    #[test]
    fn entries_are_read_with_their_kinds() {
        let text = "Path = 驱动\nFolder = +\nSize = \nModified = 2026-11-23 02:34:24\nMode = dr-xr-xr-x\n\n\
                    Path = 驱动/a = b.inf\nFolder = -\nSize = 12\nModified = 1601-01-01 00:00:01.5\nSymbolic Link = \n\n\
                    Path = up\nFolder = -\nSize = 0\nMode = lr-xr-xr-x\nSymbolic Link = /etc/passwd\n";
        let entries = parse(text).unwrap();
        assert_eq!(entries.len(), 3);
        assert!(entries[0].directory && !entries[0].special);
        assert_eq!((entries[1].path.as_str(), entries[1].size), ("驱动/a = b.inf", 12));
        assert_eq!(entries[1].modified, Some(FileTime(10_000_000)));
        assert!(entries[2].special);
    }

    #[test]
    fn a_broken_size_is_damage() {
        let error = parse("Path = a\nSize = 12x\n").unwrap_err();
        assert_eq!(error.notice().unwrap().id, "package.damaged");
    }
}
