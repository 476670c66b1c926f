//! INF files and devices of the packages that differ, from the rows that importing them made.

use std::collections::{BTreeMap, BTreeSet};

use fault::Result;
use protocol::api::{ChangeKind, InfChange, PackageChange, VersionPackage};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::DbContext;
use crate::db::entities::{driver_device, driver_inf};
use crate::drivers;
use crate::limits::{DIFF_DEVICES_MAX, DIFF_INFS_MAX};

/// What is different in the INF files of packages that differ.
pub(crate) async fn compare(db: &impl ConnectionTrait, packages: &[PackageChange]) -> Result<Vec<InfChange>> {
    let mut changes = Vec::new();
    for package in packages {
        let (before, after) =
            (infs_of(db, package.before.as_ref()).await?, infs_of(db, package.after.as_ref()).await?);
        let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for path in paths {
            if changes.len() == DIFF_INFS_MAX {
                return Ok(changes);
            }
            changes.extend(compare_inf(db, package.name(), before.get(path), after.get(path)).await?);
        }
    }
    Ok(changes)
}

/// INF files by their path within the package.
async fn infs_of(
    db: &impl ConnectionTrait,
    package: Option<&VersionPackage>,
) -> Result<BTreeMap<String, driver_inf::Model>> {
    let Some(package) = package.filter(|package| package.object == "driver") else {
        return Ok(BTreeMap::new());
    };
    let rows = driver_inf::Entity::find()
        .filter(driver_inf::Column::DriverId.eq(package.driver_id))
        .all(db)
        .await
        .db_context(|| "list INF files")?;
    Ok(rows.into_iter().map(|row| (row.path.clone(), row)).collect())
}

async fn compare_inf(
    db: &impl ConnectionTrait,
    package: &str,
    before: Option<&driver_inf::Model>,
    after: Option<&driver_inf::Model>,
) -> Result<Option<InfChange>> {
    if before.is_some_and(|old| after.is_some_and(|new| old.id == new.id)) {
        return Ok(None);
    }
    let (old, new) = (devices_of(db, before).await?, devices_of(db, after).await?);
    let added: Vec<&String> = new.difference(&old).collect();
    let removed: Vec<&String> = old.difference(&new).collect();
    let change = match (before, after) {
        (Some(old), Some(new)) if added.is_empty() && removed.is_empty() && says_the_same(old, new) => {
            return Ok(None);
        }
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    let first = |ids: &[&String]| ids.iter().take(DIFF_DEVICES_MAX).map(|id| (*id).clone()).collect();
    Ok(Some(InfChange {
        package: package.to_owned(),
        change,
        devices_added: added.len() as u64,
        devices_removed: removed.len() as u64,
        hardware_ids_added: first(&added),
        hardware_ids_removed: first(&removed),
        before: before.cloned().map(drivers::wire_inf),
        after: after.cloned().map(drivers::wire_inf),
    }))
}

fn says_the_same(old: &driver_inf::Model, new: &driver_inf::Model) -> bool {
    let said = |inf: &driver_inf::Model| driver_inf::Model { id: 0, driver_id: 0, ..inf.clone() };
    said(old) == said(new)
}

/// The IDs that an INF file supports; devices without one by their description.
async fn devices_of(db: &impl ConnectionTrait, inf: Option<&driver_inf::Model>) -> Result<BTreeSet<String>> {
    let Some(inf) = inf else { return Ok(BTreeSet::new()) };
    let rows: Vec<(Option<String>, String)> = driver_device::Entity::find()
        .select_only()
        .columns([driver_device::Column::HardwareId, driver_device::Column::Description])
        .filter(driver_device::Column::InfId.eq(inf.id))
        .into_tuple()
        .all(db)
        .await
        .db_context(|| "list devices")?;
    Ok(rows.into_iter().map(|(id, description)| id.unwrap_or(description)).collect())
}
