//! Changing, copying and deleting printer drivers.
//!
//! A change rewrites the configuration file inside the ZIP, and nothing else of it: a new kept archive takes the place
//! of the old file on the disk. A copy is a new file that has all but its configuration in common with the original,
//! so that it costs the terminals next to nothing.

use std::sync::Arc;

use ::driver_package::printer::{Configuration, Duplex, FILE_NAME, Paper, PrinterType, Protocol, Settings};
use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ConnectionTrait, IntoActiveModel};

use super::list::{content_of, live, settings_of};
use super::make::Made;
use super::{Taken, path, path_of, store};
use crate::center::{Center, blocking};
use crate::db::entities::printer;
use crate::db::{DbContext, commit};
use crate::edit::{self as edits, Before, Payload};
use crate::host::Actor;
use crate::import::named;
use crate::jobs::Progress;
use crate::space::require_volume_room;
use crate::{drivers, limits};

/// What becomes of a password.
#[derive(PartialEq, Eq)]
enum Password {
    None,
    /// The one that is kept.
    Same(String),
    New(String),
}

impl Center {
    /// Changes the settings of a printer driver; what is not given stays.
    pub async fn update_printer(&self, actor: &Actor, change: thor::PrinterUpdate) -> Result<()> {
        if change.file_name.as_deref().is_some_and(|name| name != FILE_NAME) {
            return Err(Error::invalid(format!("change {:?}", change.file_name.unwrap_or_default()))
                .with_notice("printer.file_name"));
        }
        self.require_normal().await?;
        let _gate = self.gate.lock().await;
        self.require_normal().await?;
        self.require_own_edit(&self.db, actor).await?;
        let row = live(&self.db, change.id).await?;
        let before = settings_of(&row)?;
        let after = applied(before.clone(), &change)?.tidied();
        after.check()?;
        // Earlier releases have listed two of one name on disks that they took over.
        if after.name != before.name {
            Taken::load(&self.db, Some(row.id)).await?.require_free(&after.name)?;
        }
        let password = self.password_after(&row, &before, &after, change.password.as_ref())?;
        if after == before
            && !matches!(password, Password::New(_))
            && !(password == Password::None && row.password.is_some())
        {
            return Ok(());
        }
        let made = self.made_with(&row, &after, &password).await?;
        let payload = Payload::StorePrinter {
            name: after.name.clone(),
            path: path_of(&row),
            sha256: made.sha256.clone(),
            replace: true,
        };
        let mut changed = printer::ActiveModel { id: Set(row.id), ..Default::default() };
        write_settings(&mut changed, &after);
        changed.password = match &password {
            Password::None => Set(None),
            Password::Same(_) => NotSet,
            Password::New(text) => Set(Some(self.vault.keep(row.id, text)?)),
        };
        changed.updated_at = Set(self.host.now());
        changed.size = Set(made.size as i64);
        changed.archive_sha256 = Set(made.sha256.clone());
        changed.changed_version = Set(None);
        let (edit, stored) = self.store_printer(actor, &payload, Before::Printer(&row), &made).await?;
        let outcome = match stored {
            Ok(()) => self.list_change(edit, row.id, changed).await,
            Err(error) => Err(named(error)),
        };
        self.settle(&[edit], outcome).await?;
        tracing::info!(target: "voi_drive_file_manage", printer = row.id, name = %after.name, "changed");
        self.emit(api::Event::Printers);
        self.emit(api::Event::Status);
        Ok(())
    }

    /// Copies a printer driver under a free name; answers the number of the copy.
    pub async fn duplicate_printer(&self, actor: &Actor, id: i64) -> Result<i64> {
        self.require_normal().await?;
        let _gate = self.gate.lock().await;
        self.require_normal().await?;
        self.require_own_edit(&self.db, actor).await?;
        let row = live(&self.db, id).await?;
        let taken = Taken::load(&self.db, None).await?;
        let mut settings = settings_of(&row)?;
        settings.name = taken.free_name(&base_name(&row.name))?;
        let stem = row.file_name.strip_suffix(".zip").unwrap_or(&row.file_name);
        let file_name = taken.free_file(&base_name(stem))?;
        let password = self.kept_password(&row)?;
        let made = self.made_with(&row, &settings, &password).await?;
        let payload = Payload::StorePrinter {
            name: settings.name.clone(),
            path: path(&file_name),
            sha256: made.sha256.clone(),
            replace: false,
        };
        let now = self.host.now();
        let mut copy = row.into_active_model().reset_all();
        write_settings(&mut copy, &settings);
        copy.id = NotSet;
        (copy.created_at, copy.updated_at) = (Set(now), Set(now));
        copy.upload_type = Set(thor::UPLOADED_IN_CONSOLE);
        (copy.client_name, copy.client_mac) = (Set(None), Set(None));
        copy.file_name = Set(file_name);
        copy.size = Set(made.size as i64);
        copy.archive_sha256 = Set(made.sha256.clone());
        copy.changed_version = Set(None);
        copy.password = Set(None);
        let (edit, stored) = self.store_printer(actor, &payload, Before::Nothing, &made).await?;
        let outcome = match stored {
            Ok(()) => self.list_copy(edit, copy, &password).await,
            Err(error) => Err(named(error)),
        };
        let copy = self.settle(&[edit], outcome).await?;
        tracing::info!(target: "voi_drive_file_manage", printer = id, copy, "copied");
        self.emit(api::Event::Printers);
        self.emit(api::Event::Status);
        Ok(copy)
    }

