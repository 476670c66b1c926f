//! Versions of the disk: the history that people see, and the record that everything else is derived from.

use std::collections::HashMap;

use fault::{Error, Result};
use protocol::api;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};

use crate::center::Center;
use crate::chain;
use crate::db::entities::version::{self, VersionKind};
use crate::db::entities::{base_image, driver_file, driver_package, printer};
use crate::db::{DateTime, DbContext, SoftDelete};
use crate::diff::packages;
use crate::host::{Actor, rfc3339};
use crate::{limits, printers};

/// The row of version 0: what the disk was when the center began with it.
pub(crate) fn initial_row(now: DateTime, root: String, length: u64) -> version::ActiveModel {
    version::ActiveModel {
        number: Set(0),
        kind: Set(VersionKind::Initial),
        created_at: Set(now),
        created_by: Set(Actor::center().name),
        root: Set(root),
        length: Set(length as i64),
        patch_bytes: Set(0),
        packs_bytes: Set(0),
        packages: Set("[]".into()),
        ..Default::default()
    }
}

/// A package as a version holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackageRecord {
    /// The driver.
    pub(crate) driver_id: i64,
    /// Its name at that time.
    pub(crate) name: String,
    /// Its directory on the disk.
    pub(crate) directory: String,
    /// The kept archive that it came from.
    pub(crate) sha256: String,
    /// Its whole row, where it is a printer driver: `driver_id` is then the number of that, `directory` the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) printer: Option<Box<printer::Model>>,
    /// What else was listed of a system driver; the first versions of older databases do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<PackageWords>,
}

impl PackageRecord {
    /// The record of a printer driver.
    fn of_printer(row: printer::Model) -> Self {
        Self {
            driver_id: row.id,
            name: row.name.clone(),
            directory: printers::path_of(&row),
            sha256: row.archive_sha256.clone(),
            printer: Some(Box::new(row)),
            words: None,
        }
    }

    /// Which driver it is about, whatever changed of it: its number, and whether it is a printer driver.
    pub(crate) fn driver(&self) -> (i64, bool) {
        (self.driver_id, self.printer.is_some())
    }

    /// Whether both are about the same driver.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.driver() == other.driver()
    }
}

/// What people see of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackageWords {
    /// The system, as its number.
    pub(crate) os_type: String,
    /// The administrator's words.
    pub(crate) describe: Option<String>,
    /// 1 universal, 2 extracted.
    pub(crate) kind: i32,
    /// Bytes of the archive.
    pub(crate) size: i64,
    /// Name of the archive.
    pub(crate) archive_name: String,
}

/// The newest version; version 0 is the empty or adopted disk.
pub(crate) async fn newest(db: &impl ConnectionTrait) -> Result<version::Model> {
    find_newest(db).await?.ok_or_else(|| Error::bug("no version is recorded"))
}

/// The newest version, if the disk was made already.
pub(crate) async fn find_newest(db: &impl ConnectionTrait) -> Result<Option<version::Model>> {
    version::Entity::find()
        .order_by_desc(version::Column::Number)
        .one(db)
        .await
        .db_context(|| "read the newest version")
}

/// The packages that a version holds.
pub(crate) fn packages_of(row: &version::Model) -> Result<Vec<PackageRecord>> {
    serde_json::from_str(&row.packages)
        .map_err(|e| Error::corrupt(format!("packages of version {}: {e}", row.number)))
}

/// The kept versions that hold a driver (see [`PackageRecord::driver`]), oldest first.
pub(crate) async fn holding(db: &impl ConnectionTrait, driver: (i64, bool)) -> Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for row in chain::kept(db).await?.iter().rev() {
        if packages_of(row)?.iter().any(|package| package.driver() == driver) {
            numbers.push(row.number as u64);
        }
    }
    Ok(numbers)
}

/// Packages as a version keeps them.
pub(crate) fn encode_packages(packages: &[PackageRecord]) -> Result<String> {
    serde_json::to_string(packages).map_err(|e| Error::bug(format!("encode packages: {e}")))
}

/// The version with this number.
pub(crate) async fn find(db: &impl ConnectionTrait, number: i64) -> Result<version::Model> {
    let row = version::Entity::find_by_id(number).one(db).await.db_context(|| "read a version")?;
    row.ok_or_else(|| not_found(number))
}

pub(crate) fn not_found(number: i64) -> Error {
    Error::not_found(format!("version {number}"))
        .with_notice("version.not_found")
        .with_value("version", number)
}

/// A note for the history, none where it is empty.
pub(crate) fn checked_note(note: Option<String>) -> Result<Option<String>> {
    if note.as_ref().is_some_and(|note| note.chars().count() > limits::NOTE_CHARS_MAX) {
        return Err(Error::invalid("the note is too long")
            .with_notice("version.note_too_long")
            .with_value("limit", limits::NOTE_CHARS_MAX));
    }
    Ok(note.filter(|note| !note.is_empty()))
}

