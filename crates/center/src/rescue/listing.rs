//! What lies on the disk, as the rows that the imports once made.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ::driver_package::printer::{Content, Settings};
use ::driver_package::{PackageReport, os, reader};
use disk_image::{Access, DirEntry, DiskPath, DiskSession, Image};
use fault::{Context, Error, Kind, Result};
use image_store::ImageId;
use protocol::thor;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::Rescued;
use super::disk::Found;
use super::repack::{self, Kept};
use crate::backup::{self, Target};
use crate::center::blocking;
use crate::config::Config;
use crate::db::entities::version::VersionKind;
use crate::db::entities::{driver_file, driver_package, printer, version};
use crate::db::{DateTime, DbContext, Transaction, commit};
use crate::{archives, base, content, printers, settings, versions};

/// Where packages lie, and what type of driver they are there.
const FOLDERS: [(&str, i32); 2] = [("/sys/wang", thor::TYPE_UNIVERSAL), ("/sys/tq", thor::TYPE_EXTRACTED)];
const PRINTERS: &str = "/pri";

/// A package on the disk, with an archive of it.
struct Package {
    name: String,
    kind: i32,
    directory: String,
    kept: Kept,
    report: PackageReport,
}

/// A printer driver on the disk.
struct Printer {
    file_name: String,
    kept: Kept,
    report: PackageReport,
}

/// All that lies on the disk.
#[derive(Default)]
struct Contents {
    packages: Vec<Package>,
    printers: Vec<Printer>,
    left_out: Vec<String>,
}

/// Lists it, and records the version, in one transaction.
pub(super) async fn list(config: &Arc<Config>, target: &Target, disk: Found) -> Result<Rescued> {
    let with = config.clone();
    let contents = blocking(move || read(&with)).await.context(|| "list what is on the disk")?;
    let now = target.host.now();
    let number = backup::next_number(disk.version as i64, &crate::host::rfc3339(now), target);
    let txn = target.db.begin().await?;
    settings::record_center_id(&txn, &disk.center).await?;
    settings::record_adopted(&txn, false).await?;
    for package in &contents.packages {
        insert_package(&txn, now, number, package).await?;
    }
    let mut names = Vec::new();
    for printer in &contents.printers {
        names.push(insert_printer(&txn, now, number, printer, &names).await?);
    }
    record_version(&txn, now, number, &disk).await?;
    commit(txn).await?;
    Ok(Rescued {
        center: disk.center,
        version: disk.version,
        number: number as u64,
        root: disk.identity.root.to_string(),
        drivers: contents.packages.into_iter().map(|package| package.name).collect(),
        printers: names,
        left_out: contents.left_out,
    })
}

fn read(config: &Config) -> Result<Contents> {
    let session = DiskSession::open(&config.worker, Image::Base(config.data_dir.base()), Access::Read)?;
    let mut contents = Contents::default();
    for (folder, kind) in FOLDERS {
        for entry in entries(&session, folder)? {
            read_package(config, &session, folder, kind, &entry, &mut contents)?;
        }
    }
    for entry in entries(&session, PRINTERS)? {
        read_printer(config, &session, &entry, &mut contents)?;
    }
    session.close()?;
    Ok(contents)
}

/// None where the folder was never needed.
fn entries(session: &DiskSession, folder: &str) -> Result<Vec<DirEntry>> {
    match session.list(&DiskPath::new(folder)?) {
        Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
        outcome => outcome,
    }
}

fn read_package(
    config: &Config,
    session: &DiskSession,
    folder: &str,
    kind: i32,
    entry: &DirEntry,
    contents: &mut Contents,
) -> Result<()> {
    let directory = format!("{folder}/{}", entry.name);
    if !entry.is_dir {
        contents.left_out.push(directory);
        return Ok(());
    }
    let kept = repack::pack(session, &DiskPath::new(&directory)?, &config.data_dir)?;
    match inspect(config, &kept, &archive_name(&entry.name)) {
        Ok(report) => {
            contents.packages.push(Package { name: entry.name.clone(), kind, directory, kept, report })
        }
        Err(error) => leave_out(contents, directory, error)?,
    }
    Ok(())
}

fn read_printer(
    config: &Config,
    session: &DiskSession,
    entry: &DirEntry,
    contents: &mut Contents,
) -> Result<()> {
    let path = format!("{PRINTERS}/{}", entry.name);
    if entry.is_dir || !entry.name.to_lowercase().ends_with(".zip") {
        contents.left_out.push(path);
        return Ok(());
    }
    let kept = repack::copy(session, &DiskPath::new(&path)?, &config.data_dir)?;
    match inspect(config, &kept, &entry.name) {
        Ok(report) => contents.printers.push(Printer { file_name: entry.name.clone(), kept, report }),
        Err(error) => leave_out(contents, path, error)?,
    }
    Ok(())
}

/// What no reader takes for a driver stays on the disk, unlisted; any other failure is one of the machine.
fn leave_out(contents: &mut Contents, path: String, error: Error) -> Result<()> {
    if !matches!(error.kind(), Kind::Invalid | Kind::Corrupt) {
        return Err(error.in_context(path));
    }
    tracing::warn!(target: "voi_drive_backups_manage", path, %error, "left out");
    contents.left_out.push(path);
    Ok(())
}

fn archive_name(directory: &str) -> String {
    format!("{directory}.tq")
}

fn inspect(config: &Config, kept: &Kept, name: &str) -> Result<PackageReport> {
    let path = config.data_dir.kept_archive(&kept.sha256);
    reader::inspect(&config.reader, &path, name, &config.limits, &AtomicBool::new(false))
}

fn systems(report: &PackageReport) -> String {
    let numbers: Vec<String> = report.os_types.iter().map(|os| os.number().to_string()).collect();
    numbers.join(",")
}

async fn insert_package(txn: &Transaction, now: DateTime, number: i64, package: &Package) -> Result<()> {
    let (kept, report, name) = (&package.kept, &package.report, archive_name(&package.name));
    archives::record(txn, now, &kept.sha256, kept.size, &name).await?;
    let system = os::default_of(&report.infs).map_or(0, |os| os.number());
    let file = driver_file::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(package.name.clone()),
        os_type: Set(system.to_string()),
        size: Set(kept.size as i64),
        describe: Set(None),
        file_name: Set(package.name.clone()),
        r#type: Set(package.kind),
        ..Default::default()
    };
    let file = file.insert(txn).await.db_context(|| "list a driver")?;
    let row = driver_package::ActiveModel {
        driver_id: Set(file.id),
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
    content::insert(txn, file.id, &report.infs).await
}

/// Answers the name; `taken` are those of the printers before.
async fn insert_printer(
    txn: &Transaction,
    now: DateTime,
    number: i64,
    printer: &Printer,
    taken: &[String],
) -> Result<String> {
    let (kept, report) = (&printer.kept, &printer.report);
    archives::record(txn, now, &kept.sha256, kept.size, &printer.file_name).await?;
    let stem = printer.file_name.rsplit_once('.').map_or("", |(stem, _)| stem);
    let mut settings = match &report.configuration {
        Some(given) => given.settings.clone().tidied(),
        None => Settings::local(stem, None),
    };
    if taken.contains(&settings.name) {
        stem.clone_into(&mut settings.name);
    }
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
