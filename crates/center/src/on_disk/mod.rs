//! What lies on a disk that somebody else filled, as packages with archives that they could have been imported from.
//!
//! A disk that came back from images alone has no list, and one that was taken over may have that of its platform.

mod repack;
mod rows;

use std::sync::atomic::AtomicBool;

use ::driver_package::{PackageReport, reader};
use disk_image::{Access, DirEntry, DiskPath, DiskSession, Image};
use fault::{Error, Kind, Result};
use protocol::thor;

use crate::config::Config;
use crate::drivers;
use crate::import::discard_file;
pub(crate) use repack::FRESH;
use repack::Kept;
pub(crate) use rows::insert;

/// Where packages lie, and what type of driver they are there.
const FOLDERS: [(&str, i32); 2] =
    [(drivers::UNIVERSAL_FOLDER, thor::TYPE_UNIVERSAL), (drivers::EXTRACTED_FOLDER, thor::TYPE_EXTRACTED)];
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
pub(crate) struct Contents {
    packages: Vec<Package>,
    printers: Vec<Printer>,
    /// What lies among them and is no driver.
    pub(crate) left_out: Vec<String>,
}

impl Contents {
    /// Whether something that is to be listed came from this archive.
    fn has(&self, sha256: &str) -> bool {
        let packages = self.packages.iter().map(|package| &package.kept);
        packages.chain(self.printers.iter().map(|printer| &printer.kept)).any(|kept| kept.sha256 == sha256)
    }
}

/// Reads all that lies on Base, and keeps an archive of each package.
pub(crate) fn read(config: &Config) -> Result<Contents> {
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
        Err(error) => leave_out(config, contents, &kept, directory, error)?,
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
        Err(error) => leave_out(config, contents, &kept, path, error)?,
    }
    Ok(())
}

/// What no reader takes for a driver stays on the disk, unlisted; any other failure is one of the machine.
fn leave_out(
    config: &Config,
    contents: &mut Contents,
    kept: &Kept,
    path: String,
    error: Error,
) -> Result<()> {
    if !matches!(error.kind(), Kind::Invalid | Kind::Corrupt) {
        return Err(error.in_context(path));
    }
    tracing::warn!(target: "voi_drive_backups_manage", path, %error, "left out");
    if !contents.has(&kept.sha256) {
        discard_file(&config.data_dir.kept_archive(&kept.sha256));
    }
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
