//! Operations: lists of named, idempotent steps with a persisted cursor.
//!
//! A save or a restore may die at any point. Its row says which step is next and holds all that the steps need, so
//! the center goes on with it at its next start. Each step may be run twice; it looks at what is there before it
//! does anything. The row is made in the transaction that changes the state, and ended in the one that changes it back.

use std::cmp::Ordering;
use std::future::Future;
use std::pin::Pin;

use fault::{Error, Result};
use protocol::api;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::OwnedMutexGuard;

use crate::center::{Center, Explain};
use crate::db::entities::operation::{self, OperationKind};
use crate::db::{DbContext, commit};
use crate::host::{Actor, Moment, StepPoint, meet, rfc3339};
use crate::limits::{END_PAUSE_FIRST, END_PAUSE_LONGEST};
use crate::state::{MountStatus, StateEvent};
use crate::{grow, kept_error, restore, rollback, save, settings};

/// What a step returns.
pub(crate) type StepFuture<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A step: its name, which is the cursor, and what it does.
pub(crate) struct Step<D> {
    pub(crate) name: &'static str,
    pub(crate) run: for<'a> fn(&'a Center, &'a mut D) -> StepFuture<'a>,
}

/// Records an operation with its first step. `db` is the transaction that changes the state.
pub(crate) async fn create<D: Serialize>(
    db: &impl ConnectionTrait,
    center: &Center,
    actor: &Actor,
    kind: OperationKind,
    first: &str,
    data: &D,
) -> Result<operation::Model> {
    let now = center.host.now();
    let row = operation::ActiveModel {
        kind: Set(kind),
        cursor: Set(first.into()),
        data: Set(encode(data)?),
        created_by: Set(actor.name.clone()),
        created_at: Set(now),
        updated_at: Set(now),
        finished_at: Set(None),
        error: Set(None),
        ..Default::default()
    };
    row.insert(db).await.db_context(|| "record an operation")
}

/// Runs the steps from the cursor on, and moves the cursor after each.
pub(crate) async fn run_steps<D: Serialize + DeserializeOwned>(
    center: &Center,
    row: &operation::Model,
    steps: &'static [Step<D>],
) -> Result<()> {
    let mut data: D = serde_json::from_str(&row.data)
        .map_err(|e| Error::corrupt(format!("data of operation {}: {e}", row.id)))?;
    let first = steps.iter().position(|step| step.name == row.cursor);
    let first =
        first.ok_or_else(|| Error::corrupt(format!("operation {} has no step {}", row.id, row.cursor)))?;
    for (index, step) in steps.iter().enumerate().skip(first) {
        announce(center, row, step.name);
        let started = std::time::Instant::now();
        if let Err(error) = run_step(center, row.kind, step, &mut data).await {
            // What the step found out before it failed is part of the answer.
            move_cursor(center, row.id, step.name, &data).await?;
            return Err(error.in_context(step.name));
        }
        let took_ms = started.elapsed().as_millis() as u64;
        tracing::info!(target: "voi_drive_img_manage", operation = row.id, step = step.name, took_ms, "step done");
        let next = steps.get(index + 1).map_or(step.name, |next| next.name);
        move_cursor(center, row.id, next, &data).await?;
    }
    Ok(())
}

async fn run_step<D>(center: &Center, kind: OperationKind, step: &Step<D>, data: &mut D) -> Result<()> {
    let point = |moment| StepPoint { operation: name(kind), step: step.name, moment };
    meet(center.host.as_ref(), &point(Moment::Before)).await?;
    (step.run)(center, data).await?;
    if meet(center.host.as_ref(), &point(Moment::After)).await? {
        (step.run)(center, data).await?;
    }
    Ok(())
}

async fn move_cursor<D: Serialize>(center: &Center, id: i64, next: &str, data: &D) -> Result<()> {
    let change = operation::ActiveModel {
        id: Set(id),
        cursor: Set(next.into()),
        data: Set(encode(data)?),
        updated_at: Set(center.host.now()),
        ..Default::default()
    };
    change.update(&center.db).await.db_context(|| "move the cursor of an operation")?;
    Ok(())
}

