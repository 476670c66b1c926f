//! Importing an archive: kept first, then recorded, then streamed into the disk, then listed.
//!
//! ```text
//! upload ─► kept/<sha256> ─► edit (pending) ─► reader ─stream─► worker ─flush─► edit (done), driver, INFs, devices
//! ```
//!
//! Whatever fails on the way leaves neither a row nor a file: the worker removes what it wrote, or Active is made
//! again from Base and the edits that are done. An import that was answered is on stable storage.

use std::path::PathBuf;

use ::driver_package::{PackageKind, PackageReport};
use disk_image::DiskPath;
use fault::{Context, Error, Kind, Result};
use protocol::{api, sync::hex, thor};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::center::{Center, blocking};
use crate::db::entities::{driver_file, driver_package};
use crate::db::{DateTime, DbContext, commit};
use crate::edit::{Before, Payload};
use crate::host::Actor;
use crate::jobs::RunningJob;
use crate::printers::{self, PrinterRequest};
use crate::space::require_space;
use crate::{audit, content, drivers, edit as edits, edit_undo};

mod turn;
mod unpack;

pub(crate) use unpack::unpack_again;
use unpack::{Unpacking, remove_leftovers};

/// A complete upload that lies in the data directory's `uploads`.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where it lies; an import that has begun consumes it, whatever comes of it.
    pub path: PathBuf,
    /// The name that the user gave it.
    pub file_name: String,
    /// Its length.
    pub size: u64,
    /// Digest of its bytes, computed while they came in.
    pub sha256: [u8; 32],
    /// What it is to become.
    pub target: Target,
}

/// What an upload is to become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// A system driver.
    #[default]
    SystemDriver,
    /// A printer driver, from a terminal or from the console.
    PrinterDriver(Option<Client>),
}

/// The terminal that a printer driver comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its name.
    pub client_name: String,
    /// Its network address.
    pub client_mac: String,
}

/// What the file name says, checked before a byte is read.
enum Request {
    Driver(DriverRequest),
    Printer(PrinterRequest),
}

struct DriverRequest {
    kind: PackageKind,
    name: String,
    upload: Upload,
}

impl Center {
    /// Fails early for an upload that cannot be imported whatever it holds.
    pub async fn check_import(
        &self,
        actor: &Actor,
        file_name: &str,
        size: u64,
        target: &Target,
    ) -> Result<()> {
        self.require_normal().await?;
        self.require_lock_for(actor, target).await?;
        match target {
            Target::SystemDriver => {
                let (_, name) = classify(file_name)?;
                drivers::require_free_name(&self.db, &name, None).await?;
            }
            Target::PrinterDriver(_) => drop(printers::stem_of(file_name)?),
        }
        require_space(self.host.as_ref(), &self.config, size)
    }

    /// What a terminal brings waits for nobody.
    async fn require_lock_for(&self, actor: &Actor, target: &Target) -> Result<()> {
        match target {
            Target::PrinterDriver(Some(_)) => Ok(()),
            _ => self.require_own_edit(&self.db, actor).await,
        }
    }

    /// Imports an archive and answers when it is flushed to the disk.
    pub async fn import(&self, actor: &Actor, upload: Upload) -> Result<i64> {
        let path = upload.path.clone();
        let begun = self.start_import(actor, upload).await;
        if begun.is_err() {
            discard_file(&path);
        }
        let (_, task) = begun?;
        task.await.map_err(|e| Error::bug(format!("import task: {e}")))?
    }

    /// Starts an import that goes on when the caller goes away; answers its job. One that cannot begin leaves the file where
    /// it is: it may be able to later.
    pub async fn start_import(
        &self,
        actor: &Actor,
        upload: Upload,
    ) -> Result<(String, JoinHandle<Result<i64>>)> {
        let temporary = upload.path.clone();
        let (job, request) = self.begin_import(actor, upload).await?;
        let (center, actor, id) = (self.clone(), actor.clone(), job.id().to_owned());
        let task = tokio::spawn(async move {
            let outcome = match request {
                Request::Driver(request) => center.run_import(&actor, request, &job).await,
                Request::Printer(request) => center.run_printer_import(&actor, request, &job).await,
            };
            discard_file(&temporary);
            job.finish(&outcome.as_ref().map(|id| Some(*id)).map_err(copy)).await;
            outcome
        });
        Ok((id, task))
    }

    /// A job of an import that cannot even begin, for whoever asks later what came of the upload; answers its id.
    pub async fn record_refused_import(
        &self,
        actor: &Actor,
        file_name: &str,
        target: &Target,
        error: &Error,
    ) -> Result<String> {
        let job = RunningJob::start(self, target.job(), file_name, actor).await?;
        let id = job.id().to_owned();
        job.finish(&Err(copy(error).in_context(format!("import {file_name}")))).await;
        Ok(id)
    }

