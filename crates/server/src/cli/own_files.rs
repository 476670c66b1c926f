//! Small files of this program in the user's directories: replaced whole, readable by the user alone.

use super::limits::OWN_FILE_BYTES_MAX;
use fault::{Context as _, Error, Result};
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A directory of this program: `$XDG_…/driver-center`, or below the home directory.
pub(super) fn directory(variable: &str, below_home: &str) -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)));
    let base = base.ok_or_else(|| Error::invalid("find the home directory").with_notice("cli.no_home"))?;
    Ok(base.join("driver-center"))
}

/// The text of a file; nothing when there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.context(|| format!("open {}", path.display()))?,
    };
    let mut text = String::new();
    file.take(OWN_FILE_BYTES_MAX).read_to_string(&mut text).context(|| format!("read {}", path.display()))?;
    Ok(Some(text))
}

/// The bytes of a small file that the user names.
pub(super) fn read_given(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(OWN_FILE_BYTES_MAX).read_to_end(&mut bytes))
        .context(|| format!("read {}", path.display()))
        .map_err(|error| error.with_notice("cli.file_unreadable").with_value("path", path.display()))?;
    Ok(bytes)
}

/// Replaces a file, which only the user can read from the first moment on.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let written = replace(path, &new, text);
    if written.is_err() {
        // What stays is found by nobody; the failure that counts is the first one.
        let _left = std::fs::remove_file(&new);
    }
    written
        .context(|| format!("write {}", path.display()))
        .map_err(|error| error.with_notice("cli.not_writable").with_value("path", path.display()))
}

fn replace(path: &Path, new: &Path, text: &str) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_replaced_whole_and_stays_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/token");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
