//! `driver-center save`: begins to save, shows the steps, and tells what the new version is.

use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::table::pairs;
use crate::cli::words::size;
use fault::Result;
use protocol::api::{Operation, SaveRequest, Status, Version};
use serde_json::json;

/// How to save.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A note for the history. 备注
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Wait for the end and show the steps (the default). 等待完成
    #[arg(long, overrides_with = "no_wait")]
    wait: bool,
    /// Answer as soon as it has begun. 不等待
    #[arg(long, overrides_with = "wait")]
    no_wait: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let before = version(context)?;
    let request = SaveRequest { note: arguments.note };
    let operation: Operation = context.client.post_json("/api/v1/save", &request)?;
    if arguments.no_wait {
        let text = context.pick("已开始保存。", "The save has begun.");
        context.answer(&json!({"operation": operation}), || text.to_owned())?;
        return Ok(OK);
    }
    let operation = follow::operation(context, operation)?;
    let number = version(context)?;
    let saved: Option<Version> = match number == before {
        true => None,
        false => Some(context.client.get_json(&format!("/api/v1/versions/{number}"))?),
    };
    let value = json!({"operation": operation, "version": saved});
    context
        .answer(&value, || saved.as_ref().map_or_else(|| unchanged(context), |saved| text(context, saved)))?;
    Ok(OK)
}

fn version(context: &Context) -> Result<u64> {
    Ok(follow::patiently(|| context.client.get_json::<Status>("/api/v1/status"))?.version)
}

fn unchanged(context: &Context) -> String {
    context.pick("没有修改，版本不变。", "Nothing had changed; the version stays.").to_owned()
}

fn text(context: &Context, version: &Version) -> String {
    pairs(&[
        (context.pick("版本", "Version"), version.number.to_string()),
        ("root", version.root.clone()),
        (context.pick("磁盘文件", "Disk file"), size(version.length)),
        (context.pick("终端更新量", "Update"), size(version.update_bytes)),
        (context.pick("新增", "Added"), version.added.join(", ")),
        (context.pick("变更", "Changed"), version.changed.join(", ")),
        (context.pick("删除", "Removed"), version.removed.join(", ")),
    ])
}
