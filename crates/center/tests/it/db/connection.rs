//! Opening, reopening, transactions and durability.

use crate::support::{TestDb, at};
use center::db::entities::{archive, terminal};
use center::db::{self, SoftDelete};
use fault::Kind;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, Statement};

fn archive(name: &str) -> archive::ActiveModel {
    archive::ActiveModel {
        sha256: Set(name.to_owned()),
        size: Set(1),
        file_name: Set(format!("{name}.tq")),
        created_at: Set(at("2024-01-02T03:04:05.000006")),
        deleted_at: Set(None),
    }
}

async fn pragma(db: &db::Db, name: &str) -> String {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|n| n.to_string()))
        .unwrap()
}

#[tokio::test]
async fn commits_are_durable_and_references_checked() {
    let test = TestDb::new().await;
    if !test.is_sqlite() {
        return;
    }
    assert_eq!(pragma(&test.db, "journal_mode").await, "wal");
    assert_eq!(pragma(&test.db, "synchronous").await, "2", "FULL");
    assert_eq!(pragma(&test.db, "foreign_keys").await, "1");
}

#[tokio::test]
async fn an_existing_database_opens_again_with_its_rows() {
    let test = TestDb::new().await;
    archive("a").insert(&test.db).await.unwrap();
    test.db.clone().close().await.unwrap();
    let again = db::connect(&test.url).await.unwrap();
    assert_eq!(archive::Entity::find_live().count(&again).await.unwrap(), 1);
}

#[tokio::test]
async fn a_migration_that_was_interrupted_is_finished() {
    let test = TestDb::new().await;
    archive("a").insert(&test.db).await.unwrap();
    test.db.execute_unprepared("DROP TABLE terminals").await.unwrap();
    test.db.execute_unprepared("DELETE FROM seaql_migrations").await.unwrap();
    let again = db::connect(&test.url).await.unwrap();
    assert_eq!(archive::Entity::find().count(&again).await.unwrap(), 1);
    assert_eq!(terminal::Entity::find().count(&again).await.unwrap(), 0);
}

#[tokio::test]
async fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let test = TestDb::new().await;
    if !test.is_sqlite() {
        return;
    }
    archive("a").insert(&test.db).await.unwrap();
    for entry in std::fs::read_dir(test.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused() {
    let test = TestDb::new().await;
    let future = "INSERT INTO seaql_migrations VALUES ('m9999_future', 1)";
    test.db.execute_unprepared(future).await.unwrap();
    let error = db::connect(&test.url).await.unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Conflict, "db.newer"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_corrupt() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("center.db");
    std::fs::write(&path, [b'x'; 4096]).unwrap();
    let error = db::connect(&format!("sqlite://{}", path.display())).await.unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Corrupt, "db.corrupt"));
}

#[tokio::test]
async fn other_schemes_are_refused() {
    assert_eq!(db::connect("postgres://localhost/x").await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let test = TestDb::new().await;
    let transaction = test.db.begin().await.unwrap();
    archive("a").insert(&transaction).await.unwrap();
    drop(transaction);
    assert_eq!(archive::Entity::find().count(&test.db).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_read_first_wait_for_each_other() {
    let test = TestDb::new().await;
    let writers = (0..32).map(|number| {
        let db = test.db.clone();
        tokio::spawn(async move {
            let transaction = db.begin().await.unwrap();
            let before = archive::Entity::find().count(&transaction).await.unwrap();
            archive(&format!("{number}-after-{before}")).insert(&transaction).await.unwrap();
            db::commit(transaction).await.unwrap();
            before
        })
    });
    let mut seen = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        seen.push(writer.await.unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..32).collect::<Vec<_>>(), "each saw what the others had committed");
}

#[tokio::test]
async fn a_transaction_within_another_is_an_error_and_no_standstill() {
    let test = TestDb::new().await;
    let outer = test.db.begin().await.unwrap();
    tokio::time::pause();
    assert_eq!(test.db.begin().await.unwrap_err().kind(), Kind::Busy);
    tokio::time::resume();
    drop(outer);
    test.db.begin().await.unwrap();
}