    async fn begin_import(&self, actor: &Actor, upload: Upload) -> Result<(RunningJob, Request)> {
        self.require_normal().await?;
        self.require_lock_for(actor, &upload.target).await?;
        let (job, size) = (upload.target.job(), upload.size);
        let job_subject = upload.file_name.clone();
        let request = match &upload.target {
            Target::SystemDriver => {
                let (kind, name) = classify(&upload.file_name)?;
                drivers::require_free_name(&self.db, &name, None).await?;
                Request::Driver(DriverRequest { kind, name, upload })
            }
            Target::PrinterDriver(_) => Request::Printer(PrinterRequest::of(upload)?),
        };
        let job = RunningJob::start(self, job, &job_subject, actor).await?;
        job.progress.set_total(size);
        Ok((job, request))
    }

    async fn run_import(&self, actor: &Actor, request: DriverRequest, job: &RunningJob) -> Result<i64> {
        let _turn = self.take_turn(&request.upload.file_name).await;
        // A save or another import may have gone by while this one waited.
        self.require_normal().await?;
        self.require_own_edit(&self.db, actor).await?;
        job.progress.check()?;
        drivers::require_free_name(&self.db, &request.name, None).await?;
        let session = self.active_session().await?;
        let payload = self.keep(&request).await?;
        let edit = self.record_edit(actor, &payload, Before::Nothing).await?;
        let Payload::Import { directory, sha256, archive_name, .. } = &payload else {
            return Err(Error::bug("an import that is none"));
        };
        let unpacking = Unpacking {
            config: self.config.clone(),
            host: self.host.clone(),
            session,
            archive: self.config.data_dir.kept_archive(sha256),
            archive_name: archive_name.clone(),
            directory: directory.clone(),
            progress: job.progress.clone(),
        };
        let listing = Listing { edit, request: &request, payload: &payload, actor, job };
        let outcome = match blocking(move || unpacking.run()).await {
            Ok(report) => self.list_import(&listing, &report).await,
            Err(error) => Err(error),
        };
        match self.settle_import(edit, directory, outcome).await {
            Ok(id) => {
                tracing::info!(target: "voi_drive_file_manage", driver = id, name = %request.name, "imported");
                self.emit(api::Event::Drivers);
                self.emit(api::Event::Status);
                Ok(id)
            }
            Err(error) => {
                tracing::warn!(target: "voi_drive_file_manage", file = %request.upload.file_name, %error, "import failed");
                Err(named(error).in_context(format!("import {}", request.upload.file_name)))
            }
        }
    }

    /// Moves the upload among the kept archives, where its bytes are durable, and says what is to be done with it.
    async fn keep(&self, request: &DriverRequest) -> Result<Payload> {
        let sha256 = hex(&request.upload.sha256);
        let (from, upload) = (request.upload.path.clone(), &request.upload);
        let sync = move || Ok(std::fs::File::open(&from).and_then(|file| file.sync_all())?);
        blocking(sync).await.context(|| "keep the archive")?;
        self.keep_archive(&upload.path, &sha256, upload.size, &upload.file_name).await?;
        let parent = match request.kind {
            PackageKind::Universal => drivers::UNIVERSAL_FOLDER,
            _ => drivers::EXTRACTED_FOLDER,
        };
        let directory = drivers::free_directory(&self.db, &request.name).await?;
        Ok(Payload::Import {
            name: request.name.clone(),
            directory: format!("{parent}/{directory}"),
            sha256,
            archive_name: request.upload.file_name.clone(),
        })
    }

    /// Makes the import visible: driver, package, INF files and devices appear with the edit and the job being done, and
    /// with the entry in the audit trail.
    async fn list_import(&self, listing: &Listing<'_>, report: &PackageReport) -> Result<i64> {
        let Listing { edit, request, payload, actor, job } = listing;
        let Payload::Import { directory, sha256, .. } = payload else { return Err(Error::bug("no import")) };
        let (txn, now) = (self.db.begin().await?, self.host.now());
        drivers::require_free_name(&txn, &request.name, None).await?;
        let file = driver_row(now, request, directory, report);
        let file = file.insert(&txn).await.db_context(|| "list a driver")?;
        let os_types: Vec<String> = report.os_types.iter().map(|os| os.number().to_string()).collect();
        let package = driver_package::ActiveModel {
            driver_id: Set(file.id),
            archive_sha256: Set(sha256.clone()),
            archive_name: Set(request.upload.file_name.clone()),
            directory: Set(directory.clone()),
            files: Set(report.files as i64),
            unpacked_bytes: Set(report.unpacked_bytes as i64),
            os_types: Set(os_types.join(",")),
            warnings: Set(content::warnings(report)?),
            changed_version: Set(None),
        };
        package.insert(&txn).await.db_context(|| "list a package")?;
        content::insert(&txn, file.id, &report.infs).await?;
        edits::mark_done(&txn, *edit, file.id).await?;
        audit::record(&txn, now, actor, "driver.import", &file.name, &drivers::wire(&file, 0)).await?;
        job.succeed(&txn, file.id).await?;
        commit(txn).await?;
        Ok(file.id)
    }

