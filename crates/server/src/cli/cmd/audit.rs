//! `driver-center audit`: who changed what.

use crate::cli::context::{Context, OK};
use crate::cli::moment;
use crate::cli::table::{Side, Table};
use crate::messages::Language;
use chrono::{DateTime, Local, SecondsFormat, Utc};
use fault::Result;
use protocol::api::AuditPage;
use protocol::client::with_query;
use wording::number_of;

/// Which changes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Those of this user or terminal. 操作人
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Such as driver.delete; or all of a kind, such as driver. 操作
    #[arg(long)]
    action: Option<String>,
    /// From then on: 90m, 12h, 7d, 2026-03-10, "2026-03-10 08:30" (here), or RFC 3339. 起始时间
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// How many, newest first. 数量
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// How many to skip. 跳过
    #[arg(long, default_value_t = 0)]
    offset: u64,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    moment::parse(text, &Local::now()).ok_or_else(|| {
        "use 90m, 12h, 7d, 2026-03-10, \"2026-03-10 08:30\" or RFC 3339 (时间格式无效)".to_owned()
    })
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let since = arguments.since.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true));
    let (limit, offset) = (arguments.limit.to_string(), arguments.offset.to_string());
    let filters = [("actor", &arguments.user), ("action", &arguments.action), ("since", &since)];
    let mut query = vec![("limit", limit.as_str()), ("offset", offset.as_str())];
    query.extend(filters.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))));
    let page: AuditPage = context.client.get_json(&with_query("/api/v1/audit", &query))?;
    context.answer(&page, || table(context, &page))?;
    say_what_is_left(context, &page);
    Ok(OK)
}

/// A page looks like all there is; say where it is not.
fn say_what_is_left(context: &Context, page: &AuditPage) {
    let next = page.page.offset.saturating_add(page.entries.len() as u64);
    let left = page.page.total.saturating_sub(next);
    if left > 0 && !page.entries.is_empty() {
        context.remark(&match context.language {
            Language::Chinese => format!("还有 {left} 条更早的记录：--offset {next}"),
            Language::English => {
                format!("{}: --offset {next}", number_of(left, "older entry", "older entries"))
            }
        });
    }
}

fn table(context: &Context, page: &AuditPage) -> String {
    let mut table = Table::new([
        (context.pick("时间", "Time"), Side::Left),
        (context.pick("操作人", "Who"), Side::Left),
        (context.pick("来源地址", "From"), Side::Left),
        (context.pick("操作", "Action"), Side::Left),
        (context.pick("对象", "Subject"), Side::Left),
    ]);
    for entry in &page.entries {
        table.row([
            moment::show(&entry.created_at, &Local),
            entry.actor.clone(),
            entry.address.clone().unwrap_or_default(),
            entry.action.clone(),
            entry.subject.clone(),
        ]);
    }
    table.text(context.pick("没有记录。", "There is no entry."))
}
