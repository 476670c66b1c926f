//! Base: the merged disk. Made or adopted once, afterwards written by nothing but `apply`.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use disk_image::DiskFacts;
use disk_patch::{BlockIndex, Disk, FileIdentity, FileStore, FsFolder, LeafTable, ObjectDir, unwatched};
use fault::{Context, Error, Result};
use image_store::{ImageId, ImageMeta};
use md5::{Digest as _, Md5};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use tokio::sync::OwnedRwLockWriteGuard;

use crate::center::{Center, blocking};
use crate::config::{Config, DataDir};
use crate::db::entities::{base_image, temp_image, version};
use crate::db::{DateTime, DbContext, SoftDelete, commit};
use crate::{on_disk, settings, versions, views};

/// `disk_type` of a driver disk.
const DISK_TYPE: i32 = 5;
/// Bytes that the background hash reads before it lets an `apply` pass.
const HASH_PIECE_BYTES: usize = 16 * 1024 * 1024;
/// The copy of a new Base that goes into the image store, in `work`.
pub(crate) const COPY: &str = "base.copy";
/// How often the background hash looks whether it may go on.
const HASH_PAUSE: Duration = Duration::from_millis(200);

/// Recorded state and the disk disagree.
pub(crate) fn disagrees(why: impl Into<String>) -> Error {
    Error::corrupt(why).with_notice("center.state_disagrees")
}

/// The saved leaf table of Base.
pub(crate) fn leaves(directory: &DataDir) -> Result<Option<LeafTable>> {
    let file = FileStore::open_read_only(directory.base())?;
    Disk { file: &file, state: &FsFolder::open(directory.base_state())? }.leaves()
}

/// Makes Base where there is none, and records it as version 0.
pub(crate) async fn ensure(center: &Center) -> Result<()> {
    if versions::find_newest(&center.db).await?.is_some() {
        return Ok(());
    }
    let config = center.config.clone();
    // A Base that is there already is whole: it was adopted, or we died before it was recorded.
    let (identity, virtual_bytes) = blocking(move || {
        let identity = make(&config)?;
        let facts = disk_image::inspect(&config.worker, &config.data_dir.base())?;
        Ok((identity, facts.virtual_size_bytes))
    })
    .await
    .context(|| "make the disk")?;
    let contents = adopted_contents(center).await?;
    let id = copy_id(center.center_id(), &identity)?;
    let (store, directory, registered) = (center.store.clone(), center.data_dir().clone(), id.clone());
    blocking(move || register_copy(store.as_ref(), &directory, &registered, &identity)).await?;
    let now = center.host.now();
    let txn = center.db.begin().await?;
    let listed = on_disk::insert(&txn, now, 0, &contents).await?;
    retire_rows(&txn, now).await?;
    retire_actives(&txn, now).await?;
    base_row(now, &id, identity.length).insert(&txn).await.db_context(|| "record Base")?;
    let first = version::ActiveModel {
        virtual_bytes: Set(Some(virtual_bytes as i64)),
        packages: Set(versions::encode_packages(&versions::packages_now(&txn).await?)?),
        ..versions::initial_row(now, identity.root.to_string(), identity.length)
    };
    first.insert(&txn).await.db_context(|| "record version 0")?;
    settings::record_adopted(&txn, center.config.adopt.is_some()).await?;
    commit(txn).await?;
    let (drivers, printers) = (listed.drivers.len(), listed.printers.len());
    tracing::info!(target: "voi_drive_img_manage", length = identity.length, drivers, printers, "Base was made");
    Ok(())
}

/// What somebody else has put on the disk that is taken over.
async fn adopted_contents(center: &Center) -> Result<on_disk::Contents> {
    if center.config.adopt.is_none() {
        return Ok(on_disk::Contents::default());
    }
    tracing::info!(target: "voi_drive_img_manage", "reading the packages of the disk that is taken over; large ones take a while");
    let config = center.config.clone();
    blocking(move || on_disk::read(&config)).await.context(|| "list what is on the disk")
}

