//! Rollback: an older version comes back as a new one, disk and list of drivers alike.
//!
//! ```text
//! compose ─► apply ─► record ─► publish ─► clean
//! ```
//!
//! `compose` makes one patch to what the kept inverses bring back. Up to there nothing that counts has changed, and
//! restore may undo the rollback; from `apply` on it is only ever completed. Terminals get it as any other version.

use disk_patch::{Change, FileStore, ObjectDir, Patch};
use fault::{Error, Result};
use image_store::ImageId;
use protocol::api;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use serde::{Deserialize, Serialize};

use crate::center::{Center, blocking};
use crate::chain::{self, Chain};
use crate::config::{Config, DataDir};
use crate::db::entities::operation::{self, OperationKind};
use crate::db::entities::version::{self, VersionKind};
use crate::db::{DateTime, DbContext, commit};
use crate::diff::packages;
use crate::host::Actor;
use crate::operations::{self, Step};
use crate::space::require_space;
use crate::state::StateEvent;
use crate::transition::{self, PatchRecord};
use crate::versions::{self, PackageRecord};
use crate::views::{self, known};
use crate::{base, publish, relist, retention, settings, templates};

/// The steps, in their order.
pub(crate) static STEPS: &[Step<RollbackData>] = &[
    Step { name: "compose", run: |center, data| Box::pin(compose(center, data)) },
    Step { name: "apply", run: |center, data| Box::pin(apply(center, data)) },
    Step { name: "record", run: |center, data| Box::pin(record(center, data)) },
    Step { name: "publish", run: |center, _| Box::pin(publish::republish(center)) },
    Step { name: "clean", run: |center, data| Box::pin(clean(center, data)) },
];

/// What the steps know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RollbackData {
    version: i64,
    /// The version that comes back.
    target: i64,
    actor: String,
    note: Option<String>,
    /// Image-store id of Base after it.
    base: String,
    patch: Option<PatchRecord>,
}

pub(crate) async fn run(center: &Center, row: &operation::Model) -> Result<()> {
    operations::run_steps(center, row, STEPS).await
}

impl Center {
    /// What a rollback to a version would change; fails as the rollback itself would.
    pub async fn plan_rollback(&self, target: u64) -> Result<api::RollbackPlan> {
        transition::require_at_rest(self).await?;
        transition::ask_platform(self).await?;
        let chain = self.way_back(target).await?;
        let (before, after) = (versions::packages_now(&self.db).await?, versions::packages_of(chain.end())?);
        Ok(api::RollbackPlan {
            from: chain.newest().number as u64,
            to: target,
            update_bytes: chain
                .steps()
                .iter()
                .map(|row| inverse_bytes(self.data_dir(), row))
                .sum::<Result<u64>>()?,
            packages: packages::compare(&before, &after),
            virtual_bytes_before: base::virtual_bytes(&self.config, chain.newest()),
            virtual_bytes: base::virtual_bytes(&self.config, chain.end()),
        })
    }

    /// Rolls back to a version: answers as soon as it has begun.
    pub async fn rollback(&self, actor: &Actor, target: u64, note: Option<String>) -> Result<api::Operation> {
        let note = versions::checked_note(note)?;
        self.state().await?.after(StateEvent::Save)?;
        let gate = self.enter_gate().await?;
        transition::require_at_rest(self).await?;
        transition::ask_platform(self).await?;
        let chain = self.way_back(target).await?;
        let txn = self.db.begin().await?;
        transition::require_unedited(&txn).await?;
        // A template may have been given a driver since.
        require_unused(&txn, &versions::packages_of(chain.end())?).await?;
        let data = RollbackData {
            version: chain.newest().number + 1,
            target: chain.end().number,
            actor: actor.name.clone(),
            note,
            base: ImageId::random().to_string(),
            patch: None,
        };
        settings::advance(&txn, StateEvent::Save).await?;
        let row =
            operations::create(&txn, self, actor, OperationKind::Rollback, STEPS[0].name, &data).await?;
        commit(txn).await?;
        let answer = operations::begun(&row);
        tracing::info!(target: "voi_drive_backups_manage", by = %actor.name, target, "rollback begins");
        operations::spawn(self, row, gate);
        self.emit(api::Event::Status);
        Ok(answer)
    }

    /// Whether a rollback to any version would be refused now, and with what.
    pub(crate) async fn check_rollback(&self) -> Result<()> {
        transition::require_idle(self).await?;
        let newest = versions::newest(&self.db).await?.number;
        match chain::oldest_kept(&self.db).await? < newest {
            true => Ok(()),
            false => Err(Error::conflict("no older version is kept").with_notice("version.none_older")),
        }
    }

    /// The way back to a version that is not the present one, if it may be gone.
    async fn way_back(&self, target: u64) -> Result<Chain> {
        let chain = Chain::to(&self.db, target as i64).await?;
        if chain.steps().is_empty() {
            return Err(Error::conflict(format!("version {target} is the present one"))
                .with_notice("version.current")
                .with_value("version", target));
        }
        let after = versions::packages_of(chain.end())?;
        require_unused(&self.db, &after).await?;
        for package in &after {
            relist::require_rows(&self.db, package).await?;
        }
        let patches = chain.patches(self.data_dir())?;
        // What comes back is laid out once and written once; packs are new only where it is more than one step.
        let written: u64 = patches.iter().map(Patch::written_bytes).sum();
        require_space(self.host.as_ref(), &self.config, written.saturating_mul(2))?;
        Ok(chain)
    }
}

