//! `driver-center push`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::api::PushRequest;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Which terminals.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(value_name = "TERMINAL", required_unless_present_any = ["all", "group"], conflicts_with = "all")]
    terminals: Vec<String>,
    /// All terminals of this group; may be given several times. 分组
    #[arg(long, conflicts_with = "all")]
    group: Vec<String>,
    /// All terminals. 全部终端
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let mut found = match arguments.all {
        true => resolve::all_terminals(context)?,
        false => resolve::terminals(context, &arguments.terminals)?,
    };
    for group in &arguments.group {
        found.extend(resolve::terminals_of(context, group)?);
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    let terminals: Vec<String> = found.into_iter().map(|terminal| terminal.id).collect();
    if !terminals.is_empty() {
        let request = PushRequest { terminals: terminals.clone(), groups: Vec::new() };
        context.client.post_json::<_, DoneAnswer>("/api/v1/terminals/push", &request)?;
    }
    let count = terminals.len();
    context.answer(&json!({"pushed": terminals}), || match context.language {
        crate::messages::Language::Chinese => format!("已下发到 {count} 个终端。"),
        crate::messages::Language::English => format!("Pushed to {count} terminals."),
    })?;
    Ok(OK)
}
