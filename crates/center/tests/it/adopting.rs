//! A disk and a database that an existing platform has filled.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use center::db::entities::{base_image, driver_file, driver_package, printer, temp_image};
use center::{Center, Machine};
use disk_image::{Access, DiskPath, DiskSession, Image};
use fault::Kind;
use image_store::ImageStore as _;
use protocol::thor::DriverUpdate;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::restore::Terminal;
use crate::site::{Site, actor, noise, read, save};
use crate::verify;
use crate::{backup, printers};

/// A Base with two system drivers and a printer driver on it.
pub(crate) async fn old_base() -> (Site, PathBuf) {
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

/// A Base with these system drivers.
async fn base_of(names: &[&str]) -> (Site, PathBuf) {
    let site = Site::of_sqlite();
    let center = site.open().await;
    for name in names {
        site.import(&center, name).await;
    }
    save(&center).await;
    let base = site.directory.path().join("old-base.qcow2");
    std::fs::copy(center.data_dir().base(), &base).unwrap();
    (site, base)
}

/// The same disk with something among its packages that is no driver.
fn with_junk(site: &Site, base: &Path) -> PathBuf {
    changed(site, base, |session| {
        let mut import = session.begin_import(&DiskPath::new("/sys/tq/junk").unwrap()).unwrap();
        import.file("readme.txt", 4, None).unwrap();
        import.data(b"junk").unwrap();
        import.finish().unwrap();
    })
}

/// The same disk after a change.
fn changed(site: &Site, base: &Path, change: impl FnOnce(&DiskSession)) -> PathBuf {
    let (active, worker) = (base.with_file_name("changed.active"), site.config().worker);
    disk_image::create_active(&worker, &active, base).unwrap();
    let image = Image::Active { active: active.clone(), base: base.to_owned() };
    let session = DiskSession::open(&worker, image, Access::Write).unwrap();
    change(&session);
    session.seal().unwrap();
    let out = base.with_file_name("changed.qcow2");
    let image = |command: &mut Command| assert!(command.status().unwrap().success());
    image(Command::new("qemu-img").args(["rebase", "-u", "-F", "qcow2", "-b"]).args([base, &active]));
    image(Command::new("qemu-img").args(["convert", "-O", "qcow2"]).args([&active, &out]));
    out
}

/// Images that the platform has registered, in a store of its own.
async fn list_images(site: &Site) {
    let db = center::db::connect(&site.url).await.unwrap();
    let then = center::db::now();
    let uuid = |digit: char| "11111111-1111-4111-8111-111111111111".replace('1', &digit.to_string());
    let base = base_image::ActiveModel {
        id: NotSet,
        created_at: Set(then),
        updated_at: Set(then),
        deleted_at: Set(None),
        deleted: Set(false),
        disk_type: Set(5),
        file_size: Set(1),
        md5: Set(String::new()),
        uuid: Set(uuid('1')),
    };
    base.insert(&db).await.unwrap();
    let active = temp_image::ActiveModel {
        id: NotSet,
        created_at: Set(then),
        updated_at: Set(then),
        deleted_at: Set(None),
        deleted: Set(false),
        parent_uuid: Set(None),
        file_size: Set(1),
        md5: Set(String::new()),
        uuid: Set(uuid('2')),
        parent_md5: Set(None),
        merge_uuid: Set(uuid('1')),
        merge_md5: Set(String::new()),
        merge_file_size: Set(1),
    };
    active.insert(&db).await.unwrap();
    db.close().await.unwrap();
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
async fn a_dot_in_the_name_of_a_driver_is_no_ending() {
    let (old, base) = base_of(&["v1", "v1.5", "v2.0"]).await;
    let site = Site::new().await;
    let (second, first) = (list(&site, "Second", "v1.5").await, list(&site, "First", "v1").await);
    let archived = list(&site, "Archived", "v2.0.TQ").await;
    let ghost = list(&site, "Ghost", "v2").await;
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    for (id, directory) in [(first, "/sys/tq/v1"), (second, "/sys/tq/v1.5"), (archived, "/sys/tq/v2.0")] {
        assert_eq!(center.driver(id, &ToString::to_string).await.unwrap().directory, directory);
    }
    let error = center.driver(ghost, &ToString::to_string).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "driver.not_on_disk");
    assert_eq!(names(&center).await, ["Archived", "First", "Ghost", "Second"]);
    drop(old);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_anew_has_a_name_of_its_own_whatever_its_case() {
    let (old, base) = old_base().await;
    let site = Site::new().await;
    let kept = std::fs::read(old.config().data_dir.kept_archive(&laser_archive(&old).await)).unwrap();
    let base = changed(&site, &base, |session| {
        let path = DiskPath::new("/pri/a.zip").unwrap();
        let mut file = session.begin_file(&path, kept.len() as u64, None, false).unwrap();
        file.data(&kept).unwrap();
        file.finish().unwrap();
    });
    list(&site, "CARD", "ghost").await;
    list(&site, "Card", "specter").await;
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    assert_eq!(names(&center).await, ["CARD", "Card", "card (2)", "lamp"]);
    let mut printers: Vec<String> =
        center.printers().await.unwrap().into_iter().map(|row| row.name).collect();
    printers.sort();
    assert_eq!(printers, ["laser", "laser (2)"]);

    // Whoever sends a name back as it was listed changes nothing.
    for row in center.drivers().await.unwrap() {
        let change =
            DriverUpdate { id: row.id, name: Some(row.name), environment: None, describe: Some("x".into()) };
        center.update_driver(&actor(), change).await.unwrap();
    }
    for row in center.printers().await.unwrap() {
        let text = serde_json::json!({ "id": row.id, "name": row.name, "describe": "x" });
        center.update_printer(&actor(), serde_json::from_value(text).unwrap()).await.unwrap();
    }
}

/// The digest of the only printer driver's archive.
async fn laser_archive(site: &Site) -> String {
    let db = center::db::connect(&site.url).await.unwrap();
    printer::Entity::find().one(&db).await.unwrap().unwrap().archive_sha256
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_that_fail_leave_no_more_than_one_copy_of_the_disk() {
    let (old, base) = base_of(&["card"]).await;
    let site = Site::new().await;
    let card = list(&site, "Network card", "card").await;
    let db = center::db::connect(&site.url).await.unwrap();
    // What is already known of its files is in the way.
    let package = driver_package::Model {
        driver_id: card,
        archive_sha256: "00".repeat(32),
        archive_name: "card.tq".to_owned(),
        directory: "/sys/tq/card".to_owned(),
        files: 1,
        unpacked_bytes: 1,
        os_types: String::new(),
        warnings: "[]".to_owned(),
        changed_version: None,
    };
    package.into_active_model().reset_all().insert(&db).await.unwrap();
    for _ in 0..3 {
        let adopt = base.clone();
        let failed = site.open_as(Arc::new(Machine), |config| config.adopt = Some(adopt)).await;
        assert_eq!(failed.err().unwrap().kind(), Kind::Conflict);
        assert_eq!(site.store().list().unwrap().len(), 1);
    }
    driver_package::Entity::delete_by_id(card).exec(&db).await.unwrap();
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    assert_eq!(names(&center).await, ["Network card"]);
    assert_eq!(site.store().list().unwrap().len(), 1);
    assert_eq!(verify::found(&center, true).await, [""; 0]);

    // It is the one from which the disk is made anew.
    std::fs::remove_file(center.data_dir().base()).unwrap();
    let operation = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert!(read(&center, "/sys/tq/card/card/device.sys").await == noise("card", 200_000));
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

#[tokio::test(flavor = "multi_thread")]
async fn images_that_the_platform_has_recorded_are_none_of_ours() {
    let (old, base) = old_base().await;
    let site = Site::new().await;
    list_images(&site).await;
    let base = with_junk(&site, &base);
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    assert_eq!(verify::found(&center, true).await, [""; 0], "nothing is kept of what is no driver");
    site.import(&center, "fan").await;
    assert_eq!(save(&center).await, 1);
    let actives = temp_image::Entity::find().all(center.db()).await.unwrap();
    assert_eq!(actives.iter().map(|row| row.deleted).collect::<Vec<_>>(), [true, false]);
    assert_eq!(actives[1].parent_uuid, None, "its parent is the first Base");
    let directory = site.directory.path().join("backup");
    backup::create(&site, &directory).await.unwrap();

    // Nothing but the copy of what was adopted has the rest of the disk.
    std::fs::remove_file(center.data_dir().base()).unwrap();
    let operation = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert_eq!(names(&center).await, ["card", "fan", "lamp"]);
    assert_eq!(read(&center, "/sys/tq/junk/readme.txt").await, b"junk");
    assert!(read(&center, "/sys/tq/fan/fan/device.sys").await == noise("fan", 200_000));
    drop(old);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_taken_over_is_saved_as_it_is_for_terminals_to_get_it() {
    let (old, base) = old_base().await;
    let site = Site::new().await;
    let center = site.open_with(|config| config.adopt = Some(base)).await;
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!(save(&center).await, 1);
    let terminal = Terminal::of(&center);
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!(save(&center).await, 1, "from then on nothing that changed is nothing to save");
    site.import(&center, "fan").await;
    assert_eq!(save(&center).await, 2);
    assert!(terminal.follow(&center).await > 0);
    for number in [1, 0] {
        let operation = center.rollback(&actor(), number, None).await.unwrap();
        assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
        assert_eq!(names(&center).await, ["card", "lamp"]);
        terminal.follow(&center).await;
    }
    assert_eq!(verify::found(&center, true).await, [""; 0]);
    std::fs::remove_file(center.data_dir().base()).unwrap();
    let operation = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    terminal.follow(&center).await;
    drop(old);
}
