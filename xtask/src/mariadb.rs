//! `cargo xtask mariadb`: the tests of the domain once more, on a MariaDB server of their own instead of SQLite.

use crate::run::{cargo, output, program, root, run};
use fault::{Error, Result};
use serde_json::Value;
use std::path::PathBuf;

/// The crate whose tests find their database by `DRIVER_CENTER_TEST_MYSQL`.
const CRATE: &str = "center";

/// Starts the server, runs the tests, and takes the server away again.
pub(crate) fn run_tests() -> Result<()> {
    let tests = test_program()?;
    let script = root().join("scripts/with-mariadb.sh");
    run(program(script).arg(tests).current_dir(root().join("crates").join(CRATE)))
}

/// The program with the integration tests, as `cargo test --workspace` builds it: with other features everything
/// would be built twice.
fn test_program() -> Result<PathBuf> {
    let messages = output(&mut cargo(&["test", "--workspace", "--no-run", "--message-format=json"]))?;
    let message = |line| serde_json::from_str::<Value>(line).ok();
    let manifest = root().join("crates").join(CRATE).join("Cargo.toml");
    let is_wanted = |message: &Value| {
        message["manifest_path"].as_str().is_some_and(|path| manifest.as_os_str() == path)
            && message["target"]["kind"] == serde_json::json!(["test"])
    };
    let found = messages.lines().filter_map(message).find(is_wanted);
    let path = found.and_then(|message| message["executable"].as_str().map(PathBuf::from));
    path.ok_or_else(|| Error::not_found(format!("find the tests of {CRATE} in what cargo has built")))
}
