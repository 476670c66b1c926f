//! Restore: from the error state back to normal, with nothing lost.
//!
//! ```text
//! settle ─► check ─┬─ right ──────────────────────────────────────────────┬─► publish ─► clean
//!                  └─ damaged ─► mend ─┬─ every leaf was found ───────────┤
//!                                      └─ rebuild ─► compare ─► install ─► record
//! ```
//!
//! A save, or a rollback, that failed is completed; where that can never work it is undone, and its edits are still there to be saved
//! once the cause is gone. Then Base is read and compared as a whole. Damage is mended leaf by leaf if each leaf is
//! found somewhere else; else Base is made anew from the kept archives, as a new version, with a patch for the
//! terminals that copies from what they have. The wrecked file stays until all of that is done.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `restore.archive_missing` | `drivers` | a rebuild needs kept archives that are gone or damaged |
//! | `restore.archive_unreadable` | `driver` | a kept archive cannot be unpacked any more |
//! | `restore.adopted_lost` | – | the disk that was adopted is needed, and lost |
//! | `restore.save_completed`, `restore.save_undone` | – | what became of the save that had failed |
//! | `restore.base_right` | – | Base is what it should be |
//! | `restore.leaves_mended` | `leaves` | so many leaves were put back |
//! | `restore.reassembled` | – | nothing was left of Base, and all of it was found elsewhere |
//! | `restore.base_rebuilt` | `packages`, `version` | Base was made anew |
//! | `restore.update_size` | `bytes` | what a terminal fetches for it |
//! | `restore.set_aside` | `path` | the file in Base's place was another one, and is kept there |
//! | `restore.lost` | `drivers` | drivers that were given up, because somebody accepted it |
//! | `restore.objects_retired` | `versions` | updates to or back from these versions were damaged, and are withdrawn |
//! | `restore.published` | `version` | what is published now |
//! | `restore.will_settle`, `restore.will_check`, `restore.will_reassemble`, `restore.will_publish` | – | what a restore would do |
//! | `restore.will_mend` | `leaves` | the same |
//! | `restore.will_rebuild` | `packages`, `version` | the same |
//! | `restore.will_refuse` | `drivers` | it would refuse |
//! | `restore.no_plan` | – | no plan was worked out yet |

mod compare;
pub(crate) mod examine;
pub(crate) mod install;
mod mend;
mod plan;
pub(crate) mod rebuild;
mod replay;

use std::cmp::Ordering;
use std::sync::Arc;

use disk_patch::{FileIdentity, LeafTable, unwatched};
use fault::{Error, Notice, Result};
use protocol::api;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::center::{Center, Explain, blocking};
use crate::config::DataDir;
use crate::content::told;
use crate::db::entities::operation::{self, OperationKind};
use crate::db::entities::{temp_image, version};
use crate::db::{DbContext, SoftDelete, commit};
use crate::findings::{Finding, Mend, remark};
use crate::host::Actor;
use crate::jobs::Progress;
use crate::operations::{self, Step};
use crate::state::StateEvent;
use crate::versions::PackageRecord;
use crate::{base, import, publish, retention, save, settings, verify, versions};

/// The steps, in their order.
pub(crate) static STEPS: &[Step<RestoreData>] = &[
    Step { name: "settle", run: |center, data| Box::pin(settle(center, data)) },
    Step { name: "check", run: |center, data| Box::pin(check(center, data)) },
    Step { name: "mend", run: |center, data| Box::pin(mend_leaves(center, data)) },
    Step { name: "rebuild", run: |center, data| Box::pin(install::rebuild(center, data)) },
    Step { name: "compare", run: |center, data| Box::pin(compare::compare(center, data)) },
    Step { name: "install", run: |center, data| Box::pin(install::install(center, data)) },
    Step { name: "record", run: |center, data| Box::pin(install::record(center, data)) },
    Step { name: "objects", run: |center, data| Box::pin(withdraw(center, data)) },
    Step { name: "publish", run: |center, data| Box::pin(publish_again(center, data)) },
    Step { name: "clean", run: |center, data| Box::pin(clean(center, data)) },
];

