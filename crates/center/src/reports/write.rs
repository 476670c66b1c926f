//! Reports into the database: many of them in one transaction.

use std::collections::{HashMap, HashSet};

use fault::Result;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, Func, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::roster::{Batch, Passing, Row};
use crate::db::entities::terminal::{ActiveModel, Column, Entity};
use crate::db::{DateTime, Db, DbContext, SoftDelete, Transaction, commit_reports};
use crate::limits;

/// Writes a batch; answers which of its terminals are there no more.
pub(super) async fn store(db: &Db, batch: &Batch) -> Result<HashSet<String>> {
    let txn = db.begin().await?;
    let mut missing = HashSet::new();
    for row in batch.changed() {
        if !update(&txn, row).await? {
            missing.insert(row.id.clone());
        }
    }
    for row in batch.progressed() {
        if !go_on(&txn, row).await? {
            missing.insert(row.id.clone());
        }
    }
    for (second, ids) in by_second(&batch.beats) {
        for ids in ids.chunks(limits::IDS_PER_STATEMENT) {
            missing.extend(beat(&txn, second, ids).await?);
        }
    }
    commit_reports(txn).await?;
    Ok(missing)
}

async fn update(txn: &Transaction, row: &Row) -> Result<bool> {
    let Row { id, said, passing, seen_at, has_pushed } = row;
    let change = ActiveModel {
        last_seen_at: Set(Some(*seen_at)),
        is_heard: Set(true),
        address: Set(passing.address.clone()),
        version: Set(Some(said.version)),
        root: Set(said.root.clone()),
        state: Set(said.state),
        progress_done: Set(passing.done),
        progress_total: Set(passing.total),
        message: Set(said.message.clone()),
        mode: said.mode.map_or(NotSet, |mode| Set(Some(mode.to_owned()))),
        ..Default::default()
    };
    let this = Entity::update_many().set(change).col_expr(Column::SearchText, search_text(passing));
    let this = this.filter(Column::Id.eq(id)).filter(Entity::is_live());
    let changed = this.exec(txn).await.db_context(|| "record a report")?.rows_affected;
    if *has_pushed {
        fulfil(txn, id, said.version).await?;
    }
    Ok(changed > 0)
}

/// As [`crate::terminals::search_text`] has it.
fn search_text(passing: &Passing) -> SimpleExpr {
    let address = passing.address.clone().unwrap_or_default().to_lowercase();
    let parts = [Expr::col(Column::NameKey), Expr::value("\n"), Expr::col(Column::Mac), Expr::value("\n")];
    Func::cust("CONCAT").args(parts).arg(Expr::value(address)).into()
}

/// Records what nothing is listed by: the indexes of lists stay as they are.
async fn go_on(txn: &Transaction, row: &Row) -> Result<bool> {
    let change = ActiveModel {
        last_seen_at: Set(Some(row.seen_at)),
        progress_done: Set(row.passing.done),
        progress_total: Set(row.passing.total),
        ..Default::default()
    };
    let this = Entity::update_many().set(change).filter(Column::Id.eq(&row.id)).filter(Entity::is_live());
    Ok(this.exec(txn).await.db_context(|| "record progress")?.rows_affected > 0)
}

/// The terminal has the version that it was pushed to take; a later push stands.
async fn fulfil(txn: &Transaction, id: &str, version: i64) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::PushVersion, Expr::value(None::<i64>))
        .filter(Column::Id.eq(id))
        .filter(Column::PushVersion.lte(version))
        .exec(txn)
        .await
        .db_context(|| "end a push")
        .map(drop)
}

/// Terminals by the second in which they were seen: those of one second are one statement.
fn by_second(beats: &HashMap<String, DateTime>) -> HashMap<DateTime, Vec<&str>> {
    let mut seconds: HashMap<DateTime, Vec<&str>> = HashMap::new();
    for (id, seen_at) in beats {
        seconds.entry(second_of(*seen_at)).or_default().push(id);
    }
    seconds
}

fn second_of(time: DateTime) -> DateTime {
    use chrono::Timelike as _;
    time.with_nanosecond(0).unwrap_or(time)
}

/// Notes when terminals were seen; answers which of them are there no more.
async fn beat(txn: &Transaction, seen_at: DateTime, ids: &[&str]) -> Result<Vec<String>> {
    let these = Column::Id.is_in(ids.iter().copied());
    let update = Entity::update_many()
        .col_expr(Column::LastSeenAt, Expr::value(seen_at))
        .filter(these.clone())
        .filter(Entity::is_live());
    let seen = update.exec(txn).await.db_context(|| "record when terminals were seen")?.rows_affected;
    if seen == ids.len() as u64 {
        return Ok(Vec::new());
    }
    // MySQL may also count only rows that were something else before.
    let live: Vec<String> = Entity::find_live()
        .select_only()
        .column(Column::Id)
        .filter(these)
        .into_tuple()
        .all(txn)
        .await
        .db_context(|| "look for terminals")?;
    let live: HashSet<String> = live.into_iter().collect();
    Ok(ids.iter().filter(|id| !live.contains(**id)).map(|id| (*id).to_owned()).collect())
}
