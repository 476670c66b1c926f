//! Files on a mounted volume: finding, listing, reading, removing.
//!
//! Nothing here keeps an inode open between two calls.

use std::io;

use fault::{Error, Kind, Result};

use disk_image::limits::{DIRECTORY_ENTRIES_MAX, PATH_DEPTH_MAX};
use disk_image::{DirEntry, DiskPath, FileTime};

use crate::ffi::ntfs::{FileData, FileReference, Inode, RawEntry, Volume};

/// How deep directories of a foreign disk may be nested to be removed.
const REMOVE_DEPTH_MAX: usize = 4 * PATH_DEPTH_MAX;

/// How many entries of a directory are removed before the next are listed.
const REMOVE_BATCH: usize = 2_000;

/// A name as NTFS keeps it.
pub(crate) fn units(name: &str) -> Vec<u16> {
    name.encode_utf16().collect()
}

/// Gives an error of libntfs-3g its meaning for `entry`.
pub(crate) fn explain(error: io::Error, entry: impl std::fmt::Display) -> Error {
    let kind = match error.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR | libc::ESTALE) => return not_found(&entry),
        Some(libc::EEXIST) => return exists(&entry),
        Some(libc::ENOSPC) => {
            return Error::no_space(format!("write {entry}: the volume is full"))
                .with_notice("disk.volume_full")
                .with_value("entry", entry);
        }
        Some(libc::EIO | libc::EINVAL) => Kind::Corrupt,
        _ => Kind::Unavailable,
    };
    Error::new(kind, format!("use {entry}")).with_source(error)
}

/// The error of a name that exists already.
pub(crate) fn exists(entry: &impl std::fmt::Display) -> Error {
    Error::conflict(format!("create {entry}: it exists already"))
        .with_notice("disk.exists")
        .with_value("entry", entry)
}

/// The error of a name that does not exist.
pub(crate) fn not_found(entry: &impl std::fmt::Display) -> Error {
    Error::not_found(format!("{entry} does not exist"))
        .with_notice("disk.not_found")
        .with_value("entry", entry)
}

/// Finds what a path names.
pub(crate) fn resolve(volume: &Volume, path: &DiskPath) -> Result<FileReference> {
    find(volume, path)?.ok_or_else(|| not_found(path))
}

/// Finds what a path names, if it names anything.
pub(crate) fn find(volume: &Volume, path: &DiskPath) -> Result<Option<FileReference>> {
    let mut reference = FileReference::ROOT;
    for name in path.names() {
        let inode = volume.open(reference).map_err(|error| explain(error, path))?;
        if !inode.facts().is_directory {
            return Ok(None);
        }
        match inode.lookup(&units(name)).map_err(|error| explain(error, path))? {
            // NTFS' own files are no part of the disk's content.
            Some(found) if !found.is_system() => reference = found,
            _ => return Ok(None),
        }
    }
    Ok(Some(reference))
}

/// The directory that is to hold `path`, which must exist, and the new name there.
pub(crate) fn resolve_parent<'p>(volume: &Volume, path: &'p DiskPath) -> Result<(FileReference, &'p str)> {
    let Some((parent, _)) = path.split_last() else {
        return Err(Error::invalid("use the root directory as a file or a package"));
    };
    let name = path.names().next_back().unwrap_or_default();
    Ok((resolve(volume, &parent)?, name))
}

/// What a path names.
pub(crate) fn stat(volume: &Volume, path: &DiskPath) -> Result<(FileReference, DirEntry)> {
    let reference = resolve(volume, path)?;
    let entry = RawEntry { name: units(path.names().next_back().unwrap_or("/")), reference };
    describe(volume, &entry).map_err(|error| explain(error, path))
}

