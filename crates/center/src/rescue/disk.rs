//! The disk out of its images: the newest Base, and each later Active merged into it as a save does it.

use std::path::Path;
use std::sync::Arc;

use disk_patch::{BlockIndex, Disk, FileIdentity, FileStore, FsFolder, unwatched};
use fault::{Context, Error, Result};
use image_store::{Image, ImageStore};

use super::Lineage;
use crate::backup::Target;
use crate::center::blocking;
use crate::config::Config;
use crate::import::discard_file;
use crate::space::require_space;
use crate::{save, transition};

/// The disk, and what is known of it.
pub(super) struct Found {
    pub(super) center: String,
    pub(super) version: u64,
    pub(super) identity: FileIdentity,
}

/// Puts Base together in the data directory of `target`.
pub(super) async fn fetch(
    store: &Arc<dyn ImageStore>,
    config: &Arc<Config>,
    target: &Target,
    lineage: Lineage,
    watch: &mut (dyn FnMut(&str) + Send),
) -> Result<Found> {
    let sizes = std::iter::once(&lineage.base).chain(&lineage.actives).map(|image| image.size_bytes);
    require_space(target.host.as_ref(), config, sizes.sum())?;
    watch(&lineage.base.meta.name);
    let (from, with, base) = (store.clone(), config.clone(), lineage.base.clone());
    let mut identity = blocking(move || begin(from.as_ref(), &with, &base)).await?;
    let mut version = lineage.base.meta.version;
    for active in lineage.actives {
        watch(&active.meta.name);
        version = active.meta.version;
        let (from, with) = (store.clone(), config.clone());
        identity = blocking(move || merge(from.as_ref(), &with, &active)).await?;
    }
    Ok(Found { center: lineage.center, version, identity })
}

fn begin(store: &dyn ImageStore, config: &Config, base: &Image) -> Result<FileIdentity> {
    let path = config.data_dir.base();
    store.fetch(&base.id, &path, &mut |_, _| true).context(|| "fetch Base")?;
    let file = FileStore::open_read_only(&path)?;
    let state = FsFolder::open(config.data_dir.base_state())?;
    let identity = Disk { file: &file, state: &state }.adopt(&mut unwatched())?.identity();
    require(base, &identity.root.to_string())?;
    BlockIndex::rebuild(&config.data_dir.base_index(), &file, &identity, &mut unwatched())?;
    Ok(identity)
}

fn merge(store: &dyn ImageStore, config: &Config, active: &Image) -> Result<FileIdentity> {
    let directory = &config.data_dir;
    let merged = fetch_and_merge(store, config, active, &directory.work().join("rescue.capture"));
    discard_file(&directory.active());
    merged.context(|| format!("merge the Active of version {}", active.meta.version))
}

fn fetch_and_merge(
    store: &dyn ImageStore,
    config: &Config,
    active: &Image,
    capture: &Path,
) -> Result<FileIdentity> {
    let directory = &config.data_dir;
    store.fetch(&active.id, &directory.active(), &mut |_, _| true)?;
    let patch = save::make_patch(config, capture)?;
    // Before a byte of Base is written.
    require(active, &patch.root)?;
    transition::apply_patch(directory, &patch.digest)?;
    let leaves = crate::base::leaves(directory)?;
    leaves.map(|leaves| leaves.identity()).ok_or_else(|| Error::bug("Base has no leaf table"))
}

/// Fails unless `root` is what was registered with the image.
fn require(image: &Image, root: &str) -> Result<()> {
    if image.meta.root == root {
        return Ok(());
    }
    Err(Error::corrupt(format!("version {}: root {root} instead of {}", image.meta.version, image.meta.root))
        .with_notice("rescue.differs")
        .with_value("version", image.meta.version))
}
