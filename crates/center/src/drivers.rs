//! System drivers: the list, what is known of each, and changes of what people wrote about them.
//!
//! Importing and deleting are edits of the disk and live in [`crate::import`] and [`crate::edit`]. A change of name,
//! system or description touches no file; while an edit is open it is recorded as part of it, so that discarding
//! brings the old words back.

use std::collections::{HashMap, HashSet};

use ::driver_package::os::OsType;
use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DerivePartialModel, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::center::{Center, Explain};
use crate::db::entities::{driver_device, driver_file, driver_inf, driver_package, driver_relation};
use crate::db::{DateTime, DbContext, SoftDelete, commit};
use crate::host::{Actor, platform_time};
use crate::{content, edit, limits, settings, templates, versions};

impl Center {
    /// All system drivers, newest first. Of each row only what is shown is read: there may be very many.
    pub async fn drivers(&self) -> Result<Vec<thor::SystemDriver>> {
        let rows: Vec<Shown> = driver_file::Entity::find_live()
            .order_by_desc(driver_file::Column::Id)
            .into_partial_model()
            .all(&self.db)
            .await
            .db_context(|| "list drivers")?;
        let templates: Vec<(i64, i64)> = driver_relation::Entity::find()
            .select_only()
            .column(driver_relation::Column::DriverId)
            .expr(driver_relation::Column::Id.count())
            .group_by(driver_relation::Column::DriverId)
            .into_tuple()
            .all(&self.db)
            .await
            .db_context(|| "count templates")?;
        let templates: HashMap<i64, i64> = templates.into_iter().collect();
        let shown = rows.into_iter().map(|row| {
            let count = templates.get(&row.id).map_or(0, |count| count.unsigned_abs());
            row.wire(count)
        });
        Ok(shown.collect())
    }

    /// One driver with its package and INF files; `explain` words what was odd about them.
    pub async fn driver(&self, id: i64, explain: &Explain<'_>) -> Result<api::DriverDetail> {
        let row = live(&self.db, id).await?;
        let package = package_of(&self.db, &row).await?;
        let infs = driver_inf::Entity::find()
            .filter(driver_inf::Column::DriverId.eq(id))
            .order_by_asc(driver_inf::Column::Id)
            .all(&self.db)
            .await
            .db_context(|| "list INF files")?;
        let templates = templates_of(&self.db, id).await?;
        Ok(api::DriverDetail {
            driver: wire(&row, templates),
            archive_name: package.archive_name,
            archive_sha256: package.archive_sha256,
            directory: package.directory,
            files: package.files as u64,
            unpacked_bytes: package.unpacked_bytes as u64,
            os_types: package.os_types.split(',').filter_map(|number| number.parse().ok()).collect(),
            pending: package.changed_version.is_none(),
            versions: versions::holding(&self.db, (id, false)).await?,
            warnings: content::warning_lines(&package.warnings, explain)?,
            infs: infs.into_iter().map(wire_inf).collect(),
        })
    }

    /// Devices of an INF file, `limit` of them from `offset`.
    pub async fn devices(&self, inf_id: i64, offset: u64, limit: u64) -> Result<api::DevicePage> {
        let limit = limit.clamp(1, limits::DEVICES_PAGE_MAX);
        let of_inf = driver_device::Entity::find().filter(driver_device::Column::InfId.eq(inf_id));
        let total = of_inf.clone().count(&self.db).await.db_context(|| "count devices")?;
        let rows = of_inf
            .order_by_asc(driver_device::Column::Id)
            .offset(offset)
            .limit(limit)
            .all(&self.db)
            .await
            .db_context(|| "list devices")?;
        Ok(api::DevicePage {
            page: api::PageInfo { total, offset, limit },
            devices: rows.into_iter().map(wire_device).collect(),
        })
    }

