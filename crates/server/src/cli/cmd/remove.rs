//! `driver-center remove`: terminals that are gone.

use crate::cli::context::{Context, OK};
use crate::cli::prompt::confirm;
use crate::cli::resolve;
use crate::cli::which::{Which, query};
use crate::messages::Language;
use fault::Result;
use protocol::api::{
    RemoveRequest, TerminalCounts, TerminalFilter, TerminalOverview, TerminalProgram, TerminalShow,
    TerminalsDone,
};
use protocol::client::with_query;
use serde_json::json;
use wording::number_of;

/// Which terminals.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(
        value_name = "TERMINAL",
        required_unless_present_any = ["group", "search", "show", "has_version"],
        conflicts_with_all = ["group", "search", "show", "has_version"]
    )]
    terminals: Vec<String>,
    /// Those of this group. 分组
    #[arg(long)]
    group: Option<String>,
    #[command(flatten)]
    which: Which,
    /// They are no terminals with a tool disk, but upload printer drivers. 上传打印驱动的终端
    #[arg(long)]
    driver_clients: bool,
    /// Do not ask before all that fit are removed. 不询问
    #[arg(long, short)]
    yes: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let request = match arguments.terminals.is_empty() {
        true => fitting(context, &arguments)?,
        false => named(context, &arguments)?,
    };
    let done: TerminalsDone = context.client.post_json("/api/v1/terminals/remove", &request)?;
    let count = done.terminals;
    context.answer(&json!({"removed": request.terminals, "terminals": count}), || {
        match context.language {
            Language::Chinese => format!("已移除 {count} 个终端；再次使用须重新注册。"),
            Language::English => format!(
                "Removed {}; whatever is to come back has to enrol again.",
                number_of(count, "terminal", "terminals")
            ),
        }
    })?;
    Ok(OK)
}

fn named(context: &Context, arguments: &Arguments) -> Result<RemoveRequest> {
    let found = match arguments.driver_clients {
        true => resolve::driver_clients(context, &arguments.terminals)?,
        false => resolve::terminals(context, &arguments.terminals)?,
    };
    let terminals = found.into_iter().map(|terminal| terminal.id).collect();
    Ok(RemoveRequest { terminals, r#where: None, at_most: None })
}

/// All that fit, and no more than somebody has agreed to.
fn fitting(context: &Context, arguments: &Arguments) -> Result<RemoveRequest> {
    let program = arguments.driver_clients.then_some(TerminalProgram::DriverClient);
    let filter = TerminalFilter { program, ..arguments.which.filter(arguments.group.as_deref()) };
    let at_most = match arguments.yes {
        true => None,
        false => Some(agreed(context, &filter)?),
    };
    Ok(RemoveRequest { terminals: Vec::new(), r#where: Some(filter), at_most })
}

/// Asks, with their number.
fn agreed(context: &Context, filter: &TerminalFilter) -> Result<u64> {
    let pairs = query(filter)?;
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = with_query("/api/v1/terminals/counts", &pairs);
    let overview: TerminalOverview = context.client.get_json(&path)?;
    let count = counted(&overview.counts, filter.show);
    let effect = match context.language {
        Language::Chinese => {
            format!(
                "将移除 {count} 个终端：不再列出，也不再获得更新，再次使用须重新注册。终端上的工具盘会保留。"
            )
        }
        Language::English => format!(
            "{} will be removed: no longer listed, without updates, and back only by enrolling again. A tool disk stays where \
             it is.",
            number_of(count, "terminal", "terminals")
        ),
    };
    confirm(context, &effect, context.pick("现在移除？[y/N] ", "Remove now? [y/N] "))?;
    Ok(count)
}

/// How many of those that were counted a list shows.
fn counted(counts: &TerminalCounts, show: Option<TerminalShow>) -> u64 {
    match show {
        None => counts.total,
        Some(TerminalShow::Identical) => counts.identical,
        Some(TerminalShow::Behind) => counts.behind,
        Some(TerminalShow::Busy) => counts.busy,
        Some(TerminalShow::Error) => counts.error,
        Some(TerminalShow::Offline) => counts.offline,
    }
}
