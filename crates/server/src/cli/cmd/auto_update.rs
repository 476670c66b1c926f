//! `driver-center auto-update`.

use crate::cli::context::{Context, OK};
use clap::ValueEnum;
use fault::Result;
use protocol::thor::{DoneAnswer, MountAction};
use serde_json::json;

/// On or off.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Whether terminals take new versions by themselves. 是否自动更新
    state: Switch,
}

/// A switch.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let is_on = arguments.state == Switch::On;
    let action = MountAction { is_auto_update: Some(is_on), ..MountAction::default() };
    context.client.post_json::<_, DoneAnswer>("/thor/voi/driver/mount", &action)?;
    let text = match is_on {
        true => context.pick("自动更新已开启。", "Terminals take new versions by themselves."),
        false => {
            context.pick("自动更新已关闭，请用 push 下发。", "Terminals wait until a version is pushed.")
        }
    };
    context.answer(&json!({"is_auto_update": is_on}), || text.to_owned())?;
    Ok(OK)
}
