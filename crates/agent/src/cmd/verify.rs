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
            say(context, &verdict, "verify.bad", false);
            return Ok(exit::CORRUPT);
        }
        match terminal.sync_and_report(context.ui.language, true, &context.ui)? {
            Outcome::Waiting(..) => {
                say(context, &verdict, "verify.bad", false);
                Ok(exit::IN_USE)
            }
            Outcome::Current(_) | Outcome::Updated(_) => {
                say(context, &verdict, "verify.mended", true);
                Ok(exit::OK)
            }
        }
    }
}

fn say(context: &Context, verdict: &Verdict, id: &str, mended: bool) {
    context.ui.end_progress();
    let (damaged, leaves) = (verdict.damaged_leaves(), verdict.leaves);
    let text = context.ui.text(id, &[("damaged", &damaged.to_string()), ("leaves", &leaves.to_string())]);
    let result = json!({
        "good": verdict.is_good() || mended,
        "repaired": mended,
        "root": verdict.expected.to_string(),
        "found_root": verdict.found.to_string(),
        "leaves": leaves,
        "damaged_leaves": damaged,
        "damaged_runs": verdict.damaged.iter().map(|run| [run.start, run.end]).collect::<Vec<_>>(),
    });
    context.ui.result(&result, &text);
}
