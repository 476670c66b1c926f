//! The packages on the disk against the list: those of the newest version, as Base has them.

use std::collections::HashMap;
use std::sync::Arc;

use disk_image::{Access, DiskPath, DiskSession, Image};
use disk_patch::LeafTable;
use fault::{Kind, Result};
use sea_orm::EntityTrait;
use tokio::sync::OwnedRwLockReadGuard;

use super::Subject;
use crate::center::blocking;
use crate::config::Config;
use crate::db::DbContext;
use crate::db::entities::driver_package;
use crate::drivers;
use crate::findings::{Finding, Mend};
use crate::jobs::Progress;
use crate::package_files::{Count, PackageFiles, count_files};
use crate::restore::install::packages_of;
use crate::restore::rebuild::{self, Package};
use crate::versions::{self, PackageRecord};

/// Where packages lie.
const PARENTS: [&str; 3] = [drivers::UNIVERSAL_FOLDER, drivers::EXTRACTED_FOLDER, "/pri"];

/// Looks for every package, counts its files, and with `deep` compares them with the archive.
pub(super) async fn check(subject: &Subject) -> Result<Vec<Finding>> {
    let newest = versions::newest(&subject.db).await?;
    let rows = driver_package::Entity::find().all(&subject.db).await.db_context(|| "list packages")?;
    let counts: HashMap<i64, Count> = rows
        .into_iter()
        .map(|row| (row.driver_id, Count { files: row.files as u64, bytes: row.unpacked_bytes as u64 }))
        .collect();
    let packages = packages_of(&subject.db, &newest).await?;
    if subject.deep {
        let bytes = |package: &Package| counts.get(&package.record.driver_id).map_or(0, |count| count.bytes);
        subject.progress.add_total(packages.iter().map(bytes).sum());
    }
    let mut findings = Vec::new();
    for package in &packages {
        let count = counts.get(&package.record.driver_id).copied();
        let job = Job {
            config: subject.config.clone(),
            progress: subject.progress.clone(),
            package: package.clone(),
            count: count.filter(|_| package.record.printer.is_none()),
            deep: subject.deep,
            _reading: reading(subject).await,
        };
        if versions::newest(&subject.db).await?.number != newest.number {
            // What was looked for may have gone with the version that came in between.
            return Ok(Vec::new());
        }
        findings.extend(blocking(move || job.run()).await?);
        subject.progress.check()?;
    }
    findings.extend(unlisted(subject, &packages).await?);
    Ok(findings)
}

type Reading = Option<OwnedRwLockReadGuard<Option<Arc<LeafTable>>>>;

/// Keeps Base as it is while a server may write it.
async fn reading(subject: &Subject) -> Reading {
    match &subject.center {
        Some(center) => Some(center.base.clone().read_owned().await),
        None => None,
    }
}

/// One package to be looked at.
struct Job {
    config: Arc<Config>,
    progress: Arc<Progress>,
    package: Package,
    /// What the list says that it has.
    count: Option<Count>,
    deep: bool,
    _reading: Reading,
}

impl Job {
    fn run(self) -> Result<Option<Finding>> {
        let session = open(&self.config)?;
        let record = &self.package.record;
        let path = DiskPath::new(&record.directory)?;
        if let Err(error) = session.stat(&path) {
            return match error.kind() {
                Kind::NotFound => Ok(Some(finding("found.package_missing", record))),
                _ => Err(error),
            };
        }
        if let Some(expected) = self.count {
            let found = count_files(&session, &path)?;
            if found != expected {
                let what = format!("{} / {}", found.files, expected.files);
                return Ok(Some(finding("found.package_differs", record).with("what", what)));
            }
        }
        let differing = if self.deep { self.compare(&session)? } else { None };
        Ok(differing.map(|what| finding("found.package_differs", record).with("what", what)))
    }

    /// Reads the archive again. One that cannot be read is another check's finding.
    fn compare(&self, session: &DiskSession) -> Result<Option<String>> {
        let mut files = PackageFiles::default();
        if let crate::edit::Payload::Import { archive_name, .. } = &self.package.payload {
            let archive = self.config.data_dir.kept_archive(&self.package.record.sha256);
            let (reader, limits) = (&self.config.reader, &self.config.limits);
            let read = ::driver_package::reader::read(reader, &archive, archive_name, limits, &mut |event| {
                files.take(&event);
                if let ::driver_package::Event::Data(bytes) = &event {
                    self.progress.add(bytes.len() as u64);
                }
                self.progress.check()
            });
            match read {
                Err(error) if error.kind() == Kind::Cancelled => return Err(error),
                Err(_) => return Ok(None),
                Ok(_) => {}
            }
        }
        rebuild::compare(&self.config, session, &self.package.record, files)
    }
}

fn finding(id: &'static str, record: &PackageRecord) -> Finding {
    let finding = Finding::new(id, Mend::Restore).with("driver", &record.name);
    finding.with("directory", &record.directory)
}

fn open(config: &Config) -> Result<DiskSession> {
    DiskSession::open(&config.worker, Image::Base(config.data_dir.base()), Access::Read)
}

/// What lies where packages lie, and is none. On a disk that was adopted that is what it came with.
async fn unlisted(subject: &Subject, packages: &[Package]) -> Result<Vec<Finding>> {
    if crate::settings::is_adopted(&subject.db).await? {
        return Ok(Vec::new());
    }
    let (config, reading) = (subject.config.clone(), reading(subject).await);
    let listed: Vec<String> =
        packages.iter().map(|package| package.record.directory.to_lowercase()).collect();
    blocking(move || {
        let _reading = reading;
        let session = open(&config)?;
        let mut findings = Vec::new();
        for parent in PARENTS {
            for entry in session.list(&DiskPath::new(parent)?)? {
                let path = format!("{parent}/{}", entry.name);
                if !listed.contains(&path.to_lowercase()) {
                    findings.push(Finding::new("found.package_unlisted", Mend::None).with("directory", path));
                }
            }
        }
        Ok(findings)
    })
    .await
}
