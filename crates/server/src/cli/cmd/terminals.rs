//! `driver-center terminals`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve::all_terminals;
use crate::cli::table::{Side, Table};
use crate::cli::which::{Which, query};
use crate::cli::words::{share, short, since, word, yes};
use crate::messages::Language;
use fault::Result;
use protocol::api::{Terminal, TerminalFilter, TerminalProgram, TerminalState};

/// Which ones, and how they are sorted.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Those of this group. 分组
    #[arg(long, conflicts_with = "ungrouped")]
    group: Option<String>,
    /// Those that are in no group. 未分组
    #[arg(long)]
    ungrouped: bool,
    #[command(flatten)]
    which: Which,
    /// Instead of terminals with a tool disk, those that upload printer drivers with `driver-client`. 上传打印驱动的终端
    #[arg(long, conflicts_with_all = ["group", "ungrouped", "show", "has_version"])]
    driver_clients: bool,
    /// The order; `name` if none is given. 排序
    #[arg(long, value_enum, default_value = "name")]
    sort: Sort,
    /// Turn the order round. 倒序
    #[arg(long)]
    desc: bool,
}

/// An order.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Sort {
    Name,
    Version,
    LastSeen,
    State,
    Group,
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Version => "version",
            Self::LastSeen => "last_seen",
            Self::State => "state",
            Self::Group => "group",
        }
    }
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let which = arguments.which.filter(arguments.group.as_deref());
    let program = arguments.driver_clients.then_some(TerminalProgram::DriverClient);
    let filter = query(&TerminalFilter { ungrouped: arguments.ungrouped, program, ..which })?;
    let desc = arguments.desc.to_string();
    let mut query = vec![("sort", arguments.sort.name()), ("desc", desc.as_str())];
    query.extend(filter.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let terminals = all_terminals(context, &query)?;
    context.answer(&terminals, || match arguments.driver_clients {
        true => clients(context, &terminals),
        false => table(context, &terminals),
    })?;
    Ok(OK)
}

fn table(context: &Context, terminals: &[Terminal]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("终端", "Terminal"), Side::Left),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("分组", "Group"), Side::Left),
        ("MAC", Side::Left),
        (context.pick("版本", "Version"), Side::Right),
        (context.pick("一致", "Identical"), Side::Left),
        (context.pick("状态", "State"), Side::Left),
        (context.pick("上次联系", "Seen"), Side::Left),
        (context.pick("说明", "Message"), Side::Left),
    ]);
    for terminal in terminals {
        table.row([
            short(&terminal.id),
            terminal.name.clone(),
            terminal.group.clone().unwrap_or_default(),
            terminal.mac.clone(),
            terminal.version.filter(|version| *version > 0).map_or_else(|| "-".to_owned(), |v| v.to_string()),
            yes(terminal.identical, language),
            state(terminal, language),
            since(terminal.last_seen_at.as_deref(), language),
            terminal.message.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有终端。", "There is no terminal."))
}

/// They have no disk, and do not report.
fn clients(context: &Context, terminals: &[Terminal]) -> String {
    let mut table = Table::new([
        (context.pick("终端", "Terminal"), Side::Left),
        (context.pick("名称", "Name"), Side::Left),
        ("MAC", Side::Left),
        (context.pick("注册时间", "Enrolled"), Side::Left),
    ]);
    for terminal in terminals {
        table.row([
            short(&terminal.id),
            terminal.name.clone(),
            terminal.mac.clone(),
            since(Some(&terminal.enrolled_at), context.language),
        ]);
    }
    table.text(context.pick("没有 driver-client。", "There is no driver-client."))
}

/// What it does. Of one that is silent that is no more than what it said last.
fn state(terminal: &Terminal, language: Language) -> String {
    let said = said(terminal, language);
    let offline = language.pick("离线", "offline");
    match terminal.state {
        _ if !terminal.offline => said,
        TerminalState::Unknown | TerminalState::Idle => offline.to_owned(),
        _ => format!("{offline}{}{said}{}", language.pick("（", " ("), language.pick("）", ")")),
    }
}

fn said(terminal: &Terminal, language: Language) -> String {
    let name = match terminal.state {
        TerminalState::Unknown => "unknown",
        TerminalState::Idle => "idle",
        TerminalState::Downloading => "downloading",
        TerminalState::Applying => "applying",
        TerminalState::Waiting => "waiting",
        TerminalState::Error => "error",
    };
    let name = word(name, language);
    match terminal.state {
        TerminalState::Downloading | TerminalState::Applying => {
            format!("{name} {}", share(terminal.done, terminal.total))
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(state: &str, offline: bool, language: Language) -> String {
        let terminal = serde_json::json!({"id": "1", "name": "PC-1", "mac": "", "enrolled_at": "",
            "identical": false, "offline": offline, "state": state, "done": 1, "total": 4});
        super::state(&serde_json::from_value(terminal).unwrap(), language)
    }

    #[test]
    fn one_that_is_silent_does_not_look_busy() {
        assert_eq!(shown("downloading", false, Language::English), "downloading 1 B / 4 B (25 %)");
        assert_eq!(shown("downloading", true, Language::English), "offline (downloading 1 B / 4 B (25 %))");
        assert_eq!(shown("error", true, Language::Chinese), "离线（错误）");
        assert_eq!(shown("idle", true, Language::Chinese), "离线");
    }
}
