//! Verify: whether everything that the center keeps is what it must be. It reads all of it and changes nothing.
//!
//! The same checks run in two ways: as a job of the running server, which holds Base for a piece at a time so that
//! nobody waits for long, and on a data directory that no server has open ([`verify_offline`]).

mod base;
mod kept;
pub(crate) mod objects;
mod packages;

use std::sync::Arc;

use fault::{Error, Result};
use image_store::ImageStore;
use protocol::api;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::center::{Center, Explain};
use crate::config::Config;
use crate::db::entities::job::{self, JobState};
use crate::db::{Db, DbContext};
use crate::findings::{Finding, Mend};
use crate::host::{Actor, rfc3339};
use crate::jobs::{Progress, RunningJob};
use crate::{operations, versions};

/// The kind of its jobs.
const KIND: &str = "verify";

/// What came out, as the job keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Verified {
    version: i64,
    root: String,
    deep: bool,
    findings: Vec<Finding>,
}

impl Verified {
    fn wire(&self, finished_at: Option<String>, explain: &Explain<'_>) -> api::VerifyReport {
        api::VerifyReport {
            version: self.version as u64,
            root: self.root.clone(),
            deep: self.deep,
            finished_at,
            findings: self.findings.iter().map(|finding| finding.wire(explain)).collect(),
        }
    }
}

/// What is checked, and who else may be at it.
pub(crate) struct Subject {
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) store: Arc<dyn ImageStore>,
    /// The running center; none where no server has the directory open.
    pub(crate) center: Option<Center>,
    pub(crate) progress: Arc<Progress>,
    /// Whether every file of every package is compared with its archive.
    pub(crate) deep: bool,
}

impl Center {
    /// Starts to verify everything; answers the job.
    pub async fn start_verify(&self, actor: &Actor, deep: bool) -> Result<(String, JoinHandle<Result<()>>)> {
        let job = RunningJob::start(self, KIND, if deep { "deep" } else { "" }, actor).await?;
        let id = job.id().to_owned();
        let subject = Subject {
            db: self.db.clone(),
            config: self.config.clone(),
            store: self.store.clone(),
            center: Some(self.clone()),
            progress: job.progress.clone(),
            deep,
        };
        let task = tokio::spawn(async move {
            let outcome = verify(&subject).await;
            let text = outcome.as_ref().map(|verified| serde_json::to_string(verified).ok());
            let ended = match text {
                Ok(text) => Ok(text),
                Err(error) => Err(crate::import::copy(error)),
            };
            job.finish_with(&ended).await;
            outcome.map(drop)
        });
        Ok((id, task))
    }

    /// What the last verify that ended has found, or that of the job `id`.
    pub async fn verify_report(&self, id: Option<&str>, explain: &Explain<'_>) -> Result<api::VerifyReport> {
        let mut ended = job::Entity::find()
            .filter(job::Column::Kind.eq(KIND))
            .filter(job::Column::State.eq(JobState::Succeeded))
            .order_by_desc(job::Column::FinishedAt);
        if let Some(id) = id {
            ended = ended.filter(job::Column::Id.eq(id));
        }
        let row = ended.one(&self.db).await.db_context(|| "find the last verify")?;
        let row =
            row.ok_or_else(|| Error::not_found("a verify that has ended").with_notice("verify.none"))?;
        let verified: Verified = serde_json::from_str(row.result.as_deref().unwrap_or_default())
            .map_err(|e| Error::corrupt(format!("result of job {}: {e}", row.id)))?;
        Ok(verified.wire(row.finished_at.map(rfc3339), explain))
    }
}

/// Verifies a data directory that no server has open.
pub async fn verify_offline(
    config: Config,
    db: Db,
    store: Arc<dyn ImageStore>,
    deep: bool,
    explain: &Explain<'_>,
) -> Result<api::VerifyReport> {
    let progress = Arc::default();
    let subject = Subject { db, config: Arc::new(config), store, center: None, progress, deep };
    Ok(verify(&subject).await?.wire(None, explain))
}

async fn verify(subject: &Subject) -> Result<Verified> {
    let newest = versions::newest(&subject.db).await?;
    let mut findings = Vec::new();
    findings.extend(database(&subject.db).await?);
    findings.extend(records(subject).await?);
    let base = base::check(subject).await?;
    let is_right = !base.iter().any(|finding| finding.notice.id.starts_with("found.base"));
    findings.extend(base);
    findings.extend(objects::check(subject).await?);
    findings.extend(kept::check(subject).await?);
    if is_right {
        findings.extend(packages::check(subject).await?);
    }
    Ok(Verified { version: newest.number, root: newest.root, deep: subject.deep, findings })
}

/// What SQLite says about its own file.
async fn database(db: &Db) -> Result<Option<Finding>> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
    let answer = db.query_one_raw(statement).await.db_context(|| "check the database")?;
    let said: String = match answer {
        Some(row) => row.try_get_by_index(0).db_context(|| "check the database")?,
        None => String::new(),
    };
    let damaged = || Finding::new("found.database", Mend::Backup).with("cause", &said);
    Ok((said != "ok").then(damaged))
}

/// What the records themselves say is not finished.
async fn records(subject: &Subject) -> Result<Option<Finding>> {
    let unfinished = operations::unfinished(&subject.db).await?;
    // One that runs is not a finding.
    let failed = unfinished.filter(|row| row.error.is_some() || subject.center.is_none());
    let mend = if subject.center.is_some() { Mend::Restore } else { Mend::Itself };
    Ok(failed.map(|row| Finding::new("found.save_unfinished", mend).with("step", &row.cursor)))
}