/// A driver that templates use does not go.
async fn require_unused(db: &impl ConnectionTrait, after: &[PackageRecord]) -> Result<()> {
    for package in versions::packages_now(db).await? {
        if package.printer.is_some() || after.iter().any(|other| other.is_same(&package)) {
            continue;
        }
        templates::require_unused(db, package.driver_id, &package.name).await?;
    }
    Ok(())
}

/// Bytes that a terminal fetches to take a version back.
fn inverse_bytes(directory: &DataDir, row: &version::Model) -> Result<u64> {
    let Some(digest) = row.inverse.as_deref() else { return Ok(0) };
    let objects = ObjectDir::open(directory.objects())?;
    let patch = publish::read_patch(&objects, digest)?;
    Ok(patch.packed_bytes() + patch.encode()?.len() as u64)
}

/// The patch to what the version was.
async fn compose(center: &Center, data: &mut RollbackData) -> Result<()> {
    if data.patch.is_some() {
        return Ok(());
    }
    let reading = center.base.clone().read_owned().await;
    let chain = Chain::to(&center.db, data.target).await?;
    let (config, host, leaves) = (center.config.clone(), center.host.clone(), known(&reading)?);
    let version = data.version;
    let patch = blocking(move || {
        let _reading = reading;
        let folder = config.data_dir.work().join(format!("rollback-{version}"));
        let earlier = views::make(&config, host.as_ref(), &chain, &leaves, &folder, &|| false)?;
        let made = make_patch(&config, &earlier, &leaves)?;
        let [last] = chain.steps() else { return Ok(made) };
        let inverse = take_back(&config.data_dir, last, chain.end())?;
        Ok(if inverse.travels() < made.travels() { inverse } else { made })
    })
    .await?;
    data.patch = Some(patch);
    Ok(())
}

/// The last version can be taken back by its inverse as it is, and that in turn by its patch.
///
/// Most often the patch that was made is the smaller one: it finds in Base what is like that which comes back.
fn take_back(directory: &DataDir, last: &version::Model, end: &version::Model) -> Result<PatchRecord> {
    let (Some(patch), Some(inverse)) = (last.patch.clone(), last.inverse.clone()) else {
        return Err(Error::bug(format!("version {} has no inverse", last.number)));
    };
    let objects = ObjectDir::open(directory.objects())?;
    let back = publish::read_patch(&objects, &inverse)?;
    Ok(PatchRecord {
        bytes: back.encode()?.len() as u64,
        packs_bytes: back.packed_bytes(),
        digest: inverse,
        inverse: patch,
        root: end.root.clone(),
        length: end.length as u64,
    })
}

fn make_patch(
    config: &Config,
    earlier: &views::Earlier,
    leaves: &disk_patch::LeafTable,
) -> Result<PatchRecord> {
    let old = FileStore::open_read_only(config.data_dir.base())?;
    let writes = FileStore::open_read_only(earlier.scratch())?;
    let new_length = earlier.identity.length;
    let change = Change { old: &old, writes: &writes, ranges: &earlier.ranges, new_length };
    let record = transition::make_patch(&config.data_dir, &change, leaves)?;
    match record.root == earlier.identity.root.to_string() {
        true => Ok(record),
        false => Err(Error::bug("the patch does not lead to the version that was asked for")),
    }
}

async fn apply(center: &Center, data: &mut RollbackData) -> Result<()> {
    transition::apply(center, &patch_of(data)?.digest).await
}

/// Writes the version and brings the list of drivers back, in one transaction.
async fn record(center: &Center, data: &mut RollbackData) -> Result<()> {
    let txn = center.db.begin().await?;
    let before = versions::newest(&txn).await?;
    if before.number >= data.version {
        return Ok(());
    }
    let (now, patch) = (center.host.now(), patch_of(data)?);
    let target = versions::find(&txn, data.target).await?;
    transition::record_base(&txn, now, &data.base, patch.length).await?;
    let changed = relist::relist(&txn, now, &versions::packages_of(&target)?, data.version).await?;
    templates::note_changed(&txn, &changed).await?;
    // Read back, so that the version says all of what is listed now.
    let packages = versions::encode_packages(&versions::packages_now(&txn).await?)?;
    let row = version_row(data, patch, &before, &target, now, packages);
    row.insert(&txn).await.db_context(|| "record a version")?;
    commit(txn).await?;
    center.emit(api::Event::Drivers);
    center.emit(api::Event::Printers);
    Ok(())
}

fn version_row(
    data: &RollbackData,
    patch: &PatchRecord,
    before: &version::Model,
    target: &version::Model,
    now: DateTime,
    packages: String,
) -> version::ActiveModel {
    version::ActiveModel {
        kind: Set(VersionKind::Rollback),
        note: Set(data.note.clone()),
        created_at: Set(now),
        created_by: Set(data.actor.clone()),
        packages: Set(packages),
        target: Set(Some(data.target)),
        virtual_bytes: Set(target.virtual_bytes),
        ..patch.version_row(data.version, before)
    }
}

/// Removes an Active of the Base before, and what retention no longer asks for.
async fn clean(center: &Center, _data: &mut RollbackData) -> Result<()> {
    center.lose_active().await;
    retention::sweep(center).await;
    Ok(())
}

fn patch_of(data: &RollbackData) -> Result<&PatchRecord> {
    data.patch.as_ref().ok_or_else(|| Error::bug("the rollback has no patch"))
}