fn encode(data: &impl Serialize) -> Result<String> {
    serde_json::to_string(data).map_err(|e| Error::bug(format!("encode an operation: {e}")))
}

fn announce(center: &Center, row: &operation::Model, step: &str) {
    let row = operation::Model { cursor: step.into(), ..row.clone() };
    center.emit(api::Event::Operation(begun(&row)));
}

/// Runs an operation to its end in the background; the gate stays closed until then.
pub(crate) fn spawn(center: &Center, row: operation::Model, gate: OwnedMutexGuard<()>) {
    let center = center.clone();
    center.operation.send_replace(Some(row.id));
    tokio::spawn(async move {
        let (id, outcome) = (row.id, run_apart(&center, row).await);
        record_end(&center, id, &outcome).await;
        drop(gate);
        center.operation.send_replace(None);
        center.emit(api::Event::Status);
        if outcome.is_ok() {
            crate::base::hash_in_background(&center);
        }
    });
}

/// Runs an operation. One that panics has failed, and says so: the center would stay in its state until the next start.
async fn run_apart(center: &Center, row: operation::Model) -> Result<()> {
    let center = center.clone();
    let running = tokio::spawn(async move {
        match row.kind {
            OperationKind::Restore => restore::run(&center, &row).await,
            _ => run_version(&center, &row).await,
        }
    });
    match running.await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => Err(Error::bug(format!("run an operation: {error}"))),
        // The process ends: the next one goes on.
        Err(_) => std::future::pending().await,
    }
}

/// Runs an operation that makes a version; restore does it again where it has failed.
pub(crate) async fn run_version(center: &Center, row: &operation::Model) -> Result<()> {
    match row.kind {
        OperationKind::Save => save::run(center, row).await,
        OperationKind::Rollback => rollback::run(center, row).await,
        OperationKind::Grow => grow::run(center, row).await,
        OperationKind::Discard | OperationKind::Restore => {
            Err(Error::bug(format!("no steps to a version for {:?}", row.kind)))
        }
    }
}

/// Where an operation that makes a version is, compared with the step that must not be undone.
pub(crate) fn compare_with_apply(row: &operation::Model) -> Ordering {
    let names = step_names(row.kind);
    let position = |name: &str| names.iter().position(|step| *step == name);
    position(&row.cursor).cmp(&position(POINT_OF_NO_RETURN))
}

/// The first step of a version that must not be undone.
const POINT_OF_NO_RETURN: &str = "apply";

fn step_names(kind: OperationKind) -> Vec<&'static str> {
    fn names<D>(steps: &[Step<D>]) -> Vec<&'static str> {
        steps.iter().map(|step| step.name).collect()
    }
    match kind {
        OperationKind::Save => names(save::STEPS),
        OperationKind::Restore => names(restore::STEPS),
        OperationKind::Rollback => names(rollback::STEPS),
        OperationKind::Grow => names(grow::STEPS),
        OperationKind::Discard => Vec::new(),
    }
}

/// Ends an operation, as soon as the database can be written: the state says until then that it runs, and only this task
/// would ever say anything else.
async fn record_end(center: &Center, id: i64, outcome: &Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(target: "voi_drive_img_manage", operation = id, %error, "operation failed");
    }
    let mut pause = END_PAUSE_FIRST;
    while let Err(error) = end(center, id, outcome).await {
        tracing::error!(target: "voi_drive_img_manage", operation = id, %error, "cannot record the end; trying again");
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(END_PAUSE_LONGEST);
    }
}

