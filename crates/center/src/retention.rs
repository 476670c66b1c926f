//! Retention: what older versions leave behind goes when nobody needs it any more.
//!
//! Temporary images and patches are kept for a month, and never fewer than the last three. The history of versions
//! stays; a version whose patch is gone can no longer be updated from or rolled back to. A terminal that is further
//! behind takes the whole disk. Everything here may be interrupted and repeated.

use std::collections::HashSet;

use chrono::Duration;
use disk_patch::{Digest, ObjectDir};
use fault::{Context, Result};
use image_store::ImageId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::center::{Center, blocking};
use crate::chain;
use crate::db::entities::{driver_device, driver_file, driver_inf, temp_image, version};
use crate::db::{DbContext, SoftDelete};
use crate::{publish, versions};

/// Retires what is too old and removes what nothing names. Failing is logged: a save does not fail for it.
pub(crate) async fn sweep(center: &Center) {
    let retired = match retire(center).await {
        // What is published must not name what goes.
        Ok(true) => publish::republish(center).await,
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = &retired {
        tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot retire old versions");
    }
    if retired.is_ok()
        && let Err(error) = sweep_objects(center).await
    {
        tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot remove unneeded objects");
    }
    if let Err(error) = forget_devices(center).await {
        tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot forget what INF files said");
    }
    center.sweep_archives().await;
}

/// Removes INF files and devices of deleted drivers that no kept version has: they cannot come back.
async fn forget_devices(center: &Center) -> Result<()> {
    let mut needed = HashSet::new();
    for row in chain::kept(&center.db).await? {
        needed.extend(versions::packages_of(&row)?.into_iter().map(|package| package.driver_id));
    }
    let known = driver_inf::Entity::find().select_only().column(driver_inf::Column::DriverId).distinct();
    let known: Vec<i64> =
        known.into_tuple().all(&center.db).await.db_context(|| "list drivers with INF files")?;
    for id in known.into_iter().filter(|id| !needed.contains(id)) {
        let row = driver_file::Entity::find_by_id(id).one(&center.db).await;
        if row.db_context(|| "read a driver")?.is_some_and(|row| !row.deleted) {
            continue;
        }
        let of_driver = driver_device::Entity::delete_many().filter(driver_device::Column::DriverId.eq(id));
        of_driver.exec(&center.db).await.db_context(|| "forget devices")?;
        let of_driver = driver_inf::Entity::delete_many().filter(driver_inf::Column::DriverId.eq(id));
        of_driver.exec(&center.db).await.db_context(|| "forget INF files")?;
    }
    Ok(())
}

/// Takes patches and temporary images from versions that are beyond the policy; whether there were any.
async fn retire(center: &Center) -> Result<bool> {
    let policy = center.config.retention;
    let oldest = center.host.now() - Duration::days(i64::from(policy.days));
    let rows = version::Entity::find()
        .filter(version::Column::Number.gt(0))
        .order_by_desc(version::Column::Number)
        .all(&center.db)
        .await
        .db_context(|| "list versions")?;
    let expired = rows.into_iter().skip(policy.versions as usize).filter(|row| row.created_at < oldest);
    let keeps =
        |row: &version::Model| row.patch.is_some() || row.inverse.is_some() || row.active_uuid.is_some();
    let mut has_retired = false;
    for row in expired.filter(keeps) {
        has_retired = true;
        if let Some(uuid) = &row.active_uuid {
            delete_image(center, uuid).await?;
        }
        let change = version::ActiveModel {
            number: Set(row.number),
            patch: Set(None),
            inverse: Set(None),
            active_uuid: Set(None),
            ..Default::default()
        };
        change.update(&center.db).await.db_context(|| "retire a version")?;
        tracing::info!(target: "voi_drive_backups_manage", version = row.number, "retired");
    }
    Ok(has_retired)
}

async fn delete_image(center: &Center, uuid: &str) -> Result<()> {
    let (store, id) = (center.store.clone(), ImageId::parse(uuid)?);
    blocking(move || store.delete(&id)).await?;
    let now = center.host.now();
    temp_image::Entity::update_many()
        .col_expr(temp_image::Column::Deleted, sea_orm::sea_query::Expr::value(true))
        .col_expr(temp_image::Column::DeletedAt, sea_orm::sea_query::Expr::value(now))
        .filter(temp_image::Entity::is_live())
        .filter(temp_image::Column::Uuid.eq(uuid))
        .exec(&center.db)
        .await
        .db_context(|| "retire a temporary image")?;
    Ok(())
}

/// Removes objects that neither a kept version nor the published head names.
async fn sweep_objects(center: &Center) -> Result<()> {
    let rows = version::Entity::find().all(&center.db).await.db_context(|| "list versions")?;
    let patches: Vec<String> = rows.into_iter().flat_map(|row| [row.patch, row.inverse]).flatten().collect();
    let published = center.published_objects();
    let directory = center.data_dir().clone();
    blocking(move || {
        let objects = ObjectDir::open(directory.objects())?;
        let mut needed: HashSet<Digest> =
            published.iter().filter_map(|digest| Digest::from_hex(digest).ok()).collect();
        for digest in &patches {
            needed.insert(Digest::from_hex(digest)?);
            needed.extend(publish::read_patch(&objects, digest)?.packs().iter().map(|pack| pack.digest));
        }
        remove_others(&objects, &directory.objects(), &needed)
    })
    .await
}

fn remove_others(objects: &ObjectDir, path: &std::path::Path, needed: &HashSet<Digest>) -> Result<()> {
    for folder in std::fs::read_dir(path)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).context(|| format!("list {}", folder.display()))? {
            let name = entry?.file_name();
            let Some(digest) = name.to_str().and_then(|name| Digest::from_hex(name).ok()) else { continue };
            if !needed.contains(&digest) {
                objects.remove(&digest)?;
            }
        }
    }
    Ok(())
}
