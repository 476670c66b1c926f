//! Small files that are there as a whole or not at all, and what is in them.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use fault::{Context, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::center::sync_directory;

/// Longest file that is read into memory here.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Reads a small file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).context(|| format!("open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).context(|| format!("read {}", path.display()))?;
    Ok(bytes)
}

/// What a file is called until it is whole.
pub(super) fn fresh(path: &Path) -> PathBuf {
    path.with_extension("new")
}

/// Writes a file that appears whole and durable, or not at all; only the owner may read it.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = fresh(path);
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().context(|| format!("write {}", path.display()))?;
    sync_directory(path.parent().unwrap_or(path))
}

pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| Error::bug(format!("encode: {e}")))
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|e| Error::corrupt(format!("decode: {e}")))
}
