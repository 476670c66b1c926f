//! Jobs: how far work is that takes longer than a moment, and the way to stop it.
//!
//! The row in `jobs` is for people; nothing is decided by it. Why a job failed is kept as the error that it was, so that
//! each reader gets it in the own language; events, which all readers share, carry it as operators read it. Progress reaches the database once a second at the
//! most, subscribers of the events as often as that too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fault::{Error, Result, WireError};
use protocol::api;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::center::{Center, Explain};
use crate::db::entities::job::{self, JobState};
use crate::db::{DbContext, Transaction};
use crate::host::{Actor, rfc3339};
use crate::{kept_error, limits};

/// Time between two reports of progress.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// What the working thread and its watchers share.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// More is to be done than was known.
    pub(crate) fn add_total(&self, more: u64) {
        self.total.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Becomes true once somebody asked for the job to stop.
    pub(crate) fn cancel_flag(&self) -> &AtomicBool {
        &self.cancelled
    }

    /// Fails once somebody asked for the job to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::cancelled("cancelled").with_notice("job.cancelled"));
        }
        Ok(())
    }
}

/// A running job. It must be ended by [`RunningJob::finish`].
pub(crate) struct RunningJob {
    center: Center,
    id: String,
    pub(crate) progress: Arc<Progress>,
    reporter: tokio::task::JoinHandle<()>,
}

