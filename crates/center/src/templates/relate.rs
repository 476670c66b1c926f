//! Associating drivers with templates, and who is told that something changed.

use std::collections::HashSet;

use ::driver_package::os::OsType;
use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder,
};

use super::list::related;
use super::{TARGET, live, system_of};
use crate::center::Center;
use crate::db::entities::{driver_file, driver_package, driver_relation, image, terminal};
use crate::db::{DbContext, SoftDelete, commit};
use crate::edit::{self, Object, Payload};
use crate::host::Actor;
use crate::{drivers, limits, settings};

/// Modes of terminals that can act on a new heterogeneous version at once.
pub(crate) const CAN_ACT: [&str; 2] = ["maintenance", "windows"];

/// Names of templates that one message lists.
const NAMES_SHOWN: usize = 5;

impl Center {
    /// The drivers of templates, and those that fit the systems of all of them.
    ///
    /// Where the templates differ in a driver, it is answered as none.
    pub async fn image_relations(&self, ids: &[i64]) -> Result<thor::ImageRelations> {
        if ids.is_empty() || ids.len() > limits::RELATIONS_MAX {
            return Err(Error::invalid(format!("{} templates", ids.len()))
                .with_notice("template.count")
                .with_value("limit", limits::RELATIONS_MAX));
        }
        let related = related(&self.db).await?;
        let (mut systems, mut universal, mut extracted) = (HashSet::new(), Vec::new(), Vec::new());
        for id in ids {
            systems.insert(system_of(&live(&self.db, *id).await?));
            let (first, second) = related.get(id).copied().unwrap_or_default();
            universal.push(first);
            extracted.push(second);
        }
        let mut fitting = Vec::new();
        for (row, known) in known_drivers(&self.db).await? {
            if systems.iter().all(|system| system.is_some_and(|system| known.contains(&system))) {
                fitting.push(row);
            }
        }
        Ok(thor::ImageRelations {
            code: 0,
            universal_driver_id: common(&universal),
            extractive_driver_id: common(&extracted),
            data: fitting,
        })
    }

    /// Sets the drivers of a template; what is not named stays, null takes one away.
    pub async fn relate_image(&self, actor: &Actor, request: thor::ImageRelate) -> Result<()> {
        let txn = self.db.begin().await?;
        self.require_normal().await?;
        let template = live(&txn, request.id).await?;
        let (universal, extracted) = related(&txn).await?.get(&template.id).copied().unwrap_or_default();
        let wanted = [
            (thor::TYPE_UNIVERSAL, universal, request.universal_driver_id.unwrap_or(universal)),
            (thor::TYPE_EXTRACTED, extracted, request.extractive_driver_id.unwrap_or(extracted)),
        ];
        let mut changed = false;
        for (kind, before, after) in wanted {
            if before != after {
                changed = true;
                associate(&txn, &template, kind, after).await?;
            }
        }
        if !changed {
            return Ok(());
        }
        bump(&txn, &[template.id]).await?;
        commit(txn).await?;
        tracing::info!(target: TARGET, template = template.id, by = %actor.name, "drivers of a template changed");
        self.emit(api::Event::Templates);
        self.emit(api::Event::Drivers);
        Ok(())
    }

    /// Tells terminals that the heterogeneous version of a template changed.
    pub async fn notify_heterogeneous(&self, ids: &[String]) -> Result<u64> {
        if ids.len() > limits::PUSH_MAX {
            return Err(
                Error::invalid(format!("{} terminals to tell", ids.len())).with_notice("terminal.push_count")
            );
        }
        let mut told = 0;
        let txn = self.db.begin().await?;
        for ids in ids.chunks(limits::IDS_PER_STATEMENT) {
            told += tell(&txn, terminal::Column::Id.is_in(ids.iter().map(String::as_str))).await?;
        }
        commit(txn).await?;
        tracing::info!(target: TARGET, told, "terminals were told of a heterogeneous version");
        Ok(told)
    }
}

/// In the transaction that records a save: the templates whose drivers were changed by it.
pub(crate) async fn note_changed_drivers(db: &impl ConnectionTrait) -> Result<()> {
    let mut changed = HashSet::new();
    for row in edit::unsaved(db).await? {
        if Payload::of(&row)?.object() == Object::Driver {
            changed.insert(row.driver_id);
        }
    }
    note_changed(db, &changed).await
}

/// In the transaction that changes drivers: the templates that have one of them.
pub(crate) async fn note_changed(db: &impl ConnectionTrait, changed: &HashSet<i64>) -> Result<()> {
    let relations = driver_relation::Entity::find().all(db).await.db_context(|| "list associations")?;
    let concerned: HashSet<i64> = relations
        .into_iter()
        .filter(|row| changed.contains(&row.driver_id))
        .map(|row| row.images_id)
        .collect();
    let mut templates: Vec<i64> = concerned.into_iter().collect();
    templates.sort_unstable();
    bump(db, &templates).await
}

/// Adds one to the heterogeneous versions, and tells the terminals that can act on it now.
async fn bump(db: &impl ConnectionTrait, templates: &[i64]) -> Result<()> {
    if templates.is_empty() {
        return Ok(());
    }
    image::Entity::update_many()
        .col_expr(image::Column::HgVersion, Expr::col(image::Column::HgVersion).add(1))
        .filter(image::Column::Id.is_in(templates.iter().copied()))
        .exec(db)
        .await
        .db_context(|| "count up the heterogeneous version")?;
    tell(db, terminal::Column::Mode.is_in(CAN_ACT)).await?;
    settings::record_platform_notice(db).await
}

