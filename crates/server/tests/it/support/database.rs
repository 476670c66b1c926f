//! The database that servers under test use: SQLite in the data directory, or with `DRIVER_CENTER_TEST_MYSQL` (such as
//! `mysql://root@127.0.0.1:3306`) one of their own on that server, which is left there: give a throw-away server.

use sea_orm::{ConnectionTrait as _, Database};
use std::path::Path;

/// Makes an empty database, where a server for it is named.
pub(super) fn new() -> Option<String> {
    let server = std::env::var("DRIVER_CENTER_TEST_MYSQL").ok()?;
    let name = format!("server_{}", uuid::Uuid::new_v4().simple());
    execute(&server, &format!("CREATE DATABASE {name}"));
    Some(format!("{server}/{name}"))
}

/// Runs a statement in the database of a server that does not run, whose configuration and data are in `directory`.
pub(super) fn change(directory: &Path, statement: &str) {
    let text = std::fs::read_to_string(directory.join("config.toml")).expect("read the configuration");
    let named = text.lines().find_map(|line| line.strip_prefix("database_url = '")?.strip_suffix('\''));
    let embedded = || format!("sqlite://{}", directory.join("data/center.db").display());
    execute(&named.map_or_else(embedded, str::to_owned), statement);
}

fn execute(url: &str, statement: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("start a thread");
    runtime.block_on(async {
        let connection = Database::connect(url).await.expect("connect");
        connection.execute_unprepared(statement).await.expect("run a statement");
        connection.close().await.expect("close");
    });
}
