//! A folder of small state files, replaced whole and atomically.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use fault::{Context, Result};

use crate::store::{ByteStore, FileStore, io_error};

/// Named files whose creation, renaming and removal are durable after [`Folder::sync`] and not before.
pub trait Folder: Send + Sync {
    /// Makes an empty file, or empties the one that is there.
    fn create(&self, name: &str) -> Result<Box<dyn ByteStore>>;
    /// Opens a file; `None` when there is none of that name.
    fn open(&self, name: &str) -> Result<Option<Box<dyn ByteStore>>>;
    /// Renames a file over whatever has the new name.
    fn rename(&self, from: &str, to: &str) -> Result<()>;
    /// Removes a file; it need not be there.
    fn remove(&self, name: &str) -> Result<()>;
    /// Makes all earlier creations, renamings and removals durable.
    fn sync(&self) -> Result<()>;
}

/// A real directory.
#[derive(Debug)]
pub struct FsFolder {
    path: PathBuf,
    is_read_only: bool,
}

impl FsFolder {
    /// The directory at `path`, which is made where it is missing.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path).map_err(|error| io_error(error, "make the directory", &path))?;
        Ok(Self { path, is_read_only: false })
    }

    /// The directory at `path`, whose files are only read; it need not exist.
    pub fn open_read_only(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), is_read_only: true }
    }
}

impl Folder for FsFolder {
    fn create(&self, name: &str) -> Result<Box<dyn ByteStore>> {
        Ok(Box::new(FileStore::create(self.path.join(name))?))
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn ByteStore>>> {
        let path = self.path.join(name);
        let opened = if self.is_read_only { FileStore::open_read_only(path) } else { FileStore::open(path) };
        match opened {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == fault::Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = (self.path.join(from), self.path.join(to));
        fs::rename(&from, to).map_err(|error| io_error(error, "rename", &from))
    }

    fn remove(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(error, "remove", &path)),
            _ => Ok(()),
        }
    }

    fn sync(&self) -> Result<()> {
        let synced = File::open(&self.path).and_then(|directory| directory.sync_all());
        synced.map_err(|error| io_error(error, "sync", &self.path))
    }
}

/// Replaces the file `name` durably: after a crash it has the old or the new content, whole.
pub(crate) fn replace(folder: &dyn Folder, name: &str, parts: &[&[u8]]) -> Result<()> {
    let fresh = format!("{name}.new");
    let write = || {
        let file = folder.create(&fresh)?;
        let mut offset = 0;
        for part in parts {
            file.write_all_at(part, offset)?;
            offset += part.len() as u64;
        }
        file.sync()?;
        folder.rename(&fresh, name)?;
        folder.sync()
    };
    write().context(|| format!("replace {name}"))
}
