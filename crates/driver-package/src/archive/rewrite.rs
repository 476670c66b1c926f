//! Another configuration file in a ZIP archive: as a description of the new archive, made of pieces of the old one.
//!
//! ```text
//! old: │ entries │ configuration │ entries │ central directory │ end │      (the configuration may be missing)
//! new: │ entries │ entries │ configuration, padded │ central directory │ end │
//! ```
//!
//! The configuration is always the last entry, stored as it is and padded with spaces to whole blocks, so that the
//! next change of it moves nothing. The bytes of all other entries, and their records in the central directory, are
//! copied as they are, but for the offsets of those that moved. Layout: PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.

use std::fs::File;
use std::os::unix::fs::FileExt;

use fault::{Context, Result};

use crate::frame::Piece;
use crate::limits::DIRECTORY_BYTES;
use crate::printer::{self, FILE_NAME};
use crate::refusal;

/// A part of the new archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Copy(Piece),
    New(Vec<u8>),
}

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END_64_BYTES: usize = 56;
const LOCATOR_BYTES: usize = 20;
/// The extra field with 64-bit numbers.
const ZIP64: u16 = 1;
/// In a field of 32 or 16 bits: the number is in a 64-bit field.
const ELSEWHERE_32: u32 = u32::MAX;
const ELSEWHERE_16: u16 = u16::MAX;
/// The configuration's length is a multiple of this, as the blocks are by which updates are made.
const BLOCK_BYTES: usize = 4096;
/// 1980-01-01, the first date that there is; the time of a change is nobody's business and would only make a difference.
const DATE: u16 = 0x0021;
/// The name is UTF-8.
const UTF8_FLAG: u16 = 1 << 11;

/// The archive in `file` with `configuration` as its configuration file.
pub(super) fn parts(file: &File, configuration: &str) -> Result<Vec<Part>> {
    let directory = Directory::read(file)?;
    let old = directory.configuration_span()?;
    let moved = old.end - old.start;
    let mut parts = Vec::new();
    for (offset, end) in [(0, old.start), (old.end, directory.start)] {
        if end > offset {
            parts.push(Part::Copy(Piece { offset, length: end - offset }));
        }
    }
    let data = padded(configuration);
    let crc = crc32(&data);
    let offset = directory.start - moved;
    parts.push(Part::New(local_entry(&data, crc)));
    let start = offset + local_length(&data);
    let mut bytes = Vec::new();
    for record in directory.records.iter().filter(|record| !record.is_configuration) {
        record.write(&directory.bytes, old.start, moved, &mut bytes)?;
    }
    central_record(&data, crc, offset, &mut bytes);
    let entries = directory.records.iter().filter(|record| !record.is_configuration).count() as u64 + 1;
    let length = bytes.len() as u64;
    write_end(entries, start, length, directory.zip64, &directory.comment, &mut bytes);
    parts.push(Part::New(bytes));
    Ok(parts)
}

/// The text with spaces to the end of a block.
fn padded(text: &str) -> Vec<u8> {
    let mut data = text.as_bytes().to_vec();
    // A line end before the spaces leaves the text readable.
    data.push(b'\n');
    data.resize(data.len().next_multiple_of(BLOCK_BYTES), b' ');
    data
}

/// The central directory of an archive, and what follows it.
struct Directory {
    bytes: Vec<u8>,
    /// Where it begins: where the last entry ends.
    start: u64,
    records: Vec<Record>,
    /// Whether the end has its 64-bit form.
    zip64: bool,
    comment: Vec<u8>,
}

/// A record of it.
struct Record {
    range: std::ops::Range<usize>,
    /// Where the local header is.
    offset: u64,
    /// Where the number above stands in the directory, and whether it has 64 bits there.
    field: (usize, bool),
    compressed: u64,
    is_configuration: bool,
}

