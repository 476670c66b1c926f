//! How the terminals stood over time: a sample a minute, added up in rows of three lengths.
//!
//! A row holds sums and how many samples they are of, so a mean is exact however many there were. Where the server did
//! not run there is no row, and nobody makes one up. What is kept is bounded by the number of rows, not by their age: a
//! clock that goes far ahead for a moment costs no history. Rows that are in the future, because the clock was set back,
//! go with the next sample. A sample that cannot be taken or kept is left out; nothing else waits for it.

use chrono::{DateTime as Instant, TimeDelta};
use fault::Result;
use protocol::api::{self, Span, TerminalTally};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use tokio::time::{Instant as Moment, MissedTickBehavior, interval_at};

use crate::center::Center;
use crate::db::entities::terminal_history::{self, Column};
use crate::db::entities::version;
use crate::db::{DateTime, DbContext, commit_reports};
use crate::host::rfc3339;
use crate::limits::{
    HISTORY_DAY, HISTORY_DELAY, HISTORY_MONTH, HISTORY_PAUSE, HISTORY_WEEK, VERSIONS_PAGE_MAX,
};

/// The rows of one length.
#[derive(Clone, Copy, Debug)]
struct Track {
    every_seconds: u32,
    rows_max: u32,
}

impl Track {
    fn of(span: Span) -> Self {
        let (every_seconds, rows_max) = match span {
            Span::Day => HISTORY_DAY,
            Span::Week => HISTORY_WEEK,
            Span::Month => HISTORY_MONTH,
        };
        Self { every_seconds, rows_max }
    }

    /// When the row begins that `time` belongs to.
    fn begin(self, time: DateTime) -> DateTime {
        let seconds = time.and_utc().timestamp();
        let begin = seconds - seconds.rem_euclid(i64::from(self.every_seconds));
        Instant::from_timestamp(begin, 0).map_or(time, |begin| begin.naive_utc())
    }

    /// When the oldest row begins that is shown at `time`.
    fn first(self, time: DateTime) -> DateTime {
        self.begin(time) - TimeDelta::seconds(i64::from(self.every_seconds) * i64::from(self.rows_max - 1))
    }

    async fn add(self, db: &impl ConnectionTrait, now: DateTime, tally: &TerminalTally) -> Result<()> {
        let key = (i64::from(self.every_seconds), self.begin(now));
        let found = terminal_history::Entity::find_by_id(key).one(db).await;
        match found.db_context(|| "read the history of the terminals")? {
            Some(row) => changed(row, tally).update(db).await.map(drop),
            None => {
                let first = changed(empty(key), tally).reset_all();
                terminal_history::Entity::insert(first).exec_without_returning(db).await.map(drop)
            }
        }
        .db_context(|| "add to the history of the terminals")
    }

    async fn prune(self, db: &impl ConnectionTrait, now: DateTime) -> Result<()> {
        self.remove(db, Column::BeginsAt.gt(self.begin(now))).await?;
        let newest_too_many: Option<DateTime> = terminal_history::Entity::find()
            .filter(Column::EverySeconds.eq(self.every_seconds))
            .select_only()
            .column(Column::BeginsAt)
            .order_by_desc(Column::BeginsAt)
            .offset(u64::from(self.rows_max))
            .limit(1)
            .into_tuple()
            .one(db)
            .await
            .db_context(|| "read the history of the terminals")?;
        match newest_too_many {
            None => Ok(()),
            Some(begin) => self.remove(db, Column::BeginsAt.lte(begin)).await,
        }
    }

    async fn remove(self, db: &impl ConnectionTrait, which: sea_orm::sea_query::SimpleExpr) -> Result<()> {
        terminal_history::Entity::delete_many()
            .filter(Column::EverySeconds.eq(self.every_seconds))
            .filter(which)
            .exec(db)
            .await
            .map(drop)
            .db_context(|| "shorten the history of the terminals")
    }

    async fn rows(self, center: &Center, now: DateTime) -> Result<Vec<terminal_history::Model>> {
        terminal_history::Entity::find()
            .filter(Column::EverySeconds.eq(self.every_seconds))
            .filter(Column::BeginsAt.between(self.first(now), self.begin(now)))
            .order_by_asc(Column::BeginsAt)
            .all(&center.db)
            .await
            .db_context(|| "read the history of the terminals")
    }
}