/// What the steps know, and what they tell afterwards.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RestoreData {
    actor: String,
    /// Whether drivers whose archives are lost may be given up.
    accept_loss: bool,
    /// What was found.
    found: Vec<Finding>,
    /// What was done.
    done: Vec<Notice>,
    /// Whether Base is not what it should be.
    is_damaged: bool,
    /// Drivers that are given up.
    lost: Vec<PackageRecord>,
    /// The new Base.
    rebuilt: Option<Rebuilt>,
}

/// The Base that was made anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rebuilt {
    version: i64,
    /// Image-store id.
    base: String,
    root: String,
    length: u64,
    /// Digest of the leaf table among the objects.
    table: String,
    /// Whether the patch was looked for; there is none where nothing is known of the old file.
    is_compared: bool,
    patch: Option<PatchRecord>,
    /// Whether what lies in Base's place has nothing of it, so that it is somebody's file.
    is_foreign: bool,
}

/// The patch from the version before.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PatchRecord {
    digest: String,
    bytes: u64,
    packs_bytes: u64,
}

impl RestoreData {
    fn find(&mut self, finding: Finding) {
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    fn tell(&mut self, notice: Notice) {
        // A step that is run twice tells the same once.
        self.done.retain(|told| told.id != notice.id);
        self.done.push(notice);
    }
}

fn with(mut notice: Notice, name: &'static str, value: impl std::fmt::Display) -> Notice {
    notice.values.push((name.into(), value.to_string()));
    notice
}

pub(crate) async fn run(center: &Center, row: &operation::Model) -> Result<()> {
    operations::run_steps(center, row, STEPS).await
}

impl Center {
    /// Restores: answers as soon as it has begun.
    pub async fn restore(&self, actor: &Actor) -> Result<api::Operation> {
        self.restore_with(actor, false).await
    }

    /// Restores; with `accept_loss`, drivers whose archives are lost may be given up where Base must be made anew.
    pub async fn restore_with(&self, actor: &Actor, accept_loss: bool) -> Result<api::Operation> {
        let gate = self.enter_gate().await?;
        let txn = self.db.begin().await?;
        settings::advance(&txn, StateEvent::Restore).await?;
        let data = RestoreData { actor: actor.name.clone(), accept_loss, ..RestoreData::default() };
        let row = operations::create(&txn, self, actor, OperationKind::Restore, STEPS[0].name, &data).await?;
        commit(txn).await?;
        let answer = operations::begun(&row);
        tracing::info!(target: "voi_drive_backups_manage", by = %actor.name, accept_loss, "restore begins");
        operations::spawn(self, row, gate);
        self.emit(api::Event::Status);
        Ok(answer)
    }

