//! `cargo xtask check`: all of CI, here.

use crate::run::{Build, cargo, note, program, run};
use crate::{fuzz, services, tidy};
use fault::Result;
use std::process::Stdio;

/// Runs everything, and stops at the first that fails.
pub(crate) fn run_all() -> Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("driver-client for Windows", program("scripts/windows.sh").arg("check"))?;
    step("tests", &mut cargo(&["test", "--workspace"]))?;
    note("==> tests beside MariaDB, Glance and Keystone");
    services::mariadb()?;
    services::glance()?;
    services::schemathesis()?;
    fuzz::run_targets(&[])?;
    step("console", program("scripts/console.sh").arg("test"))?;
    note("==> tidy");
    tidy::run(Build::Before)?;
    let mut doc = cargo(&["doc", "--workspace", "--no-deps"]);
    step("documentation", doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    licences()
}

fn step(name: &str, command: &mut std::process::Command) -> Result<()> {
    note(&format!("==> {name}"));
    run(command)
}

/// Licences and known weaknesses of what we depend on, where cargo-deny is installed.
fn licences() -> Result<()> {
    let mut version = program("cargo-deny");
    let found = version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        note("==> licences: skipped, cargo-deny is not installed");
        return Ok(());
    }
    step("licences", &mut cargo(&["deny", "check"]))
}
