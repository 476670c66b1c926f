//! `driver-center versions`.

use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table};
use crate::cli::words::{short, since, size, word, yes};
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
        (context.pick("保留", "Kept"), Side::Left),
        (context.pick("变化", "Changes"), Side::Left),
        (context.pick("备注", "Note"), Side::Left),
    ]);
    for version in versions {
        let added = version.added.iter().map(|name| format!("+{name}"));
        let changed = version.changed.iter().map(|name| format!("*{name}"));
        let removed = version.removed.iter().map(|name| format!("-{name}"));
        let changes: Vec<_> = added.chain(changed).chain(removed).collect();
        table.row([
            version.number.to_string(),
            kind(context, version),
            since(Some(&version.created_at), context.language),
            version.created_by.clone(),
            size(version.update_bytes),
            version.packages.to_string(),
            short(&version.root),
            yes(version.kept, context.language),
            changes.join(" "),
            version.note.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有版本。", "There is no version."))
}

/// The kind, and which version a rollback brought back.
fn kind(context: &Context, version: &Version) -> String {
    let kind = word(&version.kind, context.language);
    version.target.map_or(kind.clone(), |number| format!("{kind} → {number}"))
}
