//! From one content of Base to the next: a patch with its inverse, made once, and the one moment at which Base changes.
//!
//! Saving, rolling back and growing differ in where the new content comes from; what follows is the same for all.

use std::path::Path;
use std::sync::Arc;

use disk_image::Capture;
use disk_patch::{
    BlockIndex, Change, Disk, FileStore, FsFolder, LeafTable, ObjectDir, PackSink, Patch, Recovered,
    unwatched,
};
use fault::{Error, Result};
use image_store::ImageId;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use serde::{Deserialize, Serialize};

use crate::center::{Center, blocking};
use crate::config::DataDir;
use crate::db::entities::version;
use crate::db::{DateTime, DbContext};
use crate::state::StateEvent;
use crate::{base, edit, publish, settings};

/// The patch to the next content; it is among the objects, with its packs and its inverse. It is never derived again,
/// because terminals must get the very patch that was applied here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PatchRecord {
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    pub(crate) packs_bytes: u64,
    pub(crate) inverse: String,
    pub(crate) root: String,
    pub(crate) length: u64,
}

impl PatchRecord {
    /// Bytes that a terminal fetches.
    pub(crate) fn travels(&self) -> u64 {
        self.bytes + self.packs_bytes
    }

    /// The row of the version that it makes out of the one before; kind, packages and who did it are the caller's to say.
    pub(crate) fn version_row(&self, number: i64, before: &version::Model) -> version::ActiveModel {
        version::ActiveModel {
            number: Set(number),
            root: Set(self.root.clone()),
            length: Set(self.length as i64),
            parent_root: Set(Some(before.root.clone())),
            patch: Set(Some(self.digest.clone())),
            patch_bytes: Set(self.bytes as i64),
            packs_bytes: Set(self.packs_bytes as i64),
            inverse: Set(Some(self.inverse.clone())),
            virtual_bytes: Set(before.virtual_bytes),
            ..Default::default()
        }
    }
}

/// What must hold before the disk becomes another one that no edit has made.
pub(crate) async fn require_at_rest(center: &Center) -> Result<()> {
    require_unedited(&center.db).await?;
    require_no_updates(center).await
}

/// What of it the database says. An edit is opened without the gate, so it is asked again in the transaction that begins.
pub(crate) async fn require_unedited(db: &impl ConnectionTrait) -> Result<()> {
    settings::load(db).await?.state()?.after(StateEvent::Save)?;
    match edit::session(db).await? {
        Some(_) => Err(Error::conflict("an edit is open").with_notice("version.edit_open")),
        None => Ok(()),
    }
}

async fn require_no_updates(center: &Center) -> Result<()> {
    match center.is_send_task().await? {
        true => Err(Error::busy("terminals are being updated").with_notice("version.send_task")),
        false => Ok(()),
    }
}

/// What only the platform knows, where there is one. It may think for long, so our own terminals are asked about after it.
pub(crate) async fn ask_platform(center: &Center) -> Result<()> {
    if center.has_platform_task().await? {
        return Err(Error::busy("the platform is updating terminals").with_notice("version.send_task"));
    }
    require_no_updates(center).await
}

/// The same as [`require_at_rest`], and that nothing else changes the disk now.
pub(crate) async fn require_idle(center: &Center) -> Result<()> {
    center.state().await?.after(StateEvent::Save)?;
    center.require_open_gate()?;
    require_at_rest(center).await
}

/// Makes the patch of a change of Base, and its inverse; both are durable when this returns.
pub(crate) fn make_patch(
    directory: &DataDir,
    change: &Change<'_>,
    leaves: &LeafTable,
) -> Result<PatchRecord> {
    let index = open_index(directory, leaves)?;
    let objects = ObjectDir::open(directory.objects())?;
    let built = disk_patch::build(change, leaves, &index, &objects, &mut unwatched())?;
    let inverse = disk_patch::invert(&built.patch, change.old, leaves, &objects, &mut unwatched())?;
    let encoded = built.patch.encode()?;
    let record = PatchRecord {
        digest: objects.insert(&encoded)?.to_hex(),
        bytes: encoded.len() as u64,
        packs_bytes: built.stats.packed_bytes,
        inverse: objects.insert(&inverse.encode()?)?.to_hex(),
        root: built.patch.to().root.to_string(),
        length: built.patch.to().length,
    };
    objects.sync()?;
    if let Err(error) = index.announce(&built) {
        tracing::warn!(target: "voi_drive_img_manage", %error, "the block index is lost and will be made anew");
    }
    tracing::info!(target: "voi_drive_img_manage", stats = ?built.stats, "the patch is made");
    Ok(record)
}

/// The same of what a worker has captured, whose file is gone afterwards.
pub(crate) fn make_patch_of(
    directory: &DataDir,
    capture: &Capture,
    capture_path: &Path,
    leaves: &LeafTable,
) -> Result<PatchRecord> {
    let old = FileStore::open_read_only(directory.base())?;
    let writes = FileStore::open_read_only(capture_path)?;
    // It lives as long as it is open, and no crash leaves it behind.
    crate::import::discard_file(capture_path);
    let change =
        Change { old: &old, writes: &writes, ranges: &capture.ranges, new_length: capture.new_length };
    let record = make_patch(directory, &change, leaves)?;
    // Closing it gives its room back, for which nobody has to wait.
    std::thread::spawn(move || drop(writes));
    Ok(record)
}

/// The index of Base's blocks; hints only, so a missing one is made anew.
fn open_index(directory: &DataDir, leaves: &LeafTable) -> Result<BlockIndex> {
    let identity = leaves.identity();
    match BlockIndex::open(&directory.base_index(), &identity) {
        Ok(Some(index)) => Ok(index),
        Ok(None) | Err(_) => {
            let base = FileStore::open_read_only(directory.base())?;
            BlockIndex::rebuild(&directory.base_index(), &base, &identity, &mut unwatched())
        }
    }
}

/// The one moment at which Base changes: everything that reads it waits.
pub(crate) async fn apply(center: &Center, digest: &str) -> Result<()> {
    let mut present = base::alone(center).await;
    let (directory, digest) = (center.data_dir().clone(), digest.to_owned());
    blocking(move || {
        // Moved here, so that the lock is held until the writing has ended whatever becomes of the caller.
        present.take();
        apply_patch(&directory, &digest)?;
        *present = base::leaves(&directory)?.map(Arc::new);
        Ok(())
    })
    .await
}

pub(crate) fn apply_patch(directory: &DataDir, digest: &str) -> Result<()> {
    let objects = ObjectDir::open(directory.objects())?;
    let patch: Patch = publish::read_patch(&objects, digest)?;
    let file = FileStore::open(directory.base())?;
    let state = FsFolder::open(directory.base_state())?;
    let disk = Disk { file: &file, state: &state };
    match disk.recover(&objects, &mut unwatched())? {
        Recovered::Finished(identity) if identity == *patch.to() => {}
        _ => drop(disk.apply(&patch, &objects, &mut unwatched())?),
    }
    Ok(())
}

/// Records the new content of Base as the present one.
pub(crate) async fn record_base(
    db: &impl ConnectionTrait,
    now: DateTime,
    id: &str,
    length: u64,
) -> Result<()> {
    base::retire_rows(db, now).await?;
    let row = base::base_row(now, &ImageId::parse(id)?, length);
    row.insert(db).await.db_context(|| "record Base")?;
    Ok(())
}