    async fn list_change(&self, edit: i64, id: i64, changed: printer::ActiveModel) -> Result<i64> {
        let txn = self.db.begin().await?;
        changed.update(&txn).await.db_context(|| "change a printer driver")?;
        edits::mark_done(&txn, edit, id).await?;
        commit(txn).await?;
        Ok(id)
    }

    async fn list_copy(&self, edit: i64, copy: printer::ActiveModel, password: &Password) -> Result<i64> {
        let txn = self.db.begin().await?;
        let copy = copy.insert(&txn).await.db_context(|| "list a copy of a printer driver")?;
        self.keep_password(&txn, copy.id, password).await?;
        edits::mark_done(&txn, edit, copy.id).await?;
        commit(txn).await?;
        Ok(copy.id)
    }

    /// Deletes printer drivers from the disk and from the list: all of them or none.
    pub async fn delete_printers(&self, actor: &Actor, ids: &[i64]) -> Result<()> {
        if ids.is_empty() || ids.len() > limits::DELETE_MAX {
            return Err(Error::invalid(format!("{} printer drivers to delete", ids.len()))
                .with_notice("driver.delete_count")
                .with_value("limit", limits::DELETE_MAX));
        }
        self.require_normal().await?;
        let _gate = self.gate.lock().await;
        self.require_normal().await?;
        self.require_own_edit(&self.db, actor).await?;
        let mut doomed: Vec<printer::Model> = Vec::new();
        for id in ids {
            let row = live(&self.db, *id).await?;
            if doomed.iter().all(|known| known.id != row.id) {
                doomed.push(row);
            }
        }
        let payload =
            |row: &printer::Model| Payload::DeletePrinter { name: row.name.clone(), path: path_of(row) };
        let changes = doomed.iter().map(|row| (payload(row), Before::Printer(row))).collect();
        let (edits, removed) = self.remove_all(actor, changes).await?;
        let outcome = match removed {
            Ok(()) => self.list_deleted(&edits, &doomed).await,
            Err(error) => Err(error),
        };
        self.settle(&edits, outcome).await?;
        for row in &doomed {
            tracing::info!(target: "voi_drive_file_manage", printer = row.id, name = %row.name, "deleted");
        }
        self.emit(api::Event::Printers);
        self.emit(api::Event::Status);
        Ok(())
    }

    async fn list_deleted(&self, edits: &[i64], doomed: &[printer::Model]) -> Result<i64> {
        let now = self.host.now();
        let txn = self.db.begin().await?;
        for (edit, row) in edits.iter().zip(doomed) {
            let gone = printer::ActiveModel {
                id: Set(row.id),
                deleted: Set(true),
                deleted_at: Set(Some(now)),
                updated_at: Set(now),
                ..Default::default()
            };
            gone.update(&txn).await.db_context(|| format!("delete printer driver {}", row.name))?;
            edits::mark_done(&txn, *edit, row.id).await?;
        }
        commit(txn).await?;
        Ok(doomed.first().map_or(0, |row| row.id))
    }

    /// The file of `row` with these settings, as a new kept archive.
    async fn made_with(
        &self,
        row: &printer::Model,
        settings: &Settings,
        password: &Password,
    ) -> Result<Made> {
        let sealed = match password {
            Password::None => None,
            Password::Same(text) | Password::New(text) => Some(self.vault.publish(settings, text)?),
        };
        let configuration = Configuration::new(settings.clone(), sealed, content_of(row)?);
        let source = self.config.data_dir.kept_archive(&row.archive_sha256);
        self.make_printer(source, configuration, &row.archive_name, &Arc::default()).await
    }