    /// What a restore has found and done so far, in the words of `explain`.
    pub async fn restore_report(&self, id: i64, explain: &Explain<'_>) -> Result<api::RestoreReport> {
        let row = operations::find(&self.db, id).await?;
        if row.kind != OperationKind::Restore {
            return Err(Error::not_found(format!("restore {id}")).with_notice("operation.not_found"));
        }
        let data: RestoreData = serde_json::from_str(&row.data)
            .map_err(|e| Error::corrupt(format!("data of operation {id}: {e}")))?;
        Ok(api::RestoreReport {
            findings: data.found.iter().map(|finding| finding.wire(explain)).collect(),
            done: data.done.iter().map(|notice| explain(&told(notice.clone()))).collect(),
            operation: operations::wire(&row, explain),
        })
    }
}

/// Completes the save or rollback that failed, or undoes it.
async fn settle(center: &Center, data: &mut RestoreData) -> Result<()> {
    let Some(row) = unfinished_version(center).await? else { return Ok(()) };
    data.find(Finding::new("found.save_unfinished", Mend::Restore).with("step", &row.cursor));
    tracing::info!(target: "voi_drive_backups_manage", operation = row.id, step = %row.cursor, "completing the save");
    let is_undone = match operations::run_version(center, &row).await {
        Ok(()) => {
            data.tell(remark("restore.save_completed"));
            false
        }
        Err(error) => {
            let row = operations::find(&center.db, row.id).await?;
            undo_save(center, &row, error).await?;
            data.tell(remark("restore.save_undone"));
            true
        }
    };
    let ended = operation::ActiveModel {
        id: Set(row.id),
        finished_at: Set(Some(center.host.now())),
        ..Default::default()
    };
    ended.update(&center.db).await.db_context(|| "end the save")?;
    // Only now: until its end is recorded the save may be gone on with, and it has nothing else any more.
    if is_undone
        && row.kind == OperationKind::Save
        && let Err(error) = save::forget_image(center, &row).await
    {
        tracing::warn!(target: "voi_drive_backups_manage", %error, "the image of the undone save stays");
    }
    Ok(())
}

/// Undoes a save that cannot be completed, unless Base is the new version already, or completing it may work later.
async fn undo_save(center: &Center, row: &operation::Model, error: Error) -> Result<()> {
    let reached = operations::compare_with_apply(row);
    if reached == Ordering::Greater || (reached == Ordering::Equal && !examine::is_lasting(&error)) {
        return Err(error);
    }
    tracing::warn!(target: "voi_drive_backups_manage", operation = row.id, %error, "undoing the save");
    if reached == Ordering::Equal {
        // Base may be changed in part. What was begun cannot be finished: the check finds out what Base is.
        let directory = center.data_dir().clone();
        let mut known = base::alone(center).await;
        *known = None;
        blocking(move || examine::settle_journal(&directory).map(drop)).await?;
    }
    center.lose_active().await;
    Ok(())
}

/// The save or rollback that has failed.
async fn unfinished_version(center: &Center) -> Result<Option<operation::Model>> {
    operation::Entity::find()
        .filter(operation::Column::FinishedAt.is_null())
        .filter(operation::Column::Kind.ne(OperationKind::Restore))
        .order_by_desc(operation::Column::Id)
        .one(&center.db)
        .await
        .db_context(|| "find an unfinished save")
}

/// Compares Base with the records; a lost or damaged leaf table is made again.
async fn check(center: &Center, data: &mut RestoreData) -> Result<()> {
    let newest = versions::newest(&center.db).await?;
    let identity = examine::identity_of(&newest)?;
    let mut present = base::alone(center).await;
    let directory = center.data_dir().clone();
    let (examined, had_journal) = blocking(move || {
        let had_journal = examine::settle_journal(&directory)?;
        let examined = examine::examine(&directory, &identity, &mut unwatched())?;
        if examined.is_whole(&identity)
            && let Some(found) = &examined.found
        {
            found.save(&disk_patch::FsFolder::open(directory.base_state())?, "leaves")?;
        }
        Ok((examined, had_journal))
    })
    .await?;
    if had_journal {
        data.find(Finding::new("found.journal", Mend::Restore));
    }
    data.is_damaged = !examined.is_whole(&identity);
    examined.findings.into_iter().for_each(|finding| data.find(finding));
    *present = examined.found.filter(|_| !data.is_damaged).map(Arc::new);
    drop(present);
    match data.is_damaged {
        // Whatever is open on the wrecked file must not be gone on with; the edits make it again.
        true => center.lose_active().await,
        false => data.tell(remark("restore.base_right")),
    }
    Ok(())
}

/// Puts damaged leaves back, if all of them are found somewhere.
async fn mend_leaves(center: &Center, data: &mut RestoreData) -> Result<()> {
    if !data.is_damaged || data.rebuilt.is_some() {
        return Ok(());
    }
    let newest = versions::newest(&center.db).await?;
    let identity = examine::identity_of(&newest)?;
    let sources = sources(center).await?;
    let mut present = base::alone(center).await;
    match blocking(move || mend_or_reassemble(&sources, &identity)).await? {
        Mended::Not => {}
        Mended::InPlace { leaves, target } => {
            *present = Some(Arc::new(target));
            data.is_damaged = false;
            data.tell(with(remark("restore.leaves_mended"), "leaves", leaves));
        }
        Mended::Reassembled { table, is_foreign } => {
            data.tell(remark("restore.reassembled"));
            data.rebuilt = Some(Rebuilt {
                version: newest.number,
                base: String::new(),
                root: newest.root,
                length: identity.length,
                table,
                is_compared: true,
                patch: None,
                is_foreign,
            });
        }
    }
    Ok(())
}

/// Puts all of Base together beside its place, one way or the other.
fn reassemble(sources: &mend::Sources, target: &LeafTable) -> Result<bool> {
    let path = sources.directory.rebuilt();
    Ok(replay::replay(sources, &target.identity(), &path)? || mend::reassemble(sources, target, &path)?)
}

/// What came of looking for leaves.
enum Mended {
    /// Some are nowhere.
    Not,
    /// They are back in the file.
    InPlace { leaves: u64, target: LeafTable },
    /// Nothing was left of the file; another one lies ready beside it.
    Reassembled { table: String, is_foreign: bool },
}

fn mend_or_reassemble(sources: &mend::Sources, identity: &FileIdentity) -> Result<Mended> {
    let directory = &sources.directory;
    examine::settle_journal(directory)?;
    let examined = examine::examine(directory, identity, &mut unwatched())?;
    let Some(target) = examined.expected else { return Ok(Mended::Not) };
    // Nobody's file but ours is ever written.
    let ours = examined.found.as_ref().filter(|found| examine::right_leaves(&target, found) > 0);
    match ours {
        Some(found) => Ok(match mend::mend(sources, &target, found)? {
            Some(leaves) => Mended::InPlace { leaves, target },
            None => Mended::Not,
        }),
        None if reassemble(sources, &target)? => {
            let table = rebuild::keep_tables(directory, &target)?;
            Ok(Mended::Reassembled { table, is_foreign: examined.found.is_some() })
        }
        None => Ok(Mended::Not),
    }
}

async fn sources(center: &Center) -> Result<mend::Sources> {
    let actives = temp_image::Entity::find_live()
        .order_by_desc(temp_image::Column::Id)
        .all(&center.db)
        .await
        .db_context(|| "list registered images")?;
    let rows = version::Entity::find()
        .order_by_desc(version::Column::Number)
        .all(&center.db)
        .await
        .db_context(|| "list versions")?;
    let first = base::first_id(&center.db).await?;
    let images = actives.iter().map(|row| image_store::ImageId::parse(&row.uuid)).chain(first.map(Ok));
    Ok(mend::Sources {
        directory: center.data_dir().clone(),
        store: center.store.clone(),
        images: images.collect::<Result<_>>()?,
        patches: rows.into_iter().filter_map(|row| row.patch).collect(),
    })
}

/// Withdraws updates that are damaged: terminals that would need them take the leaves that differ.
async fn withdraw(center: &Center, data: &mut RestoreData) -> Result<()> {
    let rows = version::Entity::find().all(&center.db).await.db_context(|| "list versions")?;
    let directory = center.data_dir().clone();
    let damaged = blocking(move || verify::objects::kept(&directory, &rows, &Progress::default())).await?;
    let mut numbers = Vec::new();
    for finding in damaged {
        let value =
            finding.notice.values.iter().find_map(|(name, value)| (name == "version").then_some(value));
        let Some(number) = value.and_then(|value| value.parse::<i64>().ok()) else { continue };
        let mut change = version::ActiveModel { number: Set(number), ..Default::default() };
        match finding.notice.id.as_ref() {
            "found.patch" => change.patch = Set(None),
            _ => change.inverse = Set(None),
        }
        change.update(&center.db).await.db_context(|| "withdraw an update")?;
        numbers.push(number.to_string());
        data.find(finding);
    }
    numbers.dedup();
    if !numbers.is_empty() {
        data.tell(with(remark("restore.objects_retired"), "versions", numbers.join(", ")));
    }
    Ok(())
}

async fn publish_again(center: &Center, data: &mut RestoreData) -> Result<()> {
    publish::republish(center).await?;
    let version = versions::newest(&center.db).await?.number;
    data.tell(with(remark("restore.published"), "version", version));
    Ok(())
}

/// Removes what an interrupted attempt may have left in `work`.
fn remove_leftovers(directory: &DataDir) {
    for folder in [mend::LIST, replay::STATE] {
        let removed = std::fs::remove_dir_all(directory.work().join(folder));
        if let Err(error) = removed.or_else(ignore_missing) {
            tracing::warn!(target: "voi_drive_backups_manage", %error, folder, "cannot remove a folder");
        }
    }
    import::discard_file(&directory.work().join(mend::SCRATCH));
}

fn ignore_missing(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// Removes the wrecked file, now that another one has been proven, and what retention no longer asks for.
async fn clean(center: &Center, data: &mut RestoreData) -> Result<()> {
    if data.rebuilt.is_some() {
        install::remove_wreck(center, data)?;
    }
    remove_leftovers(center.data_dir());
    retention::sweep(center).await;
    Ok(())
}