/// The names in a directory, sorted without regard to case.
pub(crate) fn list(volume: &Volume, path: &DiskPath) -> Result<Vec<RawEntry>> {
    let inode = volume.open(resolve(volume, path)?).map_err(|error| explain(error, path))?;
    if !inode.facts().is_directory {
        return Err(not_found(path));
    }
    let (mut entries, is_whole) = inode.list(DIRECTORY_ENTRIES_MAX).map_err(|error| explain(error, path))?;
    if !is_whole {
        return Err(Error::invalid(format!("list {path}: more than {DIRECTORY_ENTRIES_MAX} entries"))
            .with_notice("disk.too_many_entries")
            .with_value("entry", path));
    }
    // libntfs-3g tells them block by block of the index.
    entries.sort_by_cached_key(|entry| entry.name.iter().copied().map(upper_case).collect::<Vec<_>>());
    Ok(entries)
}

/// The upper case of a UTF-16 unit, where that is one unit, too.
fn upper_case(unit: u16) -> u16 {
    let upper = char::from_u32(u32::from(unit)).map(char::to_uppercase);
    match upper.map(|mut upper| (upper.next(), upper.next())) {
        Some((Some(single), None)) => u16::try_from(u32::from(single)).unwrap_or(unit),
        _ => unit,
    }
}

/// What some of these names are.
pub(crate) fn describe_all(volume: &Volume, path: &DiskPath, entries: &[RawEntry]) -> Result<Vec<DirEntry>> {
    let described = entries.iter().map(|entry| describe(volume, entry).map(|(_, entry)| entry));
    described.collect::<io::Result<_>>().map_err(|error| explain(error, path))
}

fn describe(volume: &Volume, entry: &RawEntry) -> io::Result<(FileReference, DirEntry)> {
    let inode = volume.open(entry.reference)?;
    let facts = inode.facts();
    let described = DirEntry {
        name: String::from_utf16_lossy(&entry.name),
        is_dir: facts.is_directory,
        size: facts.size_bytes,
        modified: FileTime::from_ticks(facts.modified_ticks),
    };
    Ok((facts.reference, described))
}

/// Reads a piece of a file; empty at its end.
pub(crate) fn read(volume: &Volume, file: FileReference, offset: u64, length: u32) -> Result<Vec<u8>> {
    let read = || -> io::Result<Vec<u8>> {
        let data = FileData::open(volume.open(file)?)?;
        let mut bytes = vec![0; length as usize];
        let mut filled = 0;
        while filled < bytes.len() {
            match data.read_at(&mut bytes[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    };
    if file.is_system() || length as usize > disk_image::limits::DATA_FRAME_BYTES {
        return Err(Error::invalid(format!("read {length} bytes of file record {}", file.record())));
    }
    read().map_err(|error| explain(error, "a file that was being read"))
}

/// Removes what a path names, with all in it.
pub(crate) fn remove(volume: &Volume, path: &DiskPath) -> Result<()> {
    let (parent, name) = resolve_parent(volume, path)?;
    remove_in(volume, parent, &units(name)).map_err(|error| explain(error, path))
}

/// Removes a name from a directory, with all in it.
pub(crate) fn remove_in(volume: &Volume, parent: FileReference, name: &[u16]) -> io::Result<()> {
    let directory = volume.open(parent)?;
    let found = directory.lookup(name)?.filter(|found| !found.is_system());
    drop(directory);
    let reference = found.ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))?;
    remove_entry(volume, parent, reference, name, 0)
}

fn remove_entry(
    volume: &Volume,
    parent: FileReference,
    reference: FileReference,
    name: &[u16],
    depth: usize,
) -> io::Result<()> {
    if depth > REMOVE_DEPTH_MAX {
        return Err(io::Error::other("directories are nested too deep"));
    }
    loop {
        let inode = volume.open(reference)?;
        let (children, is_whole) = match inode.facts().is_directory {
            true => inode.list(REMOVE_BATCH)?,
            false => (Vec::new(), true),
        };
        drop(inode);
        for child in children {
            remove_entry(volume, reference, child.reference, &child.name, depth + 1)?;
        }
        if is_whole {
            break;
        }
    }
    let (directory, inode): (Inode, Inode) = (volume.open(parent)?, volume.open(reference)?);
    volume.delete(directory, inode, name)
}
