//! A directory of immutable objects, each named by the digest of its bytes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fault::{Error, Result};

use crate::identity::Digest;
use crate::limits::MAX_PATCH_BYTES;
use crate::pack::{PackSink, PackSource};
use crate::store::io_error;

/// Objects as files `ab/ab12…`, fanned out by the first byte of their names.
///
/// A file appears by renaming, whole and synced; its bytes are checked against its name whenever they are read,
/// and a file that fails the check is treated as missing after it was removed by [`ObjectDir::remove`].
#[derive(Debug)]
pub struct ObjectDir {
    path: PathBuf,
    /// Directories with renamings that are not durable yet.
    unsynced: Mutex<BTreeSet<PathBuf>>,
    temporaries: AtomicU64,
}

impl ObjectDir {
    /// The directory at `path`, which is made where it is missing.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path).map_err(|error| io_error(error, "make the directory", &path))?;
        Ok(Self { path, unsynced: Mutex::default(), temporaries: AtomicU64::new(0) })
    }

    /// Where the object is, or would be.
    pub fn path_of(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_hex();
        self.path.join(&name[..2]).join(name)
    }

    /// Whether there is a file of that name; its content is not looked at.
    pub fn contains(&self, digest: &Digest) -> bool {
        self.path_of(digest).is_file()
    }

    /// Stores `bytes` under their own digest.
    pub fn insert(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        self.store(&digest, bytes)?;
        Ok(digest)
    }

    /// Removes an object; it need not be there.
    pub fn remove(&self, digest: &Digest) -> Result<()> {
        let path = self.path_of(digest);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(error, "remove", &path)),
            _ => Ok(()),
        }
    }

    /// Removes what an interrupted [`PackSink::store`] left behind. Call it while nobody stores.
    pub fn remove_leftovers(&self) -> Result<()> {
        for entry in fs::read_dir(&self.path).map_err(|error| io_error(error, "list", &self.path))? {
            let path = entry.map_err(|error| io_error(error, "list", &self.path))?.path();
            if path.extension().is_some_and(|extension| extension == "new") {
                fs::remove_file(&path).map_err(|error| io_error(error, "remove", &path))?;
            }
        }
        Ok(())
    }

    fn write_temporary(&self, bytes: &[u8]) -> Result<PathBuf> {
        let number = self.temporaries.fetch_add(1, Ordering::Relaxed);
        let path = self.path.join(format!("{}-{number}.new", std::process::id()));
        let written =
            File::create(&path).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        match written {
            Ok(()) => Ok(path),
            Err(error) => {
                let _best_effort = fs::remove_file(&path);
                Err(io_error(error, "write", &path))
            }
        }
    }

    fn note_unsynced(&self, directory: &Path) {
        let mut unsynced = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        unsynced.insert(directory.to_owned());
        unsynced.insert(self.path.clone());
    }
}

impl PackSink for ObjectDir {
    fn store(&self, digest: &Digest, bytes: &[u8]) -> Result<()> {
        let path = self.path_of(digest);
        if self.contains(digest) && self.read(digest).is_ok() {
            return Ok(());
        }
        let directory = path.parent().unwrap_or(&self.path);
        fs::create_dir_all(directory).map_err(|error| io_error(error, "make the directory", directory))?;
        let temporary = self.write_temporary(bytes)?;
        fs::rename(&temporary, &path).map_err(|error| io_error(error, "rename", &temporary))?;
        self.note_unsynced(directory);
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        let mut unsynced = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        for directory in unsynced.iter() {
            let synced = File::open(directory).and_then(|opened| opened.sync_all());
            synced.map_err(|error| io_error(error, "sync", directory))?;
        }
        unsynced.clear();
        Ok(())
    }
}

impl PackSource for ObjectDir {
    fn read(&self, digest: &Digest) -> Result<Vec<u8>> {
        let path = self.path_of(digest);
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => missing(digest),
            _ => io_error(error, "open", &path),
        })?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_PATCH_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| io_error(error, "read", &path))?;
        check_digest(digest, &bytes)?;
        Ok(bytes)
    }
}

fn missing(digest: &Digest) -> Error {
    Error::not_found(format!("find the object {digest}"))
        .with_notice("patch.object_missing")
        .with_value("digest", digest)
}

/// Fails with kind `Corrupt` unless `bytes` have that digest.
pub fn check_digest(digest: &Digest, bytes: &[u8]) -> Result<()> {
    if Digest::of(bytes) == *digest {
        return Ok(());
    }
    Err(Error::corrupt(format!("use the object {digest}: its bytes are not those of its name"))
        .with_notice("patch.damaged")
        .with_value("object", digest))
}
