//! `docs/openapi.json` is what the server says of itself.

use super::Source;
use crate::run::{Build, output, program, programs};
use fault::Result;

const PATH: &str = "docs/openapi.json";

/// Asks the server's program and compares.
pub(super) fn check(sources: &[Source], build: Build) -> Result<Vec<String>> {
    let described = output(program(programs(build)?.join("driver-center")).arg("openapi"))?;
    let committed = sources.iter().find(|source| source.path == PATH);
    if committed.is_some_and(|source| source.text.trim_end() == described.trim_end()) {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{PATH} is out of date: cargo run -p server -- openapi > {PATH}")])
}
