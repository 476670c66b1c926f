//! A site moves from SQLite to another database, the one that the tests run on.

use center::{Center, db, moving};
use sea_orm::{ConnectionTrait, Statement};

use crate::site::{Site, actor, save};
use crate::support::TestDb;

fn notice<T: std::fmt::Debug>(outcome: fault::Result<T>) -> String {
    outcome.unwrap_err().notice().unwrap().id.to_string()
}

/// What people see of a center.
async fn seen(center: &Center) -> (Vec<String>, Vec<(u64, String)>, String) {
    let drivers = center.drivers().await.unwrap().into_iter().map(|driver| format!("{driver:?}")).collect();
    let versions = center.versions(0, 100).await.unwrap().into_iter().map(|v| (v.number, v.root)).collect();
    (drivers, versions, center.center_id().to_owned())
}

/// A center with a saved and an unsaved driver, closed.
async fn made() -> (Site, (Vec<String>, Vec<(u64, String)>, String)) {
    let site = Site::of_sqlite();
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    site.import(&center, "two").await;
    let before = seen(&center).await;
    center.close().await;
    center.db().clone().close().await.unwrap();
    (site, before)
}

async fn run_on(db: &db::Db, text: &str) {
    db.execute_raw(Statement::from_string(db.get_database_backend(), text)).await.unwrap();
}

#[tokio::test]
async fn a_moved_site_goes_on_where_it_was_and_the_old_database_is_left_alone() {
    let (mut site, before) = made().await;
    let (old, new) = (db::connect(&site.url).await.unwrap(), TestDb::new().await);
    let folder = site.directory.path();
    run_on(
        &old,
        "INSERT INTO users (name, role, password_hash, must_change, created_at) VALUES \
         ('müller', 'viewer', '', 0, '2024-01-02 03:04:05'), ('muller', 'viewer', '', 0, '2024-01-02 03:04:05')",
    )
    .await;
    let rows = moving::move_database(&old, &new.db, "the new one", folder, &mut |_| {}).await.unwrap();
    let count = |table: &str| rows.iter().find(|(name, _)| *name == table).unwrap().1;
    assert_eq!((count("driver_file"), count("version"), count("edit")), (2, 2, 2));
    assert!(count("driver_device") > 0 && count("archive") == 2);
    assert_eq!(count("user"), 2, "names that differ in an accent only");

    assert_eq!(notice(moving::refuse_moved(&old).await), "move.moved");
    assert_eq!(notice(moving::move_database(&old, &new.db, "x", folder, &mut |_| {}).await), "move.moved");
    site.url.clone_from(&new.url);
    let center = site.open().await;
    moving::refuse_moved(center.db()).await.unwrap();
    assert_eq!(seen(&center).await, before);
    assert_eq!(center.changes().await.unwrap().len(), 1);
    center.begin_edit(&actor()).await.unwrap();
    site.import(&center, "three").await;
    assert_eq!(save(&center).await, 2);
}

#[tokio::test]
async fn what_was_interrupted_goes_on_and_what_is_not_empty_is_refused() {
    let (site, _) = made().await;
    let old = db::connect(&site.url).await.unwrap();
    let folder = site.directory.path();

    // Something of somebody else is there.
    let taken = TestDb::new().await;
    run_on(&taken.db, "INSERT INTO settings (name, value) VALUES ('theirs', 'x')").await;
    let refused = moving::move_database(&old, &taken.db, "x", folder, &mut |_| {}).await;
    assert_eq!(notice(refused), "move.not_empty");

    // Broken off after some tables: no server opens it, the next attempt goes on.
    let half = TestDb::new().await;
    let result = tokio::spawn({
        let (old, new, folder) = (old.clone(), half.db.clone(), folder.to_owned());
        async move {
            let mut left = 5;
            let mut watch = |_: &str| {
                left -= 1;
                assert!(left > 0, "the process dies here");
            };
            moving::move_database(&old, &new, "x", &folder, &mut watch).await.map(drop)
        }
    });
    assert!(result.await.unwrap_err().is_panic());
    assert_eq!(notice(moving::refuse_moved(&half.db).await), "move.unfinished");
    moving::refuse_moved(&old).await.unwrap();
    moving::move_database(&old, &half.db, "x", folder, &mut |_| {}).await.unwrap();
    moving::refuse_moved(&half.db).await.unwrap();
    assert_eq!(
        std::fs::read_dir(folder).unwrap().flatten().filter(|e| e.file_name() == "moving-table").count(),
        0
    );

    // Died between the last table and the mark on the old database.
    run_on(&old, "DELETE FROM settings WHERE name = 'driver_center_moved_to'").await;
    moving::move_database(&old, &half.db, "x", folder, &mut |_| {}).await.unwrap();
    assert_eq!(notice(moving::refuse_moved(&old).await), "move.moved");
}
