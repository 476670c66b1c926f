//! What the INF files of a package say, as rows: one per INF file, one per device and ID.

use ::driver_package::PackageReport;
use ::driver_package::report::{Device, IdKind, InfReport};
use fault::{Error, Kind, Notice, Result, WireError};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};

use serde::{Deserialize, Serialize};

use crate::center::Explain;
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

/// Something odd about a package, as it is stored.
#[derive(Serialize, Deserialize)]
struct Warning {
    /// The INF file that it is about; none for the whole package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    notice: Notice,
}

impl Warning {
    fn into_line(self, explain: &Explain<'_>) -> String {
        let text = explain(&told(self.notice));
        match self.path {
            None => text,
            Some(path) => explain(
                &Error::invalid(format!("{path}: {text}"))
                    .with_notice("driver.warning")
                    .with_value("path", &path)
                    .with_value("warning", &text),
            ),
        }
    }
}

/// A notice alone as an error, which is what words are found for.
pub(crate) fn told(notice: Notice) -> Error {
    WireError { kind: Kind::Invalid, text: notice.id.to_string(), notice: Some(notice) }.into()
}

/// The warnings of a package as they are stored: a JSON list.
pub(crate) fn warnings(report: &PackageReport) -> Result<String> {
    let of_package = report.warnings.iter().map(|notice| (None, notice));
    let of_infs =
        report.infs.iter().flat_map(|inf| inf.warnings.iter().map(|notice| (Some(&inf.path), notice)));
    let list: Vec<Warning> = of_package
        .chain(of_infs)
        .take(limits::WARNINGS_MAX)
        .map(|(path, notice)| Warning { path: path.cloned(), notice: notice.clone() })
        .collect();
    serde_json::to_string(&list).map_err(|e| Error::bug(format!("encode warnings: {e}")))
}

/// The stored warnings, one line each in the words of `explain`.
pub(crate) fn warning_lines(stored: &str, explain: &Explain<'_>) -> Result<Vec<String>> {
    let list: Vec<Warning> =
        serde_json::from_str(stored).map_err(|e| Error::corrupt(format!("stored warnings: {e}")))?;
    Ok(list.into_iter().map(|warning| warning.into_line(explain)).collect())
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
