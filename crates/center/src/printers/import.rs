//! Importing a printer driver.
//!
//! ```text
//! upload ─► reader: what is in it ─► configuration put in ─► kept/<sha256> ─► edit (pending) ─► /pri ─► edit (done), row
//! ```
//!
//! Whatever fails on the way leaves neither a row nor a file.

use std::sync::Arc;

use ::driver_package::PackageReport;
use ::driver_package::os;
use ::driver_package::printer::{Configuration, Content, Settings};
use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::list::as_new;
use super::make::{Made, inspect};
use super::{Taken, path, stem_of, store};
use crate::center::{Center, blocking};
use crate::db::entities::printer;
use crate::db::{DbContext, commit};
use crate::edit::{self as edits, Before, Payload};
use crate::host::Actor;
use crate::import::{Client, Target, Upload, named};
use crate::jobs::{Progress, RunningJob};
use crate::space::require_volume_room;
use crate::{audit, content, limits};

/// An upload that is to become a printer driver.
pub(crate) struct PrinterRequest {
    stem: String,
    client: Option<Client>,
    upload: Upload,
}

impl PrinterRequest {
    /// Checks what can be checked before a byte is read.
    pub(crate) fn of(upload: Upload) -> Result<Self> {
        let stem = stem_of(&upload.file_name)?;
        let Target::PrinterDriver(client) = &upload.target else {
            return Err(Error::bug("no printer driver"));
        };
        Ok(Self { stem, client: client.clone().map(checked).transpose()?, upload })
    }
}

/// Names of terminals are for people; their addresses have one form.
fn checked(client: Client) -> Result<Client> {
    let refused = |field: &str, value: &str| {
        Error::invalid(format!("{field} {value:?}"))
            .with_notice("printer.client_invalid")
            .with_value("field", field)
    };
    let name = client.client_name.trim();
    if !(1..=limits::CLIENT_NAME_CHARS_MAX).contains(&name.chars().count())
        || name.chars().any(char::is_control)
    {
        return Err(refused("client_name", name));
    }
    let mac = client.client_mac.trim();
    let digits: String = mac.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    if !digits.is_empty() && (digits.len() != 12 || !digits.chars().all(|c| c.is_ascii_hexdigit())) {
        return Err(refused("client_mac", mac));
    }
    Ok(Client { client_name: name.to_owned(), client_mac: digits.to_lowercase() })
}

/// A printer driver on its way into the disk.
struct Import {
    request: PrinterRequest,
    settings: Settings,
    content: Content,
    report: PackageReport,
    file_name: String,
}

impl Center {
    /// The import itself; waits for its turn.
    pub(crate) async fn run_printer_import(
        &self,
        actor: &Actor,
        request: PrinterRequest,
        job: &RunningJob,
    ) -> Result<i64> {
        let _turn = self.take_turn(&request.upload.file_name).await;
        self.require_normal().await?;
        job.progress.check()?;
        let file = request.upload.file_name.clone();
        match self.import_printer(actor, request, job).await {
            Ok(id) => {
                tracing::info!(target: "voi_drive_file_manage", printer = id, file, "imported");
                self.emit(api::Event::Printers);
                self.emit(api::Event::Status);
                Ok(id)
            }
            Err(error) => {
                tracing::warn!(target: "voi_drive_file_manage", file, %error, "import failed");
                self.sweep_archives().await;
                Err(named(error).in_context(format!("import {file}")))
            }
        }
    }

    async fn import_printer(&self, actor: &Actor, request: PrinterRequest, job: &RunningJob) -> Result<i64> {
        let (session, progress) = (self.active_session().await?, &job.progress);
        let import = self.look_into(request, progress).await?;
        let upload = &import.request.upload;
        let configuration = Configuration::new(import.settings.clone(), None, import.content.clone());
        let made = self.make_printer(upload.path.clone(), configuration, &upload.file_name, progress).await?;
        let (name, path) = (import.settings.name.clone(), path(&import.file_name));
        let payload =
            Payload::StorePrinter { name, path: path.clone(), sha256: made.sha256.clone(), replace: false };
        let edit = match import.request.client {
            Some(_) => self.record_of_terminal(actor, &payload).await?,
            None => self.record_edit(actor, &payload, Before::Nothing).await?,
        };
        let (kept, watch) = (self.config.data_dir.kept_archive(&made.sha256), progress.clone());
        let (target, size) = (path.clone(), made.size);
        progress.set_total(size);
        let stored = blocking(move || {
            require_volume_room(&session, size)?;
            store(&session, &kept, &target, false, &watch)?;
            session.sync()
        });
        let outcome = match stored.await {
            Ok(()) => self.list_printer(edit, import, &made, actor, job).await,
            Err(error) => Err(error),
        };
        self.settle_import(edit, &path, outcome).await
    }

