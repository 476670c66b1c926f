//! Making a backup, also while the center serves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use disk_patch::{ByteStore, Digest, FileStore, LeafTable, ObjectDir, PackSource, unwatched};
use fault::{Context, Error, Kind, Result};
use image_store::{ImageId, ImageStore};
use protocol::api;
use protocol::sync::hex;
use sha2::{Digest as _, Sha256};

use super::records::{Records, records};
use super::repository::Repository;
use super::verify::wire;
use super::{Contents, FORMAT, FileRecord, ImageRecord, step};
use crate::center::blocking;
use crate::config::Config;
use crate::db::Db;
use crate::db::entities::version;
use crate::host::{Host, rfc3339};
use crate::restore::examine;
use crate::{publish, settings};

/// What the surroundings know it as.
const OPERATION: &str = "backup";
/// How often the copying begins again because the center has changed.
const ATTEMPTS: usize = 20;
/// Between two attempts.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
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

/// Makes a backup in `directory`, which has earlier ones or nothing in it. `watch` is told the bytes that are done.
pub async fn create(
    source: Source,
    directory: &Path,
    watch: &(dyn Fn(u64) -> Result<()> + Sync),
) -> Result<api::Backup> {
    let center = settings::center_id(&source.db).await?;
    let host = source.host.clone();
    let open = async || Repository::open_to_write(directory, &center);
    let repository = Arc::new(step(host.as_ref(), OPERATION, "open", open).await?);
    let source = Arc::new(source);
    let mut seen = Vec::new();
    for _ in 0..ATTEMPTS {
        let read = async || records(&source, &repository).await;
        let records = step(host.as_ref(), OPERATION, "records", read).await?;
        let version = records.version.number;
        // What is missing twice has not gone with an older version in between.
        let may_lack = seen.last() == Some(&version);
        match copy(&source, &repository, records, may_lack, watch).await {
            Ok(contents) => {
                let id = free_id(&repository, &contents)?;
                let complete = async || complete(&repository, &id, &contents);
                return step(host.as_ref(), OPERATION, "complete", complete).await;
            }
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

/// A name that no backup has: there may be several of a second.
fn free_id(repository: &Repository, contents: &Contents) -> Result<String> {
    let moment: String = contents.created_at.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let id = format!("{moment}-v{}", contents.version);
    let taken: Vec<String> = repository.snapshots()?.into_iter().map(|snapshot| snapshot.id).collect();
    let others = (2..=taken.len() + 1).map(|number| format!("{id}-{number}"));
    let free = std::iter::once(id.clone()).chain(others).find(|id| !taken.contains(id));
    free.ok_or_else(|| Error::bug(format!("no name is free beside {id}")))
}

fn complete(repository: &Repository, id: &str, contents: &Contents) -> Result<api::Backup> {
    repository.empty_scratch()?;
    let snapshot = repository.complete(id, contents)?;
    tracing::info!(target: "voi_drive_backups_manage", backup = %snapshot.id, "backed up");
    Ok(wire(&snapshot))
}

/// Copies all that the records name.
async fn copy(
    source: &Arc<Source>,
    repository: &Arc<Repository>,
    records: Records,
    may_lack: bool,
    watch: &(dyn Fn(u64) -> Result<()> + Sync),
) -> Result<Contents> {
    let host = source.host.as_ref();
    let base = async || copy_base(source, repository, &records.version, watch);
    let base = step(host, OPERATION, "disk", base).await?;
    let archives = async || copy_archives(source, repository, &records.archives, watch);
    step(host, OPERATION, "archives", archives).await?;
    let objects = async || copy_objects(source, repository, &records.patches, watch);
    let objects = step(host, OPERATION, "updates", objects).await?;
    let images = async || copy_images(source, repository, &records.images, may_lack, watch);
    let images = step(host, OPERATION, "images", images).await?;
    let keys = async || {
        let (config, repository) = (source.config.clone(), repository.clone());
        blocking(move || copy_keys(&config, &repository)).await
    };
    let keys = step(host, OPERATION, "keys", keys).await?;
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
        keys,
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

fn copy_archives(
    source: &Source,
    repository: &Repository,
    archives: &BTreeMap<String, u64>,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<()> {
    archives.iter().try_for_each(|(sha256, size)| copy_archive(source, repository, sha256, *size, watch))
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

fn copy_images(
    source: &Source,
    repository: &Repository,
    ids: &[ImageId],
    may_lack: bool,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<Vec<ImageRecord>> {
    let earlier = earlier_images(repository);
    let mut images = Vec::new();
    for id in ids {
        match copy_image(source, repository, id, &earlier, watch) {
            // An image that is gone is no reason against a backup: the center can do without.
            Err(error) if error.kind() == Kind::NotFound && may_lack => {}
            image => images.push(image?),
        }
    }
    Ok(images)
}

fn copy_image(
    source: &Source,
    repository: &Repository,
    id: &ImageId,
    earlier: &HashMap<String, ImageRecord>,
    watch: &dyn Fn(u64) -> Result<()>,
) -> Result<ImageRecord> {
    if let Some(image) = earlier.get(&id.to_string()) {
        return Ok(image.clone());
    }
    let scratch = repository.scratch("image");
    crate::import::discard_file(&scratch);
    let image = source.store.describe(id)?;
    source.store.fetch(id, &scratch, &mut |_, _| true)?;
    let file = FileStore::open_read_only(&scratch)?;
    let table = LeafTable::of_store(&file, &mut unwatched())?;
    let file = repository.insert_file(&file, &table, &mut |bytes| watch(bytes))?;
    crate::import::discard_file(&scratch);
    Ok(ImageRecord { id: id.to_string(), meta: image.meta, file })
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
