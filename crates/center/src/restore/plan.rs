//! The dry run: what a restore would find and do. It reads all of Base and looks for every damaged leaf, as a job, and
//! changes nothing.

use std::ops::ControlFlow;
use std::sync::Arc;

use disk_patch::{FileIdentity, LeafTable};
use fault::{Error, Notice, Result};
use protocol::api;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{examine, install, mend, rebuild, replay, sources, unfinished_version, with};
use crate::center::{Center, Explain, blocking};
use crate::content::told;
use crate::db::DbContext;
use crate::db::entities::job::{self, JobState};
use crate::db::entities::version;
use crate::findings::{Finding, Mend, remark};
use crate::host::{Actor, rfc3339};
use crate::jobs::{Progress, RunningJob};
use crate::versions;

/// The kind of its jobs.
const KIND: &str = "restore_plan";

/// What a restore would do with Base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Nothing: it is right.
    #[default]
    None,
    /// First of all settle a save; what Base is then is not known yet.
    Settle,
    /// Put damaged leaves back.
    Mend,
    /// Put all of it together.
    Reassemble,
    /// Make it anew.
    Rebuild,
    /// Refuse, because something would be lost.
    Refuse,
}

/// A plan, as its job keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Plan {
    version: i64,
    action: Action,
    findings: Vec<Finding>,
    steps: Vec<Notice>,
    /// Drivers that cannot be brought back.
    lost: Vec<String>,
}

impl Center {
    /// Begins to work out what a restore would do; answers the job.
    pub async fn start_restore_plan(&self, actor: &Actor) -> Result<(String, JoinHandle<Result<()>>)> {
        let gate = self.enter_gate().await?;
        let job = RunningJob::start(self, KIND, "", actor).await?;
        let (center, id) = (self.clone(), job.id().to_owned());
        let task = tokio::spawn(async move {
            let planned = plan(&center, &job.progress).await;
            drop(gate);
            let ended = match &planned {
                Ok(plan) => Ok(serde_json::to_string(plan).ok()),
                Err(error) => Err(crate::import::copy(error)),
            };
            job.finish_with(&ended).await;
            planned.map(drop)
        });
        Ok((id, task))
    }

    /// The last plan that was worked out.
    pub async fn restore_plan(&self, explain: &Explain<'_>) -> Result<api::RestorePlan> {
        let row = job::Entity::find()
            .filter(job::Column::Kind.eq(KIND))
            .filter(job::Column::State.eq(JobState::Succeeded))
            .order_by_desc(job::Column::FinishedAt)
            .one(&self.db)
            .await
            .db_context(|| "find the last plan")?
            .ok_or_else(|| Error::not_found("a plan of a restore").with_notice("restore.no_plan"))?;
        let plan: Plan = serde_json::from_str(row.result.as_deref().unwrap_or_default())
            .map_err(|e| Error::corrupt(format!("result of job {}: {e}", row.id)))?;
        let action = serde_json::to_value(plan.action).ok().and_then(|name| Some(name.as_str()?.to_owned()));
        Ok(api::RestorePlan {
            version: plan.version as u64,
            action: action.unwrap_or_default(),
            checked_at: row.finished_at.map(rfc3339),
            findings: plan.findings.iter().map(|finding| finding.wire(explain)).collect(),
            steps: plan.steps.iter().map(|notice| explain(&told(notice.clone()))).collect(),
            lost: plan.lost,
        })
    }
}

