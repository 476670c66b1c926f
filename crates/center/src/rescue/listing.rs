//! What lies on the disk is listed, and the version recorded.

use std::sync::Arc;

use fault::{Context, Result};
use image_store::ImageId;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::Rescued;
use super::disk::Found;
use crate::backup::{self, Target};
use crate::center::blocking;
use crate::config::Config;
use crate::db::entities::version;
use crate::db::entities::version::VersionKind;
use crate::db::{DateTime, DbContext, Transaction, commit};
use crate::{base, on_disk, settings, versions};

/// Lists it, and records the version, in one transaction.
pub(super) async fn list(config: &Arc<Config>, target: &Target, disk: Found) -> Result<Rescued> {
    let with = config.clone();
    let contents = blocking(move || on_disk::read(&with)).await.context(|| "list what is on the disk")?;
    let now = target.host.now();
    let number = backup::next_number(disk.version as i64, &crate::host::rfc3339(now), target);
    let txn = target.db.begin().await?;
    settings::record_center_id(&txn, &disk.center).await?;
    settings::record_adopted(&txn, false).await?;
    let listed = on_disk::insert(&txn, now, number, &contents).await?;
    record_version(&txn, now, number, &disk).await?;
    commit(txn).await?;
    Ok(Rescued {
        center: disk.center,
        version: disk.version,
        number: number as u64,
        root: disk.identity.root.to_string(),
        drivers: listed.drivers,
        printers: listed.printers,
        left_out: contents.left_out,
    })
}

/// Version 0 stands for what came before; whoever makes the disk anew begins with an empty one.
async fn record_version(txn: &Transaction, now: DateTime, number: i64, disk: &Found) -> Result<()> {
    let length = disk.identity.length;
    base::base_row(now, &ImageId::random(), length).insert(txn).await.db_context(|| "record Base")?;
    let root = disk.identity.root.to_string();
    let packages = versions::encode_packages(&versions::packages_now(txn).await?)?;
    let first = versions::initial_row(now, root.clone(), length);
    let now_current = version::ActiveModel {
        number: Set(number),
        kind: Set(VersionKind::Restore),
        parent_root: Set(Some(root)),
        packages: Set(packages),
        ..first.clone()
    };
    for row in [first, now_current] {
        row.insert(txn).await.db_context(|| "record a version")?;
    }
    Ok(())
}