impl Directory {
    fn read(file: &File) -> Result<Self> {
        let length = file.metadata().context(|| "measure the archive")?.len();
        let (end, position) = find_end(file, length)?;
        let (mut entries, mut size, mut start) =
            (u64::from(u16_at(&end, 10)), u64::from(u32_at(&end, 12)), u64::from(u32_at(&end, 16)));
        let mut behind = position;
        let zip64 = read_end_64(file, position)?;
        if let Some((record, at)) = &zip64 {
            (entries, size, start) = (u64_at(record, 32), u64_at(record, 40), u64_at(record, 48));
            behind = *at;
        }
        if start.checked_add(size) != Some(behind) || size > DIRECTORY_BYTES {
            return Err(refusal::unsupported("", "its central directory is not where it is said to be"));
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        file.read_exact_at(&mut bytes, start).context(|| "read the archive")?;
        let records = records(&bytes)?;
        if records.len() as u64 != entries {
            return Err(refusal::damaged("", "its central directory has another number of entries"));
        }
        let comment = end[END_BYTES..].to_vec();
        Ok(Self { bytes, start, records, zip64: zip64.is_some(), comment })
    }

    /// The bytes that the configuration takes, up to the next entry; nothing at the end where there is none.
    fn configuration_span(&self) -> Result<std::ops::Range<u64>> {
        let mut found = self.records.iter().filter(|record| record.is_configuration);
        let Some(record) = found.next() else { return Ok(self.start..self.start) };
        if found.next().is_some() {
            return Err(refusal::duplicate(FILE_NAME));
        }
        let later = self.records.iter().map(|record| record.offset).filter(|offset| *offset > record.offset);
        let end = later.chain([self.start]).min().unwrap_or(self.start);
        let shared = self.records.iter().filter(|other| other.offset == record.offset).count() > 1;
        let least = LOCAL_BYTES + FILE_NAME.len() as u64;
        let needed = record.offset.checked_add(least).and_then(|end| end.checked_add(record.compressed));
        match !shared && needed.is_some_and(|needed| needed <= end) {
            true => Ok(record.offset..end),
            false => Err(refusal::damaged(FILE_NAME, "it overlaps another entry")),
        }
    }
}

/// The end record with its comment, and where it is.
fn find_end(file: &File, length: u64) -> Result<(Vec<u8>, u64)> {
    let longest = (END_BYTES + usize::from(u16::MAX)) as u64;
    let tail_start = length.saturating_sub(longest);
    let mut tail = vec![0; (length - tail_start) as usize];
    file.read_exact_at(&mut tail, tail_start).context(|| "read the archive")?;
    let is_end = |at: &usize| {
        u32_at(&tail, *at) == END && at + END_BYTES + usize::from(u16_at(&tail, at + 20)) == tail.len()
    };
    let last = tail.len().checked_sub(END_BYTES);
    let at = last.and_then(|last| (0..=last).rev().find(is_end));
    let at = at.ok_or_else(|| refusal::damaged("", "it has no end record"))?;
    let (disk, directory_disk) = (u16_at(&tail, at + 4), u16_at(&tail, at + 6));
    if ![(0, 0), (ELSEWHERE_16, ELSEWHERE_16)].contains(&(disk, directory_disk)) {
        return Err(refusal::unsupported("", "it is a part of a split archive"));
    }
    Ok((tail[at..].to_vec(), tail_start + at as u64))
}

/// The 64-bit end record before the end record at `position`, if there is one, and where it is.
fn read_end_64(file: &File, position: u64) -> Result<Option<(Vec<u8>, u64)>> {
    let Some(at) = position.checked_sub(LOCATOR_BYTES as u64) else { return Ok(None) };
    let mut locator = [0; LOCATOR_BYTES];
    file.read_exact_at(&mut locator, at).context(|| "read the archive")?;
    if u32_at(&locator, 0) != LOCATOR_64 {
        return Ok(None);
    }
    let place = u64_at(&locator, 8);
    let mut record = vec![0; END_64_BYTES];
    let fits = place.checked_add(END_64_BYTES as u64).is_some_and(|end| end <= at);
    if fits {
        file.read_exact_at(&mut record, place).context(|| "read the archive")?;
    }
    match fits && u32_at(&record, 0) == END_64 {
        true => Ok(Some((record, place))),
        false => Err(refusal::damaged("", "its 64-bit end record is missing")),
    }
}

fn records(bytes: &[u8]) -> Result<Vec<Record>> {
    let damaged = || refusal::damaged("", "its central directory is cut");
    let mut records = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes.len() - at < CENTRAL_BYTES || u32_at(bytes, at) != CENTRAL {
            return Err(damaged());
        }
        let name = usize::from(u16_at(bytes, at + 28));
        let extra = usize::from(u16_at(bytes, at + 30));
        let end = at + CENTRAL_BYTES + name + extra + usize::from(u16_at(bytes, at + 32));
        if end > bytes.len() {
            return Err(damaged());
        }
        records.push(record(bytes, at..end, name, extra)?);
        at = end;
    }
    Ok(records)
}

