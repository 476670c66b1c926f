//! The editing state: which changes were asked for since the last save.
//!
//! An edit is a row before it touches the disk (`pending`) and is done when the worker has flushed it. Base plus the
//! done edits, in their order, is always enough to make Active again; that is the only way a lost Active comes back.
//! Edits carry the row that they changed as it was before, so that discarding brings the list back as well.

use fault::{Error, Result};
use protocol::api;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};

use crate::center::Center;
use crate::db::entities::edit::{EditKind, EditState};
use crate::db::entities::{
    driver_device, driver_file, driver_inf, driver_package, edit, edit_session, printer, version,
};
use crate::db::{DateTime, DbContext, commit};
use crate::host::Actor;
use crate::limits;
use crate::{active, drivers, settings, templates};

/// What an edit does to the disk: enough to do it again on another Active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Payload {
    /// Unpacks the kept archive into `directory`.
    Import { name: String, directory: String, sha256: String, archive_name: String },
    /// Removes `directory`; none where the driver is listed only.
    Delete { name: String, directory: Option<String> },
    /// Touches no file.
    Update { name: String },
    /// Writes the kept archive of a printer driver as the file `path`, in place of an older one if `replace`.
    StorePrinter { name: String, path: String, sha256: String, replace: bool },
    /// Removes the file `path` of a printer driver.
    DeletePrinter { name: String, path: String },
}

/// What kind of thing an edit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Driver,
    Printer,
}

/// The row that an edit changes, as it was before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Before<'a> {
    /// There was none: it is new.
    Nothing,
    Driver(&'a driver_file::Model),
    Printer(&'a printer::Model),
}

impl Before<'_> {
    fn id(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Driver(row) => row.id,
            Self::Printer(row) => row.id,
        }
    }

    fn encode(self) -> Result<Option<String>> {
        let text = match self {
            Self::Nothing => return Ok(None),
            Self::Driver(row) => serde_json::to_string(row),
            Self::Printer(row) => serde_json::to_string(row),
        };
        text.map(Some).map_err(|e| Error::bug(format!("encode a row: {e}")))
    }
}

impl Payload {
    pub(crate) fn of(row: &edit::Model) -> Result<Self> {
        serde_json::from_str(&row.payload)
            .map_err(|e| Error::corrupt(format!("payload of edit {}: {e}", row.id)))
    }

    /// What the driver is called afterwards; of one that goes, what it was called.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Import { name, .. }
            | Self::Delete { name, .. }
            | Self::Update { name }
            | Self::StorePrinter { name, .. }
            | Self::DeletePrinter { name, .. } => name,
        }
    }

    /// What it is about.
    pub(crate) fn object(&self) -> Object {
        match self {
            Self::Import { .. } | Self::Delete { .. } | Self::Update { .. } => Object::Driver,
            Self::StorePrinter { .. } | Self::DeletePrinter { .. } => Object::Printer,
        }
    }

    /// The kept archive that it takes to do it again.
    pub(crate) fn archive(&self) -> Option<&str> {
        match self {
            Self::Import { sha256, .. } | Self::StorePrinter { sha256, .. } => Some(sha256),
            Self::Delete { .. } | Self::Update { .. } | Self::DeletePrinter { .. } => None,
        }
    }

    fn kind(&self) -> EditKind {
        match self {
            Self::Import { .. } | Self::StorePrinter { replace: false, .. } => EditKind::Import,
            Self::Delete { .. } | Self::DeletePrinter { .. } => EditKind::Delete,
            Self::Update { .. } | Self::StorePrinter { replace: true, .. } => EditKind::Update,
        }
    }

    /// Done at once where it touches no file.
    fn first_state(&self) -> EditState {
        match self {
            Self::Update { .. } => EditState::Done,
            _ => EditState::Pending,
        }
    }

    fn encode(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::bug(format!("encode an edit: {e}")))
    }
}

/// The open editing state, if there is one.
pub(crate) async fn session(db: &impl ConnectionTrait) -> Result<Option<edit_session::Model>> {
    edit_session::Entity::find_by_id(edit_session::ONLY).one(db).await.db_context(|| "read the editing state")
}

/// Edits since the last save, oldest first.
pub(crate) async fn unsaved(db: &impl ConnectionTrait) -> Result<Vec<edit::Model>> {
    edit::Entity::find()
        .filter(edit::Column::Version.is_null())
        .order_by_asc(edit::Column::Id)
        .all(db)
        .await
        .db_context(|| "list unsaved edits")
}

/// Opens the editing state, as `actor`'s own or as nobody's.
pub(crate) async fn open_session(
    db: &impl ConnectionTrait,
    now: DateTime,
    actor: &Actor,
    is_held: bool,
) -> Result<()> {
    let newest = version::Entity::find().order_by_desc(version::Column::Number).one(db).await;
    let base_version = newest.db_context(|| "read the newest version")?.map_or(0, |row| row.number);
    let row = edit_session::ActiveModel {
        id: Set(edit_session::ONLY),
        opened_at: Set(now),
        opened_by: Set(actor.name.clone()),
        base_version: Set(base_version),
        held_by: Set(is_held.then(|| actor.name.clone())),
        held_at: Set(is_held.then_some(now)),
    };
    row.insert(db).await.db_context(|| "open the editing state")?;
    Ok(())
}

