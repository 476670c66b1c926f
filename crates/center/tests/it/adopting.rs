//! A disk and a database that an existing platform has filled.

use std::path::PathBuf;

use center::Center;
use center::db::entities::driver_file;
use fault::Kind;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, EntityTrait};

use crate::printers;
use crate::site::{Site, actor, read, save};
use crate::verify;

/// A Base with two system drivers and a printer driver on it.
async fn old_base() -> (Site, PathBuf) {
    let site = Site::of_sqlite();
    let center = site.open().await;
    site.import(&center, "card").await;
    site.import(&center, "lamp").await;
    let archive = printers::archive(&site, "laser", 50_000);
    center.import(&actor(), printers::upload(&site, &center, &archive, None)).await.unwrap();
    save(&center).await;
    let base = site.directory.path().join("old-base.qcow2");
    std::fs::copy(center.data_dir().base(), &base).unwrap();
    (site, base)
}

/// What the platform listed; the number of the row.
async fn list(site: &Site, name: &str, file_name: &str) -> i64 {
    let db = center::db::connect(&site.url).await.unwrap();
    let then = center::db::now();
    let row = driver_file::ActiveModel {
        id: NotSet,
        created_at: Set(then),
        updated_at: Set(then),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(name.to_owned()),
        os_type: Set("4".to_owned()),
        size: Set(1),
        describe: Set(Some("by the platform".to_owned())),
        file_name: Set(file_name.to_owned()),
        r#type: Set(2),
    };
    let row = row.insert(&db).await.unwrap();
    db.close().await.unwrap();
    row.id
}

async fn names(center: &Center) -> Vec<String> {
    let mut names: Vec<String> = center.drivers().await.unwrap().into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_on_a_disk_that_is_taken_over_is_listed_and_keeps_its_words() {
    let (old, base) = old_base().await;
    let site = Site::new().await;
    let known = list(&site, "Network card", "card.tq").await;
    let ghost = list(&site, "Ghost", "ghost").await;
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    assert_eq!(names(&center).await, ["Ghost", "Network card", "lamp"]);
    let shown = center.driver(known, &|error| error.to_string()).await.unwrap();
    assert_eq!(shown.driver.describe.as_deref(), Some("by the platform"));
    assert_eq!((shown.directory.as_str(), shown.pending, shown.infs.len()), ("/sys/tq/card", false, 1));
    assert_eq!(center.printers().await.unwrap().len(), 1);
    assert_eq!(verify::found(&center, true).await, [""; 0]);

    // What is listed only says so, is no hindrance, and can be taken off the list.
    let error = center.driver(ghost, &|error| error.to_string()).await.unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Conflict, "driver.not_on_disk"));
    site.import(&center, "fan").await;
    assert_eq!(save(&center).await, 1);
    center.delete_drivers(&actor(), &[ghost, known]).await.unwrap();
    assert_eq!(save(&center).await, 2);
    assert_eq!(names(&center).await, ["fan", "lamp"]);
    assert_eq!(verify::found(&center, true).await, [""; 0]);

    // Version 0 has what lay there: it can be gone back to.
    let operation = center.rollback(&actor(), 1, None).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert_eq!(names(&center).await, ["Network card", "fan", "lamp"]);
    assert!(!read(&center, "/sys/tq/card/card/device.sys").await.is_empty());
    drop(old);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_disk_beside_a_platform_that_lists_drivers_is_edited_and_saved() {
    let site = Site::new().await;
    let ghost = list(&site, "card", "card").await;
    let center = site.open().await;
    let archive = site.archive("card", 20_000);
    let error = center.import(&actor(), site.upload(&center, &archive)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "driver.name_taken");
    center.delete_drivers(&actor(), &[ghost]).await.unwrap();
    let id = site.import(&center, "card").await;
    assert_eq!(save(&center).await, 1);
    assert_eq!(center.version(1).await.unwrap().added, ["card"]);
    assert!(driver_file::Entity::find_by_id(id).one(center.db()).await.unwrap().is_some());
}
