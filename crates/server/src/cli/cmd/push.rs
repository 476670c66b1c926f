//! `driver-center push`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use crate::cli::which::Which;
use crate::messages::Language;
use fault::Result;
use protocol::api::{PushRequest, TerminalsDone};
use serde_json::json;
use wording::number_of;

/// Which terminals.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(
        value_name = "TERMINAL",
        required_unless_present_any = ["all", "group", "search", "show", "has_version"],
        conflicts_with_all = ["all", "search", "show", "has_version"]
    )]
    terminals: Vec<String>,
    /// All terminals of this group; may be given several times. 分组
    #[arg(long, conflicts_with = "all")]
    group: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// All terminals. 全部终端
    #[arg(long, conflicts_with_all = ["search", "show", "has_version"])]
    all: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let mut count = 0;
    let mut named = Vec::new();
    for request in requests(context, &arguments)? {
        count += context.client.post_json::<_, TerminalsDone>("/api/v1/terminals/push", &request)?.terminals;
        named.extend(request.terminals);
    }
    context.answer(&json!({"pushed": named, "terminals": count}), || match context.language {
        Language::Chinese => format!("已下发到 {count} 个终端。"),
        Language::English => format!("Pushed to {}.", number_of(count, "terminal", "terminals")),
    })?;
    Ok(OK)
}

/// Terminals and groups by their names in one; a filter in one for each group.
fn requests(context: &Context, arguments: &Arguments) -> Result<Vec<PushRequest>> {
    let Arguments { group, which, all, .. } = arguments;
    let fitting = |group: Option<&str>| PushRequest {
        terminals: Vec::new(),
        groups: Vec::new(),
        r#where: Some(which.filter(group)),
    };
    if *all || (which.is_given() && group.is_empty()) {
        return Ok(vec![fitting(None)]);
    }
    if which.is_given() {
        return Ok(group.iter().map(|group| fitting(Some(group))).collect());
    }
    let found = resolve::terminals(context, &arguments.terminals)?;
    let terminals = found.into_iter().map(|terminal| terminal.id).collect();
    Ok(vec![PushRequest { terminals, groups: group.clone(), r#where: None }])
}
