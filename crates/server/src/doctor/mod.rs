//! `driver-center doctor`: what the server needs from this machine, and what mends it where it is missing.
//!
//! Checks look only: they make no directory, no table and no file that stays. `serve` runs the essential ones before
//! it starts and refuses with the same words.

mod checks;
mod data_dir;
mod programs;
mod words;

use crate::config::{Config, Source};
use crate::messages::Language;
use crate::output::{self, Manner};
use fault::{Error, Result};
use protocol::api::Finding;
use std::process::ExitCode;

/// What `doctor` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

/// A finding, and whether the server can start without it.
struct Check {
    finding: Finding,
    is_essential: bool,
}

/// `driver-center doctor`: exit code 1 when something is missing.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let language = arguments.manner.language();
    let config = match arguments.source.load() {
        Ok(config) => config,
        Err(error) => return output::failed(&error, language),
    };
    let findings = findings(&config, language);
    let is_well = findings.iter().all(|finding| finding.ok);
    if arguments.manner.json {
        match serde_json::to_string_pretty(&findings) {
            Ok(text) => output::line(&text),
            Err(error) => return output::failed(&Error::bug(format!("encode findings: {error}")), language),
        }
    } else {
        output::line(&table(&findings));
        output::line(&words::summary(is_well, language));
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All that `doctor` has to say.
pub(crate) fn findings(config: &Config, language: Language) -> Vec<Finding> {
    checks::all(config, language).into_iter().map(|check| check.finding).collect()
}

/// Fails when something is missing without which the server cannot work, and shows it.
pub(crate) fn require_essentials(config: &Config, language: Language) -> Result<()> {
    let checks = checks::essential(config, language);
    let missing: Vec<Finding> =
        checks.into_iter().filter(|c| c.is_essential && !c.finding.ok).map(|c| c.finding).collect();
    if missing.is_empty() {
        return Ok(());
    }
    output::note(&table(&missing));
    let names: Vec<&str> = missing.iter().map(|finding| finding.name.as_str()).collect();
    let what = names.join(language.pick("、", ", "));
    Err(Error::unavailable(format!("missing: {what}"))
        .with_notice("serve.needs_missing")
        .with_value("what", what))
}

/// One line for each finding, and the command that mends it below.
fn table(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        let mark = if finding.ok { '✓' } else { '✗' };
        lines.push(format!("{mark} {}: {}", finding.name, finding.found));
        lines.extend(finding.remedy.iter().map(|remedy| format!("    → {remedy}")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_need_comes_with_the_command_that_mends_it() {
        let finding = |ok, remedy: Option<&str>| Finding {
            name: "7zz".into(),
            ok,
            found: "x".into(),
            remedy: remedy.map(str::to_owned),
        };
        let text = table(&[finding(true, None), finding(false, Some("apt-get install 7zip"))]);
        assert_eq!(text, "✓ 7zz: x\n✗ 7zz: x\n    → apt-get install 7zip");
    }
}
