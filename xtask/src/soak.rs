//! `cargo xtask soak`: random faults against the real programs, for as long as one likes.

use crate::run::{cargo, program, run, target_directory};
use fault::Result;

/// Builds everything with the checks of the debug build, and runs the trial; `arguments` go to it.
pub(crate) fn run_trial(arguments: &[&str]) -> Result<()> {
    run(cargo(&["build", "--workspace"]).args(["--quiet"]))?;
    run(program(target_directory()?.join("debug/soak")).args(arguments))
}
