//! A terminal's plan: what [`super::plan`] decides, from the tables.

use std::collections::{BTreeSet, HashMap};

use ::driver_package::os::OsType;
use fault::{Error, Result};
use protocol::api;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

use super::list::related;
use super::plan::{Hardware, Match, Row, matches, takes};
use super::{live, system_of};
use crate::center::Center;
use crate::db::DbContext;
use crate::db::entities::{driver_device, driver_file, driver_inf, driver_package};
use crate::{drivers, limits};

impl Center {
    /// Which packages a machine with these devices takes from its tool disk for a template, in their order.
    pub async fn plan(&self, template: i64, devices: Vec<api::HardwareDevice>) -> Result<api::Plan> {
        let row = live(&self.db, template).await?;
        let devices = checked(devices)?;
        let (universal, extracted) = related(&self.db).await?.get(&template).copied().unwrap_or_default();
        let mut found = Vec::new();
        for id in [universal, extracted].into_iter().flatten() {
            let row = drivers::live(&self.db, id).await?;
            let package = drivers::package_of(&self.db, &row).await?;
            found.push((row, package));
        }
        let system = system_of(&row);
        let rows = match system {
            Some(system) => rows_of(&self.db, &found, system, &devices).await?,
            None => Vec::new(),
        };
        let matches = matches(&devices, &rows);
        let mut plan = api::Plan {
            template,
            os_type: system.map_or(0, |os| i32::from(os.number())),
            is_allow_heterogeneous: !found.is_empty(),
            hg_version: row.hg_version,
            packages: Vec::new(),
            left_out: Vec::new(),
            unserved: unserved(&devices, &matches),
        };
        for (driver, package) in &found {
            let served = matches.iter().filter(|found| found.row.driver == driver.id);
            let served: Vec<_> = served.map(|found| wire_match(&devices, found)).collect();
            let reason = reason(Some(driver.id) == extracted, devices.is_empty(), served.is_empty());
            let package = wire(driver, package, reason, served);
            match reason {
                "no_device" => plan.left_out.push(package),
                _ => plan.packages.push(package),
            }
        }
        Ok(plan)
    }
}

/// Why a package is taken, or not.
fn reason(is_extracted: bool, is_unknown: bool, serves_none: bool) -> &'static str {
    match (is_extracted, is_unknown, serves_none) {
        (false, ..) => "universal",
        (true, true, _) => "hardware_unknown",
        (true, false, false) => "device",
        (true, false, true) => "no_device",
    }
}

fn checked(devices: Vec<api::HardwareDevice>) -> Result<Vec<Hardware>> {
    let refused = |what: &str| {
        Error::invalid(format!("an inventory of {what}"))
            .with_notice("plan.inventory_too_large")
            .with_value("limit", limits::INVENTORY_DEVICES_MAX)
    };
    if devices.len() > limits::INVENTORY_DEVICES_MAX {
        return Err(refused(&format!("{} devices", devices.len())));
    }
    devices
        .into_iter()
        .map(|device| {
            let ids = device.hardware_ids.iter().chain(&device.compatible_ids);
            let mut count = 0;
            for id in ids {
                count += 1;
                if count > limits::DEVICE_IDS_MAX || id.chars().count() > limits::DEVICE_ID_CHARS_MAX {
                    return Err(refused("a device with too many or too long IDs"));
                }
            }
            Ok(Hardware {
                name: device.name.chars().take(limits::DEVICE_ID_CHARS_MAX).collect(),
                hardware_ids: device.hardware_ids,
                compatible_ids: device.compatible_ids,
            })
        })
        .collect()
}

