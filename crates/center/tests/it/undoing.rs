//! Changes that fail half-way: on the disk, or in the database after the disk has them.

use center::Center;
use center::db::entities::driver_package;
use center::db::entities::edit::{self, EditState};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use crate::imports::{allow, execute, refuse};
use crate::printers;
use crate::site::{Site, actor, read, save};

/// Edits that have begun and not ended.
async fn unfinished(center: &Center) -> u64 {
    let pending = edit::Entity::find().filter(edit::Column::State.eq(EditState::Pending));
    pending.count(center.db()).await.unwrap()
}

async fn expect_unchanged(center: &Center) {
    assert!(center.changes().await.unwrap().is_empty());
    assert_eq!(unfinished(center).await, 0);
}

async fn file_names(center: &Center, directory: &str) -> Vec<String> {
    let mut names: Vec<String> =
        center.list_files(directory).await.unwrap().into_iter().map(|file| file.name).collect();
    names.sort();
    names
}

async fn version(center: &Center) -> u64 {
    center.status(&actor(), &ToString::to_string).await.unwrap().version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_printer_that_the_database_refuses_is_none() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    let id = printers::import(&site, &center, "lp").await;
    save(&center).await;
    let (before, file) = (center.printers().await.unwrap(), read(&center, "/pri/lp.zip").await);

    refuse(&site, "UPDATE ON printers").await;
    center.update_printer(&actor(), printers::change(id, r#"{"paper":8}"#)).await.unwrap_err();
    assert!(read(&center, "/pri/lp.zip").await == file);
    expect_unchanged(&center).await;
    center.delete_printers(&actor(), &[id]).await.unwrap_err();
    assert!(read(&center, "/pri/lp.zip").await == file);
    expect_unchanged(&center).await;
    allow(&site).await;
    refuse(&site, "INSERT ON printers").await;
    center.duplicate_printer(&actor(), id).await.unwrap_err();
    assert_eq!(file_names(&center, "/pri").await, ["lp.zip"]);
    expect_unchanged(&center).await;
    allow(&site).await;

    assert_eq!(center.printers().await.unwrap(), before);
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
    let new = printers::import(&site, &center, "new").await;
    assert_eq!(save(&center).await, 2);
    assert_eq!(center.version(2).await.unwrap().added, ["new"]);
    assert_eq!(file_names(&center, "/pri").await, ["lp.zip", "new.zip"]);
    center.delete_printers(&actor(), &[id, new]).await.unwrap();
    assert!(file_names(&center, "/pri").await.is_empty());
}

/// The database takes neither the change nor that it is taken back.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_could_not_be_taken_back_is_part_of_no_version() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    let id = printers::import(&site, &center, "lp").await;
    save(&center).await;
    let fail = async || {
        refuse(&site, "UPDATE ON printers").await;
        execute(&site, "CREATE TRIGGER no BEFORE DELETE ON edits BEGIN SELECT RAISE(ABORT, 'no'); END").await;
        center.delete_printers(&actor(), &[id]).await.unwrap_err();
        assert_eq!(unfinished(&center).await, 1);
        execute(&site, "DROP TRIGGER no").await;
        allow(&site).await;
    };
    fail().await;
    assert_eq!(save(&center).await, 1, "there is nothing to save");
    assert_eq!(
        (unfinished(&center).await, file_names(&center, "/pri").await),
        (0, vec!["lp.zip".to_owned()])
    );

    fail().await;
    site.import(&center, "net").await;
    expect_changes(&center, 1).await;
    assert_eq!(save(&center).await, 2);
    assert_eq!(center.version(2).await.unwrap().packages, 2);
    assert_eq!(file_names(&center, "/pri").await, ["lp.zip"]);

    fail().await;
    center.discard(&actor()).await.unwrap();
    assert_eq!((version(&center).await, center.printers().await.unwrap().len()), (2, 1));
    assert_eq!(file_names(&center, "/pri").await, ["lp.zip"]);
}

async fn expect_changes(center: &Center, count: usize) {
    assert_eq!(center.changes().await.unwrap().len(), count);
    assert_eq!(unfinished(center).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_deletions_all_come_about_or_none() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    let (a, b) = (site.import(&center, "a").await, site.import(&center, "b").await);
    let (p, q) = (printers::import(&site, &center, "p").await, printers::import(&site, &center, "q").await);
    save(&center).await;

    refuse(&site, &format!("UPDATE ON voi_driver_files WHEN OLD.id = {b}")).await;
    center.delete_drivers(&actor(), &[a, b]).await.unwrap_err();
    allow(&site).await;
    refuse(&site, &format!("UPDATE ON printers WHEN OLD.id = {q}")).await;
    center.delete_printers(&actor(), &[p, q]).await.unwrap_err();
    allow(&site).await;
    expect_all(&center).await;

    // The disk has no such directory.
    let package = driver_package::Entity::find_by_id(b).one(center.db()).await.unwrap().unwrap();
    let elsewhere = async |directory: &str| {
        let row = driver_package::ActiveModel {
            driver_id: Set(b),
            directory: Set(directory.to_owned()),
            ..Default::default()
        };
        row.update(center.db()).await.unwrap();
    };
    elsewhere("/sys/tq/none").await;
    let error = center.delete_drivers(&actor(), &[a, b]).await.unwrap_err();
    assert!(error.to_string().starts_with("delete b: "), "{error}");
    elsewhere(&package.directory).await;
    expect_all(&center).await;

    center.delete_drivers(&actor(), &[a, b]).await.unwrap();
    center.delete_printers(&actor(), &[p, q]).await.unwrap();
    expect_changes(&center, 4).await;
    assert_eq!(save(&center).await, 2);
    assert!(file_names(&center, "/sys/tq").await.is_empty() && file_names(&center, "/pri").await.is_empty());
}

async fn expect_all(center: &Center) {
    expect_unchanged(center).await;
    assert_eq!(center.drivers().await.unwrap().len(), 2);
    assert_eq!(center.printers().await.unwrap().len(), 2);
    assert_eq!(file_names(center, "/sys/tq").await, ["a", "b"]);
    assert_eq!(file_names(center, "/pri").await, ["p.zip", "q.zip"]);
}
