//! `driver-center restore`: shows what a restore would do, or does it and shows what it did.

use crate::cli::cmd::verify::{job_of, lines_of};
use crate::cli::context::{Context, OK};
use crate::cli::follow;
use fault::Result;
use protocol::api::{Operation, RestorePlan, RestoreReport, RestoreRequest};
use serde_json::json;
use wording::clean;

/// How to restore.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only say what was found and what would be done. 只检查，不修改
    #[arg(long, conflicts_with_all = ["no_wait", "accept_loss"])]
    dry_run: bool,
    /// Give drivers up whose archives are lost, where the disk must be made anew. 接受丢失
    #[arg(long)]
    accept_loss: bool,
    /// Answer as soon as it has begun. 不等待
    #[arg(long)]
    no_wait: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    if arguments.dry_run {
        return plan(context);
    }
    let request = RestoreRequest { accept_loss: arguments.accept_loss };
    let operation: Operation = context.client.post_json("/api/v1/restore", &request)?;
    if arguments.no_wait {
        let text = context.pick("已开始恢复。", "The restore has begun.");
        context.answer(&json!({"operation": operation}), || text.to_owned())?;
        return Ok(OK);
    }
    let id = operation.id;
    let outcome = follow::operation(context, operation);
    let report: RestoreReport =
        follow::patiently(|| context.client.get_json(&format!("/api/v1/operations/{id}/report")))?;
    if let Err(error) = outcome {
        context.remark(&told(context, &report));
        return Err(error);
    }
    context.answer(&report, || {
        let end = context.pick("恢复完成，状态正常。", "Restored; the state is normal.");
        format!("{}{end}", told(context, &report))
    })?;
    Ok(OK)
}

fn told(context: &Context, report: &RestoreReport) -> String {
    let mut text = lines_of(context, &report.findings);
    for line in &report.done {
        text += &format!("✓ {}\n", clean(line));
    }
    text
}

fn plan(context: &Context) -> Result<u8> {
    job_of(context, "/api/v1/restore/plan", &json!({}), context.pick("恢复预检", "plan of a restore"))?;
    let plan: RestorePlan = context.client.get_json("/api/v1/restore/plan")?;
    context.answer(&plan, || {
        let mut text = lines_of(context, &plan.findings);
        text += context.pick("恢复将会：\n", "A restore would:\n");
        for (number, step) in (1..).zip(&plan.steps) {
            text += &format!("{number}. {}\n", clean(step));
        }
        text.trim_end().to_owned()
    })?;
    Ok(OK)
}
