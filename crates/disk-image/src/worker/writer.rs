//! A tree or a file that is being written.
//!
//! It keeps the inode of the present directory and the present file open; [`Writer::park`] closes both, so that other
//! requests may open them, and the next piece of data opens them again.

use std::collections::HashMap;

use fault::{Error, Result};

use disk_image::limits::{DIRECTORIES_REMEMBERED, IMPORT_ENTRIES_MAX};
use disk_image::{DiskPath, FileTime, ImportReport};

use crate::ffi::ntfs::{FileData, FileReference, Inode, Volume};
use crate::files::{exists, explain, remove_in, resolve, resolve_parent, units};

/// What is being written.
pub(crate) struct Writer {
    target: Target,
    /// Directories found or made lately, by their path below the target in the case they came in.
    directories: HashMap<String, FileReference>,
    /// The present directory; open while files are written to it.
    directory: Option<Inode>,
    file: Option<PresentFile>,
    entries: u64,
    report: ImportReport,
}

/// Where it goes.
struct Target {
    path: DiskPath,
    parent: FileReference,
    name: Vec<u16>,
    kind: Kind,
}

enum Kind {
    /// A new directory; `root` is it.
    Tree { root: FileReference },
    /// A file under a temporary name.
    File { temporary: Vec<u16>, replace: bool },
}

struct PresentFile {
    path: DiskPath,
    directory: FileReference,
    reference: FileReference,
    size_bytes: u64,
    written_bytes: u64,
    modified: FileTime,
    /// `None` while parked.
    data: Option<FileData>,
}

/// The temporary name of a file that replaces another; no caller can choose it, for the space at its end.
const TEMPORARY_NAME: &str = "~new ";

impl Writer {
    /// Begins a new directory.
    pub(crate) fn tree(volume: &Volume, path: &DiskPath) -> Result<Self> {
        let (parent, name) = resolve_parent(volume, path)?;
        let name = units(name);
        let root = create_directory(volume, parent, &name, None, path)?;
        Ok(Self::new(Target { path: path.clone(), parent, name, kind: Kind::Tree { root } }))
    }

    /// Begins a file.
    pub(crate) fn file(
        volume: &Volume,
        path: &DiskPath,
        size_bytes: u64,
        modified: FileTime,
        replace: bool,
    ) -> Result<Self> {
        let (parent, name) = resolve_parent(volume, path)?;
        let name = units(name);
        let directory = volume.open(parent).map_err(|error| explain(error, path))?;
        let old = directory.lookup(&name).map_err(|error| explain(error, path))?;
        drop(directory);
        if let Some(old) = old {
            let is_directory = volume.open(old).map_err(|error| explain(error, path))?.facts().is_directory;
            if !replace || is_directory {
                return Err(exists(path));
            }
        }
        let temporary = units(TEMPORARY_NAME);
        let kind = Kind::File { temporary: temporary.clone(), replace: old.is_some() };
        let mut writer = Self::new(Target { path: path.clone(), parent, name, kind });
        let result = writer.begin_file(volume, parent, &temporary, path.clone(), size_bytes, modified);
        match result {
            Ok(()) => Ok(writer),
            Err(error) => {
                writer.cancel(volume)?;
                Err(error)
            }
        }
    }

    fn new(target: Target) -> Self {
        Self {
            target,
            directories: HashMap::new(),
            directory: None,
            file: None,
            entries: 0,
            report: ImportReport::default(),
        }
    }

    /// Adds a directory below the tree.
    pub(crate) fn add_directory(
        &mut self,
        volume: &Volume,
        path: &DiskPath,
        modified: FileTime,
    ) -> Result<()> {
        self.count_entry(path)?;
        match self.directories.contains_key(path.as_str()) {
            // Announced after its content.
            true => Ok(()),
            false => self.ensure_directory(volume, path, Some(modified)).map(drop),
        }
    }

