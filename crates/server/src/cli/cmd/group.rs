//! `driver-center group`: puts terminals into a group.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use crate::cli::which::Which;
use crate::messages::Language;
use fault::Result;
use protocol::api::{GroupRequest, TerminalsDone};
use serde_json::json;
use wording::number_of;

/// Which terminals, and which group.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("group").required(true).args(["name", "none"]))]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(
        value_name = "TERMINAL",
        required_unless_present_any = ["from", "search", "show", "has_version"],
        conflicts_with_all = ["from", "search", "show", "has_version"]
    )]
    terminals: Vec<String>,
    /// Those that are in this group now. 现分组
    #[arg(long, value_name = "GROUP")]
    from: Option<String>,
    #[command(flatten)]
    which: Which,
    /// The group that they are in from now on. 分组名称
    #[arg(long)]
    name: Option<String>,
    /// Take them out of their groups. 移出分组
    #[arg(long)]
    none: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let found = resolve::terminals(context, &arguments.terminals)?;
    let terminals: Vec<String> = found.into_iter().map(|terminal| terminal.id).collect();
    let filter = terminals.is_empty().then(|| arguments.which.filter(arguments.from.as_deref()));
    let request = GroupRequest { terminals, r#where: filter, group: arguments.name };
    let done: TerminalsDone = context.client.post_json("/api/v1/terminals/group", &request)?;
    let count = done.terminals;
    context.answer(&json!({"grouped": request.terminals, "terminals": count}), || {
        match context.language {
            Language::Chinese => format!("已更改 {count} 个终端的分组。"),
            Language::English => {
                format!("Changed the group of {}.", number_of(count, "terminal", "terminals"))
            }
        }
    })?;
    Ok(OK)
}
