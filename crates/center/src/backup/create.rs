//! Making a backup, also while the center serves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use disk_patch::{ByteStore, Digest, FileStore, LeafTable, ObjectDir, PackSource, unwatched};
use fault::{Context, Error, Kind, Result};
use image_store::{ImageId, ImageStore};
use protocol::api;
use protocol::sync::hex;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use sha2::{Digest as _, Sha256};

use super::repository::Repository;
use super::verify::wire;
use super::{Contents, FORMAT, FileRecord, ImageRecord, TableRecord, tables};
use crate::center::blocking;
use crate::config::Config;
use crate::db::entities::{archive, base_image, temp_image, version};
use crate::db::{Db, DbContext, SoftDelete};
use crate::host::{Host, rfc3339};
use crate::restore::examine;
use crate::state::MountStatus;
use crate::{archives, operations, publish, settings, versions};

/// How often the copying begins again because the center has changed.
const ATTEMPTS: usize = 20;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a save or a restore that is running is waited for.
const BUSY_ATTEMPTS: usize = 900;
const PIECE_BYTES: usize = 1 << 20;

/// The center that is backed up. No server need run, and none is disturbed.
pub struct Source {
    /// Where its data lies.
    pub config: Config,
    /// Its database.
    pub db: Db,
    /// Its images.
    pub store: Arc<dyn ImageStore>,
    /// Time.
    pub host: Arc<dyn Host>,
}

/// What the records say that a backup must have.
struct Records {
    version: version::Model,
    center: String,
    created_at: chrono::NaiveDateTime,
    archives: BTreeMap<String, u64>,
    /// Updates that are kept, both ways.
    patches: Vec<String>,
    images: Vec<ImageId>,
    tables: BTreeMap<String, TableRecord>,
}