fn record(bytes: &[u8], range: std::ops::Range<usize>, name: usize, extra: usize) -> Result<Record> {
    let at = range.start;
    let name_at = at + CENTRAL_BYTES;
    let path = &bytes[name_at..name_at + name];
    let is_configuration = std::str::from_utf8(path).is_ok_and(printer::is_configuration);
    let is_at_top = !path.iter().any(|byte| matches!(byte, b'/' | b'\\'));
    if is_configuration && !is_at_top {
        return Err(printer::misplaced(&String::from_utf8_lossy(path)));
    }
    let (unpacked, packed, offset) = (u32_at(bytes, at + 24), u32_at(bytes, at + 20), u32_at(bytes, at + 42));
    let mut wide = wide_fields(bytes, name_at + name, extra);
    // They come in this order, and only those that are missing in the record itself.
    let mut take = |short: u32| match short {
        ELSEWHERE_32 => wide.next().ok_or_else(|| refusal::damaged("", "a 64-bit number is missing")),
        short => Ok((u64::from(short), 0)),
    };
    let _unpacked = take(unpacked)?;
    let (compressed, _) = take(packed)?;
    let (place, wide_at) = take(offset)?;
    let field = if wide_at == 0 { (at + 42, false) } else { (wide_at, true) };
    Ok(Record { range, offset: place, field, compressed, is_configuration })
}

/// The numbers of the 64-bit extra field among those at `at`, each with its place.
fn wide_fields(bytes: &[u8], at: usize, extra: usize) -> impl Iterator<Item = (u64, usize)> {
    let (mut at, end) = (at, at + extra);
    let mut found = 0..0;
    while at + 4 <= end {
        let (id, length) = (u16_at(bytes, at), usize::from(u16_at(bytes, at + 2)));
        let body = at + 4..(at + 4 + length).min(end);
        at = body.end;
        if id == ZIP64 {
            found = body;
            break;
        }
    }
    let count = found.len() / 8;
    (0..count).map(move |index| found.start + 8 * index).map(|place| (u64_at(bytes, place), place))
}

impl Record {
    /// Writes the record, with another offset if its entry lay behind the configuration.
    fn write(&self, bytes: &[u8], removed: u64, moved: u64, out: &mut Vec<u8>) -> Result<()> {
        let begin = out.len();
        out.extend_from_slice(&bytes[self.range.clone()]);
        if self.offset < removed || moved == 0 {
            return Ok(());
        }
        let offset = self.offset.checked_sub(moved);
        let offset = offset.ok_or_else(|| refusal::damaged("", "an entry lies outside of the archive"))?;
        let (place, is_wide) = self.field;
        let place = begin + place - self.range.start;
        match is_wide {
            true => out[place..place + 8].copy_from_slice(&offset.to_le_bytes()),
            false => out[place..place + 4].copy_from_slice(&(offset as u32).to_le_bytes()),
        }
        Ok(())
    }
}

fn local_entry(data: &[u8], crc: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len() + 64);
    put(&mut bytes, &LOCAL.to_le_bytes());
    put_common(&mut bytes, data, crc);
    put(&mut bytes, FILE_NAME.as_bytes());
    put(&mut bytes, data);
    bytes
}

fn local_length(data: &[u8]) -> u64 {
    LOCAL_BYTES + (FILE_NAME.len() + data.len()) as u64
}

