//! A center from its backup, on a machine where nothing is.
//!
//! The version numbers go on above all that the lost center can have published since the backup: terminals refuse lower
//! ones, whoever signs them. A thousand are left free, and one for each minute since the backup.

use std::io::BufReader;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use disk_patch::{FileStore, FsFolder, ObjectDir, PackSink, PackSource, Patch};
use fault::{Context, Error, Result};
use image_store::{ImageId, ImageStore};
use protocol::api;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::create::copy_hashing;
use super::repository::{Repository, damaged};
use super::verify::wire;
use super::whole::{fresh, read_file, write_whole};
use super::{Contents, step, tables};
use crate::config::DataDir;
use crate::db::entities::version::{self, VersionKind};
use crate::db::{Db, DbContext, commit};
use crate::host::{Actor, Host};
use crate::{import, restore::examine, settings, versions};

/// What the surroundings know it as.
const OPERATION: &str = "backup-restore";
/// The file that lies in a data directory while a backup is being restored into it.
const UNFINISHED: &str = "restoring-a-backup";
/// Version numbers that are left free at least, and to a multiple of which the next one is rounded up.
const VERSIONS_FREE: i64 = 1000;

/// Is told the bytes that are done.
type Watch<'a> = &'a (dyn Fn(u64) -> Result<()> + Sync);
/// Brings a part of the files back.
type PartBack = fn(&Repository, &Contents, &Target, Watch<'_>) -> Result<()>;

/// The steps between the first, which says that a restore is under way, and the database. What they make is written
/// anew, whatever an attempt before has left.
const STEPS: [(&str, PartBack); 5] = [
    ("keys", keys_back),
    ("archives", archives_back),
    ("updates", updates_back),
    ("disk", disk_back),
    ("images", images_back),
];

/// Where a center comes back.
pub struct Target {
    /// Its data directory: missing, empty, or left over from an earlier attempt with the same backup.
    pub data_dir: DataDir,
    /// Its database, with the schema and nothing in it.
    pub db: Db,
    /// Its image store.
    pub store: Arc<dyn ImageStore>,
    /// Time.
    pub host: Arc<dyn Host>,
    /// A version number that the next one has to exceed, if one is known.
    pub above: Option<u64>,
}

/// Fails where a backup was begun to be restored and is not finished.
pub(crate) fn refuse_unfinished(directory: &DataDir) -> Result<()> {
    match directory.path().join(UNFINISHED).exists() {
        false => Ok(()),
        true => {
            Err(Error::conflict(format!("use {}: a restore is not finished", directory.path().display()))
                .with_notice("backup.unfinished")
                .with_value("path", directory.path().display()))
        }
    }
}

/// Restores a backup, or the newest.
pub async fn restore(
    directory: &Path,
    id: Option<&str>,
    target: &Target,
    watch: &(dyn Fn(u64) -> Result<()> + Sync),
) -> Result<api::Backup> {
    let repository = Repository::open(directory)?;
    let snapshot = repository.snapshot(id)?;
    let contents = repository.contents(&snapshot)?;
    if contents.schema.iter().any(|step| !crate::db::schema().contains(step)) {
        return Err(Error::invalid("the backup is of a newer release").with_notice("backup.newer"));
    }
    let host = target.host.as_ref();
    step(host, OPERATION, "begin", async || begin_in_empty(target, &snapshot.id).await).await?;
    for (name, run) in STEPS {
        step(host, OPERATION, name, async || run(&repository, &contents, target, watch)).await?;
    }
    let database = async || database_back(&repository, &contents, target).await;
    step(host, OPERATION, "database", database).await?;
    step(host, OPERATION, "end", async || end(target)).await?;
    tracing::info!(target: "voi_drive_backups_manage", backup = %snapshot.id, "the center is back");
    Ok(wire(&snapshot))
}

/// From here on it is known that a restore is under way, whatever it has made.
pub(crate) async fn begin_in_empty(target: &Target, id: &str) -> Result<()> {
    require_empty(target, id).await?;
    let directory = target.data_dir.path();
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .context(|| format!("make {}", directory.display()))?;
    write_whole(&directory.join(UNFINISHED), id.as_bytes())?;
    Ok(target.data_dir.create()?)
}

pub(crate) fn end(target: &Target) -> Result<()> {
    let directory = target.data_dir.path();
    match std::fs::remove_file(directory.join(UNFINISHED)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    crate::center::sync_directory(directory)
}

async fn require_empty(target: &Target, id: &str) -> Result<()> {
    let path = target.data_dir.path();
    let not_empty = || {
        Error::conflict(format!("restore into {}: something is there", path.display()))
            .with_notice("backup.not_empty")
            .with_value("path", path.display())
    };
    let unfinished = path.join(UNFINISHED);
    if unfinished.exists() {
        return if read_file(&unfinished)? == id.as_bytes() { Ok(()) } else { Err(not_empty()) };
    }
    // The database, the lock and the image store are made by opening them.
    let begun = fresh(Path::new(UNFINISHED));
    let ours = |name: &str| {
        name.starts_with("center.db") || ["server.lock", "images"].contains(&name) || begun == Path::new(name)
    };
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let foreign =
        entries.map(|entry| entry.file_name()).any(|name| name.to_str().is_none_or(|name| !ours(name)));
    let recorded = version::Entity::find().count(&target.db).await.db_context(|| "count versions")?;
    if foreign || recorded > 0 || !target.store.list()?.is_empty() { Err(not_empty()) } else { Ok(()) }
}

fn keys_back(repository: &Repository, contents: &Contents, target: &Target, _watch: Watch<'_>) -> Result<()> {
    for (name, digest) in &contents.keys {
        let key = read_file(&repository.key(digest))?;
        if disk_patch::Digest::of(&key).to_hex() != *digest {
            return Err(damaged(format!("keys/{digest}")));
        }
        write_whole(&key_path(&target.data_dir, name)?, &key)?;
    }
    Ok(())
}

fn archives_back(
    repository: &Repository,
    contents: &Contents,
    target: &Target,
    watch: Watch<'_>,
) -> Result<()> {
    for sha256 in contents.archives.keys() {
        let to = target.data_dir.kept_archive(sha256);
        let found = copy_hashing(&repository.archive(sha256), &to, watch);
        if found.context(|| format!("copy {sha256}"))? != *sha256 {
            return Err(damaged(format!("archives/{sha256}")));
        }
    }
    crate::center::sync_directory(&target.data_dir.kept())
}

fn updates_back(
    repository: &Repository,
    contents: &Contents,
    target: &Target,
    watch: Watch<'_>,
) -> Result<()> {
    let objects = ObjectDir::open(target.data_dir.objects())?;
    for name in &contents.objects {
        let digest = disk_patch::Digest::from_hex(name)?;
        let bytes = repository.objects.read(&digest).map_err(|e| damaged(name).with_source(e))?;
        watch(bytes.len() as u64)?;
        objects.store(&digest, &bytes)?;
    }
    objects.sync()
}

fn disk_back(repository: &Repository, contents: &Contents, target: &Target, watch: Watch<'_>) -> Result<()> {
    let directory = &target.data_dir;
    let base = FileStore::open_or_create(directory.base())?;
    let table = repository.extract(&contents.base, &base, &mut |bytes| watch(bytes))?;
    if table.root().to_string() != contents.root {
        return Err(damaged("disk"));
    }
    table.save(&FsFolder::open(directory.base_state())?, "leaves")?;
    crate::center::sync_directory(&directory.disk())
}

fn images_back(
    repository: &Repository,
    contents: &Contents,
    target: &Target,
    watch: Watch<'_>,
) -> Result<()> {
    for image in &contents.images {
        let scratch = target.data_dir.work().join("image");
        // One that an attempt before has left may be a second name of an image that is registered.
        import::discard_file(&scratch);
        let file = FileStore::open_or_create(&scratch)?;
        repository.extract(&image.file, &file, &mut |bytes| watch(bytes))?;
        target.store.register(&ImageId::parse(&image.id)?, &scratch, &image.meta)?;
        import::discard_file(&scratch);
    }
    crate::center::sync_directory(target.data_dir.path())
}

/// Only names of keys that a center has are made into files.
fn key_path(directory: &DataDir, name: &str) -> Result<PathBuf> {
    let known = [directory.signing_key(), directory.printer_key()];
    let found = known.into_iter().find(|path| path.file_name().is_some_and(|known| known == name));
    found.ok_or_else(|| Error::invalid(format!("key {name:?}")).with_notice("backup.newer"))
}

/// All tables, and the version that goes on above all others, in one transaction.
async fn database_back(repository: &Repository, contents: &Contents, target: &Target) -> Result<()> {
    let txn = target.db.begin().await?;
    if let Some(name) = contents.tables.keys().find(|name| !tables::NAMES.contains(&name.as_str())) {
        return Err(tables::unknown(name));
    }
    for name in tables::NAMES {
        let Some(table) = contents.tables.get(*name) else { continue };
        let path = target.data_dir.work().join("table");
        let file = FileStore::open_or_create(&path)?;
        repository.extract(&table.file, &file, &mut |_| Ok(()))?;
        let mut lines = BufReader::new(std::fs::File::open(&path)?);
        let rows = tables::load(name, &txn, &mut lines).await?;
        import::discard_file(&path);
        if rows != table.rows {
            return Err(damaged(format!("table {name}")));
        }
    }
    let newest = versions::newest(&txn).await?;
    if newest.number > 0 {
        go_on_above(&txn, &newest, contents, target).await?;
    }
    settings::load(&txn).await?;
    commit(txn).await
}

/// The same disk under a number that no terminal can have seen: a version with an update that changes nothing.
async fn go_on_above(
    txn: &crate::db::Transaction,
    newest: &version::Model,
    contents: &Contents,
    target: &Target,
) -> Result<()> {
    let identity = examine::identity_of(newest)?;
    let objects = ObjectDir::open(target.data_dir.objects())?;
    let nothing = Patch::new(identity, identity, Vec::new(), Vec::new())?.encode()?;
    let digest = objects.insert(&nothing)?.to_hex();
    objects.sync()?;
    let row = version::ActiveModel {
        number: Set(next_number(newest.number, &contents.created_at, target)),
        kind: Set(VersionKind::Restore),
        note: Set(None),
        created_at: Set(target.host.now()),
        created_by: Set(Actor::center().name),
        root: Set(newest.root.clone()),
        length: Set(newest.length),
        parent_root: Set(Some(newest.root.clone())),
        patch: Set(Some(digest.clone())),
        patch_bytes: Set(nothing.len() as i64),
        packs_bytes: Set(0),
        inverse: Set(Some(digest)),
        active_uuid: Set(None),
        packages: Set(newest.packages.clone()),
        target: Set(None),
        virtual_bytes: Set(newest.virtual_bytes),
    };
    row.insert(txn).await.db_context(|| "record a version")?;
    Ok(())
}

/// A number above all that the lost center can have published since `created_at`.
pub(crate) fn next_number(newest: i64, created_at: &str, target: &Target) -> i64 {
    let backed_up = chrono::DateTime::parse_from_rfc3339(created_at).map(|time| time.naive_utc());
    let minutes = backed_up.map_or(0, |time| (target.host.now() - time).num_minutes().max(0));
    let above = target.above.and_then(|above| i64::try_from(above).ok()).unwrap_or(0);
    let least = newest.saturating_add(VERSIONS_FREE).saturating_add(minutes).max(above.saturating_add(1));
    (least.saturating_add(VERSIONS_FREE - 1) / VERSIONS_FREE) * VERSIONS_FREE
}
