//! The mirror: registered images also go to a second store, such as OpenStack Glance, in the background.
//!
//! The local store is the one that everything here is made of. What the mirror lacks follows from the records and from
//! what it has, so it is worked out anew each time: a mirror that was down, or is new, gets all of it when it is there.
//! Nothing waits for it, and nothing fails because of it.
//!
//! Each Active goes there as it is. Base goes there when it has become so many versions newer than the one that is there,
//! and after each version that has no Active.
//! An Active that the newest Base there does not have in it stays, also when it has gone here.
//! No Base goes there that was not proven to be that of its version: older ones are removed for it.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `move.image_differs` | `image` | the mirror has something else under this id |

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use disk_patch::{FileIdentity, FileStore, LeafTable, unwatched};
use fault::{Context, Error, Kind, Result};
use image_store::{Image, ImageId, ImageMeta, ImageStore};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::time::timeout;

use crate::center::{Center, blocking};
use crate::db::DbContext;
use crate::db::entities::version;
use crate::import::discard_file;
use crate::limits::{MIRROR_PAUSE_FIRST, MIRROR_PAUSE_LONGEST};
use crate::restore::examine;
use crate::space::require_space;
use crate::{base, versions, views};

/// Which center an image belongs to: several may share a store.
pub(crate) const CENTER: &str = "center";
/// What an image is.
pub(crate) const KIND: &str = "kind";
pub(crate) const ACTIVE: &str = "active";
pub(crate) const BASE: &str = "base";
/// The copy of Base that goes there, in `work`.
pub(crate) const COPY: &str = "mirror-base";
/// Bytes that are copied of Base before somebody else may write it.
const PIECE_BYTES: usize = 16 * 1024 * 1024;

/// A second store, and how often Base goes there.
#[derive(Clone)]
pub struct Mirror {
    /// The store.
    pub store: Arc<dyn ImageStore>,
    /// After so many versions Base goes there again.
    pub base_every: u32,
}

impl Center {
    /// Keeps `mirror` as it should be, until this process ends. There is one mirror at most.
    pub fn mirror_to(&self, mirror: Mirror) {
        let _first = self.mirror.set(mirror.store.clone());
        let center = self.clone();
        tokio::spawn(async move {
            let mut published = center.publisher.subscribe();
            let mut failures = 0;
            loop {
                failures = match pass(&center, &mirror).await {
                    Ok(()) => 0,
                    Err(error) => {
                        tracing::warn!(target: "voi_drive_img_manage", %error, failures, "the mirror lacks images");
                        failures + 1
                    }
                };
                // A version, or the time: either way the records are read again.
                drop(timeout(pause_after(failures), published.changed()).await);
            }
        });
    }
}

/// An image that is in the mirror, and proven to be there as it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrored {
    /// Its id.
    pub id: String,
    /// `active` or `base`.
    pub kind: String,
    /// The version that it belongs to.
    pub version: u64,
    /// Its length.
    pub bytes: u64,
}

impl Center {
    /// Brings all registered images and the present Base to `store` now, and compares what is there with what is here.
    pub async fn mirror_all(&self, store: Arc<dyn ImageStore>) -> Result<Vec<Mirrored>> {
        let mirror = Mirror { store, base_every: 1 };
        pass(self, &mirror).await?;
        let there = images(self, &mirror).await?;
        require_newest_base(self, &there).await?;
        let mut proven = Vec::new();
        for image in there {
            let kind = image.meta.properties.get(KIND).cloned().unwrap_or_default();
            let here =
                if kind == BASE { Some(self.data_dir().base()) } else { self.store.local_file(&image.id) };
            // One that went here by its age stays there for an older Base only.
            let Some(here) = here.filter(|file| file.exists()) else { continue };
            let (store, id) = (mirror.store.clone(), image.id.clone());
            if !blocking(move || store.has_content(&id, &here)).await? {
                return Err(Error::corrupt(format!("image {} is another one in the mirror", image.id))
                    .with_notice("move.image_differs")
                    .with_value("image", &image.id));
            }
            let (id, version, bytes) = (image.id.to_string(), image.meta.version, image.size_bytes);
            proven.push(Mirrored { id, kind, version, bytes });
        }
        proven.sort_by_key(|image| (image.version, image.kind.clone()));
        Ok(proven)
    }
}

