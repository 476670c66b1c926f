//! `driver-center edit`.

use crate::cli::context::{Context, OK};
use fault::Result;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Begin, or take over.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Take the edit over from whoever is editing, with all that was changed in it (administrators). 接管编辑
    #[arg(long)]
    take_over: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let place = if arguments.take_over { "/api/v1/edit/take-over" } else { "/api/v1/edit" };
    context.client.post_json::<_, DoneAnswer>(place, &json!({}))?;
    let text = match arguments.take_over {
        true => context.pick(
            "已接管编辑；完成后请保存或放弃。",
            "The edit is yours; save or discard when you have finished.",
        ),
        false => context
            .pick("已进入编辑状态；完成后请保存或放弃。", "Editing; save or discard when you have finished."),
    };
    context.answer(&json!({"editing": true}), || text.to_owned())?;
    Ok(OK)
}
