//! What the INF files of a package say, as rows: one per INF file, one per device and ID.

use ::driver_package::PackageReport;
use ::driver_package::report::{Device, IdKind, InfReport};
use fault::{Error, Result};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::db::DbContext;
use crate::db::entities::{driver_device, driver_inf};
use crate::limits;

/// Rows in one statement: SQLite takes 32,766 values in one, a device has eight.
const ROWS_PER_STATEMENT: usize = 2000;

/// Writes the rows of all driver INF files of a package.
pub(crate) async fn insert(db: &impl ConnectionTrait, driver_id: i64, infs: &[InfReport]) -> Result<()> {
    for inf in infs.iter().filter(|inf| inf.is_driver_inf) {
        let row = inf_row(driver_id, inf).insert(db).await.db_context(|| "list an INF file")?;
        for devices in inf.devices.chunks(ROWS_PER_STATEMENT) {
            let rows = devices.iter().map(|device| device_row(driver_id, row.id, device));
            driver_device::Entity::insert_many(rows)
                .exec_without_returning(db)
                .await
                .db_context(|| "list devices")?;
        }
    }
    Ok(())
}

/// The warnings of a package as they are stored: a JSON list of lines.
pub(crate) fn warnings(report: &PackageReport) -> Result<String> {
    let of_infs =
        report.infs.iter().flat_map(|inf| inf.warnings.iter().map(move |notice| (Some(&inf.path), notice)));
    let lines: Vec<String> = report
        .warnings
        .iter()
        .map(|notice| (None, notice))
        .chain(of_infs)
        .take(limits::WARNINGS_MAX)
        .map(|(path, notice)| {
            let values = notice.values.iter().map(|(name, value)| format!("{name}={value}"));
            let parts: Vec<String> =
                path.cloned().into_iter().chain([notice.id.to_string()]).chain(values).collect();
            parts.join(" ")
        })
        .collect();
    serde_json::to_string(&lines).map_err(|e| Error::bug(format!("encode warnings: {e}")))
}

fn inf_row(driver_id: i64, inf: &InfReport) -> driver_inf::ActiveModel {
    let text = |text: &Option<String>, chars| clip(text.as_deref().unwrap_or_default(), chars);
    driver_inf::ActiveModel {
        driver_id: Set(driver_id),
        path: Set(inf.path.clone()),
        encoding: Set(inf.encoding.map_or(String::new(), |encoding| encoding.as_str().into())),
        class: Set(text(&inf.class, 255)),
        class_guid: Set(text(&inf.class_guid, 64)),
        provider: Set(text(&inf.provider, 500)),
        driver_date: Set(text(&inf.driver_date, 32)),
        driver_version: Set(text(&inf.driver_version, 64)),
        catalog_file: Set(inf.catalog_files.first().map(|catalog| clip(&catalog.name, 255))),
        catalog_present: Set(inf.catalog_present.unwrap_or(false)),
        is_extension: Set(inf.is_extension),
        devices: Set(inf.devices.len() as i32),
        ..Default::default()
    }
}

fn device_row(driver_id: i64, inf_id: i64, device: &Device) -> driver_device::ActiveModel {
    driver_device::ActiveModel {
        inf_id: Set(inf_id),
        driver_id: Set(driver_id),
        hardware_id: Set(device.id.as_deref().map(|id| clip(id, 500))),
        kind: Set(match device.kind {
            IdKind::Hardware => "hardware",
            IdKind::Compatible => "compatible",
            IdKind::None => "none",
        }
        .into()),
        description: Set(clip(&device.description, 1000)),
        install_section: Set(clip(&device.install_section, 255)),
        manufacturer: Set(clip(&device.manufacturer, 500)),
        decoration: Set(clip(&device.decoration, 64)),
        ..Default::default()
    }
}

/// The first `chars` characters: columns have lengths, and MySQL refuses what exceeds them.
fn clip(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