/// Leaves the editing state.
pub(crate) async fn close_session(db: &impl ConnectionTrait) -> Result<()> {
    edit_session::Entity::delete_by_id(edit_session::ONLY)
        .exec(db)
        .await
        .db_context(|| "leave the editing state")?;
    Ok(())
}

/// Records an edit: pending until the disk has it, or done at once where it touches no file.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    now: DateTime,
    actor: &Actor,
    payload: &Payload,
    before: Before<'_>,
) -> Result<i64> {
    let row = edit::ActiveModel {
        created_at: Set(now),
        created_by: Set(actor.name.clone()),
        kind: Set(payload.kind()),
        state: Set(payload.first_state()),
        driver_id: Set(before.id()),
        version: Set(None),
        before: Set(before.encode()?),
        payload: Set(payload.encode()?),
        ..Default::default()
    };
    Ok(row.insert(db).await.db_context(|| "record an edit")?.id)
}

/// Marks an edit as done; `object_id` is the driver or printer that it made or changed.
pub(crate) async fn mark_done(db: &impl ConnectionTrait, id: i64, object_id: i64) -> Result<()> {
    let row = edit::ActiveModel {
        id: Set(id),
        state: Set(EditState::Done),
        driver_id: Set(object_id),
        ..Default::default()
    };
    row.update(db).await.db_context(|| "complete an edit")?;
    Ok(())
}

/// Forgets an edit that was undone.
pub(crate) async fn forget(db: &impl ConnectionTrait, id: i64) -> Result<()> {
    edit::Entity::delete_by_id(id).exec(db).await.db_context(|| "take back an edit")?;
    Ok(())
}

impl Center {
    /// Enters the editing state; entering it twice is no error, unless it is somebody else's.
    pub async fn begin_edit(&self, actor: &Actor) -> Result<()> {
        let txn = self.db.begin().await?;
        settings::require_normal(&txn).await?;
        self.claim_edit(&txn, self.host.now(), actor).await?;
        commit(txn).await?;
        self.emit(api::Event::Status);
        Ok(())
    }

    /// Deletes drivers from the disk and from the list: all of them or none.
    pub async fn delete_drivers(&self, actor: &Actor, ids: &[i64]) -> Result<()> {
        if ids.is_empty() || ids.len() > limits::DELETE_MAX {
            return Err(Error::invalid(format!("{} drivers to delete", ids.len()))
                .with_notice("driver.delete_count")
                .with_value("limit", limits::DELETE_MAX));
        }
        self.require_normal().await?;
        let _gate = self.gate.lock().await;
        self.require_normal().await?;
        self.require_own_edit(&self.db, actor).await?;
        let mut doomed = Vec::new();
        for id in ids {
            let row = drivers::live(&self.db, *id).await?;
            templates::require_unused(&self.db, row.id, &row.name).await?;
            if doomed.iter().all(|known: &driver_file::Model| known.id != row.id) {
                doomed.push(row);
            }
        }
        self.delete_all(actor, &doomed).await?;
        self.emit(api::Event::Drivers);
        Ok(())
    }

    async fn delete_all(&self, actor: &Actor, doomed: &[driver_file::Model]) -> Result<()> {
        let mut changes = Vec::new();
        for row in doomed {
            let directory = drivers::directory_of(&self.db, row).await?;
            changes.push((Payload::Delete { name: row.name.clone(), directory }, Before::Driver(row)));
        }
        let (edits, removed) = self.remove_all(actor, changes).await?;
        let outcome = match removed {
            Ok(()) => self.list_deletions(&edits, doomed).await,
            Err(error) => Err(error),
        };
        self.settle(&edits, outcome).await?;
        for row in doomed {
            tracing::info!(target: "voi_drive_file_manage", driver = row.id, name = %row.name, "deleted");
        }
        Ok(())
    }

