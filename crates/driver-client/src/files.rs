//! Small files, read with a bound and replaced whole, and the folders of this program.

use fault::{Context as _, Error, Result};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::limits::REMEMBERED_MAX;

/// At most `limit` bytes of a file; nothing when there is none. What is longer is no file of ours.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|e| unreadable(path, e.into()))?,
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| unreadable(path, e.into()))?;
    if bytes.len() as u64 > limit {
        return Err(unreadable(path, Error::invalid(format!("more than {limit} bytes"))));
    }
    Ok(Some(bytes))
}

/// Replaces a file, which other users cannot read: by its mode, or on Windows by that of the user's profile.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        path.parent().map_or(Ok(()), make_private_folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        private(&mut options);
        let mut file = options.open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().map_err(|error| {
        // What stays is found by nobody; the failure that counts is the first one.
        let _left = std::fs::remove_file(&new);
        unwritable(path, error.into())
    })
}

/// Makes a folder that is for this user alone.
pub(crate) fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

/// Removes what earlier runs have left in a folder of ours.
pub(crate) fn forget_old(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
        if age.is_some_and(|age| age > REMEMBERED_MAX) {
            // Somebody else may have been faster.
            let _removed = std::fs::remove_file(entry.path());
        }
    }
}

/// A file of a run, which is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is removed by a later run.
        let _removed = match self.0.is_dir() {
            true => std::fs::remove_dir_all(&self.0),
            false => std::fs::remove_file(&self.0),
        };
    }
}

/// Opens a file that the user names.
pub(crate) fn open(path: &Path) -> Result<File> {
    File::open(path).context(|| "open it").map_err(|error| unreadable(path, error))
}

/// A file or folder that cannot be read, and why.
pub(crate) fn unreadable(path: &Path, cause: Error) -> Error {
    cause
        .in_context(format!("read {}", path.display()))
        .with_notice("client.unreadable")
        .with_value("path", path.display())
}

/// A file that cannot be written, and why. That the disk is full says itself.
pub(crate) fn unwritable(path: &Path, cause: Error) -> Error {
    let error = cause.in_context(format!("write {}", path.display()));
    match error.kind() {
        fault::Kind::NoSpace => error,
        _ => error.with_notice("client.unwritable").with_value("path", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_read_with_a_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/settings.json");
        assert_eq!(read(&path, 3).unwrap(), None);
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"two");
        assert_eq!(read(&path, 2).unwrap_err().notice().unwrap().id, "client.unreadable");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_scratch_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        std::fs::write(&path, "x").unwrap();
        drop(Scratch(path.clone()));
        assert!(!path.exists());
    }
}