/// Records how large the disk is where an earlier release has not; it could not make it another size.
pub(crate) async fn note_virtual_size(center: &Center) -> Result<()> {
    if versions::newest(&center.db).await?.virtual_bytes.is_some() {
        return Ok(());
    }
    let facts = facts(center).await?;
    version::Entity::update_many()
        .col_expr(version::Column::VirtualBytes, Expr::value(facts.virtual_size_bytes as i64))
        .filter(version::Column::VirtualBytes.is_null())
        .exec(&center.db)
        .await
        .db_context(|| "record the size of the disk")?;
    Ok(())
}

/// How large the disk is, and may become.
pub(crate) async fn facts(center: &Center) -> Result<DiskFacts> {
    let reading = center.base.clone().read_owned().await;
    let (config, _known) = (center.config.clone(), views::known(&reading)?);
    blocking(move || {
        let _reading = reading;
        disk_image::inspect(&config.worker, &config.data_dir.base())
    })
    .await
}

/// The size of the disk in a version; what is configured is for a disk that is to be made.
pub(crate) fn virtual_bytes(config: &Config, row: &version::Model) -> u64 {
    row.virtual_bytes.map_or(config.disk.virtual_size_bytes, |bytes| bytes as u64)
}

/// Takes Base for oneself. Readers that could go on for long look whether somebody waits here, and give way.
pub(crate) async fn alone(center: &Center) -> OwnedRwLockWriteGuard<Option<Arc<LeafTable>>> {
    let waiting = Waiting::of(center);
    let guard = center.base.clone().write_owned().await;
    drop(waiting);
    // Views lie over what may be about to change.
    center.views.forget_all();
    guard
}

/// Counts itself as waiting for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(center: &'a Center) -> Self {
        center.base_waiting.fetch_add(1, Ordering::Relaxed);
        Self(&center.base_waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn make(config: &Config) -> Result<FileIdentity> {
    let path = config.data_dir.base();
    if !path.exists() {
        match &config.adopt {
            Some(source) => disk_image::adopt_base(&config.worker, source, &path, &mut |_, _| true)?,
            None => disk_image::create_base(&config.worker, &path, &config.disk)?,
        };
    }
    let file = FileStore::open_read_only(&path)?;
    let state = FsFolder::open(config.data_dir.base_state())?;
    let identity = Disk { file: &file, state: &state }.adopt(&mut unwatched())?.identity();
    BlockIndex::rebuild(&config.data_dir.base_index(), &file, &identity, &mut unwatched())?;
    Ok(identity)
}

/// The id of that copy, always the same: a start that fails or dies before it is recorded leaves one copy, not one each time.
fn copy_id(center: &str, identity: &FileIdentity) -> Result<ImageId> {
    let digest = Md5::digest(format!("{center} {} {}", identity.root, identity.length));
    ImageId::parse(&uuid::Builder::from_md5_bytes(digest.into()).into_uuid().to_string())
}

/// Registers a copy: Base itself goes on changing, what is registered never does.
fn register_copy(
    store: &dyn image_store::ImageStore,
    directory: &DataDir,
    id: &ImageId,
    identity: &FileIdentity,
) -> Result<()> {
    let copy = directory.work().join(COPY);
    std::fs::copy(directory.base(), &copy).context(|| "copy Base for the image store")?;
    let meta = ImageMeta::new("driver-center-base", None, 0, identity.root.to_string(), identity.length);
    let registered = store.register(id, &copy, &meta);
    crate::import::discard_file(&copy);
    registered.map(drop).context(|| "register Base")
}

/// Image-store id of the present state of Base.
pub(crate) async fn current_id(center: &Center) -> Result<Option<String>> {
    let row = base_image::Entity::find_live()
        .order_by_desc(base_image::Column::Id)
        .one(&center.db)
        .await
        .db_context(|| "find Base")?;
    Ok(row.map(|row| row.uuid))
}

/// The same, where such an image is registered: here, or in the mirror when it was last looked at. Base is sent there by
/// policy, so most of its states are in no store.
pub(crate) async fn registered_id(center: &Center) -> Result<Option<String>> {
    let Some(id) = current_id(center).await? else { return Ok(None) };
    let (store, known) = (center.store.clone(), ImageId::parse(&id)?);
    let is_mirrored = center.mirrored_base.borrow().as_ref() == Some(&known);
    let is_there = is_mirrored || blocking(move || Ok(store.describe(&known).is_ok())).await?;
    Ok(is_there.then_some(id))
}

/// Image-store id of the first state of Base: that of version 0. Rows from before it are those of a platform.
pub(crate) async fn first_id(db: &impl ConnectionTrait) -> Result<Option<ImageId>> {
    let first = version::Entity::find_by_id(0).one(db).await.db_context(|| "read version 0")?;
    let Some(first) = first else { return Ok(None) };
    let row = base_image::Entity::find()
        .filter(base_image::Column::CreatedAt.eq(first.created_at))
        .one(db)
        .await
        .db_context(|| "find the first state of Base")?;
    row.map(|row| ImageId::parse(&row.uuid)).transpose()
}

pub(crate) fn base_row(now: DateTime, id: &ImageId, length: u64) -> base_image::ActiveModel {
    base_image::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        disk_type: Set(DISK_TYPE),
        file_size: Set(length as i64),
        md5: Set(String::new()),
        uuid: Set(id.to_string()),
        ..Default::default()
    }
}