/// Fails where another version came in between, so that Base did not go there.
async fn require_newest_base(center: &Center, there: &[Image]) -> Result<()> {
    let newest = versions::newest(&center.db).await?.number as u64;
    let is_base = |image: &Image| image.meta.properties.get(KIND).is_some_and(|kind| kind == BASE);
    match newest == 0 || there.iter().any(|image| is_base(image) && image.meta.version == newest) {
        true => Ok(()),
        false => Err(views::changing()),
    }
}

/// How long nothing is done unless something is published.
fn pause_after(failures: u32) -> Duration {
    match failures {
        0 => MIRROR_PAUSE_LONGEST,
        some => MIRROR_PAUSE_FIRST.saturating_mul(1 << (some - 1).min(16)).min(MIRROR_PAUSE_LONGEST),
    }
}

/// Brings everything there that is missing, and removes what nobody needs any more.
pub(crate) async fn pass(center: &Center, mirror: &Mirror) -> Result<()> {
    let there = Contents::read(center, mirror).await?;
    let rows = version::Entity::find()
        .filter(version::Column::Number.gt(0))
        .order_by_asc(version::Column::Number)
        .all(&center.db)
        .await
        .db_context(|| "list versions")?;
    let mut missing = Vec::new();
    for row in &rows {
        if let Some(id) = row.active_uuid.as_deref().map(ImageId::parse).transpose()?
            && !there.actives.contains_key(&id)
        {
            missing.push((id, row.number));
        }
    }
    let mut missing = missing.into_iter();
    let stuck = send_actives(center, mirror, &mut missing).await?;
    let newest = versions::newest(&center.db).await?.number as u64;
    let is_due = there.base_version().is_none_or(|known| {
        let is_stuck = stuck.as_ref().is_some_and(|(version, _)| *version > known);
        known + u64::from(mirror.base_every) <= newest || is_stuck || has_gap(&rows, &there, known)
    });
    if newest > 0 && is_due {
        send_base(center, mirror, newest).await?;
    }
    // What comes after one that is stuck leads to nothing without that Base.
    while send_actives(center, mirror, &mut missing).await?.is_some() {}
    let kept: Vec<&str> = rows.iter().filter_map(|row| row.active_uuid.as_deref()).collect();
    remove_unneeded(center, mirror, &kept).await?;
    stuck.map_or(Ok(()), |(_, error)| Err(error))
}

/// Sends one after the other until one is stuck; answers its version, and why.
async fn send_actives(
    center: &Center,
    mirror: &Mirror,
    missing: &mut impl Iterator<Item = (ImageId, i64)>,
) -> Result<Option<(u64, Error)>> {
    for (id, version) in missing {
        match send_active(center, mirror, id, version).await {
            Err(error) if is_stuck(&error) => return Ok(Some((version as u64, error))),
            sent => sent?,
        }
    }
    Ok(None)
}

/// Whether an image can be stuck for good, so that the others do not wait for it: a Glance that died while it received one
/// neither takes the rest nor gives the id to another, and what is damaged or lost here stays so. Base brings there what is
/// in it.
fn is_stuck(error: &Error) -> bool {
    matches!(error.kind(), Kind::Busy | Kind::Conflict | Kind::Corrupt)
}

/// Whether some version after `base` has no Active: one that came of a rollback or a restore. Only a newer Base has it.
fn has_gap(rows: &[version::Model], there: &Contents, base: u64) -> bool {
    rows.iter().any(|row| {
        let number = row.number as u64;
        let has_active = row.active_uuid.is_some() || there.actives.values().any(|known| *known == number);
        number > base && !has_active
    })
}

