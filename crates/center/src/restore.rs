//! Restore: from the error state back to normal, with nothing lost.
//!
//! A save that failed is completed; if that fails again before Base was touched, it is undone, and its edits are
//! still there to be saved once the cause is gone. Then Base is read and compared as a whole.

use fault::{Error, Result};
use protocol::api;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::center::Center;
use crate::db::entities::operation::{self, OperationKind};
use crate::db::{DbContext, commit};
use crate::host::Actor;
use crate::operations::{self, Step};
use crate::state::StateEvent;
use crate::{base, publish, save, settings};

/// The steps, in their order.
pub(crate) static STEPS: &[Step<RestoreData>] = &[
    Step { name: "settle", run: |center, data| Box::pin(settle(center, data)) },
    Step { name: "check", run: |center, data| Box::pin(check(center, data)) },
    Step { name: "publish", run: |center, data| Box::pin(publish_again(center, data)) },
];

/// What the steps know: nothing that the records do not say.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RestoreData {}

pub(crate) async fn run(center: &Center, row: &operation::Model) -> Result<()> {
    operations::run_steps(center, row, STEPS).await
}

impl Center {
    /// Restores: answers as soon as it has begun.
    pub async fn restore(&self, actor: &Actor) -> Result<api::Operation> {
        let gate = self.enter_gate().await?;
        let txn = self.db.begin().await?;
        settings::advance(&txn, StateEvent::Restore).await?;
        let data = RestoreData::default();
        let row = operations::create(&txn, self, actor, OperationKind::Restore, STEPS[0].name, &data).await?;
        commit(txn).await?;
        let answer = operations::wire(&row);
        tracing::info!(target: "voi_drive_backups_manage", by = %actor.name, "restore begins");
        operations::spawn(self, row, gate);
        self.emit(api::Event::Status);
        Ok(answer)
    }
}

/// Completes the save that failed, or undoes it.
async fn settle(center: &Center, _data: &mut RestoreData) -> Result<()> {
    let Some(row) = unfinished_save(center).await? else { return Ok(()) };
    tracing::info!(target: "voi_drive_backups_manage", operation = row.id, step = %row.cursor, "completing the save");
    let outcome = save::run(center, &row).await;
    let row = operations::find(&center.db, row.id).await?;
    if let Err(error) = outcome {
        let position = |name: &str| save::STEPS.iter().position(|step| step.name == name);
        if position(&row.cursor) >= position(save::POINT_OF_NO_RETURN) {
            return Err(error);
        }
        tracing::warn!(target: "voi_drive_backups_manage", operation = row.id, %error, "undoing the save");
        center.lose_active().await;
    }
    let ended = operation::ActiveModel {
        id: Set(row.id),
        finished_at: Set(Some(center.host.now())),
        ..Default::default()
    };
    ended.update(&center.db).await.db_context(|| "end the save")?;
    Ok(())
}

async fn unfinished_save(center: &Center) -> Result<Option<operation::Model>> {
    operation::Entity::find()
        .filter(operation::Column::FinishedAt.is_null())
        .filter(operation::Column::Kind.eq(OperationKind::Save))
        .order_by_desc(operation::Column::Id)
        .one(&center.db)
        .await
        .db_context(|| "find an unfinished save")
}

/// Proves Base against the records.
async fn check(center: &Center, _data: &mut RestoreData) -> Result<()> {
    base::check_wholly(center).await.map_err(|error: Error| error.in_context("check Base"))
}

async fn publish_again(center: &Center, _data: &mut RestoreData) -> Result<()> {
    publish::republish(center).await
}