/// The states of Base that are recorded so far are not the present one any more.
pub(crate) async fn retire_rows(db: &impl ConnectionTrait, now: DateTime) -> Result<()> {
    base_image::Entity::update_many()
        .col_expr(base_image::Column::Deleted, Expr::value(true))
        .col_expr(base_image::Column::DeletedAt, Expr::value(now))
        .filter(base_image::Entity::is_live())
        .exec(db)
        .await
        .db_context(|| "retire the old state of Base")?;
    Ok(())
}

/// Actives that a platform has recorded are merged into its Base, and lie in no store of ours.
async fn retire_actives(db: &impl ConnectionTrait, now: DateTime) -> Result<()> {
    temp_image::Entity::update_many()
        .col_expr(temp_image::Column::Deleted, Expr::value(true))
        .col_expr(temp_image::Column::DeletedAt, Expr::value(now))
        .filter(temp_image::Entity::is_live())
        .exec(db)
        .await
        .db_context(|| "retire the platform's images")?;
    Ok(())
}

/// Finishes what `apply` had begun when we died, before anybody can read Base.
pub(crate) async fn finish_journal(center: &Center) {
    let mut present = alone(center).await;
    let directory = center.data_dir().clone();
    *present = blocking(move || {
        let objects = ObjectDir::open(directory.objects())?;
        let file = FileStore::open(directory.base())?;
        let disk_state = FsFolder::open(directory.base_state())?;
        let disk = Disk { file: &file, state: &disk_state };
        disk.recover(&objects, &mut unwatched())?;
        Ok(disk.leaves()?.map(Arc::new))
    })
    .await
    .unwrap_or_else(|error| {
        tracing::error!(target: "voi_drive_img_manage", %error, "the journal of Base cannot be finished");
        None
    });
}

/// Compares records and disk as far as that costs nothing: presence, length, and the root of the leaf table.
pub(crate) async fn check_quickly(center: &Center) -> Result<()> {
    let newest = versions::newest(&center.db).await?;
    let directory = center.data_dir().clone();
    blocking(move || {
        let length = std::fs::metadata(directory.base())
            .map_err(|e| disagrees(format!("{}: {e}", directory.base().display())))?
            .len();
        if length != newest.length as u64 {
            return Err(disagrees(format!(
                "Base has {length} bytes, version {} has {}",
                newest.number, newest.length
            )));
        }
        match leaves(&directory) {
            Ok(Some(leaves)) if leaves.root().to_string() == newest.root => Ok(()),
            Ok(Some(_)) => Err(disagrees(format!("the leaf table is not that of version {}", newest.number))),
            Ok(None) => Err(disagrees("the leaf table of Base is missing")),
            Err(error) => Err(disagrees("the leaf table of Base cannot be read").with_source(error)),
        }
    })
    .await
}

