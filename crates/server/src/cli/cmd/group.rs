//! `driver-center group`: puts terminals into a group.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::api::GroupRequest;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Which terminals, and which group.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("group").required(true).args(["name", "none"]))]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(value_name = "TERMINAL", required = true)]
    terminals: Vec<String>,
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
    let request = GroupRequest { terminals: terminals.clone(), group: arguments.name };
    context.client.post_json::<_, DoneAnswer>("/api/v1/terminals/group", &request)?;
    let count = terminals.len();
    context.answer(&json!({"grouped": terminals}), || match context.language {
        crate::messages::Language::Chinese => format!("已更改 {count} 个终端的分组。"),
        crate::messages::Language::English => format!("Changed the group of {count} terminals."),
    })?;
    Ok(OK)
}