    /// Reads the archive and decides how the printer driver is called and set.
    async fn look_into(&self, request: PrinterRequest, progress: &Arc<Progress>) -> Result<Import> {
        let (config, watch, path) = (self.config.clone(), progress.clone(), request.upload.path.clone());
        let report = blocking(move || inspect(&config, &path, &watch)).await?;
        let taken = Taken::load(&self.db, None).await?;
        let mut settings = match &report.configuration {
            Some(given) => given.settings.clone().tidied(),
            None => Settings::local(request.stem.as_str(), None),
        };
        settings.environment = settings.environment.or_else(|| os::default_of(&report.infs));
        match request.client {
            // Many terminals have the same printer, and nobody is there to choose another name.
            Some(_) => settings.name = taken.free_name(&settings.name)?,
            None => taken.require_free(&settings.name)?,
        }
        settings.check()?;
        let file_name = taken.free_file(&request.stem)?;
        Ok(Import { settings, content: Content::of(&report.infs), report, file_name, request })
    }

    /// Makes the import visible, with the edit and the job being done, and with the entry in the audit trail.
    async fn list_printer(
        &self,
        edit: i64,
        import: Import,
        made: &Made,
        actor: &Actor,
        job: &RunningJob,
    ) -> Result<i64> {
        let (now, upload) = (self.host.now(), &import.request.upload);
        let os_types: Vec<String> = import.report.os_types.iter().map(|os| os.number().to_string()).collect();
        let mut row = printer::ActiveModel {
            created_at: Set(now),
            updated_at: Set(now),
            deleted_at: Set(None),
            deleted: Set(false),
            upload_type: Set(match import.request.client {
                Some(_) => thor::UPLOADED_BY_TERMINAL,
                None => thor::UPLOADED_IN_CONSOLE,
            }),
            password: Set(None),
            client_name: Set(import.request.client.as_ref().map(|client| client.client_name.clone())),
            client_mac: Set(import.request.client.as_ref().map(|client| client.client_mac.clone())),
            file_name: Set(import.file_name),
            size: Set(made.size as i64),
            archive_sha256: Set(made.sha256.clone()),
            archive_name: Set(upload.file_name.clone()),
            os_types: Set(os_types.join(",")),
            content: Set(serde_json::to_string(&import.content)
                .map_err(|e| Error::bug(format!("encode the content of a printer driver: {e}")))?),
            warnings: Set(content::warnings(&import.report)?),
            changed_version: Set(None),
            ..Default::default()
        };
        super::change::write_settings(&mut row, &import.settings);
        let txn = self.db.begin().await?;
        Taken::load(&txn, None).await?.require_free(&import.settings.name)?;
        let row = row.insert(&txn).await.db_context(|| "list a printer driver")?;
        edits::mark_done(&txn, edit, row.id).await?;
        audit::record(&txn, now, actor, "printer.import", &row.name, &as_new(&row)?).await?;
        job.succeed(&txn, row.id).await?;
        commit(txn).await?;
        Ok(row.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_a_name_and_an_address_of_one_form() {
        let of = |name: &str, mac: &str| {
            checked(Client { client_name: name.into(), client_mac: mac.into() })
                .map(|client| client.client_mac)
                .map_err(|error| error.notice().unwrap().values[0].1.clone())
        };
        assert_eq!(of("教室 1-01", "02-FC-00-00-00-01"), Ok("02fc00000001".to_owned()));
        assert_eq!(of("t", ""), Ok(String::new()));
        assert_eq!(of(" ", "02fc00000001"), Err("client_name".to_owned()));
        assert_eq!(of("t", "02fc0000000g"), Err("client_mac".to_owned()));
        assert_eq!(of("t", "02fc"), Err("client_mac".to_owned()));
    }
}
