//! Edits that did not come about, and those of which that is not certain.
//!
//! An edit is recorded, done on the disk, and recorded as done. Where one of the last two fails, Active may hold what no
//! record says: it is thrown away, for Base and the edits that are done make it again, and the edit is forgotten. Should the
//! database not even take that, the row stays behind as pending; whoever holds the gate next takes it back before anything
//! else. So no pending edit is ever part of a version.
//!
//! Only what is still pending is forgotten: where a connection is lost at the wrong moment, a commit that was said to have
//! failed has happened all the same, and the edit with it.

use fault::{Error, Result};
use protocol::api;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::center::Center;
use crate::db::entities::edit::{Column, EditState, Entity};
use crate::db::{DateTime, DbContext, commit};
use crate::limits::IDS_PER_STATEMENT;
use crate::{edit, operations};

/// Forgets the edits of one transaction; where they are done instead, answers what the first of them made or changed.
pub(crate) async fn forget_pending(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Option<i64>> {
    let mut forgotten = 0;
    // A commit that is still on its way has the rows locked: this waits for it.
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let done = Entity::delete_many()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::State.eq(EditState::Pending))
            .exec(db)
            .await;
        forgotten += done.db_context(|| "take back an edit")?.rows_affected;
    }
    match ids.first() {
        Some(first) if forgotten == 0 => {
            let row = Entity::find_by_id(*first).one(db).await.db_context(|| "look for an edit")?;
            Ok(row.map(|row| row.driver_id))
        }
        _ => Ok(None),
    }
}

/// The same in words of the log: an edit that could not be taken back is taken back later.
pub(crate) fn come_about(forgotten: Result<Option<i64>>, edits: &[i64]) -> Option<i64> {
    match forgotten {
        Ok(None) => None,
        Ok(Some(object)) => {
            tracing::warn!(target: "voi_drive_file_manage", ?edits, "committed, though that was said to have failed");
            Some(object)
        }
        Err(error) => {
            tracing::error!(target: "voi_drive_file_manage", %error, ?edits, "edits are taken back later");
            None
        }
    }
}

/// Takes back what has begun and not ended. The caller holds the gate, so nobody is at it any more. Kept archives stay for
/// the next sweep: the caller may have made one for an edit that is not recorded yet.
pub(crate) async fn drop_unfinished(center: &Center) -> Result<()> {
    let pending = Entity::find()
        .filter(Column::Version.is_null())
        .filter(Column::State.eq(EditState::Pending))
        .one(&center.db)
        .await;
    match pending.db_context(|| "look for unfinished edits")? {
        Some(_) => drop_all_pending(center).await,
        None => Ok(()),
    }
}

async fn drop_all_pending(center: &Center) -> Result<()> {
    // Active goes before the rows do: nobody may use one that holds more than they say.
    center.lose_active().await;
    if center.data_dir().active().exists() {
        return Err(Error::unavailable("take back an unfinished edit: Active cannot be removed"));
    }
    Entity::delete_many()
        .filter(Column::State.eq(EditState::Pending))
        .exec(&center.db)
        .await
        .db_context(|| "take back unfinished edits")?;
    Ok(())
}

/// At the start: takes back edits that a crash interrupted, for none of them was acknowledged, and what else it left.
pub(crate) async fn clear_up(center: &Center) -> Result<()> {
    drop_unfinished(center).await?;
    if edit::session(&center.db).await?.is_none() && operations::unfinished(&center.db).await?.is_none() {
        // Left over from an edit that was discarded or saved.
        center.lose_active().await;
    }
    center.sweep_archives().await;
    Ok(())
}

impl Center {
    /// Ends edits that were recorded together; `outcome` names what the first of them made or changed. After an error
    /// nothing is left of any of them. The caller holds the gate.
    pub(crate) async fn settle(&self, edits: &[i64], outcome: Result<i64>) -> Result<i64> {
        let Err(error) = outcome else { return outcome };
        self.lose_active().await;
        let forgotten = self.forget_edits(edits).await;
        self.sweep_archives().await;
        come_about(forgotten, edits).ok_or(error)
    }

    /// The same as [`forget_pending`]; and the editing state is left again where nothing but these had begun it: nobody is
    /// kept out by an edit that came to nothing.
    pub(crate) async fn forget_edits(&self, edits: &[i64]) -> Result<Option<i64>> {
        let Some(first) = edits.first() else { return Ok(None) };
        let first = Entity::find_by_id(*first).one(&self.db).await.db_context(|| "look for an edit")?;
        let forgotten = forget_pending(&self.db, edits).await?;
        if let (None, Some(first)) = (forgotten, first) {
            self.leave_empty_edit(first.created_at).await?;
        }
        Ok(forgotten)
    }

    /// Somebody who has entered the editing state by hand, also since then, stays in it.
    async fn leave_empty_edit(&self, began: DateTime) -> Result<()> {
        let txn = self.db.begin().await?;
        let Some(open) = edit::session(&txn).await? else { return Ok(()) };
        let is_its_own = open.opened_at == began && open.held_at.is_none_or(|at| at == began);
        if !is_its_own || !edit::unsaved(&txn).await?.is_empty() {
            return Ok(());
        }
        edit::close_session(&txn).await?;
        commit(txn).await?;
        self.lose_active().await;
        self.emit(api::Event::Status);
        Ok(())
    }
}