    /// Adds a file below the tree.
    pub(crate) fn add_file(
        &mut self,
        volume: &Volume,
        path: &DiskPath,
        size_bytes: u64,
        modified: FileTime,
    ) -> Result<()> {
        self.count_entry(path)?;
        let Some((parent, name)) = path.split_last() else { return Err(exists(path)) };
        let directory = self.ensure_directory(volume, &parent, None)?;
        self.begin_file(volume, directory, &units(name), path.clone(), size_bytes, modified)
    }

    /// Adds data to the present file; with its last byte it is closed.
    pub(crate) fn add_data(&mut self, volume: &Volume, data: &[u8]) -> Result<()> {
        self.resume(volume)?;
        let Some(file) = self.file.as_mut() else { return Err(Error::bug("add data to no file")) };
        if data.len() as u64 > file.size_bytes - file.written_bytes {
            return Err(Error::bug(format!("add data beyond the end of {}", file.path)));
        }
        if let Some(open) = &file.data {
            open.write_at(data, file.written_bytes).map_err(|error| explain(error, &file.path))?;
        }
        file.written_bytes += data.len() as u64;
        self.report.bytes += data.len() as u64;
        self.close_if_whole()
    }

    /// Closes all inodes; what follows opens them again.
    pub(crate) fn park(&mut self) -> Result<()> {
        if let Some(file) = self.file.as_mut()
            && let Some(data) = file.data.take()
        {
            let inode = data.into_inode();
            inode.close(self.directory.as_ref()).map_err(|error| explain(error, &file.path))?;
        }
        match self.directory.take() {
            Some(directory) => directory.close(None).map_err(|error| explain(error, &self.target.path)),
            None => Ok(()),
        }
    }

    /// Ends it.
    pub(crate) fn finish(&mut self, volume: &Volume) -> Result<ImportReport> {
        if self.file.is_some() {
            return Err(Error::bug(format!("end {} in the middle of a file", self.target.path)));
        }
        self.park()?;
        if let Kind::File { temporary, replace } = &self.target.kind {
            self.target
                .rename(volume, temporary, *replace)
                .map_err(|error| explain(error, &self.target.path))?;
        }
        Ok(self.report)
    }

    /// Removes all that was written.
    pub(crate) fn cancel(&mut self, volume: &Volume) -> Result<()> {
        self.park()?;
        self.file = None;
        let name = match &self.target.kind {
            Kind::Tree { .. } => &self.target.name,
            Kind::File { temporary, .. } => temporary,
        };
        match remove_in(volume, self.target.parent, name) {
            Err(error) if error.raw_os_error() != Some(libc::ENOENT) => {
                Err(explain(error, &self.target.path))
            }
            _ => Ok(()),
        }
    }

    fn count_entry(&mut self, path: &DiskPath) -> Result<()> {
        self.entries += 1;
        if self.entries > IMPORT_ENTRIES_MAX {
            return Err(Error::invalid(format!("import more than {IMPORT_ENTRIES_MAX} entries"))
                .with_notice("disk.too_many_entries")
                .with_value("entry", path));
        }
        if self.file.is_some() {
            return Err(Error::bug(format!("add {path} in the middle of a file")));
        }
        Ok(())
    }

    /// Finds or makes a directory below the tree, with its parents.
    fn ensure_directory(
        &mut self,
        volume: &Volume,
        path: &DiskPath,
        modified: Option<FileTime>,
    ) -> Result<FileReference> {
        let Kind::Tree { root } = self.target.kind else {
            return Err(Error::bug(format!("add {path} to a file")));
        };
        let Some((parent, name)) = path.split_last() else { return Ok(root) };
        if let Some(&known) = self.directories.get(path.as_str()) {
            return Ok(known);
        }
        let parent = self.ensure_directory(volume, &parent, None)?;
        self.park()?;
        let name = units(name);
        // Another spelling of a directory that was made before is the same directory to Windows.
        let found = volume
            .open(parent)
            .and_then(|directory| directory.lookup(&name))
            .map_err(|error| explain(error, path))?;
        let reference = match found {
            None => create_directory(volume, parent, &name, modified, path)?,
            Some(found) => {
                let inode = volume.open(found).map_err(|error| explain(error, path))?;
                match inode.facts().is_directory {
                    true => found,
                    false => return Err(exists(path)),
                }
            }
        };
        if self.directories.len() >= DIRECTORIES_REMEMBERED {
            // What is forgotten is found again on the volume.
            self.directories.clear();
        }
        self.directories.insert(path.as_str().to_owned(), reference);
        Ok(reference)
    }