    /// After a failure the edit goes, and with it the directory or file, or the whole Active, to be made again.
    pub(crate) async fn settle_import(
        &self,
        edit: i64,
        directory: &str,
        outcome: Result<i64>,
    ) -> Result<i64> {
        let Err(error) = outcome else { return outcome };
        let forgotten = self.forget_edits(&[edit]).await;
        match &forgotten {
            Ok(Some(_)) => {}
            // Where the edit has gone with it, so has Active.
            Ok(None) => self.clear_away(directory, &error).await,
            // It may be listed or not: the edits that are done say it, as soon as they can be read.
            Err(_) => self.lose_active().await,
        }
        self.sweep_archives().await;
        edit_undo::come_about(forgotten, &[edit]).ok_or(error)
    }

    async fn clear_away(&self, directory: &str, error: &Error) {
        if !self.data_dir().active().exists() {
            return;
        }
        // What was there before, on a disk that was taken over, is not ours to remove.
        let was_there = error.notice().is_some_and(|notice| notice.id == "disk.exists");
        let removed = match self.open_session() {
            Some(_) if was_there => Ok(()),
            Some(session) => {
                let directory = directory.to_owned();
                blocking(move || remove_leftovers(&session, &directory)).await
            }
            None => Err(Error::unavailable("the worker is gone")),
        };
        if let Err(error) = removed {
            tracing::warn!(target: "voi_drive_file_manage", %error, "Active is made again from Base and the edits");
            self.lose_active().await;
        }
    }
}

impl Target {
    /// The kind of the job that takes it in.
    fn job(&self) -> &'static str {
        match self {
            Self::SystemDriver => "import",
            Self::PrinterDriver(_) => "import_printer",
        }
    }
}

/// The error with words for whoever sent the archive, also where nothing foresaw it.
pub(crate) fn named(error: Error) -> Error {
    match error.notice() {
        None if error.kind() == Kind::NoSpace => error.with_notice("center.no_space"),
        None if error.kind() != Kind::Cancelled => error.with_notice("upload.failed"),
        _ => error,
    }
}

/// An import whose files are on the disk.
struct Listing<'a> {
    edit: i64,
    request: &'a DriverRequest,
    payload: &'a Payload,
    actor: &'a Actor,
    job: &'a RunningJob,
}

/// Kind and driver name from a file name: the extension says what it is, the rest names it.
fn classify(file_name: &str) -> Result<(PackageKind, String)> {
    let kind = PackageKind::from_file_name(file_name).filter(|kind| *kind != PackageKind::Printer);
    Ok((kind.ok_or_else(|| wrong_type(file_name))?, stem_of(file_name)?))
}

/// The error of a file that is none of those that are asked for.
pub(crate) fn wrong_type(file_name: &str) -> Error {
    Error::invalid(format!("file name {file_name:?}"))
        .with_notice("package.wrong_type")
        .with_value("file", file_name)
}

/// The file name without its extension, as the name of a driver.
pub(crate) fn stem_of(file_name: &str) -> Result<String> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let name = drivers::checked_name(stem)?;
    // The name becomes one on the disk, so it must be one that Windows can open.
    match DiskPath::new(&format!("/sys/{name}")) {
        Ok(_) => Ok(name),
        Err(error) => Err(error.with_notice("driver.file_name_invalid").with_value("name", name)),
    }
}

fn driver_row(
    now: DateTime,
    request: &DriverRequest,
    directory: &str,
    report: &PackageReport,
) -> driver_file::ActiveModel {
    let system = ::driver_package::os::default_of(&report.infs);
    driver_file::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(request.name.clone()),
        os_type: Set(system.map_or(0, |os| os.number()).to_string()),
        size: Set(request.upload.size as i64),
        describe: Set(None),
        file_name: Set(directory.rsplit('/').next().unwrap_or_default().to_owned()),
        r#type: Set(match request.kind {
            PackageKind::Universal => thor::TYPE_UNIVERSAL,
            _ => thor::TYPE_EXTRACTED,
        }),
        ..Default::default()
    }
}

/// Removes a file of ours that may be gone already.
pub(crate) fn discard_file(path: &std::path::Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(target: "voi_drive_file_manage", path = %path.display(), %error, "cannot remove a file");
    }
}

/// The error again, for a second reader of it.
pub(crate) fn copy(error: &Error) -> Error {
    fault::WireError::from(error).into()
}
