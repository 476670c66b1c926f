//! What the tests share.

use center::db::{self, DateTime, Db};
use tempfile::TempDir;

/// A database in a directory of its own, which goes with it.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    directory: TempDir,
}

impl TestDb {
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let db = db::connect(&url(&directory)).await.unwrap();
        Self { db, directory }
    }

    pub(crate) fn url(&self) -> String {
        url(&self.directory)
    }
}

fn url(directory: &TempDir) -> String {
    format!("sqlite://{}?mode=rwc", directory.path().join("center.db").display())
}

/// A point in time, as `2024-05-06T07:08:09.123456`.
pub(crate) fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}
