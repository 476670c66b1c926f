//! `driver-center restore`.

use crate::cli::context::{Context, OK};
use crate::cli::follow;
use fault::Result;
use protocol::api::Operation;
use serde_json::json;

/// How to restore.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Answer as soon as it has begun. 不等待
    #[arg(long)]
    no_wait: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let mut operation: Operation = context.client.post_json("/api/v1/restore", &json!({}))?;
    let mut text = context.pick("已开始恢复。", "The restore has begun.");
    if !arguments.no_wait {
        operation = follow::operation(context, operation)?;
        text = context.pick("恢复完成，状态正常。", "Restored; the state is normal.");
    }
    context.answer(&json!({"operation": operation}), || text.to_owned())?;
    Ok(OK)
}