impl RunningJob {
    pub(crate) async fn start(center: &Center, kind: &str, subject: &str, actor: &Actor) -> Result<Self> {
        let now = center.host.now();
        let row = job::ActiveModel {
            id: Set(uuid::Uuid::new_v4().to_string()),
            kind: Set(kind.into()),
            state: Set(JobState::Running),
            subject: Set(subject.chars().take(255).collect()),
            done: Set(0),
            total: Set(0),
            message: Set(None),
            result: Set(None),
            created_by: Set(actor.name.clone()),
            created_at: Set(now),
            updated_at: Set(now),
            finished_at: Set(None),
        };
        let row = row.insert(&center.db).await.db_context(|| "record a job")?;
        let progress = Arc::new(Progress::default());
        center.jobs_lock().insert(row.id.clone(), progress.clone());
        center.emit(event(&row));
        let reporter = tokio::spawn(report(center.clone(), row.id.clone(), progress.clone()));
        Ok(Self { center: center.clone(), id: row.id, progress, reporter })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Records in the transaction that makes the driver `id` that the job has succeeded. It still has to be ended, for
    /// those who watch it; but should the process die before, nobody is told that it had failed.
    pub(crate) async fn succeed(&self, txn: &Transaction, id: i64) -> Result<()> {
        let row = self.ended(&Ok(Some(id.to_string())));
        row.update(txn).await.db_context(|| "record the end of a job")?;
        Ok(())
    }

    /// Records how the job ended; `outcome` names the driver that came of it, if one did.
    pub(crate) async fn finish(self, outcome: &Result<Option<i64>>) {
        let outcome = match outcome {
            Ok(driver) => Ok(driver.map(|id| id.to_string())),
            Err(error) => Err(WireError::from(error).into()),
        };
        self.finish_with(&outcome).await;
    }

    /// Records how the job ended, with what came of it.
    pub(crate) async fn finish_with(self, outcome: &Result<Option<String>>) {
        self.reporter.abort();
        self.center.jobs_lock().remove(&self.id);
        let end = self.ended(outcome);
        if !record_end(&self.center, &end).await {
            // Whoever waits for the outcome gets it all the same.
            tokio::spawn(record_end_later(self.center.clone(), end));
        }
    }

    fn ended(&self, outcome: &Result<Option<String>>) -> job::ActiveModel {
        let (state, message, result) = match outcome {
            Ok(result) => (JobState::Succeeded, None, result.clone()),
            Err(error) if error.kind() == fault::Kind::Cancelled => {
                (JobState::Cancelled, Some(kept_error::write(error)), None)
            }
            Err(error) => (JobState::Failed, Some(kept_error::write(error)), None),
        };
        let now = self.center.host.now();
        job::ActiveModel {
            id: Set(self.id.clone()),
            state: Set(state),
            done: Set(self.progress.done.load(Ordering::Relaxed) as i64),
            total: Set(self.progress.total.load(Ordering::Relaxed) as i64),
            message: Set(message),
            result: Set(result),
            updated_at: Set(now),
            finished_at: Set(Some(now)),
            ..Default::default()
        }
    }
}

/// Records an end as soon as the database can be written: whoever polls the job would wait for ever.
async fn record_end_later(center: Center, end: job::ActiveModel) {
    let mut pause = limits::END_PAUSE_FIRST;
    loop {
        tokio::time::sleep(pause).await;
        if record_end(&center, &end).await {
            return;
        }
        pause = pause.saturating_mul(2).min(limits::END_PAUSE_LONGEST);
    }
}

/// Whether an end could be recorded.
async fn record_end(center: &Center, end: &job::ActiveModel) -> bool {
    match end.clone().update(&center.db).await {
        Ok(row) => {
            center.emit(event(&row));
            true
        }
        Err(error) => {
            tracing::error!(job = ?end.id, %error, "cannot record the end of a job; trying again");
            false
        }
    }
}

/// Carries the progress of a job to the database and to subscribers until it is aborted.
async fn report(center: Center, id: String, progress: Arc<Progress>) {
    let mut last = (0, 0);
    let mut recorded = Instant::now();
    loop {
        tokio::time::sleep(REPORT_INTERVAL).await;
        let now = (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
        if now == last {
            continue;
        }
        last = now;
        let Ok(Some(mut row)) = job::Entity::find_by_id(&id).one(&center.db).await else { continue };
        (row.done, row.total) = (now.0 as i64, now.1 as i64);
        center.emit(event(&row));
        if recorded.elapsed() >= Duration::from_secs(1) {
            recorded = Instant::now();
            let change = job::ActiveModel {
                id: Set(id.clone()),
                done: Set(row.done),
                total: Set(row.total),
                updated_at: Set(center.host.now()),
                ..Default::default()
            };
            if let Err(error) = change.update(&center.db).await {
                tracing::warn!(job = %id, %error, "cannot record progress");
            }
        }
    }
}

impl Center {
    /// The newest jobs first; `explain` words why those failed that did.
    pub async fn jobs(&self, limit: u64, explain: &Explain<'_>) -> Result<Vec<api::Job>> {
        let rows = job::Entity::find()
            .order_by_desc(job::Column::CreatedAt)
            .limit(limit.min(limits::JOBS_LISTED_MAX))
            .all(&self.db)
            .await
            .db_context(|| "list jobs")?;
        Ok(rows.iter().map(|row| wire(row, explain)).collect())
    }

    /// One job; `explain` words why it failed.
    pub async fn job(&self, id: &str, explain: &Explain<'_>) -> Result<api::Job> {
        Ok(wire(&self.job_row(id).await?, explain))
    }

    /// How many jobs are running.
    pub async fn count_running_jobs(&self) -> Result<u64> {
        let running = job::Entity::find().filter(job::Column::State.eq(JobState::Running));
        running.count(&self.db).await.db_context(|| "count the running jobs")
    }

    async fn job_row(&self, id: &str) -> Result<job::Model> {
        let row = job::Entity::find_by_id(id).one(&self.db).await.db_context(|| "read a job")?;
        row.ok_or_else(|| no_job(id))
    }

    /// Asks a running job to stop; it ends as soon as it has undone what it began.
    pub async fn cancel_job(&self, id: &str) -> Result<()> {
        if let Some(progress) = self.jobs_lock().get(id) {
            progress.cancelled.store(true, Ordering::Relaxed);
            return Ok(());
        }
        match self.job_row(id).await?.finished_at {
            Some(_) => Err(Error::conflict(format!("job {id} has ended")).with_notice("job.ended")),
            None => Err(Error::conflict(format!("job {id} cannot be stopped")).with_notice("job.ended")),
        }
    }

    /// Jobs that a crash ended: they are not running any more.
    pub(crate) async fn close_lost_jobs(&self) -> Result<()> {
        let interrupted = Error::unavailable("the server was stopped").with_notice("job.interrupted");
        job::Entity::update_many()
            .col_expr(job::Column::State, sea_orm::sea_query::Expr::value("failed"))
            .col_expr(job::Column::Message, sea_orm::sea_query::Expr::value(kept_error::write(&interrupted)))
            .col_expr(job::Column::FinishedAt, sea_orm::sea_query::Expr::value(self.host.now()))
            .filter(job::Column::State.eq(JobState::Running))
            .exec(&self.db)
            .await
            .db_context(|| "close the jobs of the last run")?;
        Ok(())
    }
}

fn no_job(id: &str) -> Error {
    Error::not_found(format!("job {id}")).with_notice("job.not_found")
}

fn event(row: &job::Model) -> api::Event {
    api::Event::Job(wire(row, &ToString::to_string))
}

fn wire(row: &job::Model, explain: &Explain<'_>) -> api::Job {
    let error = row.message.as_deref().map(kept_error::read);
    api::Job {
        id: row.id.clone(),
        kind: row.kind.clone(),
        state: match row.state {
            JobState::Running => "running",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
        .into(),
        subject: row.subject.clone(),
        done: row.done.max(0) as u64,
        total: row.total.max(0) as u64,
        message: error.as_ref().map(explain),
        detail: error.as_ref().map(Error::to_string),
        driver_id: row.result.as_deref().and_then(|text| text.parse().ok()),
        created_by: row.created_by.clone(),
        created_at: rfc3339(row.created_at),
        finished_at: row.finished_at.map(rfc3339),
    }
}