    fn begin_file(
        &mut self,
        volume: &Volume,
        directory: FileReference,
        name: &[u16],
        path: DiskPath,
        size_bytes: u64,
        modified: FileTime,
    ) -> Result<()> {
        let explain = |error| explain(error, &path);
        if self.directory.as_ref().is_none_or(|open| open.facts().reference.record() != directory.record()) {
            self.park()?;
            self.directory = Some(volume.open(directory).map_err(explain)?);
        }
        let Some(open) = &self.directory else { return Err(Error::bug("open a directory")) };
        if open.lookup(name).map_err(explain)?.is_some() {
            return Err(exists(&path));
        }
        let inode = volume.create(open, name, false).map_err(explain)?;
        let reference = inode.facts().reference;
        let data = FileData::open(inode).map_err(explain)?;
        if size_bytes > 0 {
            data.reserve(size_bytes).map_err(explain)?;
        }
        let file = PresentFile {
            path,
            directory,
            reference,
            size_bytes,
            written_bytes: 0,
            modified,
            data: Some(data),
        };
        self.file = Some(file);
        self.close_if_whole()
    }

    fn close_if_whole(&mut self) -> Result<()> {
        let Some(mut file) = self.file.take_if(|file| file.written_bytes == file.size_bytes) else {
            return Ok(());
        };
        if let Some(data) = file.data.take() {
            let inode = data.into_inode();
            inode.set_times(file.modified.ticks());
            inode.close(self.directory.as_ref()).map_err(|error| explain(error, &file.path))?;
        }
        self.report.files += 1;
        Ok(())
    }

    /// Opens again what [`Writer::park`] closed.
    fn resume(&mut self, volume: &Volume) -> Result<()> {
        let Some(file) = self.file.as_mut().filter(|file| file.data.is_none()) else { return Ok(()) };
        let explain = |error| explain(error, &file.path);
        self.directory = Some(volume.open(file.directory).map_err(explain)?);
        file.data = Some(volume.open(file.reference).and_then(FileData::open).map_err(explain)?);
        Ok(())
    }
}

impl Target {
    /// Gives the written file its name, in place of the old one.
    fn rename(&self, volume: &Volume, temporary: &[u16], replace: bool) -> std::io::Result<()> {
        if replace {
            remove_in(volume, self.parent, &self.name)?;
        }
        let directory = volume.open(self.parent)?;
        let missing = || std::io::Error::from_raw_os_error(libc::ENOENT);
        let inode = volume.open(directory.lookup(temporary)?.ok_or_else(missing)?)?;
        inode.link(&directory, &self.name)?;
        volume.delete(directory, inode, temporary)
    }
}

fn create_directory(
    volume: &Volume,
    parent: FileReference,
    name: &[u16],
    modified: Option<FileTime>,
    path: &DiskPath,
) -> Result<FileReference> {
    let create = || -> std::io::Result<Option<FileReference>> {
        let directory = volume.open(parent)?;
        if directory.lookup(name)?.is_some() {
            return Ok(None);
        }
        let inode = volume.create(&directory, name, true)?;
        let reference = inode.facts().reference;
        if let Some(modified) = modified {
            inode.set_times(modified.ticks());
        }
        inode.close(Some(&directory))?;
        directory.close(None)?;
        Ok(Some(reference))
    };
    create().map_err(|error| explain(error, path))?.ok_or_else(|| exists(path))
}

/// Makes a directory with its parents, where they are missing; for the layout of a new disk.
pub(crate) fn ensure_path(volume: &Volume, path: &DiskPath) -> Result<()> {
    if crate::files::find(volume, path)?.is_some() {
        return Ok(());
    }
    let Some((parent, name)) = path.split_last() else { return Ok(()) };
    ensure_path(volume, &parent)?;
    let parent = resolve(volume, &parent)?;
    create_directory(volume, parent, &units(name), None, path).map(drop)
}