/// Makes a backup in `directory`, which has earlier ones or nothing in it. `watch` is told the bytes that are done.
pub async fn create(
    source: Source,
    directory: &Path,
    watch: &(dyn Fn(u64) -> Result<()> + Sync),
) -> Result<api::Backup> {
    let center = settings::center_id(&source.db).await?;
    let repository = Arc::new(Repository::open_to_write(directory, &center)?);
    let source = Arc::new(source);
    let mut seen = Vec::new();
    for _ in 0..ATTEMPTS {
        let records = records(&source, &repository).await?;
        let version = records.version.number;
        match copy(&source, &repository, records, watch).await {
            Ok(contents) => return complete(&repository, &contents),
            // What stays the same is not in motion.
            Err(error) if may_have_moved(&error) && seen.ends_with(&[version, version]) => {
                return Err(source_damaged(error));
            }
            // What was copied stays, so the next attempt has less to do.
            Err(error) if may_have_moved(&error) => {
                tracing::info!(target: "voi_drive_backups_manage", %error, "the center has changed; beginning again");
                seen.push(version);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::busy("the center keeps changing").with_notice("backup.too_busy"))
}

/// Whether it is what a save or a sweep that came in between looks like.
fn may_have_moved(error: &Error) -> bool {
    matches!(error.kind(), Kind::Corrupt | Kind::NotFound)
}

fn source_damaged(error: Error) -> Error {
    let what = error.to_string();
    Error::corrupt("back up what is damaged")
        .with_notice("backup.source_damaged")
        .with_value("what", what)
        .with_source(error)
}

fn complete(repository: &Repository, contents: &Contents) -> Result<api::Backup> {
    repository.empty_scratch()?;
    let moment: String = contents.created_at.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let id = format!("{moment}-v{}", contents.version);
    let snapshot = repository.complete(&id, contents)?;
    tracing::info!(target: "voi_drive_backups_manage", backup = %snapshot.id, "backed up");
    Ok(wire(&snapshot))
}

/// Reads the records at one moment, all tables included.
async fn records(source: &Source, repository: &Repository) -> Result<Records> {
    for _ in 0..BUSY_ATTEMPTS {
        let moment = source.db.moment().await?;
        match settings::load(&moment).await?.state()? {
            MountStatus::Normal if operations::unfinished(&moment).await?.is_none() => {
                return records_at(source, repository, &moment).await;
            }
            MountStatus::Error => {
                return Err(
                    Error::conflict("the center is in the error state").with_notice("backup.error_state")
                );
            }
            _ => {}
        }
        drop(moment);
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::busy("the center keeps changing").with_notice("backup.too_busy"))
}

async fn records_at(
    source: &Source,
    repository: &Repository,
    moment: &DatabaseTransaction,
) -> Result<Records> {
    let rows = version::Entity::find()
        .order_by_asc(version::Column::Number)
        .all(moment)
        .await
        .db_context(|| "list versions")?;
    let patches = rows.iter().flat_map(|row| [row.patch.clone(), row.inverse.clone()]).flatten().collect();
    Ok(Records {
        version: versions::newest(moment).await?,
        center: settings::center_id(moment).await?,
        created_at: source.host.now(),
        archives: needed_archives(moment).await?,
        patches,
        images: images(moment).await?,
        tables: dump_tables(repository, moment).await?,
    })
}

async fn needed_archives(db: &impl ConnectionTrait) -> Result<BTreeMap<String, u64>> {
    let needed = archives::needed(db).await?;
    let rows = archive::Entity::find()
        .filter(archive::Column::DeletedAt.is_null())
        .all(db)
        .await
        .db_context(|| "list kept archives")?;
    let needed = rows.into_iter().filter(|row| needed.contains(&row.sha256));
    Ok(needed.map(|row| (row.sha256, row.size.max(0) as u64)).collect())
}

/// The first state of the disk, and the images that are still kept.
async fn images(db: &impl ConnectionTrait) -> Result<Vec<ImageId>> {
    let first = base_image::Entity::find()
        .order_by_asc(base_image::Column::Id)
        .one(db)
        .await
        .db_context(|| "find the first state of Base")?;
    let actives = temp_image::Entity::find_live().all(db).await.db_context(|| "list registered images")?;
    let ids = first.into_iter().map(|row| row.uuid).chain(actives.into_iter().map(|row| row.uuid));
    ids.map(|id| ImageId::parse(&id)).collect()
}

async fn dump_tables(
    repository: &Repository,
    moment: &DatabaseTransaction,
) -> Result<BTreeMap<String, TableRecord>> {
    let mut records = BTreeMap::new();
    for name in tables::NAMES {
        let path = repository.scratch(name);
        let mut out = BufWriter::new(std::fs::File::create(&path)?);
        let rows = tables::dump(name, moment, &mut out).await?;
        out.flush()?;
        drop(out);
        let file = FileStore::open_read_only(&path)?;
        let table = LeafTable::of_store(&file, &mut unwatched())?;
        let file = repository.insert_file(&file, &table, &mut |_| Ok(()))?;
        records.insert((*name).to_owned(), TableRecord { rows, file });
    }
    Ok(records)
}

/// Copies all that the records name.
async fn copy(
    source: &Arc<Source>,
    repository: &Arc<Repository>,
    records: Records,
    watch: &(dyn Fn(u64) -> Result<()> + Sync),
) -> Result<Contents> {
    let earlier = earlier_images(repository);
    let base = copy_base(source, repository, &records.version, watch)?;
    for (sha256, size) in &records.archives {
        copy_archive(source, repository, sha256, *size, watch)?;
    }
    let objects = copy_objects(source, repository, &records.patches, watch)?;
    let mut images = Vec::new();
    for id in &records.images {
        images.extend(copy_image(source, repository, id, &earlier, watch)?);
    }
    let config = source.config.clone();
    let keys = blocking({
        let repository = repository.clone();
        move || copy_keys(&config, &repository)
    });
    Ok(Contents {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").into(),
        center: records.center,
        version: records.version.number as u64,
        root: records.version.root,
        created_at: rfc3339(records.created_at),
        base,
        archives: records.archives,
        objects,
        images,
        tables: records.tables,
        keys: keys.await?,
        schema: crate::db::schema(),
    })
}

fn copy_base(
    source: &Source,
    repository: &Repository,
    version: &version::Model,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<FileRecord> {
    let identity = examine::identity_of(version)?;
    let directory = &source.config.data_dir;
    let table = examine::find_table(directory, &identity)
        .ok_or_else(|| Error::not_found("the leaf table of Base"))?;
    let file = FileStore::open_read_only(directory.base())?;
    if file.byte_len()? < identity.length {
        return Err(Error::corrupt("Base is shorter than it should be"));
    }
    repository.insert_file(&file, &table, &mut |bytes| watch(bytes)).context(|| "copy Base")
}

fn copy_archive(
    source: &Source,
    repository: &Repository,
    sha256: &str,
    size: u64,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<()> {
    let there = std::fs::metadata(repository.archive(sha256)).is_ok_and(|file| file.len() == size);
    if there {
        return watch(size);
    }
    let scratch = repository.scratch(sha256);
    let found = copy_hashing(&source.config.data_dir.kept_archive(sha256), &scratch, watch)
        .context(|| format!("copy the kept archive {sha256}"))?;
    if found != sha256 {
        return Err(Error::corrupt(format!("the kept archive {sha256} is another file")));
    }
    repository.take_archive(&scratch, sha256)
}

/// Copies a file, which is synced then; answers its sha256.
pub(super) fn copy_hashing(from: &Path, to: &Path, watch: &dyn Fn(u64) -> Result<()>) -> Result<String> {
    let (mut from, mut out) = (std::fs::File::open(from)?, std::fs::File::create(to)?);
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        match from.read(&mut piece)? {
            0 => break,
            read => {
                hasher.update(&piece[..read]);
                out.write_all(&piece[..read])?;
                watch(read as u64)?;
            }
        }
    }
    out.sync_all()?;
    Ok(hex(&hasher.finalize()))
}

/// Copies updates with their packs. One that is damaged is not kept by a restore either, and is left out then.
fn copy_objects(
    source: &Source,
    repository: &Repository,
    patches: &[String],
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<Vec<String>> {
    let objects = ObjectDir::open(source.config.data_dir.objects())?;
    let mut names = BTreeSet::new();
    for digest in patches {
        let patch = publish::read_patch(&objects, digest)?;
        names.insert(Digest::from_hex(digest)?);
        names.extend(patch.packs().iter().map(|pack| pack.digest));
    }
    for name in &names {
        if repository.objects.contains(name) {
            continue;
        }
        let bytes = objects.read(name)?;
        watch(bytes.len() as u64)?;
        repository.insert(&bytes)?;
    }
    Ok(names.into_iter().map(Digest::to_hex).collect())
}

/// Images never change, so one that an earlier backup has need not be read again.
fn earlier_images(repository: &Repository) -> HashMap<String, ImageRecord> {
    let newest = repository.snapshots().ok().and_then(|mut snapshots| snapshots.pop());
    let contents = newest.and_then(|snapshot| repository.contents(&snapshot).ok());
    let images = contents.map(|contents| contents.images).unwrap_or_default();
    images.into_iter().map(|image| (image.id.clone(), image)).collect()
}

/// An image that is gone is no reason against a backup: the center can do without.
fn copy_image(
    source: &Source,
    repository: &Repository,
    id: &ImageId,
    earlier: &HashMap<String, ImageRecord>,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<Option<ImageRecord>> {
    if let Some(image) = earlier.get(&id.to_string()) {
        return Ok(Some(image.clone()));
    }
    let scratch = repository.scratch("image");
    crate::import::discard_file(&scratch);
    let image = match source.store.describe(id).and_then(|image| {
        source.store.fetch(id, &scratch, &mut |_, _| true)?;
        Ok(image)
    }) {
        Ok(image) => image,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let file = FileStore::open_read_only(&scratch)?;
    let table = LeafTable::of_store(&file, &mut unwatched())?;
    let file = repository.insert_file(&file, &table, &mut |bytes| watch(bytes))?;
    crate::import::discard_file(&scratch);
    Ok(Some(ImageRecord { id: id.to_string(), meta: image.meta, file }))
}

fn copy_keys(config: &Config, repository: &Repository) -> Result<BTreeMap<String, String>> {
    let mut keys = BTreeMap::new();
    for path in [config.data_dir.signing_key(), config.data_dir.printer_key()] {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        match std::fs::read(&path) {
            Ok(bytes) => drop(keys.insert(name, repository.insert_key(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(|| format!("read {}", path.display())),
        }
    }
    Ok(keys)
}
