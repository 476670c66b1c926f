//! `driver-center rollback`: says what would change, asks, and follows the steps.

use super::version::changes;
use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::prompt::confirm;
use crate::cli::table::pairs;
use crate::cli::words::size;
use fault::Result;
use protocol::api::{Operation, RollbackPlan, RollbackRequest, Version};
use serde_json::json;

/// To which version, and how.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The version that is to come back. 版本号
    #[arg(value_name = "VERSION")]
    number: u64,
    /// A note for the history. 备注
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Only say what would change. 只显示将要发生的变化
    #[arg(long)]
    dry_run: bool,
    /// Do not ask. 不询问
    #[arg(long, short)]
    yes: bool,
    /// Answer as soon as it has begun. 不等待
    #[arg(long)]
    no_wait: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let path = format!("/api/v1/versions/{}/rollback", arguments.number);
    let plan: RollbackPlan = context.client.get_json(&path)?;
    if arguments.dry_run {
        context.answer(&plan, || text(context, &plan))?;
        return Ok(OK);
    }
    if !arguments.yes {
        let question = context.pick("现在回滚？[y/N] ", "Roll back now? [y/N] ");
        confirm(context, &text(context, &plan), question)?;
    }
    let begun: Operation = context.client.post_json(&path, &RollbackRequest { note: arguments.note })?;
    if arguments.no_wait {
        let text = context.pick("已开始回滚。", "The rollback has begun.");
        context.answer(&json!({"operation": begun}), || text.to_owned())?;
        return Ok(OK);
    }
    let operation = follow::operation(context, begun)?;
    let made = follow::newest_version(context)?;
    context.answer(&json!({"operation": operation, "version": made}), || done(context, &plan, &made))?;
    Ok(OK)
}

fn text(context: &Context, plan: &RollbackPlan) -> String {
    let bytes = format!("{} {}", context.pick("最多", "at most"), size(plan.update_bytes));
    let mut text = pairs(&[
        (context.pick("当前版本", "Present version"), plan.from.to_string()),
        (context.pick("将恢复版本", "Comes back"), plan.to.to_string()),
        (context.pick("终端更新量", "Update"), bytes),
        (context.pick("虚拟大小", "Virtual size"), size_change(plan)),
    ]);
    text.push('\n');
    text.push_str(&changes(context, &plan.packages));
    text
}

/// The size of the disk, where it becomes another one.
fn size_change(plan: &RollbackPlan) -> String {
    match plan.virtual_bytes == plan.virtual_bytes_before {
        true => String::new(),
        false => format!("{} → {}", size(plan.virtual_bytes_before), size(plan.virtual_bytes)),
    }
}

fn done(context: &Context, plan: &RollbackPlan, made: &Version) -> String {
    pairs(&[
        (context.pick("版本", "Version"), made.number.to_string()),
        (context.pick("内容同版本", "Same as version"), plan.to.to_string()),
        ("root", made.root.clone()),
        (context.pick("磁盘文件", "Disk file"), size(made.length)),
        (context.pick("终端更新量", "Update"), size(made.update_bytes)),
        (context.pick("新增", "Added"), made.added.join(", ")),
        (context.pick("变更", "Changed"), made.changed.join(", ")),
        (context.pick("删除", "Removed"), made.removed.join(", ")),
    ])
}
