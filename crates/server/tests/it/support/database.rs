//! The database that servers under test use: SQLite in the data directory, or with `DRIVER_CENTER_TEST_MYSQL` (such as
//! `mysql://root@127.0.0.1:3306`) one of their own on that server, which is left there: give a throw-away server.

use sea_orm::{ConnectionTrait as _, Database};

/// Makes an empty database, where a server for it is named.
pub(super) fn new() -> Option<String> {
    let server = std::env::var("DRIVER_CENTER_TEST_MYSQL").ok()?;
    let name = format!("server_{}", uuid::Uuid::new_v4().simple());
    let runtime = tokio::runtime::Runtime::new().expect("start a thread");
    runtime.block_on(async {
        let connection = Database::connect(&server).await.expect("connect");
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("make a database");
        connection.close().await.expect("close");
    });
    Some(format!("{server}/{name}"))
}