    /// Changes what people wrote about a driver.
    pub async fn update_driver(&self, actor: &Actor, change: thor::DriverUpdate) -> Result<()> {
        let txn = self.db.begin().await?;
        settings::require_normal(&txn).await?;
        let before = live(&txn, change.id).await?;
        let mut row = driver_file::ActiveModel { id: Set(before.id), ..Default::default() };
        let mut called = before.name.clone();
        if let Some(name) = &change.name {
            let name = checked_name(name)?;
            // A platform may have listed two drivers of one name.
            if name != before.name {
                require_free_name(&txn, &name, Some(before.id)).await?;
            }
            called.clone_from(&name);
            row.name = Set(name);
        }
        let is_known = shown_os_type(&before.os_type) != 0;
        if let Some(system) = changed_os_type(change.environment.as_ref(), is_known)? {
            let after = driver_file::Model { os_type: system.number().to_string(), ..before.clone() };
            templates::require_still_fitting(&txn, &before, &after).await?;
            row.os_type = Set(after.os_type);
        }
        if let Some(describe) = change.describe {
            if describe.chars().count() > limits::DESCRIBE_CHARS_MAX {
                return Err(Error::invalid(format!(
                    "description of over {} characters",
                    limits::DESCRIBE_CHARS_MAX
                ))
                .with_notice("driver.description_too_long")
                .with_value("limit", limits::DESCRIBE_CHARS_MAX));
            }
            row.describe = Set(Some(describe).filter(|text| !text.is_empty()));
        }
        row.updated_at = Set(self.host.now());
        row.update(&txn).await.db_context(|| "change a driver")?;
        if edit::session(&txn).await?.is_some() {
            let payload = edit::Payload::Update { name: called };
            self.claim_edit(&txn, self.host.now(), actor).await?;
            edit::record(&txn, self.host.now(), actor, &payload, edit::Before::Driver(&before)).await?;
        }
        commit(txn).await?;
        self.emit(api::Event::Drivers);
        Ok(())
    }
}

/// Where universal drivers lie on the disk.
pub(crate) const UNIVERSAL_FOLDER: &str = "/sys/wang";
/// Where extracted drivers lie on the disk.
pub(crate) const EXTRACTED_FOLDER: &str = "/sys/tq";

/// What is known of the files of a driver. An existing platform may list drivers that are on no disk that was taken over.
pub(crate) async fn package_of(
    db: &impl ConnectionTrait,
    row: &driver_file::Model,
) -> Result<driver_package::Model> {
    recorded(db, row.id).await?.ok_or_else(|| {
        Error::conflict(format!("driver {} is listed, but not on the disk", row.id))
            .with_notice("driver.not_on_disk")
            .with_value("name", &row.name)
    })
}

/// The directory of a driver; none where it is listed only.
pub(crate) async fn directory_of(
    db: &impl ConnectionTrait,
    row: &driver_file::Model,
) -> Result<Option<String>> {
    Ok(recorded(db, row.id).await?.map(|package| package.directory))
}

async fn recorded(db: &impl ConnectionTrait, id: i64) -> Result<Option<driver_package::Model>> {
    driver_package::Entity::find_by_id(id).one(db).await.db_context(|| "read a package")
}

/// The driver with this id that is not deleted.
pub(crate) async fn live(db: &impl ConnectionTrait, id: i64) -> Result<driver_file::Model> {
    driver_file::Entity::find_live()
        .filter(driver_file::Column::Id.eq(id))
        .one(db)
        .await
        .db_context(|| "read a driver")?
        .ok_or_else(|| Error::not_found(format!("driver {id}")).with_notice("driver.not_found"))
}

/// Fails when another driver has this name; case does not tell names apart.
pub(crate) async fn require_free_name(
    db: &impl ConnectionTrait,
    name: &str,
    except: Option<i64>,
) -> Result<()> {
    let wanted = name.to_lowercase();
    let rows = driver_file::Entity::find_live().all(db).await.db_context(|| "compare names")?;
    match rows.iter().find(|row| Some(row.id) != except && row.name.to_lowercase() == wanted) {
        None => Ok(()),
        Some(row) => Err(Error::conflict(format!("driver {} has the name {name}", row.id))
            .with_notice("driver.name_taken")
            .with_value("name", name)),
    }
}

/// A directory name for a new package: `stem`, or `stem (2)`, … where that is taken.
pub(crate) async fn free_directory(db: &impl ConnectionTrait, stem: &str) -> Result<String> {
    let rows = driver_file::Entity::find_live().all(db).await.db_context(|| "compare directories")?;
    let taken: HashSet<String> = rows.iter().map(|row| row.file_name.to_lowercase()).collect();
    let candidates = std::iter::once(stem.to_owned()).chain((2..).map(|n| format!("{stem} ({n})")));
    let free = candidates.take(rows.len() + 1).find(|name| !taken.contains(&name.to_lowercase()));
    free.ok_or_else(|| Error::bug("no directory name is free"))
}

