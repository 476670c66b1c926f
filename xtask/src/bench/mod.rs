//! `cargo xtask bench`: builds for speed, and measures.

use crate::run::{cargo, run};
use fault::Result;

/// Runs the measurements; `arguments` go to them.
pub(crate) fn run_measurements(arguments: &[&str]) -> Result<()> {
    let programs = ["-p", "server", "-p", "disk-image", "-p", "driver-package", "-p", "agent"];
    run(cargo(&["build", "--release"]).args(programs))?;
    run(cargo(&["run", "--release", "-p", "bench", "--"]).args(arguments))
}
