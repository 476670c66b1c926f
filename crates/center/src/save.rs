//! Save: one version out of the edits.
//!
//! ```text
//! seal ─► merge ─► register ─► apply ─► record ─► publish ─► clean
//! ```
//!
//! Up to and including `register` nothing that counts has changed, and restore may undo the save. From `apply` on the
//! save is only ever completed. The patch is made once, in `merge`; afterwards it is never derived again, because
//! terminals must get the very patch that was applied here.

use std::path::Path;

use fault::{Context, Error, Result};
use image_store::{ImageId, ImageMeta};
use protocol::api;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use crate::center::{Center, blocking};
use crate::config::Config;
use crate::db::entities::operation::{self, OperationKind};
use crate::db::entities::version::VersionKind;
use crate::db::entities::{driver_package, edit as edits, printer, temp_image, version};
use crate::db::{DbContext, SoftDelete, commit};
use crate::host::Actor;
use crate::operations::{self, Step};
use crate::state::StateEvent;
use crate::transition::{self, PatchRecord};
use crate::{active, base, edit, edit_undo, publish, retention, settings, templates, versions};

/// The steps, in their order.
pub(crate) static STEPS: &[Step<SaveData>] = &[
    Step { name: "seal", run: |center, data| Box::pin(seal(center, data)) },
    Step { name: "merge", run: |center, data| Box::pin(merge(center, data)) },
    Step { name: "register", run: |center, data| Box::pin(register(center, data)) },
    Step { name: "apply", run: |center, data| Box::pin(apply(center, data)) },
    Step { name: "record", run: |center, data| Box::pin(record(center, data)) },
    Step { name: "publish", run: |center, data| Box::pin(publish_version(center, data)) },
    Step { name: "clean", run: |center, data| Box::pin(clean(center, data)) },
];

/// What the steps know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SaveData {
    version: i64,
    actor: String,
    note: Option<String>,
    /// Image-store id of the Active.
    active: String,
    /// Image-store id of Base after the merge.
    base: String,
    patch: Option<PatchRecord>,
}

pub(crate) async fn run(center: &Center, row: &operation::Model) -> Result<()> {
    operations::run_steps(center, row, STEPS).await
}

impl Center {
    /// Saves: answers as soon as it has begun. Without any change it only leaves the editing state; but a disk that was
    /// taken over is a version as it is, for terminals to get it.
    pub async fn save(&self, actor: &Actor, note: Option<String>) -> Result<api::Operation> {
        let note = versions::checked_note(note)?;
        self.state().await?.after(StateEvent::Save)?;
        let gate = self.enter_gate().await?;
        self.check_save_rules(actor).await?;
        edit_undo::drop_unfinished(self).await?;
        self.ask_platform(is_worth_it(&self.db).await?).await?;
        let txn = self.db.begin().await?;
        // Somebody may have taken the edit over while the platform was asked.
        self.require_savable(&txn, actor).await?;
        let data = SaveData {
            version: versions::newest(&txn).await?.number + 1,
            actor: actor.name.clone(),
            note,
            active: ImageId::random().to_string(),
            base: ImageId::random().to_string(),
            patch: None,
        };
        // A driver may have been given another name meanwhile, which needs no gate, and no room either.
        let first = if is_worth_it(&txn).await? { "seal" } else { "clean" };
        if first == "clean" {
            edit::close_session(&txn).await?;
        }
        settings::advance(&txn, StateEvent::Save).await?;
        let row = operations::create(&txn, self, actor, OperationKind::Save, first, &data).await?;
        commit(txn).await?;
        let answer = operations::begun(&row);
        operations::spawn(self, row, gate);
        self.emit(api::Event::Status);
        Ok(answer)
    }

    /// What only the platform knows, where there is one. What publishes nothing needs no room there. It may think for long,
    /// so our own terminals are asked about after it.
    async fn ask_platform(&self, is_worth_it: bool) -> Result<()> {
        if self.has_platform_task().await? {
            return Err(Error::busy("the platform is updating terminals").with_notice("center.send_task"));
        }
        if is_worth_it && !self.has_platform_room().await? {
            return Err(
                Error::no_space("the platform has no room for the image").with_notice("center.no_space")
            );
        }
        self.require_no_updates().await
    }

