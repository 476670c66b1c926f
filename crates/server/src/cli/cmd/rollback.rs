//! `driver-center rollback`: says what would change, asks, and follows the steps.

use super::version::changes;
use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::prompt::Terminal;
use crate::cli::table::pairs;
use crate::cli::words::size;
use fault::{Error, Result};
use protocol::api::{Operation, RollbackPlan, RollbackRequest, Status, Version};
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
        confirm(context, &plan)?;
    }
    let begun: Operation = context.client.post_json(&path, &RollbackRequest { note: arguments.note })?;
    if arguments.no_wait {
        let text = context.pick("已开始回滚。", "The rollback has begun.");
        context.answer(&json!({"operation": begun}), || text.to_owned())?;
        return Ok(OK);
    }
    let operation = follow::operation(context, begun)?;
    let number = follow::patiently(|| context.client.get_json::<Status>("/api/v1/status"))?.version;
    let made: Version = context.client.get_json(&format!("/api/v1/versions/{number}"))?;
    context.answer(&json!({"operation": operation, "version": made}), || done(context, &plan, &made))?;
    Ok(OK)
}

/// Goes on only where somebody at the terminal says so.
fn confirm(context: &Context, plan: &RollbackPlan) -> Result<()> {
    let not_confirmed =
        || Error::cancelled("roll back: it was not confirmed").with_notice("cli.not_confirmed");
    let mut terminal = Terminal::open().map_err(|_| not_confirmed())?;
    context.remark(&text(context, plan));
    let answer = terminal.ask(context.pick("现在回滚？[y/N] ", "Roll back now? [y/N] "))?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" | "是" => Ok(()),
        _ => Err(not_confirmed()),
    }
}

fn text(context: &Context, plan: &RollbackPlan) -> String {
    let bytes = format!("{} {}", context.pick("最多", "at most"), size(plan.update_bytes));
    let mut text = pairs(&[
        (context.pick("当前版本", "Present version"), plan.from.to_string()),
        (context.pick("将恢复版本", "Comes back"), plan.to.to_string()),
        (context.pick("终端更新量", "Update"), bytes),
    ]);
    text.push('\n');
    text.push_str(&changes(context, &plan.packages));
    text
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
