//! Packages that were found on the disk, as the rows that imports would have made.

use std::collections::HashSet;

use ::driver_package::os;
use ::driver_package::printer::{Content, Settings};
use fault::{Error, Result};
use protocol::thor;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{Contents, Package, PackageReport, Printer, archive_name};
use crate::db::entities::{driver_file, driver_package, printer};
use crate::db::{DateTime, DbContext, SoftDelete, Transaction};
use crate::printers::{self, Taken};
use crate::{archives, content};

/// What archives of drivers end in, here and on platforms.
const ENDINGS: [&str; 4] = ["iso", "tq", "7z", "zip"];

/// The names of what was listed.
pub(crate) struct Listed {
    /// System drivers.
    pub(crate) drivers: Vec<String>,
    /// Printer drivers.
    pub(crate) printers: Vec<String>,
}

/// Lists everything, as part of version `number`. A system driver that is listed already gets what is known of its files,
/// and keeps the words that people gave it.
pub(crate) async fn insert(
    txn: &Transaction,
    now: DateTime,
    number: i64,
    contents: &Contents,
) -> Result<Listed> {
    let known = driver_file::Entity::find_live().all(txn).await.db_context(|| "list drivers")?;
    let mut names: HashSet<String> = known.iter().map(|row| row.name.to_lowercase()).collect();
    let mut drivers = Vec::new();
    for (package, row) in contents.packages.iter().zip(rows_of(&known, &contents.packages)) {
        let row = match row {
            Some(row) => row,
            None => insert_file(txn, now, package, free_name(&package.name, &mut names)).await?,
        };
        insert_package(txn, now, number, row.id, package).await?;
        drivers.push(row.name);
    }
    let (mut printers, mut taken) = (Vec::new(), Taken::load(txn, None).await?);
    for printer in &contents.printers {
        printers.push(insert_printer(txn, now, number, printer, &mut taken).await?);
    }
    Ok(Listed { drivers, printers })
}

/// The row about each package, where there is one, and never one for two. Platforms write the name in the directory with or
/// without the archive's ending: a row whose whole name is that of a directory is about that one.
fn rows_of(known: &[driver_file::Model], packages: &[Package]) -> Vec<Option<driver_file::Model>> {
    let mut rows = vec![None; packages.len()];
    let mut left: Vec<&driver_file::Model> = known.iter().collect();
    for name_of in [|row| row, without_ending] as [fn(&str) -> &str; 2] {
        for (package, found) in packages.iter().zip(&mut rows).filter(|(_, found)| found.is_none()) {
            let is_of = |row: &&driver_file::Model| {
                row.r#type == package.kind && name_of(&row.file_name) == package.name
            };
            *found = left.iter().position(is_of).map(|place| left.remove(place).clone());
        }
    }
    rows
}

/// A dot may well be part of a name, such as `v1.5`.
fn without_ending(file_name: &str) -> &str {
    let is_ending = |ending: &str| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    match file_name.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) => stem,
        _ => file_name,
    }
}

/// The package's name, or with a number where another driver has it, in whatever case; taken from then on.
fn free_name(name: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
    candidates.find(|name| taken.insert(name.to_lowercase())).unwrap_or_default()
}

async fn insert_file(
    txn: &Transaction,
    now: DateTime,
    package: &Package,
    name: String,
) -> Result<driver_file::Model> {
    let system = os::default_of(&package.report.infs).map_or(0, |os| os.number());
    let file = driver_file::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(name),
        os_type: Set(system.to_string()),
        size: Set(package.kept.size as i64),
        describe: Set(None),
        file_name: Set(package.name.clone()),
        r#type: Set(package.kind),
        ..Default::default()
    };
    file.insert(txn).await.db_context(|| "list a driver")
}

async fn insert_package(
    txn: &Transaction,
    now: DateTime,
    number: i64,
    driver_id: i64,
    package: &Package,
) -> Result<()> {
    let (kept, report, name) = (&package.kept, &package.report, archive_name(&package.name));
    archives::record(txn, now, &kept.sha256, kept.size, &name).await?;
    let row = driver_package::ActiveModel {
        driver_id: Set(driver_id),
        archive_sha256: Set(kept.sha256.clone()),
        archive_name: Set(name),
        directory: Set(package.directory.clone()),
        files: Set(report.files as i64),
        unpacked_bytes: Set(report.unpacked_bytes as i64),
        os_types: Set(systems(report)),
        warnings: Set(content::warnings(report)?),
        changed_version: Set(Some(number)),
    };
    row.insert(txn).await.db_context(|| "list a package")?;
    content::insert(txn, driver_id, &report.infs).await
}

fn systems(report: &PackageReport) -> String {
    let numbers: Vec<String> = report.os_types.iter().map(|os| os.number().to_string()).collect();
    numbers.join(",")
}

/// Answers the name, which is free.
async fn insert_printer(
    txn: &Transaction,
    now: DateTime,
    number: i64,
    printer: &Printer,
    taken: &mut Taken,
) -> Result<String> {
    let (kept, report) = (&printer.kept, &printer.report);
    archives::record(txn, now, &kept.sha256, kept.size, &printer.file_name).await?;
    let stem = printer.file_name.rsplit_once('.').map_or("", |(stem, _)| stem);
    let mut settings = match &report.configuration {
        Some(given) => given.settings.clone().tidied(),
        None => Settings::local(stem, None),
    };
    settings.name = taken.take_name(&settings.name, stem)?;
    settings.environment = settings.environment.or_else(|| os::default_of(&report.infs));
    let mut row = printer::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        upload_type: Set(thor::UPLOADED_IN_CONSOLE),
        // It was sealed with a key that is lost.
        password: Set(None),
        client_name: Set(None),
        client_mac: Set(None),
        file_name: Set(printer.file_name.clone()),
        size: Set(kept.size as i64),
        archive_sha256: Set(kept.sha256.clone()),
        archive_name: Set(printer.file_name.clone()),
        os_types: Set(systems(report)),
        content: Set(serde_json::to_string(&Content::of(&report.infs))
            .map_err(|e| Error::bug(format!("encode the content of a printer driver: {e}")))?),
        warnings: Set(content::warnings(report)?),
        changed_version: Set(Some(number)),
        ..Default::default()
    };
    printers::write_settings(&mut row, &settings);
    row.insert(txn).await.db_context(|| "list a printer driver")?;
    Ok(settings.name)
}
