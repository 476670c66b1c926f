//! `driver-center edit`.

use crate::cli::context::{Context, OK};
use fault::Result;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Nothing to say.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(context: &Context, _: Arguments) -> Result<u8> {
    context.client.post_json::<_, DoneAnswer>("/api/v1/edit", &json!({}))?;
    let text = context
        .pick("已进入编辑状态；完成后请保存或放弃。", "Editing; save or discard when you have finished.");
    context.answer(&json!({"editing": true}), || text.to_owned())?;
    Ok(OK)
}
