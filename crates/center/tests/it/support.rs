//! What the tests share.
//!
//! They run on SQLite; with `DRIVER_CENTER_TEST_MYSQL` (such as `mysql://root@127.0.0.1:3306`) on a MySQL or MariaDB
//! server instead, where each makes a database of its own and leaves it there: give a throw-away server.

use center::db::{self, DateTime, Db};
use sea_orm::{ConnectionTrait, Database, DbBackend};
use tempfile::TempDir;

const SERVER: &str = "DRIVER_CENTER_TEST_MYSQL";

/// A database of its own.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) url: String,
    /// Where the file is; it goes with this.
    pub(crate) directory: TempDir,
}

impl TestDb {
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let url = new_url(&directory).await;
        let db = db::connect(&url).await.unwrap();
        Self { db, url, directory }
    }

    /// Whether this is SQLite; says that the test is skipped if not.
    #[expect(clippy::print_stdout, reason = "whoever runs the tests is told which were skipped")]
    pub(crate) fn is_sqlite(&self) -> bool {
        let is_sqlite = self.db.get_database_backend() == DbBackend::Sqlite;
        if !is_sqlite {
            println!("skipped: about SQLite only");
        }
        is_sqlite
    }
}

/// Names a database that is empty.
pub(crate) async fn new_url(directory: &TempDir) -> String {
    let Ok(server) = std::env::var(SERVER) else {
        return format!("sqlite://{}?mode=rwc", directory.path().join("center.db").display());
    };
    let name = format!("center_{}", uuid::Uuid::new_v4().simple());
    let connection = Database::connect(&server).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    format!("{server}/{name}")
}

/// A point in time, as `2024-05-06T07:08:09.123456`.
pub(crate) fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}
