//! A package on the disk as an archive that it could have been imported from: a ZIP that holds the same files.
//!
//! It is written to what is kept, and named by its digest like every other. Nothing of it is unpacked here: it goes from
//! the worker that reads the disk into the archive, byte by byte.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use disk_image::{DiskPath, DiskSession};
use fault::{Context, Error, Result};
use protocol::sync::hex;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::center::sync_directory;
use crate::config::DataDir;

/// The archive that is being written, in `work`.
pub(crate) const FRESH: &str = "repacked";

/// A kept archive.
pub(super) struct Kept {
    pub(super) sha256: String,
    pub(super) size: u64,
}

/// Packs all that lies below `directory`.
pub(super) fn pack(session: &DiskSession, directory: &DiskPath, data: &DataDir) -> Result<Kept> {
    let mut entries = Vec::new();
    session.walk(directory, &mut |path, entry| {
        entries.push((path.clone(), entry.is_dir));
        Ok(())
    })?;
    let prefix = format!("{}/", directory.as_str());
    keep(data, |file| {
        let mut archive = ZipWriter::new(BufWriter::new(file));
        for (path, is_directory) in &entries {
            let name = path
                .as_str()
                .strip_prefix(&prefix)
                .ok_or_else(|| Error::bug(format!("{path} is elsewhere")))?;
            let options = SimpleFileOptions::default().large_file(true);
            if *is_directory {
                archive.add_directory(name, options).map_err(unwritten)?;
            } else {
                archive.start_file(name, options).map_err(unwritten)?;
                session.read(path, &mut archive)?;
            }
        }
        let mut out = archive.finish().map_err(unwritten)?;
        Ok(out.flush()?)
    })
}

/// Takes a file of the disk as it is.
pub(super) fn copy(session: &DiskSession, path: &DiskPath, data: &DataDir) -> Result<Kept> {
    keep(data, |file| {
        let mut out = BufWriter::new(file);
        session.read(path, &mut out)?;
        Ok(out.flush()?)
    })
}

fn unwritten(error: zip::result::ZipError) -> Error {
    Error::unavailable(format!("write an archive: {error}"))
}

/// Has a new file written, and keeps it under its digest.
fn keep(data: &DataDir, write: impl FnOnce(&File) -> Result<()>) -> Result<Kept> {
    let fresh = data.work().join(FRESH);
    let file = File::create(&fresh).context(|| format!("make {}", fresh.display()))?;
    write(&file)?;
    file.sync_all().context(|| format!("sync {}", fresh.display()))?;
    let kept = digest(&fresh)?;
    std::fs::rename(&fresh, data.kept_archive(&kept.sha256)).context(|| "keep the archive")?;
    sync_directory(&data.kept())?;
    Ok(kept)
}

fn digest(path: &Path) -> Result<Kept> {
    let mut hasher = Sha256::new();
    let size =
        std::io::copy(&mut File::open(path)?, &mut hasher).context(|| format!("read {}", path.display()))?;
    Ok(Kept { sha256: hex(&hasher.finalize()), size })
}
