//! `driver-center jobs`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve::all_jobs;
use crate::cli::table::{Side, Table};
use crate::cli::words::{share, short, since, word};
use fault::Result;
use protocol::api::Job;

/// Which of them.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only those that are running. 只看进行中的
    #[arg(long)]
    running: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let mut jobs = all_jobs(context)?;
    jobs.retain(|job| !arguments.running || job.state == "running");
    context.answer(&jobs, || table(context, &jobs))?;
    Ok(OK)
}

fn table(context: &Context, jobs: &[Job]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("任务", "Job"), Side::Left),
        (context.pick("类型", "Kind"), Side::Left),
        (context.pick("状态", "State"), Side::Left),
        (context.pick("对象", "Subject"), Side::Left),
        (context.pick("进度", "Progress"), Side::Right),
        (context.pick("用户", "Who"), Side::Left),
        (context.pick("时间", "When"), Side::Left),
        (context.pick("说明", "Message"), Side::Left),
    ]);
    for job in jobs {
        table.row([
            short(&job.id),
            word(&job.kind, language),
            word(&job.state, language),
            job.subject.clone(),
            share(job.done, job.total),
            job.created_by.clone(),
            since(Some(&job.created_at), language),
            job.message.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有任务。", "There is no job."))
}