/// Computes the md5s that the tables want, out of the way of everything else.
pub(crate) fn hash_in_background(center: &Center) {
    let center = center.clone();
    tokio::spawn(async move {
        if let Err(error) = hash_missing(&center).await {
            tracing::warn!(target: "voi_drive_img_manage", %error, "cannot compute md5s");
        }
    });
}

async fn hash_missing(center: &Center) -> Result<()> {
    let unknown = base_image::Entity::find_live()
        .filter(base_image::Column::Md5.eq(""))
        .order_by_desc(base_image::Column::Id)
        .one(&center.db)
        .await
        .db_context(|| "find Base without md5")?;
    if let Some(row) = unknown
        && let Some(md5) = hash_base(center).await?
    {
        let row = base_image::ActiveModel { id: Set(row.id), md5: Set(md5.clone()), ..Default::default() };
        let row = row.update(&center.db).await.db_context(|| "record the md5 of Base")?;
        temp_image::Entity::update_many()
            .col_expr(temp_image::Column::MergeMd5, Expr::value(md5))
            .filter(temp_image::Column::MergeUuid.eq(row.uuid))
            .exec(&center.db)
            .await
            .db_context(|| "record the md5 of Base")?;
    }
    let actives = temp_image::Entity::find_live()
        .filter(temp_image::Column::Md5.eq(""))
        .all(&center.db)
        .await
        .db_context(|| "find images without md5")?;
    for row in actives {
        let md5 = hash_image(center, ImageId::parse(&row.uuid)?).await?;
        temp_image::Entity::update_many()
            .col_expr(temp_image::Column::ParentMd5, Expr::value(&md5))
            .filter(temp_image::Column::ParentUuid.eq(&row.uuid))
            .exec(&center.db)
            .await
            .db_context(|| "record an md5")?;
        let row = temp_image::ActiveModel { id: Set(row.id), md5: Set(md5), ..Default::default() };
        row.update(&center.db).await.db_context(|| "record an md5")?;
    }
    Ok(())
}

/// md5 of Base, piece by piece; none when another version comes in between.
async fn hash_base(center: &Center) -> Result<Option<String>> {
    let version = versions::newest(&center.db).await?.number;
    let mut file = std::fs::File::open(center.data_dir().base())?;
    let mut hasher = Md5::new();
    loop {
        wait_for_quiet(center).await;
        let _reading = center.base.clone().read_owned().await;
        if versions::newest(&center.db).await?.number != version {
            return Ok(None);
        }
        let read;
        (hasher, file, read) = blocking(move || hash_piece(hasher, file)).await?;
        if read == 0 {
            return Ok(Some(protocol::sync::hex(&hasher.finalize())));
        }
    }
}

/// md5 of a registered image, which never changes.
async fn hash_image(center: &Center, id: ImageId) -> Result<String> {
    let store = center.store.clone();
    let mut reader = blocking(move || store.open(&id)).await?;
    let mut hasher = Md5::new();
    loop {
        wait_for_quiet(center).await;
        let read;
        (hasher, reader, read) = blocking(move || hash_piece(hasher, reader)).await?;
        if read == 0 {
            return Ok(protocol::sync::hex(&hasher.finalize()));
        }
    }
}

/// Returns when nobody imports, saves or restores: those have people waiting, and the md5s have not.
async fn wait_for_quiet(center: &Center) {
    while center.gate.try_lock().is_err() {
        tokio::time::sleep(HASH_PAUSE).await;
    }
}

fn hash_piece<R: Read>(mut hasher: Md5, mut reader: R) -> Result<(Md5, R, usize)> {
    let mut piece = Vec::with_capacity(HASH_PIECE_BYTES);
    let read = reader.by_ref().take(HASH_PIECE_BYTES as u64).read_to_end(&mut piece)?;
    hasher.update(&piece);
    Ok((hasher, reader, read))
}