/// What is there of this center.
async fn images(center: &Center, mirror: &Mirror) -> Result<Vec<Image>> {
    let store = mirror.store.clone();
    let mut images = blocking(move || store.list()).await.context(|| "list the images of the mirror")?;
    images.retain(|image| is_of(center, image));
    Ok(images)
}

/// Images of this center whose way there broke off, with versions.
async fn half_there(center: &Center, mirror: &Mirror) -> Result<BTreeMap<ImageId, u64>> {
    let store = mirror.store.clone();
    let images = blocking(move || store.list_unfinished()).await;
    let mut images = images.context(|| "list what is half in the mirror")?;
    images.retain(|image| is_of(center, image));
    Ok(images.into_iter().map(|image| (image.id, image.meta.version)).collect())
}

fn is_of(center: &Center, image: &Image) -> bool {
    image.meta.properties.get(CENTER).map(String::as_str) == Some(center.center_id())
}

/// What is there of this center, with versions.
#[derive(Default)]
struct Contents {
    actives: BTreeMap<ImageId, u64>,
    bases: BTreeMap<ImageId, u64>,
}

impl Contents {
    async fn read(center: &Center, mirror: &Mirror) -> Result<Self> {
        let mut contents = Self::default();
        for image in images(center, mirror).await? {
            match image.meta.properties.get(KIND).map(String::as_str) {
                Some(ACTIVE) => contents.actives.insert(image.id, image.meta.version),
                Some(BASE) => contents.bases.insert(image.id, image.meta.version),
                _ => None,
            };
        }
        Ok(contents)
    }

    /// The version of the newest Base there.
    fn base_version(&self) -> Option<u64> {
        self.bases.values().max().copied()
    }

    fn newest_base(&self) -> Option<ImageId> {
        self.bases.iter().max_by_key(|(_, version)| **version).map(|(id, _)| id.clone())
    }
}

async fn send_active(center: &Center, mirror: &Mirror, id: ImageId, version: i64) -> Result<()> {
    let (local, store, center_id) =
        (center.store.clone(), mirror.store.clone(), center.center_id().to_owned());
    let sent = blocking(move || {
        let (file, meta) = of_here(local.as_ref(), &id)?;
        store.register(&id, &file, &marked(meta, &center_id, ACTIVE))
    });
    let sent = sent.await.context(|| format!("send the Active of version {version} to the mirror"))?;
    tracing::info!(target: "voi_drive_img_manage", version, bytes = sent.size_bytes, "Active is in the mirror");
    Ok(())
}

/// What the local store has of an image. One that is lost here comes back as little as one that is damaged.
fn of_here(local: &dyn ImageStore, id: &ImageId) -> Result<(PathBuf, ImageMeta)> {
    let lost = || Error::corrupt(format!("the file of image {id} is lost"));
    let file = local.local_file(id).ok_or_else(lost)?;
    match local.describe(id) {
        Err(error) if error.kind() == Kind::NotFound => Err(lost().with_source(error)),
        described => Ok((file, described?.meta)),
    }
}

fn marked(mut meta: ImageMeta, center_id: &str, kind: &str) -> ImageMeta {
    meta.properties.insert(CENTER.to_owned(), center_id.to_owned());
    meta.properties.insert(KIND.to_owned(), kind.to_owned());
    meta
}

async fn send_base(center: &Center, mirror: &Mirror, version: u64) -> Result<()> {
    let copy = center.data_dir().work().join(COPY);
    discard_file(&copy);
    let sent = copy_and_send(center, mirror, version, &copy).await;
    discard_file(&copy);
    if let Some(bytes) = sent.context(|| "send Base to the mirror")? {
        tracing::info!(target: "voi_drive_img_manage", version, bytes, "Base is in the mirror");
    }
    Ok(())
}

