//! `driver-center versions`.

use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table};
use crate::cli::words::{short, since, size, word};
use fault::Result;
use protocol::api::Version;
use protocol::client::with_query;

/// Which of them.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many, newest first. 数量
    #[arg(long, default_value_t = 20)]
    limit: u64,
    /// How many to skip. 跳过
    #[arg(long, default_value_t = 0)]
    offset: u64,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let (limit, offset) = (arguments.limit.to_string(), arguments.offset.to_string());
    let path = with_query("/api/v1/versions", &[("limit", &limit), ("offset", &offset)]);
    let versions: Vec<Version> = context.client.get_json(&path)?;
    context.answer(&versions, || table(context, &versions))?;
    Ok(OK)
}

fn table(context: &Context, versions: &[Version]) -> String {
    let mut table = Table::new([
        (context.pick("版本", "Version"), Side::Right),
        (context.pick("类型", "Kind"), Side::Left),
        (context.pick("时间", "When"), Side::Left),
        (context.pick("用户", "Who"), Side::Left),
        (context.pick("更新量", "Update"), Side::Right),
        (context.pick("驱动数", "Packages"), Side::Right),
        ("root", Side::Left),
        (context.pick("变化", "Changes"), Side::Left),
        (context.pick("备注", "Note"), Side::Left),
    ]);
    for version in versions {
        let added = version.added.iter().map(|name| format!("+{name}"));
        let changes: Vec<_> = added.chain(version.removed.iter().map(|name| format!("-{name}"))).collect();
        table.row([
            version.number.to_string(),
            word(&version.kind, context.language),
            since(Some(&version.created_at), context.language),
            version.created_by.clone(),
            size(version.update_bytes),
            version.packages.to_string(),
            short(&version.root),
            changes.join(" "),
            version.note.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有版本。", "There is no version."))
}
