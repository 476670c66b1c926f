//! `cargo xtask bench`: builds for speed, and measures.

use crate::run::{cargo, program, run, target_directory};
use fault::Result;

/// Runs the measurements; `arguments` go to them. All is built at once, so that nothing is compiled twice.
pub(crate) fn run_measurements(arguments: &[&str]) -> Result<()> {
    let programs = ["-p", "server", "-p", "disk-image", "-p", "driver-package", "-p", "agent", "-p", "bench"];
    run(cargo(&["build", "--release"]).args(programs))?;
    run(program(target_directory()?.join("release/bench")).args(arguments))
}
