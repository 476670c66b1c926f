//! The list of drivers as an older version held it: names, systems and descriptions with it, under the same ids.
//!
//! Rows of drivers that were part of a version are never removed, only marked as deleted; so a driver that comes back
//! has its package, INF files and devices again. Of a printer driver the version has the whole row.

use std::collections::HashSet;

use fault::{Error, Result};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, sea_query::Expr,
};

use crate::db::entities::{driver_file, driver_package, printer};
use crate::db::{DateTime, DbContext};
use crate::diff::packages;
use crate::versions::{self, PackageRecord};

/// Makes `wanted` the list of drivers, as part of `version`; answers the system drivers that are others then.
pub(crate) async fn relist(
    db: &impl ConnectionTrait,
    now: DateTime,
    wanted: &[PackageRecord],
    version: i64,
) -> Result<HashSet<i64>> {
    let present = versions::packages_now(db).await?;
    let mut changed = HashSet::new();
    for gone in present.iter().filter(|package| !wanted.iter().any(|other| other.is_same(package))) {
        match gone.printer {
            None => {
                changed.insert(gone.driver_id);
                delete_driver(db, now, gone.driver_id).await?;
            }
            Some(_) => delete_printer(db, now, gone.driver_id).await?,
        }
    }
    for package in wanted {
        let before = present.iter().find(|other| other.is_same(package));
        if before.is_some_and(|before| packages::says_the_same(before, package)) {
            continue;
        }
        match &package.printer {
            None => {
                changed.insert(package.driver_id);
                bring_back(db, now, package, before.is_none().then_some(version)).await?;
            }
            Some(row) => bring_printer_back(db, now, row, version).await?,
        }
    }
    Ok(changed)
}

async fn delete_driver(db: &impl ConnectionTrait, now: DateTime, id: i64) -> Result<()> {
    let gone = driver_file::ActiveModel {
        id: Set(id),
        deleted: Set(true),
        deleted_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    gone.update(db).await.db_context(|| "delete a driver")?;
    Ok(())
}

async fn delete_printer(db: &impl ConnectionTrait, now: DateTime, id: i64) -> Result<()> {
    let gone = printer::ActiveModel {
        id: Set(id),
        deleted: Set(true),
        deleted_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    gone.update(db).await.db_context(|| "delete a printer")?;
    Ok(())
}

/// The row as the version held it, in place of the present one or of none.
async fn bring_printer_back(
    db: &impl ConnectionTrait,
    now: DateTime,
    row: &printer::Model,
    version: i64,
) -> Result<()> {
    let known = printer::Entity::find_by_id(row.id).one(db).await.db_context(|| "read a printer")?;
    let row = printer::Model {
        updated_at: now,
        deleted: false,
        deleted_at: None,
        changed_version: Some(version),
        ..row.clone()
    };
    let row = row.into_active_model().reset_all();
    match known {
        Some(_) => row.update(db).await,
        None => row.insert(db).await,
    }
    .db_context(|| "bring a printer back")?;
    Ok(())
}

async fn bring_back(
    db: &impl ConnectionTrait,
    now: DateTime,
    package: &PackageRecord,
    comes_back_in: Option<i64>,
) -> Result<()> {
    require_rows(db, package).await?;
    let mut row = driver_file::ActiveModel {
        id: Set(package.driver_id),
        deleted: Set(false),
        deleted_at: Set(None),
        updated_at: Set(now),
        name: Set(package.name.clone()),
        ..Default::default()
    };
    if let Some(words) = &package.words {
        row.os_type = Set(words.os_type.clone());
        row.describe = Set(words.describe.clone());
    }
    row.update(db).await.db_context(|| "bring a driver back")?;
    if let Some(version) = comes_back_in {
        driver_package::Entity::update_many()
            .col_expr(driver_package::Column::ChangedVersion, Expr::value(version))
            .filter(driver_package::Column::DriverId.eq(package.driver_id))
            .exec(db)
            .await
            .db_context(|| "mark a package as changed")?;
    }
    Ok(())
}

/// Fails unless what is known of a package is still what the version held.
pub(crate) async fn require_rows(db: &impl ConnectionTrait, package: &PackageRecord) -> Result<()> {
    if package.printer.is_some() {
        return Ok(());
    }
    let file = driver_file::Entity::find_by_id(package.driver_id).one(db).await;
    let known = driver_package::Entity::find_by_id(package.driver_id).one(db).await;
    let known = known.db_context(|| "read a package")?;
    let is_same =
        known.is_some_and(|row| row.archive_sha256 == package.sha256 && row.directory == package.directory);
    match file.db_context(|| "read a driver")?.is_some() && is_same {
        true => Ok(()),
        false => Err(Error::corrupt(format!(
            "the rows of driver {} are not what a version held",
            package.driver_id
        ))),
    }
}
