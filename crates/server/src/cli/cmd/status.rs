//! `driver-center status`: the state once, or whenever it changes.

use crate::cli::context::{Context, OK};
use crate::cli::limits::{OUTAGE_MAX, POLL};
use crate::cli::table::pairs;
use crate::cli::words::{mount_status, since, size, word, yes};
use fault::{Kind, Result};
use protocol::api::{Edit, Event, Operation, Status};
use std::time::Instant;

/// Once or for good.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Show it again whenever it changes, until Ctrl-C; with --json one line for each state. 持续显示
    #[arg(long)]
    watch: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    if arguments.watch {
        return watch(context);
    }
    let status = status(context)?;
    context.answer(&status, || text(context, &status))?;
    Ok(OK)
}

fn status(context: &Context) -> Result<Status> {
    context.client.get_json("/api/v1/status")
}

/// Follows the events, and begins anew when the stream ends; fails when the server stays away.
fn watch(context: &Context) -> Result<u8> {
    let mut shown = None;
    let mut seen = Instant::now();
    loop {
        match follow(context, &mut shown, &mut seen) {
            Err(error) if error.kind() != Kind::Unavailable || seen.elapsed() > OUTAGE_MAX => {
                return Err(error);
            }
            _ => std::thread::sleep(POLL * 4),
        }
    }
}

fn follow(context: &Context, shown: &mut Option<Status>, seen: &mut Instant) -> Result<()> {
    for event in context.client.events("/api/v1/events")? {
        let event: Event = event?.json()?;
        *seen = Instant::now();
        if matches!(event, Event::Job(_) | Event::Terminal { .. }) {
            continue;
        }
        let now = status(context)?;
        if shown.as_ref() != Some(&now) {
            let gap = if shown.is_some() { "\n" } else { "" };
            context.answer(&now, || format!("{gap}{}", text(context, &now)))?;
            *shown = Some(now);
        }
    }
    Ok(())
}

fn text(context: &Context, status: &Status) -> String {
    let language = context.language;
    let version = match status.version {
        0 => context.pick("尚未保存", "nothing was saved yet").to_owned(),
        number => number.to_string(),
    };
    pairs(&[
        (context.pick("状态", "State"), mount_status(status.mount_status, language)),
        (context.pick("原因", "Cause"), status.problem.clone().unwrap_or_default()),
        (context.pick("版本", "Version"), version),
        ("root", status.root.clone()),
        (context.pick("磁盘文件", "Disk file"), size_of(context, status)),
        (context.pick("服务器剩余空间", "Free on the server"), size(status.free_bytes)),
        (context.pick("自动更新", "Auto-update"), yes(status.is_auto_update, language)),
        (
            context.pick("编辑", "Edit"),
            status.edit.as_ref().map(|edit| edit_text(context, edit)).unwrap_or_default(),
        ),
        (
            context.pick("操作", "Operation"),
            status.operation.as_ref().map(|o| operation(context, o)).unwrap_or_default(),
        ),
        (context.pick("可执行", "Allowed"), allowed(context, status)),
        (context.pick("驱动中心", "Center"), format!("{} ({})", status.center, status.program)),
    ])
}

fn size_of(context: &Context, status: &Status) -> String {
    format!("{}, {} {}", size(status.length), context.pick("虚拟大小", "virtual"), size(status.virtual_bytes))
}

fn edit_text(context: &Context, edit: &Edit) -> String {
    let language = context.language;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for change in &edit.changes {
        match counts.iter_mut().find(|(kind, _)| *kind == change.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((&change.kind, 1)),
        }
    }
    let counts: Vec<_> =
        counts.iter().map(|(kind, count)| format!("{} {count}", word(kind, language))).collect();
    let changes =
        if counts.is_empty() { context.pick("无修改", "no change").to_owned() } else { counts.join(", ") };
    let who = match &edit.held_by {
        Some(name) => name.clone(),
        None => format!("{} ({})", edit.opened_by, context.pick("已空闲", "paused; free for others")),
    };
    format!("{who}, {}: {changes}", since(Some(&edit.opened_at), language))
}

fn operation(context: &Context, operation: &Operation) -> String {
    let language = context.language;
    let (kind, step) = (word(&operation.kind, language), word(&operation.step, language));
    let at = format!("{kind}: {step} ({}/{})", operation.steps_done, operation.steps_total);
    operation.error.as_ref().map_or(at.clone(), |cause| format!("{at}: {cause}"))
}

fn allowed(context: &Context, status: &Status) -> String {
    let actions = status.allowed_actions.iter().filter(|action| action.allowed);
    actions.map(|action| word(&action.action, context.language)).collect::<Vec<_>>().join(", ")
}
