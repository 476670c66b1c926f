//! `tool-disk sync`.

use clap::Args;
use fault::Result;
use protocol::api::{Directive, TerminalState};
use serde_json::json;

use crate::cli::Context;
use crate::exit;
use crate::state::Seen;
use crate::sync::Outcome;

/// How to sync.
#[derive(Debug, Args)]
pub struct Sync {
    /// Take the current version also when automatic updates are off 即使自动更新已关闭也立即更新
    #[arg(long)]
    force: bool,
}

impl Sync {
    /// Syncs.
    pub fn run(self, context: &Context) -> Result<u8> {
        let terminal = context.terminal()?;
        let _lock = context.state.lock()?;
        terminal.recover(&context.ui)?;
        let directive = terminal.report(TerminalState::Idle, None, &context.ui)?;
        // The disk does not wait for it; the next sync tries again.
        let _untold = terminal.tell(&context.ui);
        // Before the first version there is nothing that could be released: the head says so.
        let is_released = directive.update || self.force || terminal.is_to_mend(directive.version)?;
        if !is_released && directive.version > 0 {
            return not_released(context, &terminal, &directive);
        }
        let outcome = terminal.sync_and_report(context.ui.language, self.force, &context.ui);
        context.ui.end_progress();
        say(context, &outcome?, terminal.bytes_fetched())
    }
}

fn not_released(
    context: &Context,
    terminal: &crate::terminal::Terminal,
    directive: &Directive,
) -> Result<u8> {
    let version = directive.version;
    if let Some(seen) = terminal.proven_version()?.filter(|seen| seen.version == version) {
        return say(context, &Outcome::Current(seen), terminal.bytes_fetched());
    }
    let (outcome, id) = match directive.outside_window {
        true => ("outside_window", "sync.not_now"),
        false => ("not_released", "sync.not_released"),
    };
    let text = context.ui.text(id, &[("version", &version.to_string())]);
    let result = json!({ "outcome": outcome, "version": version, "bytes_fetched": terminal.bytes_fetched() });
    context.ui.result(&result, &text);
    Ok(exit::OK)
}

fn say(context: &Context, outcome: &Outcome, bytes_fetched: u64) -> Result<u8> {
    let (name, seen, id, code) = match outcome {
        Outcome::Current(seen) => ("current", seen, "sync.current", exit::OK),
        Outcome::Updated(seen) => ("updated", seen, "note.done", exit::OK),
        Outcome::Waiting(seen, _) => ("waiting", seen, "note.waiting", exit::IN_USE),
    };
    if let Outcome::Waiting(_, why) = outcome {
        context.ui.line(why);
    }
    let Seen { version, root } = seen;
    let mut text = context.ui.text(id, &[("version", &version.to_string())]);
    // Asking whether there is news is no download.
    if !matches!(outcome, Outcome::Current(_)) {
        let size = wording::size(bytes_fetched);
        text += &context.ui.text("sync.fetched", &[("size", &size)]);
    }
    let result = json!({ "outcome": name, "version": version, "root": root, "bytes_fetched": bytes_fetched });
    context.ui.result(&result, &text);
    Ok(code)
}
