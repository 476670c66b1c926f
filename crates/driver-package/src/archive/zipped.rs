//! ZIP archives, read in this process.
//!
//! ZIP says of a name only whether it is UTF-8. Without that flag the standard means code page 437, but programs write
//! whatever their system uses: here that is UTF-8 (Unix tools) or GBK (Chinese Windows). One archive was made by one
//! program, so all its unmarked names are taken together: UTF-8 if all are valid in it, else GBK, else code page 437.

use std::fs::File;
use std::io::BufReader;

use encoding_rs::GBK;
use fault::Result;
use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::contents::{Contents, Entry, Visit};
use crate::{FileTime, refusal};

/// General purpose bit 11: the name is UTF-8.
const UTF8_FLAG: u16 = 1 << 11;

/// An open ZIP archive.
pub(super) struct Zip {
    archive: ZipArchive<BufReader<File>>,
}

impl Zip {
    pub(super) fn open(file: File) -> Result<Self> {
        let archive =
            ZipArchive::new(BufReader::with_capacity(64 << 10, file)).map_err(|e| explain(&e, ""))?;
        if archive.has_duplicate_names() {
            return Err(refusal::duplicate(""));
        }
        Ok(Self { archive })
    }

    /// A method in it that only 7zz knows.
    pub(super) fn foreign_method(&mut self) -> Result<Option<String>> {
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_data(index).map_err(|e| explain(&e, ""))?;
            let method = file.compression();
            let known =
                [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Deflate64];
            if !file.encrypted() && !known.contains(&method) {
                return Ok(Some(format!("{method:?}")));
            }
        }
        Ok(None)
    }

    fn name_encoding(&mut self) -> Result<NameEncoding> {
        let mut encoding = NameEncoding::Utf8;
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_data(index).map_err(|e| explain(&e, ""))?;
            let raw = file.name_raw();
            if std::str::from_utf8(raw).is_ok() {
                continue;
            }
            encoding = match GBK.decode_without_bom_handling_and_without_replacement(raw) {
                Some(_) => NameEncoding::Gbk,
                None => return Ok(NameEncoding::Cp437),
            };
        }
        Ok(encoding)
    }
}

impl Contents for Zip {
    fn entries(&mut self) -> Result<Vec<Entry>> {
        let encoding = self.name_encoding()?;
        let mut entries = Vec::with_capacity(self.archive.len());
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_data(index).map_err(|e| explain(&e, ""))?;
            entries.push(entry(&file, encoding)?);
        }
        Ok(entries)
    }

    fn each(&mut self, wanted: &dyn Fn(usize) -> bool, visit: &mut Visit<'_>) -> Result<()> {
        for index in (0..self.archive.len()).filter(|index| wanted(*index)) {
            let entry = self.archive.by_index_data(index).map_err(|e| explain(&e, ""))?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let mut file = self.archive.by_index(index).map_err(|e| explain(&e, &name))?;
            visit(index, &mut file)?;
        }
        Ok(())
    }
}

/// How the unmarked names of an archive are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameEncoding {
    Utf8,
    Gbk,
    Cp437,
}

fn entry(file: &ZipFileEntry<'_>, encoding: NameEncoding) -> Result<Entry> {
    let name = name(file, encoding)?;
    // Some Windows programs write their own separator, against the standard.
    let mut path = name.replace('\\', "/");
    let directory = path.ends_with('/');
    if directory {
        path.truncate(path.trim_end_matches('/').len());
    }
    let format = file.unix_mode().unwrap_or(0) & 0o170_000;
    Ok(Entry {
        path,
        directory,
        special: !matches!(format, 0 | 0o040_000 | 0o100_000),
        encrypted: file.encrypted(),
        size: if directory { 0 } else { file.size() },
        modified: file.last_modified().and_then(civil),
    })
}

fn name(file: &ZipFileEntry<'_>, encoding: NameEncoding) -> Result<String> {
    let raw = file.name_raw();
    let marked = file.flags().as_u16() & UTF8_FLAG != 0;
    let text = std::str::from_utf8(raw).ok();
    if let Some(text) = text
        && (marked || encoding == NameEncoding::Utf8 || is_surely_utf8(text))
    {
        return Ok(text.to_owned());
    }
    match encoding {
        _ if marked => Err(refusal::bad_name(&String::from_utf8_lossy(raw), "character")),
        NameEncoding::Gbk => Ok(GBK.decode_without_bom_handling(raw).0.into_owned()),
        NameEncoding::Utf8 | NameEncoding::Cp437 => {
            let name = file.name().map_err(|error| explain(&error, &String::from_utf8_lossy(raw)))?;
            Ok(name.into_owned())
        }
    }
}

/// Two-byte sequences of UTF-8 are common in GBK; Chinese in UTF-8 takes three, which GBK hardly ever looks like.
fn is_surely_utf8(text: &str) -> bool {
    text.is_ascii() || text.chars().any(|c| c >= '\u{800}')
}

/// Times in a ZIP are local times of an unknown place.
fn civil(time: zip::DateTime) -> Option<FileTime> {
    let date = (u32::from(time.year()), u32::from(time.month()), u32::from(time.day()));
    let clock = (u32::from(time.hour()), u32::from(time.minute()), u32::from(time.second()));
    FileTime::from_civil(date, clock)
}

fn explain(error: &ZipError, entry: &str) -> fault::Error {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            refusal::encrypted(entry)
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            refusal::unsupported(entry, &error.to_string())
        }
        _ => refusal::damaged(entry, &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_gbk_names_are_not_taken_for_utf8() {
        // The GBK bytes of a Chinese character that also form a valid sequence of UTF-8.
        let ambiguous = std::str::from_utf8(b"\xC4\xA3.inf").unwrap();
        assert!(!is_surely_utf8(ambiguous));
        assert!(is_surely_utf8("网卡/a.inf"));
        assert!(is_surely_utf8("a.inf"));
    }
}
