//! `driver-center remove`: terminals that are gone.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use crate::messages::Language;
use fault::Result;
use serde_json::json;

/// Which terminals.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Names of terminals, their ids or beginnings of ids. 终端
    #[arg(value_name = "TERMINAL", required = true)]
    terminals: Vec<String>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let found = resolve::terminals(context, &arguments.terminals)?;
    let terminals: Vec<String> = found.into_iter().map(|terminal| terminal.id).collect();
    for id in &terminals {
        context.client.delete(&format!("/api/v1/terminals/{id}"))?;
    }
    let count = terminals.len();
    context.answer(&json!({"removed": terminals}), || match context.language {
        Language::Chinese => format!("已移除 {count} 个终端；再次使用须重新注册。"),
        Language::English => format!("Removed {count} terminals; to come back, they enrol again."),
    })?;
    Ok(OK)
}
