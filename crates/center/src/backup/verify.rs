//! Looking at backups: which there are, and whether everything in them is what its name says.

use std::path::Path;

use disk_patch::{Digest, LeafTable, PackSource};
use fault::Result;
use protocol::api;

use super::repository::{Repository, runs};
use super::{Contents, Snapshot};
use crate::restore::rebuild::check_archive;

pub(super) fn wire(snapshot: &Snapshot) -> api::Backup {
    api::Backup {
        id: snapshot.id.clone(),
        created_at: snapshot.created_at.clone(),
        center: snapshot.center.clone(),
        version: snapshot.version,
        added_bytes: snapshot.added_bytes,
    }
}

/// All backups in `directory`, oldest first.
pub fn list(directory: &Path) -> Result<Vec<api::Backup>> {
    Ok(Repository::open(directory)?.snapshots()?.iter().map(wire).collect())
}

/// Reads everything of one backup, or of the newest; answers what is missing or damaged.
pub fn verify(
    directory: &Path,
    id: Option<&str>,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<(api::Backup, Vec<String>)> {
    let repository = Repository::open(directory)?;
    let snapshot = repository.snapshot(id)?;
    let contents = repository.contents(&snapshot)?;
    let mut damaged = Vec::new();
    for name in &contents.objects {
        if Digest::from_hex(name).and_then(|digest| repository.objects.read(&digest)).is_err() {
            damaged.push(format!("objects/{name}"));
        }
    }
    for sha256 in contents.archives.keys() {
        let fault = check_archive(&repository.archive(sha256), sha256, &mut |bytes| watch(bytes))?;
        damaged.extend(fault.map(|_| format!("archives/{sha256}")));
    }
    for (name, digest) in &contents.keys {
        let is_it =
            std::fs::read(repository.key(digest)).is_ok_and(|key| Digest::of(&key).to_hex() == *digest);
        if !is_it {
            damaged.push(format!("keys/{digest} ({name})"));
        }
    }
    for (what, record) in files(&contents) {
        match repository.table(record) {
            Ok(table) => damaged.extend(damaged_runs(&repository, &table, &what, watch)?),
            Err(_) => damaged.push(format!("objects/{} ({what})", record.leaf_table)),
        }
    }
    Ok((wire(&snapshot), damaged))
}

/// All files of which chunks are kept, with what they are.
pub(super) fn files(contents: &Contents) -> Vec<(String, &super::FileRecord)> {
    let images = contents.images.iter().map(|image| (format!("image {}", image.id), &image.file));
    let tables = contents.tables.iter().map(|(name, table)| (format!("table {name}"), &table.file));
    std::iter::once(("disk".to_owned(), &contents.base)).chain(images).chain(tables).collect()
}

fn damaged_runs(
    repository: &Repository,
    table: &LeafTable,
    what: &str,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<Vec<String>> {
    let mut damaged = Vec::new();
    for run in runs(table) {
        let bytes = table.byte_range(&run);
        watch(bytes.end - bytes.start)?;
        if let Err(error) = repository.read_run(table, run) {
            damaged.push(format!("{what}: {error}"));
        }
    }
    Ok(damaged)
}