    /// Records deletions and does them on the disk; answers the edits and how that went. They have to be settled.
    pub(crate) async fn remove_all(
        &self,
        actor: &Actor,
        changes: Vec<(Payload, Before<'_>)>,
    ) -> Result<(Vec<i64>, Result<()>)> {
        let session = self.active_session().await?;
        let edits = self.record_edits(actor, &changes).await?;
        let payloads: Vec<Payload> = changes.into_iter().map(|(payload, _)| payload).collect();
        let removed = crate::center::blocking(move || {
            payloads.iter().try_for_each(|payload| active::remove_files(&session, payload))?;
            session.sync()
        });
        Ok((edits, removed.await))
    }

    async fn list_deletions(&self, edits: &[i64], doomed: &[driver_file::Model]) -> Result<i64> {
        let now = self.host.now();
        let txn = self.db.begin().await?;
        for (edit, row) in edits.iter().zip(doomed) {
            // A template may have been given it while its files were removed.
            templates::require_unused(&txn, row.id, &row.name).await?;
            let gone = driver_file::ActiveModel {
                id: Set(row.id),
                deleted: Set(true),
                deleted_at: Set(Some(now)),
                updated_at: Set(now),
                ..Default::default()
            };
            gone.update(&txn).await.db_context(|| format!("delete driver {}", row.name))?;
            mark_done(&txn, *edit, row.id).await?;
        }
        commit(txn).await?;
        Ok(doomed.first().map_or(0, |row| row.id))
    }

    /// Makes the edit `actor`'s, opens it if need be, and records a change, in one transaction.
    pub(crate) async fn record_edit(
        &self,
        actor: &Actor,
        payload: &Payload,
        before: Before<'_>,
    ) -> Result<i64> {
        let ids = self.record_edits(actor, &[(payload.clone(), before)]).await?;
        ids.first().copied().ok_or_else(|| Error::bug("no edit was recorded"))
    }

    /// The same of several changes.
    async fn record_edits(&self, actor: &Actor, changes: &[(Payload, Before<'_>)]) -> Result<Vec<i64>> {
        let (now, mut ids) = (self.host.now(), Vec::new());
        let txn = self.db.begin().await?;
        self.claim_edit(&txn, now, actor).await?;
        for (payload, before) in changes {
            ids.push(record(&txn, now, actor, payload, *before).await?);
        }
        commit(txn).await?;
        Ok(ids)
    }

    /// The same for what a terminal brings: it goes into whatever edit is open, and holds nothing.
    pub(crate) async fn record_of_terminal(&self, actor: &Actor, payload: &Payload) -> Result<i64> {
        let now = self.host.now();
        let txn = self.db.begin().await?;
        if session(&txn).await?.is_none() {
            open_session(&txn, now, actor, false).await?;
        }
        let id = record(&txn, now, actor, payload, Before::Nothing).await?;
        commit(txn).await?;
        Ok(id)
    }

    /// Leaves the editing state without saving: the disk and the list are as they were at the last save.
    pub async fn discard(&self, actor: &Actor) -> Result<()> {
        self.require_normal().await?;
        let _gate = self.enter_gate().await?;
        // A save may have failed while this waited; it is not ours to take its edits away.
        self.require_normal().await?;
        let open = session(&self.db).await?.ok_or_else(not_editing)?;
        self.require_own(&open, actor)?;
        // Records first: should we die now, the Active that is left over belongs to no edit and is removed at start.
        let txn = self.db.begin().await?;
        for row in unsaved(&txn).await?.iter().rev() {
            revert(&txn, row).await?;
        }
        close_session(&txn).await?;
        commit(txn).await?;
        self.lose_active().await;
        self.sweep_archives().await;
        tracing::info!(target: "voi_drive_file_manage", by = %actor.name, "discarded");
        self.emit(api::Event::Status);
        self.emit(api::Event::Drivers);
        self.emit(api::Event::Printers);
        Ok(())
    }
}

/// Brings back the row that an edit changed, and forgets the edit.
async fn revert(db: &impl ConnectionTrait, row: &edit::Model) -> Result<()> {
    match (&row.before, Payload::of(row)?.object()) {
        (Some(_), Object::Driver) => {
            let before: driver_file::Model = decode_before(row)?;
            before.into_active_model().reset_all().update(db).await.db_context(|| "bring a driver back")?;
        }
        (Some(_), Object::Printer) => {
            let before: printer::Model = decode_before(row)?;
            before.into_active_model().reset_all().update(db).await.db_context(|| "bring a printer back")?;
        }
        (None, _) if row.driver_id == 0 => {}
        (None, Object::Driver) => erase_driver(db, row.driver_id).await?,
        (None, Object::Printer) => {
            let erased = printer::Entity::delete_by_id(row.driver_id).exec(db).await;
            erased.db_context(|| "remove a printer that was not saved")?;
        }
    }
    forget(db, row.id).await
}

fn decode_before<T: serde::de::DeserializeOwned>(row: &edit::Model) -> Result<T> {
    serde_json::from_str(row.before.as_deref().unwrap_or_default())
        .map_err(|e| Error::corrupt(format!("edit {}: {e}", row.id)))
}

/// Removes all rows of a driver that was never part of a version.
async fn erase_driver(db: &impl ConnectionTrait, id: i64) -> Result<()> {
    let context = || "remove a driver that was not saved";
    driver_device::Entity::delete_many()
        .filter(driver_device::Column::DriverId.eq(id))
        .exec(db)
        .await
        .db_context(context)?;
    driver_inf::Entity::delete_many()
        .filter(driver_inf::Column::DriverId.eq(id))
        .exec(db)
        .await
        .db_context(context)?;
    driver_package::Entity::delete_by_id(id).exec(db).await.db_context(context)?;
    driver_file::Entity::delete_by_id(id).exec(db).await.db_context(context)?;
    Ok(())
}

pub(crate) fn not_editing() -> Error {
    Error::conflict("nothing is being edited").with_notice("center.not_editing")
}
