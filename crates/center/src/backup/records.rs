//! What the records say that a backup must have, all read at one moment.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use disk_patch::{FileStore, LeafTable, unwatched};
use fault::{Error, Result};
use image_store::ImageId;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::create::{PAUSE, Source};
use super::repository::Repository;
use super::{TableRecord, tables};
use crate::db::entities::{archive, temp_image, version};
use crate::db::{DbContext, SoftDelete};
use crate::state::MountStatus;
use crate::{archives, base, operations, settings, versions};

/// How long a save or a restore that is running is waited for.
const BUSY_ATTEMPTS: usize = 900;

/// What the records say that a backup must have.
pub(super) struct Records {
    pub(super) version: version::Model,
    pub(super) center: String,
    pub(super) created_at: chrono::NaiveDateTime,
    pub(super) archives: BTreeMap<String, u64>,
    /// Updates that are kept, both ways.
    pub(super) patches: Vec<String>,
    pub(super) images: Vec<ImageId>,
    pub(super) tables: BTreeMap<String, TableRecord>,
}

/// Reads the records at one moment, all tables included.
pub(super) async fn records(source: &Source, repository: &Repository) -> Result<Records> {
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
    let first = base::first_id(db).await?;
    let actives = temp_image::Entity::find_live().all(db).await.db_context(|| "list registered images")?;
    first.into_iter().map(Ok).chain(actives.iter().map(|row| ImageId::parse(&row.uuid))).collect()
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
