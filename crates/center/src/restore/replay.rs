//! The disk from its first state and all updates since: where nothing is left of Base, and every update is still kept,
//! that gives it back byte for byte.

use std::path::Path;

use disk_patch::{Disk, FileIdentity, FileStore, FsFolder, ObjectDir, Patch, unwatched};
use fault::Result;

use super::mend::Sources;
use crate::import::discard_file;
use crate::publish;

/// The folder in `work` for the leaf table of the file that is being made.
pub(super) const STATE: &str = "replay";

/// Makes the file `target` at `path`; answers false, and leaves nothing there, where something for it is missing.
pub(super) fn replay(sources: &Sources, target: &FileIdentity, path: &Path) -> Result<bool> {
    let Some(patches) = chain(sources, target) else { return Ok(false) };
    let made = make(sources, &patches, path);
    super::remove_leftovers(&sources.directory);
    match made {
        Ok(identity) if identity == *target => Ok(true),
        made => {
            tracing::warn!(target: "voi_drive_backups_manage", ?made, "the updates do not give the disk back");
            discard_file(path);
            Ok(false)
        }
    }
}

/// The updates from the first state to `target`, oldest first, if there is no gap.
pub(super) fn chain(sources: &Sources, target: &FileIdentity) -> Option<Vec<Patch>> {
    let objects = ObjectDir::open(sources.directory.objects()).ok()?;
    let mut wanted = *target;
    let mut patches = Vec::new();
    for digest in &sources.patches {
        let patch = publish::read_patch(&objects, digest).ok()?;
        let is_there = patch.packs().iter().all(|pack| objects.contains(&pack.digest));
        if *patch.to() != wanted || !is_there {
            return None;
        }
        wanted = *patch.from();
        patches.push(patch);
    }
    let first = sources.store.describe(sources.images.last()?).ok()?;
    patches.reverse();
    (first.meta.root == wanted.root.to_string()).then_some(patches)
}

fn make(sources: &Sources, patches: &[Patch], path: &Path) -> Result<FileIdentity> {
    discard_file(path);
    super::remove_leftovers(&sources.directory);
    if let Some(first) = sources.images.last() {
        sources.store.fetch(first, path, &mut |_, _| true)?;
    }
    let objects = ObjectDir::open(sources.directory.objects())?;
    let file = FileStore::open(path)?;
    let state = FsFolder::open(sources.directory.work().join(STATE))?;
    let disk = Disk { file: &file, state: &state };
    let mut identity = disk.adopt(&mut unwatched())?.identity();
    for patch in patches {
        identity = disk.apply(patch, &objects, &mut unwatched())?;
    }
    Ok(identity)
}
