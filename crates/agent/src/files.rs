//! Small files, read with a bound and replaced whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use fault::{Context, Error, Kind, Result};

/// The content of a file of at most `limit` bytes; nothing when there is no such file.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| explain(error, "open", path))?,
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| explain(error, "read", path))?;
    if bytes.len() as u64 > limit {
        return Err(Error::corrupt(format!("read {}: it has more than {limit} bytes", path.display()))
            .with_notice("state.damaged")
            .with_value("path", path.display()));
    }
    Ok(Some(bytes))
}

/// Replaces a file durably: after a crash it has the old or the new content.
///
/// `mode` holds from the first moment on, so that a secret is never readable for others.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = Path::new(&fresh);
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(fresh)?;
        // A file that a crash left behind keeps its mode otherwise.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(fresh, path)
    };
    write().map_err(|error| explain(error, "write", path))?;
    sync_parent(path)
}

/// Removes a file; it need not be there.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(explain(error, "remove", path)),
        _ => Ok(()),
    }
}

/// Removes a directory with all that is in it; it need not be there.
pub fn remove_directory(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(explain(error, "remove", path)),
        _ => Ok(()),
    }
}

/// Makes what happened to the name `path` durable.
pub fn sync_parent(path: &Path) -> Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(parent).and_then(|opened| opened.sync_all()).context(|| format!("sync {}", parent.display()))
}

/// An error of the file system with what was done to which file, and what the user can do about it.
pub fn explain(error: io::Error, verb: &str, path: &Path) -> Error {
    let denied = matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    let error = Error::from(error);
    let notice = match error.kind() {
        _ if denied => "state.not_writable",
        Kind::NoSpace => "sync.no_space",
        _ => return error.in_context(format!("{verb} {}", path.display())),
    };
    error
        .with_notice(notice)
        .with_value("path", path.display())
        .in_context(format!("{verb} {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_with_its_mode_and_read_with_a_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        assert_eq!(read(&path, 3).unwrap(), None);
        fs::write(directory.path().join("secret.new"), "left by a crash").unwrap();
        replace(&path, b"abc", 0o600).unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"abc");
        assert_eq!(read(&path, 2).unwrap_err().kind(), Kind::Corrupt);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        remove(&path).unwrap();
        remove(&path).unwrap();
    }
}
