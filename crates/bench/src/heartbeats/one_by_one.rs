//! The plain way: a statement, and so a transaction, for each report.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use center::db::Db;
use center::db::entities::terminal::{ActiveModel, Column, Entity, TerminalState};
use fault::{Error, Result};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::full_or_small;
use crate::processes::cpu_seconds;
use crate::served::Site;

/// How long is written.
const TIME: Duration = Duration::from_secs(30);
/// Reports that are being written at the same time.
const AT_ONCE: u64 = 16;

/// What a report costs.
pub(super) struct Cost {
    pub(super) per_second: f64,
    /// Processor seconds of a report.
    pub(super) seconds_each: f64,
    pub(super) median: Duration,
    pub(super) late: Duration,
}

/// Writes reports as fast as it goes; `database` is the process of the database, if that is not this one.
pub(super) async fn cost(site: &Site, database: Option<u32>) -> Result<Cost> {
    let db = site.database().await?;
    let (count, until) = (full_or_small(100_000, 2_000), Instant::now() + full_or_small(TIME, TIME / 10));
    let seconds = || cpu_seconds(std::process::id()) + database.map_or(0.0, cpu_seconds);
    let (begun, before) = (Instant::now(), seconds());
    let next = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> =
        (0..AT_ONCE).map(|_| tokio::spawn(write(db.clone(), next.clone(), count, until))).collect();
    let mut times = Vec::new();
    for writer in writers {
        times.extend(writer.await.map_err(|e| Error::bug(format!("write reports: {e}")))??);
    }
    let (lasted, spent) = (begun.elapsed(), seconds() - before);
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Ok(Cost {
        per_second: times.len() as f64 / lasted.as_secs_f64(),
        seconds_each: spent / times.len() as f64,
        median: at(50),
        late: at(99),
    })
}

async fn write(db: Db, next: Arc<AtomicU64>, count: u64, until: Instant) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let number = next.fetch_add(1, Ordering::Relaxed) % count;
        let begun = Instant::now();
        report(&db, number).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// What a terminal says, into its row.
async fn report(db: &Db, number: u64) -> Result<()> {
    let change = ActiveModel {
        last_seen_at: Set(Some(center::db::now())),
        address: Set(Some("127.0.0.1".to_owned())),
        version: Set(Some(0)),
        root: Set(None),
        state: Set(TerminalState::Idle),
        progress_done: Set(0),
        progress_total: Set(0),
        message: Set(None),
        ..Default::default()
    };
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    let update = Entity::update_many().set(change).filter(Column::Id.eq(id));
    let done = update.exec(db).await.map_err(|e| Error::unavailable(format!("write a report: {e}")))?;
    match done.rows_affected {
        1 => Ok(()),
        count => Err(Error::bug(format!("a report changed {count} rows"))),
    }
}