/// The rows of these drivers' INF files that name an ID of the devices.
async fn rows_of(
    db: &impl ConnectionTrait,
    found: &[(driver_file::Model, driver_package::Model)],
    system: OsType,
    devices: &[Hardware],
) -> Result<Vec<Row>> {
    let ids: BTreeSet<String> = devices
        .iter()
        .flat_map(|device| device.hardware_ids.iter().chain(&device.compatible_ids))
        .map(|id| id.to_lowercase())
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut rows = Vec::new();
    for (driver, _) in found {
        let mut named = Vec::new();
        for ids in ids.chunks(limits::IDS_PER_STATEMENT) {
            let id = Expr::expr(Func::lower(Expr::col(driver_device::Column::HardwareId)));
            let query = driver_device::Entity::find()
                .filter(driver_device::Column::DriverId.eq(driver.id))
                .filter(id.is_in(ids.iter().map(String::as_str)));
            named.extend(query.all(db).await.db_context(|| "match hardware")?);
        }
        rows.extend(with_infs(db, driver, named, system).await?);
    }
    Ok(rows)
}

async fn with_infs(
    db: &impl ConnectionTrait,
    driver: &driver_file::Model,
    named: Vec<driver_device::Model>,
    system: OsType,
) -> Result<Vec<Row>> {
    let mut infs = HashMap::new();
    let mut sections: HashMap<(i64, String), Vec<String>> = HashMap::new();
    let wanted: BTreeSet<i64> = named.iter().map(|row| row.inf_id).collect();
    let wanted: Vec<i64> = wanted.into_iter().collect();
    for ids in wanted.chunks(limits::IDS_PER_STATEMENT) {
        let query = driver_inf::Entity::find().filter(driver_inf::Column::Id.is_in(ids.iter().copied()));
        for inf in query.all(db).await.db_context(|| "read INF files")? {
            infs.insert(inf.id, inf);
        }
        let listed: Vec<(i64, String, String)> = driver_device::Entity::find()
            .select_only()
            .distinct()
            .column(driver_device::Column::InfId)
            .column(driver_device::Column::Manufacturer)
            .column(driver_device::Column::Decoration)
            .filter(driver_device::Column::InfId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db)
            .await
            .db_context(|| "list sections of INF files")?;
        for (inf, manufacturer, decoration) in listed {
            sections.entry((inf, manufacturer)).or_default().push(decoration);
        }
    }
    let rows = named.into_iter().filter_map(|row| {
        // One that only extends another driver drives nothing by itself.
        let inf = infs.get(&row.inf_id).filter(|inf| !inf.is_extension)?;
        let decorations = sections.get(&(row.inf_id, row.manufacturer))?;
        Some(Row {
            driver: driver.id,
            is_extracted: driver.r#type == protocol::thor::TYPE_EXTRACTED,
            inf: inf.path.clone(),
            date: inf.driver_date.clone(),
            id: row.hardware_id?,
            is_hardware: row.kind == "hardware",
            description: row.description,
            fits: takes(system, &row.decoration, decorations),
        })
    });
    Ok(rows.collect())
}

fn unserved(devices: &[Hardware], matches: &[Match<'_>]) -> Vec<String> {
    let is_served = |index: usize| matches.iter().any(|found| found.device == index);
    let missing = devices.iter().enumerate().filter(|(index, _)| !is_served(*index));
    missing.map(|(_, device)| label(device)).collect()
}

fn label(device: &Hardware) -> String {
    let first = || device.hardware_ids.first().or(device.compatible_ids.first()).cloned();
    match device.name.is_empty() {
        true => first().unwrap_or_default(),
        false => device.name.clone(),
    }
}

fn wire_match(devices: &[Hardware], found: &Match<'_>) -> api::PlanMatch {
    api::PlanMatch {
        device: devices.get(found.device).map(label).unwrap_or_default(),
        id: found.row.id.clone(),
        matched: if found.is_by_hardware_id() { "hardware" } else { "compatible" }.into(),
        score: found.score,
        is_best: found.is_best,
        inf: found.row.inf.clone(),
        description: found.row.description.clone(),
    }
}

fn wire(
    driver: &driver_file::Model,
    package: &driver_package::Model,
    reason: &str,
    devices: Vec<api::PlanMatch>,
) -> api::PlanPackage {
    api::PlanPackage {
        driver_id: driver.id,
        name: driver.name.clone(),
        kind: driver.r#type,
        directory: package.directory.clone(),
        since_version: package.changed_version.map(|version| version as u64),
        reason: reason.into(),
        devices,
    }
}
