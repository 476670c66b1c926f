//! Removing old backups, and what only they needed.

use std::collections::HashSet;
use std::path::Path;

use fault::Result;

use super::repository::{Repository, chunk_name, runs};
use super::verify::files;
use super::whole::read_file;
use crate::import::discard_file;

/// Keeps the newest `keep` backups; answers the names of those that were removed. Where one of those that stay cannot
/// be read, nothing is removed at all.
pub fn prune(directory: &Path, keep: usize) -> Result<Vec<String>> {
    let center = Repository::open(directory)?.snapshot(None)?.center;
    let repository = Repository::open_to_write(directory, &center)?;
    let mut snapshots = repository.snapshots()?;
    let kept = snapshots.split_off(snapshots.len().saturating_sub(keep.max(1)));
    let mut needed = HashSet::new();
    for snapshot in &kept {
        needed.insert(snapshot.contents.clone());
        let contents = repository.contents(snapshot)?;
        needed.extend(contents.objects.iter().cloned());
        needed.extend(contents.archives.keys().cloned());
        needed.extend(contents.keys.values().cloned());
        for (_, record) in files(&contents) {
            needed.insert(record.leaf_table.clone());
            let table = repository.table(record)?;
            needed.extend(runs(&table).filter_map(|run| chunk_name(&table, &run)).map(|name| name.to_hex()));
        }
    }
    // The backups go first: what is left over of one that is half gone is of no use, but harms nothing.
    for snapshot in &snapshots {
        let path = repository.snapshot_path(&snapshot.id);
        read_file(&path)?;
        discard_file(&path);
    }
    for folder in ["archives", "chunks", "keys", "objects"] {
        for (name, path) in repository.files(folder)? {
            if !needed.contains(&name) {
                discard_file(&path);
            }
        }
    }
    Ok(snapshots.into_iter().map(|snapshot| snapshot.id).collect())
}