/// Ends an operation and the state that it caused, in one transaction. A failed save is not ended: restore goes on
/// with it, or undoes it.
async fn end(center: &Center, id: i64, outcome: &Result<()>) -> Result<()> {
    let now = center.host.now();
    let mut change = operation::ActiveModel { id: Set(id), updated_at: Set(now), ..Default::default() };
    let txn = center.db.begin().await?;
    let row = find(&txn, id).await?;
    if row.finished_at.is_some() || row.error.is_some() {
        // A commit that was said to have failed has happened all the same.
        return Ok(());
    }
    match outcome {
        Ok(()) => {
            change.finished_at = Set(Some(now));
            settings::advance(&txn, StateEvent::Completed).await?;
        }
        Err(error) => {
            change.error = Set(Some(kept_error::write(error)));
            if row.kind == OperationKind::Restore {
                change.finished_at = Set(Some(now));
            }
            settings::advance(&txn, StateEvent::Failed).await?;
            settings::record_problem(&txn, error).await?;
        }
    }
    change.update(&txn).await.db_context(|| "end an operation")?;
    commit(txn).await
}

/// Goes on with the operation that a crash interrupted, if there is one.
pub(crate) async fn resume(center: &Center) -> Result<bool> {
    let state = center.state().await?;
    let Some(row) = unfinished(&center.db).await? else { return Ok(state == MountStatus::Error) };
    if state == MountStatus::Error {
        return Ok(true);
    }
    tracing::warn!(target: "voi_drive_img_manage", operation = row.id, step = %row.cursor, "going on after a crash");
    let gate = center.gate.clone().lock_owned().await;
    spawn(center, row, gate);
    Ok(true)
}

/// The newest operation that has not ended: a restore goes before the save that it repairs.
pub(crate) async fn unfinished(db: &impl ConnectionTrait) -> Result<Option<operation::Model>> {
    operation::Entity::find()
        .filter(operation::Column::FinishedAt.is_null())
        .order_by_desc(operation::Column::Id)
        .one(db)
        .await
        .db_context(|| "find an unfinished operation")
}

/// The operation that runs, or has failed and waits for a restore.
pub(crate) async fn running(
    db: &impl ConnectionTrait,
    explain: &Explain<'_>,
) -> Result<Option<api::Operation>> {
    Ok(unfinished(db).await?.map(|row| wire(&row, explain)))
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: i64) -> Result<operation::Model> {
    operation::Entity::find_by_id(id)
        .one(db)
        .await
        .db_context(|| "read an operation")?
        .ok_or_else(|| Error::not_found(format!("operation {id}")).with_notice("operation.not_found"))
}

impl Center {
    /// One operation, its error in the words of `explain`.
    pub async fn operation(&self, id: i64, explain: &Explain<'_>) -> Result<api::Operation> {
        Ok(wire(&find(&self.db, id).await?, explain))
    }

    /// Waits until the operation has ended, well or not; its error is told as operators read it.
    pub async fn wait_operation(&self, id: i64) -> Result<api::Operation> {
        let mut running = self.operation.subscribe();
        // The sender lives as long as the center.
        drop(running.wait_for(|now| *now != Some(id)).await);
        self.operation(id, &ToString::to_string).await
    }
}

/// What an operation is called on the wire.
fn name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Save => "save",
        OperationKind::Restore => "restore",
        OperationKind::Discard => "discard",
        OperationKind::Rollback => "rollback",
        OperationKind::Grow => "grow",
    }
}

/// An operation that is under way; no error has ended it.
pub(crate) fn begun(row: &operation::Model) -> api::Operation {
    wire(row, &ToString::to_string)
}

/// An operation, its error in the words of `explain`.
pub(crate) fn wire(row: &operation::Model, explain: &Explain<'_>) -> api::Operation {
    let error = row.error.as_deref().map(kept_error::read);
    let names = step_names(row.kind);
    let total = names.len() as u32;
    let at = names.iter().position(|name| *name == row.cursor).unwrap_or(0) as u32;
    let is_complete = row.finished_at.is_some() && row.error.is_none();
    api::Operation {
        id: row.id,
        kind: name(row.kind).into(),
        step: row.cursor.clone(),
        steps_done: if is_complete { total } else { at },
        steps_total: total,
        created_by: row.created_by.clone(),
        created_at: rfc3339(row.created_at),
        error: error.as_ref().map(explain),
        detail: error.as_ref().map(Error::to_string),
    }
}