/// None when another version came in between: the next pass takes that.
async fn copy_and_send(center: &Center, mirror: &Mirror, version: u64, copy: &Path) -> Result<Option<u64>> {
    let row = versions::newest(&center.db).await?;
    let Some(id) = base::current_id(center).await?.filter(|_| row.number as u64 == version) else {
        return Ok(None);
    };
    require_space(center.host.as_ref(), &center.config, row.length as u64)?;
    if !copy_base(center, &row, copy).await? {
        return Ok(None);
    }
    let identity = examine::identity_of(&row)?;
    let path = copy.to_owned();
    blocking(move || require_content(&path, &identity)).await?;
    let (store, path, id) = (mirror.store.clone(), copy.to_owned(), ImageId::parse(&id)?);
    let meta =
        ImageMeta::new(format!("driver-center-base-v{version}"), None, version, row.root, row.length as u64);
    let meta = marked(meta, center.center_id(), BASE);
    Ok(Some(blocking(move || store.register(&id, &path, &meta)).await?.size_bytes))
}

/// The file of Base may be damaged without anybody knowing: what goes there is read as a whole, and has the root that its
/// record will say.
fn require_content(copy: &Path, identity: &FileIdentity) -> Result<()> {
    let found = LeafTable::of_store(&FileStore::open_read_only(copy)?, &mut unwatched())?;
    match found.identity() == *identity {
        true => Ok(()),
        false => Err(base::disagrees("the file of Base is not that of the newest version")),
    }
}

/// Copies Base piece by piece, so that nobody waits long to write it; answers whether it stayed that of `row` meanwhile.
async fn copy_base(center: &Center, row: &version::Model, copy: &Path) -> Result<bool> {
    let leaves = views::known(&center.base.clone().read_owned().await)?;
    // Between `apply` and `record` of a save it is a version already that no record names yet.
    if leaves.root().to_string() != row.root {
        return Ok(false);
    }
    let base = Arc::new(File::open(center.data_dir().base()).context(|| "open Base")?);
    let mut target = Some(File::create(copy).context(|| format!("make {}", copy.display()))?);
    let mut offset = 0;
    loop {
        let reading = center.base.clone().read_owned().await;
        let is_same = Arc::ptr_eq(&views::known(&reading)?, &leaves);
        if !is_same || versions::newest(&center.db).await?.number != row.number {
            return Ok(false);
        }
        let (base, mut file) = (base.clone(), target.take().ok_or_else(|| Error::bug("the copy is gone"))?);
        let (file, read) = blocking(move || {
            let _reading = reading;
            let mut piece = vec![0; PIECE_BYTES];
            let read = base.read_at(&mut piece, offset)?;
            file.write_all(&piece[..read])?;
            Ok((file, read))
        })
        .await?;
        if read == 0 {
            return Ok(true);
        }
        target = Some(file);
        offset += read as u64;
    }
}

/// Removes older Bases, and Actives that are gone here and that the newest Base has in it. Of what broke off half-way only
/// an Active that is still here is ever gone on with; a Base has another id by then.
async fn remove_unneeded(center: &Center, mirror: &Mirror, kept: &[&str]) -> Result<()> {
    let there = Contents::read(center, mirror).await?;
    center.mirrored_base.send_replace(there.newest_base());
    let Some(newest) = there.base_version() else { return Ok(()) };
    let old_bases = there.bases.iter().filter(|(_, version)| **version < newest);
    let is_gone = |id: &ImageId| !kept.contains(&id.to_string().as_str());
    let old_actives = there.actives.iter().filter(|(id, version)| **version <= newest && is_gone(id));
    let half = half_there(center, mirror).await?;
    let old_halves = half.iter().filter(|(id, version)| **version <= newest && is_gone(id));
    for (id, version) in old_bases.chain(old_actives).chain(old_halves) {
        let (store, id, version) = (mirror.store.clone(), id.clone(), *version);
        blocking(move || store.delete(&id)).await.context(|| "remove an image from the mirror")?;
        tracing::info!(target: "voi_drive_img_manage", version, "an image was removed from the mirror");
    }
    Ok(())
}