    /// Whether a save would be refused now, and with what.
    pub(crate) async fn check_save(&self, actor: &Actor) -> Result<()> {
        self.state().await?.after(StateEvent::Save)?;
        self.require_open_gate()?;
        self.check_save_rules(actor).await.map_err(before_trying)
    }

    async fn check_save_rules(&self, actor: &Actor) -> Result<()> {
        self.require_savable(&self.db, actor).await?;
        self.require_no_updates().await?;
        crate::space::require_for_merge(self, &self.data_dir().active())
    }

    /// What the database says of it: that there is an edit, and that it is `actor`'s.
    async fn require_savable(&self, db: &impl ConnectionTrait, actor: &Actor) -> Result<()> {
        settings::load(db).await?.state()?.after(StateEvent::Save)?;
        let open = edit::session(db).await?.ok_or_else(edit::not_editing)?;
        self.require_own(&open, actor)
    }

    async fn require_no_updates(&self) -> Result<()> {
        match self.is_send_task().await? {
            true => Err(Error::busy("terminals are being updated").with_notice("center.send_task")),
            false => Ok(()),
        }
    }
}

/// Whether a save makes a version.
async fn is_worth_it(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(!edit::unsaved(db).await?.is_empty() || publishes_unchanged(db).await?)
}

/// Whether it does so without any change: of a disk that was taken over, and is no version yet.
pub(crate) async fn publishes_unchanged(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(versions::newest(db).await?.number == 0 && settings::is_adopted(db).await?)
}

/// The words of a refused save say that it failed; whoever has not tried yet is told what to wait for.
fn before_trying(error: Error) -> Error {
    match error.notice() {
        Some(notice) if notice.id == "center.send_task" => error.with_notice("center.send_task_runs"),
        _ => error,
    }
}

/// Flushes Active, gives back the space that its volume does not use, and closes it for good.
async fn seal(center: &Center, _data: &mut SaveData) -> Result<()> {
    active::seal(center).await
}

/// Computes what Base becomes, as a patch with its packs, and what it was, as the inverse.
async fn merge(center: &Center, data: &mut SaveData) -> Result<()> {
    if data.patch.is_some() {
        return Ok(());
    }
    let _reading = center.base.clone().read_owned().await;
    let config = center.config.clone();
    let capture = config.data_dir.work().join(format!("save-{}.capture", data.version));
    data.patch = Some(blocking(move || make_patch(&config, &capture)).await?);
    Ok(())
}

pub(crate) fn make_patch(config: &Config, capture_path: &Path) -> Result<PatchRecord> {
    let directory = &config.data_dir;
    crate::import::discard_file(capture_path);
    let capture = disk_image::merge(
        &config.worker,
        &directory.active(),
        &directory.base(),
        capture_path,
        &mut |_, _| true,
    )?;
    let leaves =
        base::leaves(directory)?.ok_or_else(|| base::disagrees("the leaf table of Base is missing"))?;
    transition::make_patch_of(directory, &capture, capture_path, &leaves)
}

/// Registers Active, which is complete and names no backing file, in the image store.
async fn register(center: &Center, data: &mut SaveData) -> Result<()> {
    let id = ImageId::parse(&data.active)?;
    let patch = patch_of(data)?;
    let name = format!("driver-center-v{}", data.version);
    let before = versions::newest(&center.db).await?;
    let parent = active_of(&center.db, before).await?;
    let parent = parent.map(|row| ImageId::parse(&row.uuid)).transpose()?;
    let meta = ImageMeta::new(&name, parent, data.version as u64, patch.root.clone(), patch.length);
    let (store, active) = (center.store.clone(), center.data_dir().active());
    blocking(move || store.register(&id, &active, &meta).map(drop)).await.context(|| "register Active")
}

async fn apply(center: &Center, data: &mut SaveData) -> Result<()> {
    transition::apply(center, &patch_of(data)?.digest).await
}