/// The packages that are listed now, as a version would hold them; not what an existing platform lists and no disk has.
pub(crate) async fn packages_now(db: &impl ConnectionTrait) -> Result<Vec<PackageRecord>> {
    let packages = driver_package::Entity::find().all(db).await.db_context(|| "list packages")?;
    let mut packages: HashMap<i64, driver_package::Model> =
        packages.into_iter().map(|package| (package.driver_id, package)).collect();
    let drivers = driver_file::Entity::find_live()
        .order_by_asc(driver_file::Column::Id)
        .all(db)
        .await
        .db_context(|| "list drivers")?;
    let printers = printer::Entity::find_live()
        .order_by_asc(printer::Column::Id)
        .all(db)
        .await
        .db_context(|| "list printers")?;
    let drivers = drivers.into_iter().filter_map(|driver| {
        let package = packages.remove(&driver.id)?;
        Some(PackageRecord {
            driver_id: driver.id,
            name: driver.name,
            directory: package.directory,
            sha256: package.archive_sha256,
            printer: None,
            words: Some(PackageWords {
                os_type: driver.os_type,
                describe: driver.describe,
                kind: driver.r#type,
                size: driver.size,
                archive_name: package.archive_name,
            }),
        })
    });
    Ok(drivers.chain(printers.into_iter().map(PackageRecord::of_printer)).collect())
}

impl Center {
    /// Versions, newest first.
    pub async fn versions(&self, offset: u64, limit: u64) -> Result<Vec<api::Version>> {
        let limit = limit.clamp(1, limits::VERSIONS_PAGE_MAX);
        // One more than shown: each is compared with the one before it.
        let rows = version::Entity::find()
            .order_by_desc(version::Column::Number)
            .offset(offset)
            .limit(limit + 1)
            .all(&self.db)
            .await
            .db_context(|| "list versions")?;
        self.wire(&rows, limit as usize).await
    }

    /// One version.
    pub async fn version(&self, number: u64) -> Result<api::Version> {
        let rows = version::Entity::find()
            .filter(version::Column::Number.lte(number as i64))
            .order_by_desc(version::Column::Number)
            .limit(2)
            .all(&self.db)
            .await
            .db_context(|| "read a version")?;
        let shown = usize::from(rows.first().is_some_and(|row| row.number as u64 == number));
        self.wire(&rows, shown).await?.pop().ok_or_else(|| not_found(number as i64))
    }

    /// The packages in a version, also in one that is not kept any more.
    pub async fn version_packages(&self, number: u64) -> Result<Vec<api::VersionPackage>> {
        let row = find(&self.db, number as i64).await?;
        Ok(packages_of(&row)?.iter().map(packages::wire).collect())
    }

    /// How many versions there are, version 0 included.
    pub async fn version_count(&self) -> Result<u64> {
        version::Entity::find().count(&self.db).await.db_context(|| "count versions")
    }

    /// The first `shown` of rows that are each followed by the version before it.
    async fn wire(&self, rows: &[version::Model], shown: usize) -> Result<Vec<api::Version>> {
        let packages: Vec<_> = rows.iter().map(packages_of).collect::<Result<_>>()?;
        let known = self.known(rows).await?;
        let before = packages.iter().skip(1).map(Vec::as_slice).chain(std::iter::once([].as_slice()));
        let with_both = rows.iter().zip(&packages).zip(before).take(shown);
        Ok(with_both.map(|((row, now), before)| wire(row, before, now, &known)).collect())
    }

    async fn known(&self, rows: &[version::Model]) -> Result<Known> {
        let hashed: Vec<(DateTime, String)> = base_image::Entity::find()
            .filter(base_image::Column::CreatedAt.is_in(rows.iter().map(|row| row.created_at)))
            .filter(base_image::Column::Md5.ne(""))
            .select_only()
            .columns([base_image::Column::CreatedAt, base_image::Column::Md5])
            .into_tuple()
            .all(&self.db)
            .await
            .db_context(|| "list the states of Base")?;
        Ok(Known { md5s: hashed.into_iter().collect(), oldest_kept: chain::oldest_kept(&self.db).await? })
    }
}

/// What is known of versions beside their rows.
struct Known {
    /// md5 of Base by creation time of its row, which is that of its version.
    md5s: HashMap<DateTime, String>,
    oldest_kept: i64,
}

fn wire(
    row: &version::Model,
    before: &[PackageRecord],
    now: &[PackageRecord],
    known: &Known,
) -> api::Version {
    let changes = packages::compare(before, now);
    let names = |change: api::ChangeKind| -> Vec<String> {
        changes.iter().filter(|found| found.change == change).map(|found| found.name().to_owned()).collect()
    };
    api::Version {
        number: row.number as u64,
        kind: match row.kind {
            VersionKind::Initial => "initial",
            VersionKind::Save => "save",
            VersionKind::Rollback => "rollback",
            VersionKind::Restore => "restore",
            VersionKind::Grow => "grow",
        }
        .into(),
        created_at: rfc3339(row.created_at),
        created_by: row.created_by.clone(),
        note: row.note.clone(),
        root: row.root.clone(),
        length: row.length as u64,
        virtual_bytes: row.virtual_bytes.map(|bytes| bytes as u64),
        update_bytes: (row.patch_bytes + row.packs_bytes) as u64,
        md5: known.md5s.get(&row.created_at).cloned(),
        added: names(api::ChangeKind::Added),
        changed: names(api::ChangeKind::Changed),
        removed: names(api::ChangeKind::Removed),
        packages: now.len() as u64,
        kept: row.number >= known.oldest_kept,
        target: row.target.map(|number| number as u64),
    }
}