    /// Records the edit and does it on the disk; answers the edit and how that went. It has to be settled.
    async fn store_printer(
        &self,
        actor: &Actor,
        payload: &Payload,
        before: Before<'_>,
        made: &Made,
    ) -> Result<(i64, Result<()>)> {
        let Payload::StorePrinter { path, sha256, replace, .. } = payload.clone() else {
            return Err(Error::bug("no file to store"));
        };
        let session = self.active_session().await?;
        let edit = self.record_edit(actor, payload, before).await?;
        let (kept, size) = (self.config.data_dir.kept_archive(&sha256), made.size);
        let stored = blocking(move || {
            require_volume_room(&session, size)?;
            store(&session, &kept, &path, replace, &Progress::default())?;
            session.sync()
        });
        Ok((edit, stored.await))
    }

    fn kept_password(&self, row: &printer::Model) -> Result<Password> {
        match &row.password {
            None => Ok(Password::None),
            Some(sealed) => self.vault.open_kept(row.id, sealed).map(Password::Same),
        }
    }

    async fn keep_password(&self, db: &impl ConnectionTrait, id: i64, password: &Password) -> Result<()> {
        let (Password::Same(text) | Password::New(text)) = password else { return Ok(()) };
        let row = printer::ActiveModel {
            id: Set(id),
            password: Set(Some(self.vault.keep(id, text)?)),
            ..Default::default()
        };
        row.update(db).await.db_context(|| "keep a password").map(drop)
    }

    /// A password never follows a printer to another host or account: whoever changes these must know it.
    fn password_after(
        &self,
        row: &printer::Model,
        before: &Settings,
        after: &Settings,
        given: Option<&thor::Password>,
    ) -> Result<Password> {
        if after.kind != PrinterType::Shared {
            return Ok(Password::None);
        }
        let place = |settings: &Settings| {
            (settings.kind, settings.ip.to_lowercase(), settings.share.clone(), settings.accounts.clone())
        };
        match given.map(thor::Password::expose) {
            Some("") => Ok(Password::None),
            Some(text) if text.chars().count() > limits::PRINTER_PASSWORD_CHARS_MAX => {
                Err(Error::invalid("the password is too long")
                    .with_notice("printer.password_too_long")
                    .with_value("limit", limits::PRINTER_PASSWORD_CHARS_MAX))
            }
            Some(text) => Ok(Password::New(text.to_owned())),
            None if row.password.is_none() => Ok(Password::None),
            None if place(before) == place(after) => self.kept_password(row),
            None => Err(Error::invalid("the password is needed again for another host or account")
                .with_notice("printer.password_needed")),
        }
    }
}

/// Writes the columns that people set.
pub(crate) fn write_settings(row: &mut printer::ActiveModel, settings: &Settings) {
    row.name = Set(settings.name.clone());
    row.environment = Set(settings.environment.map_or(0, |os| os.number()).to_string());
    row.r#type = Set(settings.kind.number());
    row.paper = Set(settings.paper.to_string());
    row.duplex_print = Set(settings.duplex_print.number());
    row.ip = Set(settings.ip.clone());
    row.share = Set(settings.share.clone());
    row.accounts = Set(settings.accounts.clone());
    row.port = Set(settings.port.clone());
    row.protocol = Set(settings.protocol.map_or("", Protocol::name).to_owned());
    row.describe = Set(settings.describe.clone());
}

/// The settings with what a request changes.
fn applied(mut settings: Settings, change: &thor::PrinterUpdate) -> Result<Settings> {
    let is_known = settings.environment.is_some();
    if let Some(system) = drivers::changed_os_type(change.environment.as_ref(), is_known)? {
        settings.environment = Some(system);
    }
    if let Some(kind) = change.kind {
        let kind = PrinterType::from_number(kind).ok_or_else(|| bad("type", kind))?;
        if kind != settings.kind {
            // What the other type calls a port is none here.
            settings.port = if kind == PrinterType::Local { "USB001".into() } else { String::new() };
        }
        settings.kind = kind;
    }
    if let Some(paper) = &change.paper {
        let paper = paper.to_string();
        settings.paper = Paper::from_text(&paper).ok_or_else(|| bad("paper", paper))?;
    }
    if let Some(sides) = change.duplex_print {
        settings.duplex_print = Duplex::from_number(sides).ok_or_else(|| bad("duplex_print", sides))?;
    }
    if let Some(protocol) = &change.protocol {
        settings.protocol = Some(Protocol::from_name(protocol).ok_or_else(|| bad("protocol", protocol))?);
    }
    // Callers that know a port of network printers alone name none for a local one: its port stays.
    let port = change.port.as_ref().map(ToString::to_string);
    let port = port.filter(|port| settings.kind != PrinterType::Local || !port.trim().is_empty());
    if change.share.is_none() && change.ip.as_deref().is_some_and(has_share) {
        settings.share = String::new();
    }
    let texts = [
        (&mut settings.name, &change.name),
        (&mut settings.ip, &change.ip),
        (&mut settings.share, &change.share),
        (&mut settings.accounts, &change.accounts),
        (&mut settings.port, &port),
    ];
    for (text, given) in texts {
        if let Some(given) = given {
            given.trim().clone_into(text);
        }
    }
    if let Some(describe) = &change.describe {
        settings.describe = Some(describe.clone());
    }
    Ok(settings)
}

