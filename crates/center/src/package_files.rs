//! The files of a package as its archive has them, to compare them with those on a disk.

use std::collections::BTreeMap;
use std::io::Write;

use ::driver_package::Event;
use disk_image::{DiskPath, DiskSession};
use fault::{Error, Kind, Result};

/// Digests of the files of a package, in the order in which its archive has them.
#[derive(Default)]
pub(crate) struct PackageFiles {
    files: BTreeMap<String, (u64, blake3::Hash)>,
    present: Option<(String, u64, blake3::Hasher)>,
}

impl PackageFiles {
    /// Takes what the reader of the archive says.
    pub(crate) fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::File { path, size, .. } => {
                self.end_file();
                self.present = Some(((*path).to_owned(), *size, blake3::Hasher::new()));
            }
            Event::Data(bytes) => {
                if let Some((_, _, hasher)) = &mut self.present {
                    hasher.update(bytes);
                }
            }
            Event::Listing { .. } | Event::Directory { .. } => {}
        }
    }

    fn end_file(&mut self) {
        if let Some((path, size, hasher)) = self.present.take() {
            self.files.insert(path, (size, hasher.finalize()));
        }
    }

    /// Reads all of it below `directory`; answers the first file that is missing, differs, or is too much.
    pub(crate) fn compare(mut self, session: &DiskSession, directory: &DiskPath) -> Result<Option<String>> {
        self.end_file();
        for (path, (size, digest)) in &self.files {
            if !has_file(session, &directory.join(path)?, *size, digest)? {
                return Ok(Some(path.clone()));
            }
        }
        let found = count_files(session, directory)?.files;
        Ok((found != self.files.len() as u64).then(|| format!("{found} / {}", self.files.len())))
    }
}

fn has_file(session: &DiskSession, path: &DiskPath, size: u64, digest: &blake3::Hash) -> Result<bool> {
    let mut hasher = Hashing(blake3::Hasher::new());
    match session.read(path, &mut hasher) {
        Ok(length) => Ok(length == size && hasher.0.finalize() == *digest),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Corrupt | Kind::Invalid) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Compares a single file with the kept archive that it is; answers its path where it differs.
pub(crate) fn compare_file(
    session: &DiskSession,
    path: &DiskPath,
    kept: &std::path::Path,
) -> Result<Option<String>> {
    let mut hasher = blake3::Hasher::new();
    let size = std::io::copy(&mut std::fs::File::open(kept)?, &mut hasher)?;
    let is_it = has_file(session, path, size, &hasher.finalize())?;
    Ok((!is_it).then(|| path.to_string()))
}

struct Hashing(blake3::Hasher);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How much there is below a directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// Counts the files below a directory.
pub(crate) fn count_files(session: &DiskSession, directory: &DiskPath) -> Result<Count> {
    let mut count = Count::default();
    session.walk(directory, &mut |_, entry| {
        if !entry.is_dir {
            count.files += 1;
            count.bytes =
                count.bytes.checked_add(entry.size).ok_or_else(|| Error::corrupt("endless files"))?;
        }
        Ok(())
    })?;
    Ok(count)
}