/// Trims a name and checks its length and characters.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let fits = (1..=limits::DRIVER_NAME_CHARS_MAX).contains(&name.chars().count())
        && !name.chars().any(char::is_control);
    if !fits {
        return Err(Error::invalid(format!("driver name {name:?}"))
            .with_notice("driver.name_invalid")
            .with_value("name", name)
            .with_value("limit", limits::DRIVER_NAME_CHARS_MAX));
    }
    Ok(name.to_owned())
}

/// Templates that use the driver.
pub(crate) async fn templates_of(db: &impl ConnectionTrait, id: i64) -> Result<u64> {
    driver_relation::Entity::find()
        .filter(driver_relation::Column::DriverId.eq(id))
        .count(db)
        .await
        .db_context(|| "count templates")
}

/// Why a driver cannot go.
pub(crate) fn in_use(name: &str, templates: &str) -> Error {
    Error::conflict(format!("templates use driver {name}: {templates}"))
        .with_notice("driver.in_use")
        .with_value("name", name)
        .with_value("templates", templates)
}

/// A system by its number, its number as text, or its name.
pub(crate) fn os_type(environment: &thor::Environment) -> Result<OsType> {
    let by_number = |number: i32| u8::try_from(number).ok().and_then(OsType::from_number);
    let found = match environment {
        thor::Environment::Number(number) => by_number(*number),
        thor::Environment::Text(text) => match text.parse() {
            Ok(number) => by_number(number),
            Err(_) => OsType::ALL.into_iter().find(|os| os.to_string().eq_ignore_ascii_case(text)),
        },
    };
    found.ok_or_else(|| {
        let systems = OsType::ALL.map(|os| format!("{} {os}", os.number())).join(", ");
        Error::invalid(format!("system {environment:?}"))
            .with_notice("driver.unknown_system")
            .with_value("systems", systems)
    })
}

/// The system that a change asks for, if any: the lists answer 0 for a system that is not known, and whoever sends
/// that back asks for none.
pub(crate) fn changed_os_type(
    environment: Option<&thor::Environment>,
    is_known: bool,
) -> Result<Option<OsType>> {
    let names_none = |environment: &&thor::Environment| match environment {
        thor::Environment::Number(number) => *number == 0,
        thor::Environment::Text(text) => matches!(text.trim(), "" | "0"),
    };
    environment.filter(|given| is_known || !names_none(given)).map(os_type).transpose()
}

/// The number that is listed for a stored system: 0 where none is known.
fn shown_os_type(stored: &str) -> i32 {
    stored.parse().unwrap_or(0)
}

/// What of a row the platform lists.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "driver_file::Entity")]
struct Shown {
    id: i64,
    name: String,
    describe: Option<String>,
    os_type: String,
    r#type: i32,
    size: i64,
    created_at: DateTime,
}

impl Shown {
    fn wire(self, templates: u64) -> thor::SystemDriver {
        thor::SystemDriver {
            id: self.id,
            name: self.name,
            describe: self.describe,
            os_type: shown_os_type(&self.os_type),
            kind: self.r#type,
            tpl_num: templates,
            size: self.size,
            create_at: platform_time(self.created_at),
        }
    }
}

/// A row as the platform lists it.
pub(crate) fn wire(row: &driver_file::Model, templates: u64) -> thor::SystemDriver {
    let shown = Shown {
        id: row.id,
        name: row.name.clone(),
        describe: row.describe.clone(),
        os_type: row.os_type.clone(),
        r#type: row.r#type,
        size: row.size,
        created_at: row.created_at,
    };
    shown.wire(templates)
}

pub(crate) fn wire_inf(row: driver_inf::Model) -> api::Inf {
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    api::Inf {
        id: row.id,
        path: row.path,
        encoding: row.encoding,
        class: known(row.class),
        class_guid: known(row.class_guid),
        provider: known(row.provider),
        driver_date: known(row.driver_date),
        driver_version: known(row.driver_version),
        catalog_file: row.catalog_file,
        catalog_present: row.catalog_present,
        is_extension: row.is_extension,
        devices: row.devices as u64,
    }
}

fn wire_device(row: driver_device::Model) -> api::Device {
    api::Device {
        hardware_id: row.hardware_id,
        kind: row.kind,
        description: row.description,
        install_section: row.install_section,
        manufacturer: row.manufacturer,
        decoration: row.decoration,
    }
}
