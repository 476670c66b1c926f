//! `tool-disk verify`.

use clap::Args;
use fault::Result;
use serde_json::json;

use crate::cli::Context;
use crate::exit;
use crate::sync::Outcome;
use crate::verify::Verdict;

/// What to do about damage.
#[derive(Debug, Args)]
pub struct Verify {
    /// Fetch the leaves that differ, and no others 只重新获取损坏的部分
    #[arg(long)]
    repair: bool,
}

impl Verify {
    /// Verifies.
    pub fn run(self, context: &Context) -> Result<u8> {
        let terminal = context.terminal()?;
        let _lock = context.state.lock()?;
        let verdict = terminal.verify(self.repair, &context.ui)?;
        if verdict.is_good() {
            say(context, &verdict, "verify.good", false);
            return Ok(exit::OK);
        }
        if !self.repair {
            say(context, &verdict, bad(&verdict), false);
            return Ok(if verdict.expected.is_some() { exit::CORRUPT } else { exit::UPDATING });
        }
        match terminal.sync_and_report(context.ui.language, true, &context.ui)? {
            Outcome::Waiting(..) => {
                say(context, &verdict, bad(&verdict), false);
                Ok(exit::IN_USE)
            }
            Outcome::Current(_) | Outcome::Updated(_) => {
                let is_counted = verdict.damaged.is_some();
                say(context, &verdict, if is_counted { "verify.mended" } else { "verify.repaired" }, true);
                Ok(exit::OK)
            }
        }
    }
}

/// What to say of a disk that is not good.
fn bad(verdict: &Verdict) -> &'static str {
    if verdict.damaged.is_some() { "verify.bad" } else { "verify.unproven" }
}

fn say(context: &Context, verdict: &Verdict, id: &str, mended: bool) {
    context.ui.end_progress();
    let (damaged, leaves) = (verdict.damaged_leaves(), verdict.leaves);
    let count = damaged.unwrap_or_default().to_string();
    let text = context.ui.text(id, &[("damaged", &count), ("leaves", &leaves.to_string())]);
    let runs = verdict.damaged.as_ref();
    let result = json!({
        "good": verdict.is_good() || mended,
        "repaired": mended,
        "root": verdict.expected.map(|root| root.to_string()),
        "found_root": verdict.found.to_string(),
        "leaves": leaves,
        "damaged_leaves": damaged,
        "damaged_runs": runs.map(|runs| runs.iter().map(|run| [run.start, run.end]).collect::<Vec<_>>()),
    });
    context.ui.result(&result, &text);
}
