//! `driver-center discard`.

use crate::cli::context::{Context, OK};
use fault::Result;
use serde_json::json;

/// Nothing to say.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(context: &Context, _: Arguments) -> Result<u8> {
    context.client.delete("/api/v1/edit")?;
    let text = context.pick("已放弃修改，恢复到上次保存的状态。", "Discarded; the last saved state is back.");
    context.answer(&json!({"editing": false}), || text.to_owned())?;
    Ok(OK)
}