async fn tell(db: &impl ConnectionTrait, which: sea_orm::sea_query::SimpleExpr) -> Result<u64> {
    let told = terminal::Entity::update_many()
        .col_expr(terminal::Column::HgNotices, Expr::col(terminal::Column::HgNotices).add(1))
        .filter(terminal::Entity::is_live())
        .filter(which)
        .exec(db)
        .await
        .db_context(|| "tell terminals")?;
    Ok(told.rows_affected)
}

/// Puts `driver` in the place of the template's driver of this kind.
async fn associate(
    db: &impl ConnectionTrait,
    template: &image::Model,
    kind: i32,
    driver: Option<i64>,
) -> Result<()> {
    driver_relation::Entity::delete_many()
        .filter(driver_relation::Column::ImagesId.eq(template.id))
        .filter(driver_relation::Column::Type.eq(kind))
        .exec(db)
        .await
        .db_context(|| "take a driver from a template")?;
    let Some(driver) = driver else { return Ok(()) };
    let row = drivers::live(db, driver).await?;
    if row.r#type != kind {
        return Err(Error::invalid(format!("driver {driver} is of type {}, not {kind}", row.r#type))
            .with_notice("template.wrong_driver_type")
            .with_value("name", &row.name));
    }
    let package = drivers::package_of(db, &row).await?;
    if package.changed_version.is_none() {
        return Err(Error::conflict(format!("driver {driver} is in no version yet"))
            .with_notice("template.driver_not_saved")
            .with_value("name", &row.name));
    }
    let system = system_of(template);
    if !system.is_some_and(|system| systems_of(&row, Some(&package)).contains(&system)) {
        return Err(does_not_fit(&row, template));
    }
    let relation = driver_relation::ActiveModel {
        driver_id: Set(driver),
        images_id: Set(template.id),
        r#type: Set(kind),
        ..Default::default()
    };
    relation.insert(db).await.db_context(|| "associate a driver").map(drop)
}

/// Fails unless all drivers of the template fit another system of it.
pub(super) async fn require_fitting(
    db: &impl ConnectionTrait,
    template: &image::Model,
    system: OsType,
) -> Result<()> {
    let (universal, extracted) = related(db).await?.get(&template.id).copied().unwrap_or_default();
    for id in [universal, extracted].into_iter().flatten() {
        let row = drivers::live(db, id).await?;
        let package = driver_package::Entity::find_by_id(id).one(db).await.db_context(|| "read a package")?;
        if !systems_of(&row, package.as_ref()).contains(&system) {
            return Err(does_not_fit(&row, template));
        }
    }
    Ok(())
}

pub(super) fn does_not_fit(driver: &driver_file::Model, template: &image::Model) -> Error {
    Error::invalid(format!("driver {} does not fit the system of template {}", driver.id, template.id))
        .with_notice("template.driver_does_not_fit")
        .with_value("driver", &driver.name)
        .with_value("template", &template.name)
}

/// All drivers that may be associated, with the systems that they are for. What no version has yet is none of them; what
/// an older platform listed without a disk is, for a template may hold it.
async fn known_drivers(db: &impl ConnectionTrait) -> Result<Vec<(thor::FittingDriver, HashSet<OsType>)>> {
    let rows = driver_file::Entity::find_live()
        .order_by_desc(driver_file::Column::Id)
        .all(db)
        .await
        .db_context(|| "list drivers")?;
    let packages = driver_package::Entity::find().all(db).await.db_context(|| "list packages")?;
    let fitting = rows.into_iter().filter_map(|row| {
        let package = packages.iter().find(|package| package.driver_id == row.id);
        if package.is_some_and(|package| package.changed_version.is_none()) {
            return None;
        }
        let systems = systems_of(&row, package);
        let wire = thor::FittingDriver {
            id: row.id,
            name: row.name,
            os_type: row.os_type.parse().unwrap_or(0),
            kind: row.r#type,
        };
        Some((wire, systems))
    });
    Ok(fitting.collect())
}

/// The system that people say it is for, and those that its INF files name.
pub(super) fn systems_of(
    row: &driver_file::Model,
    package: Option<&driver_package::Model>,
) -> HashSet<OsType> {
    let found = package.map_or("", |package| &package.os_types);
    let numbers = row.os_type.split(',').chain(found.split(','));
    numbers.filter_map(|text| text.trim().parse().ok().and_then(OsType::from_number)).collect()
}

fn common(values: &[Option<i64>]) -> Option<i64> {
    let first = *values.first()?;
    first.filter(|_| values.iter().all(|value| *value == first))
}

/// Fails where templates use a driver, for it cannot go then.
pub(crate) async fn require_unused(db: &impl ConnectionTrait, driver: i64, name: &str) -> Result<()> {
    match names_of_templates(db, driver).await? {
        Some(templates) => Err(drivers::in_use(name, &templates)),
        None => Ok(()),
    }
}

/// Names of the templates that use a driver, for people; nothing where there are none.
async fn names_of_templates(db: &impl ConnectionTrait, driver: i64) -> Result<Option<String>> {
    let relations = driver_relation::Entity::find()
        .filter(driver_relation::Column::DriverId.eq(driver))
        .all(db)
        .await
        .db_context(|| "list associations")?;
    if relations.is_empty() {
        return Ok(None);
    }
    let ids = relations.iter().map(|row| row.images_id);
    let rows = image::Entity::find_live()
        .filter(image::Column::Id.is_in(ids))
        .order_by_asc(image::Column::Id)
        .all(db)
        .await
        .db_context(|| "list templates")?;
    let mut names: Vec<&str> = rows.iter().take(NAMES_SHOWN).map(|row| row.name.as_str()).collect();
    if rows.len() > NAMES_SHOWN {
        names.push("…");
    }
    // Templates that are gone hold no driver.
    Ok(Some(names.join(", ")).filter(|_| !rows.is_empty()))
}