fn central_record(data: &[u8], crc: u32, offset: u64, out: &mut Vec<u8>) {
    let wide = u32::try_from(offset).ok().filter(|offset| *offset != ELSEWHERE_32);
    put(out, &CENTRAL.to_le_bytes());
    put(out, &20_u16.to_le_bytes());
    let extra_at = out.len() + 24;
    put_common(out, data, crc);
    // Comment, disk, attributes.
    put(out, &[0; 10]);
    put(out, &wide.unwrap_or(ELSEWHERE_32).to_le_bytes());
    put(out, FILE_NAME.as_bytes());
    if wide.is_none() {
        put(out, &ZIP64.to_le_bytes());
        put(out, &8_u16.to_le_bytes());
        put(out, &offset.to_le_bytes());
        out[extra_at..extra_at + 2].copy_from_slice(&12_u16.to_le_bytes());
    }
}

/// What local header and record have in common: from the version needed to the length of the extra field.
fn put_common(out: &mut Vec<u8>, data: &[u8], crc: u32) {
    let size = data.len() as u32;
    for number in [20, UTF8_FLAG, 0, 0, DATE] {
        put(out, &number.to_le_bytes());
    }
    put(out, &crc.to_le_bytes());
    put(out, &size.to_le_bytes());
    put(out, &size.to_le_bytes());
    put(out, &(FILE_NAME.len() as u16).to_le_bytes());
    put(out, &0_u16.to_le_bytes());
}

fn write_end(entries: u64, start: u64, length: u64, zip64: bool, comment: &[u8], out: &mut Vec<u8>) {
    let short = |number: u64| u32::try_from(number).unwrap_or(ELSEWHERE_32);
    let count = u16::try_from(entries).unwrap_or(ELSEWHERE_16);
    let is_wide =
        zip64 || count == ELSEWHERE_16 || short(start) == ELSEWHERE_32 || short(length) == ELSEWHERE_32;
    if is_wide {
        put(out, &END_64.to_le_bytes());
        put(out, &(END_64_BYTES as u64 - 12).to_le_bytes());
        put(out, &[45, 0, 45, 0]);
        put(out, &[0; 8]);
        for number in [entries, entries, length, start] {
            put(out, &number.to_le_bytes());
        }
        put(out, &LOCATOR_64.to_le_bytes());
        put(out, &[0; 4]);
        put(out, &(start + length).to_le_bytes());
        put(out, &1_u32.to_le_bytes());
    }
    put(out, &END.to_le_bytes());
    put(out, &[0; 4]);
    put(out, &count.to_le_bytes());
    put(out, &count.to_le_bytes());
    put(out, &short(length).to_le_bytes());
    put(out, &short(start).to_le_bytes());
    put(out, &(comment.len() as u16).to_le_bytes());
    put(out, comment);
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// CRC-32 of ISO 3309, as ZIP has it; the data are a few kilobytes.
fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    };
    !data.iter().fold(!0, step)
}

/// The number at `at`; 0 beyond the end, which no caller takes for a signature.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn padding_fills_blocks_and_leaves_the_text() {
        let data = padded("{}");
        assert_eq!((data.len(), &data[..3]), (BLOCK_BYTES, &b"{}\n"[..]));
        assert_eq!(padded(&"x".repeat(BLOCK_BYTES)).len(), 2 * BLOCK_BYTES);
    }

    #[test]
    fn an_offset_beyond_32_bits_goes_into_the_extra_field() {
        let mut bytes = Vec::new();
        central_record(b"{}", 0, 5 << 32, &mut bytes);
        let record = &records(&bytes).unwrap()[0];
        assert_eq!((record.offset, record.is_configuration, record.field.1), (5 << 32, true, true));
        let mut moved = Vec::new();
        record.write(&bytes, 0, 1 << 32, &mut moved).unwrap();
        assert_eq!(records(&moved).unwrap()[0].offset, 4 << 32);
    }

    #[test]
    fn nonsense_is_no_directory() {
        for bytes in [&b"PK\x01\x02"[..], &[0; 46], &[b'P'; 100]] {
            assert!(records(bytes).is_err());
        }
        let mut bytes = Vec::new();
        central_record(b"{}", 0, 7, &mut bytes);
        assert!(records(&bytes[..bytes.len() - 1]).is_err());
        bytes[28] = 0xff;
        assert!(records(&bytes).is_err());
    }
}
