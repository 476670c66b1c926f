//! The patch from the version whose Base was wrecked to the Base that was made anew, for terminals that have the former
//! whole.

use std::path::{Path, PathBuf};

use disk_patch::{
    BlockIndex, Built, Digest, FileIdentity, FileStore, LeafTable, ObjectDir, PackSource, Remains, Successor,
    build_from_remains, unwatched,
};
use fault::{Error, Result};

use super::{PatchRecord, Rebuilt, RestoreData, examine};
use crate::center::{Center, blocking};
use crate::config::DataDir;
use crate::import::discard_file;
use crate::versions;

/// Makes the patch. Without a leaf table of the old file nothing of it can be proven, and terminals take the leaves
/// that differ.
pub(super) async fn compare(center: &Center, data: &mut RestoreData) -> Result<()> {
    let Some(rebuilt) = data.rebuilt.as_mut().filter(|rebuilt| !rebuilt.is_compared) else { return Ok(()) };
    let identity = examine::identity_of(&versions::newest(&center.db).await?)?;
    let (directory, new) = (center.data_dir().clone(), rebuilt.clone());
    let (patch, is_foreign) = blocking(move || make(&directory, &identity, &new)).await?;
    (rebuilt.patch, rebuilt.is_foreign, rebuilt.is_compared) = (patch, is_foreign, true);
    Ok(())
}

fn make(
    directory: &DataDir,
    identity: &FileIdentity,
    rebuilt: &Rebuilt,
) -> Result<(Option<PatchRecord>, bool)> {
    let Some(old) = examine::find_table(directory, identity) else { return Ok((None, false)) };
    let rest = best_rest(directory, &old);
    let is_foreign = rest.as_ref().is_some_and(|rest| rest.right == 0);
    let hints = BlockIndex::open(&directory.base_index(), identity).ok().flatten();
    let new_leaves = read_table(directory, &rebuilt.table)?;
    let new = FileStore::open_read_only(directory.rebuilt())?;
    let index = BlockIndex::open(&directory.rebuilt_index(), &new_leaves.identity())?
        .ok_or_else(|| Error::bug("the index of the new Base is missing"))?;
    let remains = Remains {
        leaves: &old,
        rest: rest.as_ref().map(|rest| (&rest.store as _, &rest.leaves)),
        hints: hints.as_ref(),
    };
    let successor = Successor { store: &new, leaves: &new_leaves, index: &index };
    let objects = ObjectDir::open(directory.objects())?;
    let scratch = directory.work().join("restore.index");
    let built = build_from_remains(&remains, &successor, &scratch, &objects, &mut unwatched());
    discard_file(&scratch);
    record(&objects, &built?).map(|record| (Some(record), is_foreign))
}

fn record(objects: &ObjectDir, built: &Built) -> Result<PatchRecord> {
    use disk_patch::PackSink as _;
    let encoded = built.patch.encode()?;
    let digest = objects.insert(&encoded)?.to_hex();
    objects.sync()?;
    tracing::info!(target: "voi_drive_backups_manage", stats = ?built.stats, "the patch is made");
    Ok(PatchRecord { digest, bytes: encoded.len() as u64, packs_bytes: built.stats.packed_bytes })
}

/// A leaf table among the objects.
pub(super) fn read_table(directory: &DataDir, digest: &str) -> Result<LeafTable> {
    let objects = ObjectDir::open(directory.objects())?;
    LeafTable::decode(&objects.read(&Digest::from_hex(digest)?)?)
}

/// What is left of the old file.
struct Rest {
    store: FileStore,
    leaves: LeafTable,
    /// Leaves that are right.
    right: u64,
}

/// Of the file that was set aside and the one in Base's place, the one that has more of the old file.
fn best_rest(directory: &DataDir, old: &LeafTable) -> Option<Rest> {
    let candidates = [directory.set_aside(), directory.base()];
    candidates.into_iter().filter_map(|path| rest(&path, old)).max_by_key(|rest| rest.right)
}

fn rest(path: &Path, old: &LeafTable) -> Option<Rest> {
    let path: PathBuf = Some(path).filter(|path| path.is_file())?.to_owned();
    let store = FileStore::open_read_only(path).ok()?;
    // What cannot be read is as good as gone.
    let leaves = LeafTable::of_store(&store, &mut unwatched()).ok()?;
    let right = examine::right_leaves(old, &leaves);
    Some(Rest { store, leaves, right })
}