/// Writes the version, the image rows and the end of the edit in one transaction.
async fn record(center: &Center, data: &mut SaveData) -> Result<()> {
    let txn = center.db.begin().await?;
    if versions::newest(&txn).await?.number >= data.version {
        return Ok(());
    }
    let (now, patch) = (center.host.now(), patch_of(data)?);
    let before = versions::newest(&txn).await?;
    let previous = active_of(&txn, before.clone()).await?;
    transition::record_base(&txn, now, &data.base, patch.length).await?;
    let active_size = center.store.describe(&ImageId::parse(&data.active)?)?.size_bytes;
    let temporary = temp_image::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        parent_uuid: Set(previous.as_ref().map(|row| row.uuid.clone())),
        file_size: Set(active_size as i64),
        md5: Set(String::new()),
        uuid: Set(data.active.clone()),
        parent_md5: Set(previous.map(|row| row.md5)),
        merge_uuid: Set(data.base.clone()),
        merge_md5: Set(String::new()),
        merge_file_size: Set(patch.length as i64),
        ..Default::default()
    };
    temporary.insert(&txn).await.db_context(|| "record Active")?;
    version_row(data, patch, &before, now, &txn)
        .await?
        .insert(&txn)
        .await
        .db_context(|| "record a version")?;
    templates::note_changed_drivers(&txn).await?;
    close_edits(&txn, data.version).await?;
    commit(txn).await
}

async fn version_row(
    data: &SaveData,
    patch: &PatchRecord,
    before: &version::Model,
    now: crate::db::DateTime,
    db: &impl ConnectionTrait,
) -> Result<version::ActiveModel> {
    let packages = versions::encode_packages(&versions::packages_now(db).await?)?;
    Ok(version::ActiveModel {
        kind: Set(VersionKind::Save),
        note: Set(data.note.clone()),
        created_at: Set(now),
        created_by: Set(data.actor.clone()),
        active_uuid: Set(Some(data.active.clone())),
        packages: Set(packages),
        ..patch.version_row(data.version, before)
    })
}

/// The edits are part of `version` now, and the editing state is left.
async fn close_edits(db: &impl ConnectionTrait, version: i64) -> Result<()> {
    driver_package::Entity::update_many()
        .col_expr(driver_package::Column::ChangedVersion, Expr::value(version))
        .filter(driver_package::Column::ChangedVersion.is_null())
        .exec(db)
        .await
        .db_context(|| "mark packages as saved")?;
    printer::Entity::update_many()
        .col_expr(printer::Column::ChangedVersion, Expr::value(version))
        .filter(printer::Column::ChangedVersion.is_null())
        .exec(db)
        .await
        .db_context(|| "mark printers as saved")?;
    edits::Entity::update_many()
        .col_expr(edits::Column::Version, Expr::value(version))
        .filter(edits::Column::Version.is_null())
        .exec(db)
        .await
        .db_context(|| "mark edits as saved")?;
    edit::close_session(db).await
}

async fn publish_version(center: &Center, _data: &mut SaveData) -> Result<()> {
    publish::republish(center).await
}

/// Removes the image of a save that was undone: no record names it, so nothing else ever would.
pub(crate) async fn forget_image(center: &Center, row: &operation::Model) -> Result<()> {
    let data: SaveData = serde_json::from_str(&row.data)
        .map_err(|e| Error::corrupt(format!("data of operation {}: {e}", row.id)))?;
    let id = ImageId::parse(&data.active)?;
    let recorded = version::Entity::find().filter(version::Column::ActiveUuid.eq(data.active));
    if recorded.one(&center.db).await.db_context(|| "find the version of an image")?.is_some() {
        return Ok(());
    }
    let store = center.store.clone();
    blocking(move || store.delete(&id)).await.context(|| "remove the image of a save that was undone")
}

/// Removes what only this save needed, and what retention no longer asks for.
async fn clean(center: &Center, _data: &mut SaveData) -> Result<()> {
    center.lose_active().await;
    retention::sweep(center).await;
    Ok(())
}

/// The Active that led to what is in `version`, while it is kept; a rollback has that of the version it went back to.
async fn active_of(
    db: &impl ConnectionTrait,
    mut version: version::Model,
) -> Result<Option<temp_image::Model>> {
    while let Some(target) = version.target {
        version = versions::find(db, target).await?;
    }
    let Some(uuid) = version.active_uuid else { return Ok(None) };
    temp_image::Entity::find_live()
        .filter(temp_image::Column::Uuid.eq(uuid))
        .one(db)
        .await
        .db_context(|| "find the Active of a version")
}

fn patch_of(data: &SaveData) -> Result<&PatchRecord> {
    data.patch.as_ref().ok_or_else(|| Error::bug("the save has no patch"))
}