fn empty((every_seconds, begins_at): (i64, DateTime)) -> terminal_history::Model {
    terminal_history::Model {
        every_seconds,
        begins_at,
        samples: 0,
        error: 0,
        busy: 0,
        waiting: 0,
        identical: 0,
        offline: 0,
        behind: 0,
    }
}

/// The row with one sample more.
fn changed(row: terminal_history::Model, tally: &TerminalTally) -> terminal_history::ActiveModel {
    let add = |sum: i64, count: u64| Set(sum.saturating_add_unsigned(count));
    terminal_history::ActiveModel {
        samples: add(row.samples, 1),
        error: add(row.error, tally.error),
        busy: add(row.busy, tally.busy),
        waiting: add(row.waiting, tally.waiting),
        identical: add(row.identical, tally.identical),
        offline: add(row.offline, tally.offline),
        behind: add(row.behind, tally.behind),
        ..row.into_active_model()
    }
}

fn point(row: &terminal_history::Model) -> api::TerminalPoint {
    let mean = |sum: i64| (sum as f64 / row.samples.max(1) as f64 * 100.0).round() / 100.0;
    api::TerminalPoint {
        at: rfc3339(row.begins_at),
        error: mean(row.error),
        busy: mean(row.busy),
        waiting: mean(row.waiting),
        identical: mean(row.identical),
        offline: mean(row.offline),
        behind: mean(row.behind),
    }
}

impl Center {
    /// Records how the terminals stand, each minute until this process ends.
    pub fn keep_terminal_history(&self) {
        let center = self.clone();
        tokio::spawn(async move {
            let mut clock = interval_at(Moment::now() + HISTORY_DELAY, HISTORY_PAUSE);
            // Minutes that were missed are not sampled afterwards.
            clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut is_failing = false;
            loop {
                clock.tick().await;
                is_failing = match center.sample_terminals().await {
                    Ok(()) => false,
                    Err(error) => {
                        if !is_failing {
                            tracing::warn!(target: "voi_drive_img_manage", %error, "the history of the terminals has a gap");
                        }
                        true
                    }
                };
            }
        });
    }

    /// Adds how the terminals stand now to their history: to all of its rows or none.
    pub async fn sample_terminals(&self) -> Result<()> {
        self.note_silence().await?;
        let tally = self.terminal_standings().await?.counts().tally;
        let now = self.host.now();
        let txn = self.db.begin().await?;
        for track in [Span::Day, Span::Week, Span::Month].map(Track::of) {
            track.add(&txn, now, &tally).await?;
            track.prune(&txn, now).await?;
        }
        // Nothing that a terminal is told depends on it.
        commit_reports(txn).await
    }

    /// How the terminals stood until now.
    pub async fn terminal_history(&self, span: Span) -> Result<api::TerminalHistory> {
        let (now, track) = (self.host.now(), Track::of(span));
        let from = track.first(now);
        let points = track.rows(self, now).await?.iter().map(point).collect();
        Ok(api::TerminalHistory {
            from: rfc3339(from),
            until: rfc3339(now),
            every_seconds: track.every_seconds,
            points,
            versions: self.versions_since(from).await?,
        })
    }

    async fn versions_since(&self, from: DateTime) -> Result<Vec<api::VersionMark>> {
        let mut rows: Vec<(i64, DateTime)> = version::Entity::find()
            .select_only()
            .columns([version::Column::Number, version::Column::CreatedAt])
            .filter(version::Column::Number.gt(0))
            .filter(version::Column::CreatedAt.gte(from))
            .order_by_desc(version::Column::Number)
            .limit(VERSIONS_PAGE_MAX)
            .into_tuple()
            .all(&self.db)
            .await
            .db_context(|| "list versions")?;
        rows.reverse();
        let mark = |(number, at): (i64, _)| api::VersionMark { number: number as u64, at: rfc3339(at) };
        Ok(rows.into_iter().map(mark).collect())
    }
}
