//! Tests beside real services, which are started for them and go with them: `cargo xtask mariadb`, `cargo xtask glance`,
//! `cargo xtask schemathesis`.

use crate::run::{cargo, output, program, root, run};
use fault::{Error, Result};
use serde_json::Value;
use std::path::PathBuf;

/// The tests of the domain and of the server once more, on a MariaDB server instead of SQLite; but those of the steps,
/// which copy the file of their database and so run on SQLite in any case.
pub(crate) fn mariadb() -> Result<()> {
    let [center, server] = [test_program("center")?, test_program("server")?];
    let both = r#""$0" --skip steps:: && "$1""#;
    run(program(root().join("scripts/with-mariadb.sh")).args(["bash", "-c", both]).args([center, server]))
}

/// The tests that need Glance and Keystone: of the image store, and of the mirror that is kept there.
pub(crate) fn glance() -> Result<()> {
    let [store, center] = [test_program("image-store")?, test_program("center")?];
    let both = r#""$0" --test-threads=1 --ignored glance:: && "$1" --test-threads=1 --ignored glance::"#;
    run(program(root().join("scripts/with-glance.sh")).args(["bash", "-c", both]).args([store, center]))
}

/// A server against its own description: schemathesis, which comes from PyPI, sends what fits it and what does not.
pub(crate) fn schemathesis() -> Result<()> {
    let server = test_program("server")?;
    // Beside the directory of the tests lie the programs themselves.
    let program_directory = server.parent().and_then(|deps| deps.parent());
    let program_directory = program_directory.ok_or_else(|| Error::not_found("find the built programs"))?;
    run(program(root().join("scripts/schemathesis.sh")).arg(program_directory.join("driver-center")))
}

/// The program with the integration tests, as `cargo test --workspace` builds it: with other features everything
/// would be built twice.
fn test_program(krate: &str) -> Result<PathBuf> {
    let messages = output(&mut cargo(&["test", "--workspace", "--no-run", "--message-format=json"]))?;
    let message = |line| serde_json::from_str::<Value>(line).ok();
    let manifest = root().join("crates").join(krate).join("Cargo.toml");
    let is_wanted = |message: &Value| {
        message["manifest_path"].as_str().is_some_and(|path| manifest.as_os_str() == path)
            && message["target"]["kind"] == serde_json::json!(["test"])
    };
    let found = messages.lines().filter_map(message).find(is_wanted);
    let path = found.and_then(|message| message["executable"].as_str().map(PathBuf::from));
    path.ok_or_else(|| Error::not_found(format!("find the tests of {krate} in what cargo has built")))
}