/// Looks. The gate is closed meanwhile, and Base is kept as it is.
async fn plan(center: &Center, progress: &Arc<Progress>) -> Result<Plan> {
    let newest = versions::newest(&center.db).await?;
    let mut plan = Plan { version: newest.number, ..Plan::default() };
    if let Some(row) = unfinished_version(center).await? {
        plan.findings.push(Finding::new("found.save_unfinished", Mend::Restore).with("step", &row.cursor));
        plan.steps.push(remark("restore.will_settle"));
        plan.action = Action::Settle;
    }
    plan.steps.push(remark("restore.will_check"));
    let identity = examine::identity_of(&newest)?;
    let _reading = center.base.clone().read_owned().await;
    let (sources, watched) = (sources(center).await?, progress.clone());
    let looked = blocking(move || look(&sources, &identity, &watched)).await?;
    plan.findings.extend(looked.findings);
    match looked.way {
        Way::Right => {}
        Way::Leaves(leaves) => {
            plan.choose(Action::Mend, with(remark("restore.will_mend"), "leaves", leaves));
        }
        Way::Whole => plan.choose(Action::Reassemble, remark("restore.will_reassemble")),
        Way::Anew => anew(center, &newest, &mut plan).await?,
    }
    plan.steps.push(remark("restore.will_publish"));
    Ok(plan)
}

impl Plan {
    fn choose(&mut self, action: Action, step: Notice) {
        self.action = action;
        self.steps.push(step);
    }
}

/// How Base comes back.
enum Way {
    Right,
    Leaves(usize),
    Whole,
    Anew,
}

struct Looked {
    way: Way,
    findings: Vec<Finding>,
}

fn look(sources: &mend::Sources, identity: &FileIdentity, progress: &Arc<Progress>) -> Result<Looked> {
    let directory = &sources.directory;
    progress.set_total(identity.length);
    let mut done = 0;
    let mut watch = |step: disk_patch::Progress| {
        progress.add(step.done_bytes.saturating_sub(done));
        done = step.done_bytes;
        match progress.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let mut examined = examine::examine(directory, identity, &mut watch)?;
    progress.check()?;
    let mut findings = std::mem::take(&mut examined.findings);
    if examine::has_journal(directory)? {
        findings.push(Finding::new("found.journal", Mend::Restore));
    }
    if examined.is_whole(identity) {
        return Ok(Looked { way: Way::Right, findings });
    }
    let way = match &examined.expected {
        Some(target) => way_of(sources, target, examined.found.as_ref())?,
        None => Way::Anew,
    };
    Ok(Looked { way, findings })
}

fn way_of(sources: &mend::Sources, target: &LeafTable, found: Option<&LeafTable>) -> Result<Way> {
    let found = found.filter(|found| examine::right_leaves(target, found) > 0);
    if found.is_none() && replay::chain(sources, &target.identity()).is_some() {
        return Ok(Way::Whole);
    }
    let nothing = LeafTable::of_zeros(0)?;
    let damaged = mend::leaves_of(target.differing(found.unwrap_or(&nothing)));
    Ok(match (mend::can_find(sources, target, &damaged)?, found) {
        (false, _) => Way::Anew,
        (true, Some(_)) => Way::Leaves(damaged.len()),
        (true, None) => Way::Whole,
    })
}

/// Whether Base can be made anew, and what would be lost.
async fn anew(center: &Center, newest: &version::Model, plan: &mut Plan) -> Result<()> {
    let packages = install::packages_of(&center.db, newest).await?;
    let (config, count) = (center.config.clone(), packages.len());
    let lost: Vec<(rebuild::Package, rebuild::ArchiveFault)> = blocking(move || {
        let lost = rebuild::without_archive(&config, &packages)?;
        Ok(lost.into_iter().map(|(package, fault)| (package.clone(), fault)).collect())
    })
    .await?;
    plan.findings.extend(lost.iter().map(|(package, fault)| install::archive_finding(package, *fault)));
    plan.lost = lost.into_iter().map(|(package, _)| package.record.name).collect();
    if plan.lost.is_empty() {
        let step = with(remark("restore.will_rebuild"), "packages", count);
        plan.choose(Action::Rebuild, with(step, "version", newest.number + 1));
    } else {
        let step = with(remark("restore.will_refuse"), "drivers", plan.lost.join(", "));
        plan.choose(Action::Refuse, step);
    }
    Ok(())
}
