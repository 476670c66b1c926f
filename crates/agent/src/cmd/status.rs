//! `tool-disk status`: what the disk is, and whether it may be opened. Reads only, needs no network and no lock.

use fault::Result;
use serde::Serialize;

use crate::cli::Context;
use crate::exit;
use crate::terminal::Terminal;

#[derive(Serialize)]
struct Status {
    server: String,
    center: String,
    terminal: String,
    disk: String,
    state: &'static str,
    may_be_opened: bool,
    version: Option<u64>,
    root: Option<String>,
    length: Option<u64>,
    newest_version: Option<u64>,
    pending_version: Option<u64>,
}

/// Says what the disk is.
pub fn run(context: &Context) -> Result<u8> {
    let terminal = context.terminal()?;
    let (status, code) = look(&terminal)?;
    context.ui.result(&status, &status.human(context));
    Ok(code)
}

fn look(terminal: &Terminal) -> Result<(Status, u8)> {
    let record = terminal.record()?;
    let leaves = terminal.known_leaves()?;
    let root = leaves.as_ref().map(|leaves| leaves.root().to_string());
    let proven = terminal.proven_version()?;
    let (state, code) = match (terminal.is_updating(), terminal.paths.disk.exists(), &proven) {
        (true, _, _) => ("updating", exit::UPDATING),
        (false, false, _) => ("none", exit::NO_DISK),
        (false, true, None) => ("unproven", exit::UPDATING),
        (false, true, Some(_)) => ("ready", exit::OK),
    };
    let pending = terminal.pending()?;
    let config = &terminal.config;
    let status = Status {
        server: config.server.clone(),
        center: config.center.clone(),
        terminal: config.terminal.clone(),
        disk: config.disk.display().to_string(),
        state,
        may_be_opened: code == exit::OK,
        version: proven.map(|seen| seen.version),
        length: leaves.as_ref().map(|leaves| leaves.byte_len()),
        root,
        newest_version: record.newest.map(|seen| seen.version),
        pending_version: pending.as_ref().and_then(|pending| pending.target()).map(|seen| seen.version),
    };
    Ok((status, code))
}

impl Status {
    fn human(&self, context: &Context) -> String {
        let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let rows = [
            ("status.server", self.server.clone()),
            ("status.center", self.center.clone()),
            ("status.terminal", self.terminal.clone()),
            ("status.disk", self.disk.clone()),
            ("status.state", context.ui.text(&format!("state.{}", self.state), &[])),
            ("status.version", number(self.version)),
            ("status.root", self.root.clone().unwrap_or_else(|| "-".to_owned())),
            ("status.length", number(self.length)),
            ("status.newest", number(self.newest_version)),
            ("status.pending", number(self.pending_version)),
        ];
        let lines = rows.map(|(label, value)| format!("{}: {value}", context.ui.text(label, &[])));
        lines.join("\n")
    }
}