/// Whether the place of a host is `\\host\share`, which says both.
fn has_share(ip: &str) -> bool {
    ip.trim().trim_start_matches(['\\', '/']).contains(['\\', '/'])
}

fn bad(field: &str, value: impl std::fmt::Display) -> Error {
    Error::invalid(format!("printer setting {field}: {value}"))
        .with_notice("printer.invalid")
        .with_value("field", field)
        .with_value("value", value)
}

/// The name without the number of a copy.
fn base_name(name: &str) -> String {
    let numbered = name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    match numbered {
        Some((base, number)) if number.parse::<u32>().is_ok() && !base.is_empty() => base.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_copies_are_numbered_on() {
        assert_eq!(base_name("LP-1 (2)"), "LP-1");
        assert_eq!(base_name("LP-1 (B)"), "LP-1 (B)");
        assert_eq!(base_name(" (2)"), " (2)");
        assert_eq!(base_name("LP-1"), "LP-1");
    }

    #[test]
    fn a_request_changes_what_it_names() {
        let change: thor::PrinterUpdate = serde_json::from_str(
            r#"{"id":1,"type":3,"paper":"A6","duplex_print":21,"ip":" 10.0.0.9 ","port":9101,"protocol":"lpr"}"#,
        )
        .unwrap();
        let settings = applied(Settings::local("p", None), &change).unwrap();
        assert_eq!(
            (settings.kind, settings.paper.name(), settings.ip.as_str(), settings.port.as_str()),
            (PrinterType::Network, "A6", "10.0.0.9", "9101")
        );
        assert_eq!((settings.protocol, settings.duplex_print), (Some(Protocol::Lpr), Duplex::LongEdge));
        for (text, field) in [
            (r#"{"id":1,"type":4}"#, "type"),
            (r#"{"id":1,"paper":10}"#, "paper"),
            (r#"{"id":1,"duplex_print":2}"#, "duplex_print"),
            (r#"{"id":1,"protocol":"SMB"}"#, "protocol"),
        ] {
            let error =
                applied(Settings::local("p", None), &serde_json::from_str(text).unwrap()).unwrap_err();
            assert_eq!(error.notice().unwrap().values[0].1, field);
        }
    }

    #[test]
    fn a_system_that_is_not_known_may_be_sent_back_as_it_was_listed() {
        let unknown = Settings::local("p", None);
        for listed in ["0", r#""0""#, r#""""#] {
            let change = serde_json::from_str(&format!(r#"{{"id":1,"environment":{listed}}}"#)).unwrap();
            assert_eq!(applied(unknown.clone(), &change).unwrap().environment, None);
            let known = changed(&unknown, r#"{"id":1,"environment":4}"#);
            let error = applied(known, &change).unwrap_err();
            assert_eq!(error.notice().unwrap().id, "driver.unknown_system");
        }
        let never = serde_json::from_str(r#"{"id":1,"environment":99}"#).unwrap();
        assert!(applied(unknown, &never).is_err());
    }

    fn changed(settings: &Settings, change: &str) -> Settings {
        let settings = applied(settings.clone(), &serde_json::from_str(change).unwrap()).unwrap().tidied();
        settings.check().unwrap();
        settings
    }

    #[test]
    fn a_caller_that_knows_ports_of_network_printers_alone_leaves_that_of_a_local_one() {
        let local = changed(&Settings::local("p", None), r#"{"id":1,"port":"LPT1:"}"#);
        assert_eq!(changed(&local, r#"{"id":1,"type":1,"ip":"","port":""}"#).port, "LPT1:");
        let network = changed(&local, r#"{"id":1,"type":3,"ip":"10.0.0.9","port":""}"#);
        assert_eq!(network.port, "9100");
        assert_eq!(changed(&network, r#"{"id":1,"type":1,"ip":"","port":""}"#).port, "USB001");
    }

    #[test]
    fn a_host_with_a_share_takes_the_place_of_both() {
        let place = |settings: &Settings| (settings.ip.clone(), settings.share.clone());
        let first = changed(&Settings::local("p", None), r#"{"id":1,"type":2,"ip":"\\\\h1\\lp1"}"#);
        assert_eq!(place(&first), ("h1".into(), "lp1".into()));
        let second = changed(&first, r#"{"id":1,"ip":"\\\\h2\\lp2"}"#);
        assert_eq!(place(&second), ("h2".into(), "lp2".into()));
        assert_eq!(place(&changed(&second, r#"{"id":1,"ip":"\\\\h3"}"#)), ("h3".into(), "lp2".into()));
    }
}
