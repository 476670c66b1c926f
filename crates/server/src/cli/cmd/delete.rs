//! `driver-center delete`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::thor::{DoneAnswer, DriverAction};
use serde_json::json;

/// Which drivers.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Numbers or names of the drivers. 编号或名称
    #[arg(required = true, value_name = "DRIVER")]
    drivers: Vec<String>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let mut drivers = resolve::drivers(context, &arguments.drivers)?;
    drivers.sort_by_key(|driver| driver.id);
    drivers.dedup_by_key(|driver| driver.id);
    let ids: Vec<i64> = drivers.iter().map(|driver| driver.id).collect();
    let action = DriverAction { action: "delete".to_owned(), ids: ids.clone() };
    context.client.post_json::<_, DoneAnswer>("/thor/voi/driver", &action)?;
    context.answer(&json!({"deleted": ids}), || {
        let lines = drivers.iter().map(|driver| {
            let name = wording::clean(&driver.name);
            format!("{} {} {name}", context.pick("已删除", "deleted"), driver.id)
        });
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(OK)
}
