//! Older versions: looking into them, comparing them, and bringing them back, disk and list of drivers alike.

use std::sync::Arc;

use center::db::entities::temp_image;
use center::{Center, FileStream, Host, Machine, db};
use fault::Kind;
use image_store::ImageStore as _;
use protocol::api::ChangeKind;
use protocol::thor;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};

use crate::site::{Site, actor, noise, read, save};

/// Rolls back and waits for the end.
async fn roll_back(center: &Center, target: u64) -> u64 {
    let operation = center.rollback(&actor(), target, Some("too many".into())).await.unwrap();
    assert_eq!(operation.kind, "rollback");
    let ended = center.wait_operation(operation.id).await.unwrap();
    assert_eq!((ended.error, ended.steps_done), (None, ended.steps_total));
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    newest(center).await
}

async fn newest(center: &Center) -> u64 {
    center.versions(0, 1).await.unwrap()[0].number
}

fn base(center: &Center) -> Vec<u8> {
    std::fs::read(center.data_dir().base()).unwrap()
}

async fn names(center: &Center) -> Vec<String> {
    let mut names: Vec<String> =
        center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
    names.sort();
    names
}

async fn read_version(center: &Center, version: u64, path: &str) -> Vec<u8> {
    whole(center.read_version_file(version, path).await.unwrap()).await
}

async fn whole((size, mut pieces): FileStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    assert_eq!(bytes.len() as u64, size);
    bytes
}

fn file(name: &str) -> String {
    format!("/sys/tq/{name}/{name}/device.sys")
}

fn notice(error: &fault::Error) -> String {
    error.notice().map(|notice| notice.id.to_string()).unwrap_or_default()
}

async fn describe(center: &Center, id: i64, name: &str, text: &str) {
    let change =
        thor::DriverUpdate { id, name: Some(name.into()), environment: None, describe: Some(text.into()) };
    center.update_driver(&actor(), change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_brings_back_every_byte_and_the_list_and_can_be_rolled_back_itself() {
    let site = Site::new().await;
    let center = site.open().await;
    let first = site.import(&center, "first").await;
    describe(&center, first, "first", "of the first version").await;
    save(&center).await;
    let one = base(&center);
    let second = site.import(&center, "second").await;
    describe(&center, first, "renamed", "of the second version").await;
    save(&center).await;
    let two = base(&center);
    center.delete_drivers(&actor(), &[first]).await.unwrap();
    save(&center).await;
    let three = base(&center);

    // The last version.
    assert_eq!(roll_back(&center, 2).await, 4);
    assert!(base(&center) == two);
    assert_eq!(names(&center).await, ["renamed", "second"]);
    let driver = center.driver(first, &ToString::to_string).await.unwrap();
    assert_eq!(driver.driver.describe.as_deref(), Some("of the second version"));
    assert!(!driver.pending && driver.infs.len() == 1);
    assert_eq!(center.devices(driver.infs[0].id, 0, 10).await.unwrap().devices.len(), 1);

    // Several versions at once, by one patch.
    assert_eq!(roll_back(&center, 1).await, 5);
    assert!(base(&center) == one);
    assert_eq!(names(&center).await, ["first"]);
    let driver = center.driver(first, &ToString::to_string).await.unwrap();
    assert_eq!(driver.driver.describe.as_deref(), Some("of the first version"));
    assert_eq!(center.driver(second, &ToString::to_string).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(read(&center, &file("first")).await, noise("first", 200_000));

    // A rollback is a version like any other.
    assert_eq!(roll_back(&center, 3).await, 6);
    assert!(base(&center) == three);
    assert_eq!(names(&center).await, ["second"]);
    let version = center.version(6).await.unwrap();
    assert_eq!((version.kind.as_str(), version.target, version.packages), ("rollback", Some(3), 1));
    assert_eq!((version.added, version.removed), (vec!["second".to_owned()], vec!["first".to_owned()]));
    assert_eq!(version.note.as_deref(), Some("too many"));
    assert_eq!(version.root, center.version(3).await.unwrap().root);
    let head = center.head().await.unwrap();
    let key = protocol::sync::public_key(&center.public_key_hex()).unwrap();
    assert_eq!(head.verify(&key).unwrap().version, 6);

    // The disk can be edited and saved as ever.
    site.import(&center, "third").await;
    assert_eq!(save(&center).await, 7);
    assert_eq!(read(&center, &file("second")).await, noise("second", 200_000));
    assert_eq!(read(&center, &file("third")).await, noise("third", 200_000));
    let images = site.store().list().unwrap();
    let of = |version| images.iter().find(|image| image.meta.version == version).unwrap();
    assert_eq!(of(7).meta.parent.as_ref(), Some(&of(3).id), "it continues what the rollback went back to");
    let rows = temp_image::Entity::find().all(center.db()).await.unwrap();
    let parents: Vec<_> = rows.iter().map(|row| row.parent_uuid.clone()).collect();
    assert_eq!(
        parents,
        [None, Some(of(1)), Some(of(2)), Some(of(3))].map(|of| of.map(|image| image.id.to_string()))
    );
    center.close().await;
    drop(center);
    let center = site.open().await;
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rollback_would_change_is_said_before() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "first").await;
    save(&center).await;
    site.import(&center, "second").await;
    save(&center).await;
    site.import(&center, "third").await;
    save(&center).await;

    let plan = center.plan_rollback(2).await.unwrap();
    let changes: Vec<_> = plan.packages.iter().map(|found| (found.change, found.name())).collect();
    assert_eq!(changes, [(ChangeKind::Removed, "third")]);
    assert_eq!((plan.from, plan.to), (3, 2));
    let further = center.plan_rollback(1).await.unwrap();
    assert_eq!(further.packages.len(), 2);
    assert_eq!(newest(&center).await, 3, "nothing was done");

    roll_back(&center, 2).await;
    assert!(center.version(4).await.unwrap().update_bytes <= plan.update_bytes);
    let further = center.plan_rollback(1).await.unwrap();
    roll_back(&center, 1).await;
    assert!(center.version(5).await.unwrap().update_bytes <= further.update_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_can_be_read_while_the_disk_is_edited_and_saved() {
    let site = Site::new().await;
    let center = site.open().await;
    let first = site.import(&center, "first").await;
    save(&center).await;
    site.import(&center, "second").await;
    save(&center).await;
    center.delete_drivers(&actor(), &[first]).await.unwrap();
    save(&center).await;

    // Nothing is edited.
    assert_eq!(read_version(&center, 1, &file("first")).await, noise("first", 200_000));
    assert_eq!(center.list_version_files(0, "/sys/tq").await.unwrap().len(), 0);
    assert_eq!(center.list_version_files(1, "/sys/tq").await.unwrap().len(), 1);
    assert_eq!(center.list_version_files(2, "/sys/tq").await.unwrap().len(), 2);
    assert_eq!(center.list_version_files(3, "/sys/tq").await.unwrap().len(), 1);
    // An edit is open; the newest version is not the edited disk.
    site.import(&center, "fourth").await;
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 2);
    assert_eq!(center.list_version_files(3, "/sys/tq").await.unwrap().len(), 1);
    assert_eq!(read_version(&center, 2, &file("first")).await, noise("first", 200_000));
    // A save runs; readers neither keep it up nor see anything but their version.
    let operation = center.save(&actor(), None).await.unwrap();
    let readers = (0..20).map(|round| {
        let center = center.clone();
        tokio::spawn(async move {
            match round % 2 {
                0 => assert_eq!(read_version(&center, 1, &file("first")).await, noise("first", 200_000)),
                _ => assert_eq!(center.list_version_files(2, "/sys/tq").await.unwrap().len(), 2),
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert_eq!(read_version(&center, 2, &file("first")).await, noise("first", 200_000));
    assert_eq!(center.list_version_files(4, "/sys/tq").await.unwrap().len(), 2);
    // Views are bounded, and belong to the Base that they were made over.
    for version in [0, 1, 2, 3, 0] {
        center.list_version_files(version, "/").await.unwrap();
    }
    assert!(std::fs::read_dir(center.data_dir().views()).unwrap().count() <= center::limits::VIEWS_MAX);
    roll_back(&center, 1).await;
    assert_eq!(std::fs::read_dir(center.data_dir().views()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_told_by_package_inf_and_file() {
    let site = Site::new().await;
    let center = site.open().await;
    let kept = site.import(&center, "kept").await;
    let replaced = site.import(&center, "replaced").await;
    save(&center).await;
    center.delete_drivers(&actor(), &[replaced]).await.unwrap();
    let folder = site.directory.path().join("packages/replaced/device.inf");
    let archive = site.archive("replaced", 200_000);
    let inf = std::fs::read_to_string(&folder).unwrap();
    std::fs::write(&folder, inf.replace("DEV_5678", "DEV_9999").replace("1.2.3.4", "1.2.3.5")).unwrap();
    std::fs::remove_file(&archive).unwrap();
    let mut pack = std::process::Command::new("7zz");
    let pack = pack.args(["a", "-mx1"]).arg(&archive).arg(folder.parent().unwrap());
    assert!(pack.output().unwrap().status.success());
    center.import(&actor(), site.upload(&center, &archive)).await.unwrap();
    site.import(&center, "added").await;
    describe(&center, kept, "kept", "in other words").await;
    save(&center).await;

    let version = center.version(2).await.unwrap();
    assert_eq!((version.added, version.removed), (vec!["added".to_owned()], vec![]));
    assert_eq!(version.changed, ["kept", "replaced"]);
    let diff = center.compare_versions(1, 2).await.unwrap();
    let packages: Vec<_> = diff.packages.iter().map(|found| (found.change, found.name())).collect();
    let expected =
        [(ChangeKind::Added, "added"), (ChangeKind::Changed, "kept"), (ChangeKind::Changed, "replaced")];
    assert_eq!(packages, expected);
    assert_eq!(diff.infs.len(), 2);
    let inf = diff.infs.iter().find(|inf| inf.package == "replaced").unwrap();
    assert_eq!((inf.change, inf.devices_added, inf.devices_removed), (ChangeKind::Changed, 1, 1));
    assert_eq!(inf.hardware_ids_added, [r"PCI\VEN_1234&DEV_9999"]);
    let versions = [&inf.before, &inf.after].map(|inf| inf.as_ref().unwrap().driver_version.clone().unwrap());
    assert_eq!(versions, ["1.2.3.4", "1.2.3.5"]);

    let files = center.compare_files(1, 2, "/", 100).await.unwrap();
    let paths: Vec<_> = files.files.iter().map(|file| (file.change, file.path.as_str())).collect();
    let expected = [
        (ChangeKind::Added, "/sys/tq/added/added/device.cat"),
        (ChangeKind::Added, "/sys/tq/added/added/device.inf"),
        (ChangeKind::Added, "/sys/tq/added/added/device.sys"),
        (ChangeKind::Changed, "/sys/tq/replaced/replaced/device.inf"),
    ];
    assert_eq!(paths, expected);
    assert_eq!((files.added, files.changed, files.removed, files.is_truncated), (3, 1, 0, false));
    let back = center.compare_files(2, 1, "/sys/tq/added", 2).await.unwrap();
    assert_eq!((back.removed, back.files.len(), back.is_truncated), (3, 2, true));
    let nothing = center.compare_files(1, 2, "/nowhere", 2).await.unwrap_err();
    assert_eq!(notice(&nothing), "disk.not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_is_refused_where_it_would_lose_something() {
    let site = Site::new().await;
    let center = site.open().await;
    let refused = async |target| notice(&center.rollback(&actor(), target, None).await.unwrap_err());
    assert_eq!(refused(0).await, "version.current");
    site.import(&center, "first").await;
    assert_eq!(refused(0).await, "version.edit_open");
    let second = {
        save(&center).await;
        let second = site.import(&center, "second").await;
        save(&center).await;
        second
    };
    assert_eq!(refused(2).await, "version.current");
    assert_eq!(refused(7).await, "version.not_found");
    let long = center.rollback(&actor(), 1, Some("x".repeat(2000))).await.unwrap_err();
    assert_eq!(notice(&long), "version.note_too_long");

    let template = db::entities::image::ActiveModel {
        created_at: Set(db::now()),
        updated_at: Set(db::now()),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set("office".into()),
        os_type: Set("4".into()),
        r#type: Set(2),
        uuid: Set(None),
        hg_version: Set(0),
        ..Default::default()
    };
    let template = template.insert(center.db()).await.unwrap();
    let relation = db::entities::driver_relation::ActiveModel {
        driver_id: Set(second),
        images_id: Set(template.id),
        r#type: Set(2),
        ..Default::default()
    };
    let relation = relation.insert(center.db()).await.unwrap();
    assert_eq!(refused(1).await, "driver.in_use");
    let db = center.db();
    db::entities::driver_relation::Entity::delete_by_id(relation.id).exec(db).await.unwrap();
    let status = center.status(&actor(), &|error| notice(error)).await.unwrap();
    let allowed = |name: &str| status.allowed_actions.iter().find(|action| action.action == name).unwrap();
    assert!(allowed("rollback").allowed);
    roll_back(&center, 1).await;
}

/// A machine whose clock is ahead.
struct Later(chrono::Duration);

impl Host for Later {
    fn now(&self) -> chrono::NaiveDateTime {
        Machine.now() + self.0
    }

    fn free_bytes(&self, path: &std::path::Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_kept_any_more_frees_its_space_and_says_so() {
    let site = Site::new().await;
    let center = site.open().await;
    let gone = site.import(&center, "gone").await;
    save(&center).await;
    center.delete_drivers(&actor(), &[gone]).await.unwrap();
    save(&center).await;
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
    center.close().await;
    drop(center);

    // A month and three saves later.
    let center = site.open_on(Arc::new(Later(chrono::Duration::days(40)))).await.unwrap();
    for name in ["a", "b", "c"] {
        site.import(&center, name).await;
        save(&center).await;
    }
    assert!(center.version(2).await.unwrap().kept && !center.version(1).await.unwrap().kept);
    let error = center.rollback(&actor(), 1, None).await.unwrap_err();
    assert_eq!((error.kind(), notice(&error).as_str()), (Kind::Conflict, "version.not_kept"));
    assert!(error.notice().unwrap().values.contains(&("oldest".into(), "2".into())));
    let error = center.list_version_files(1, "/").await.unwrap_err();
    assert_eq!(notice(&error), "version.not_kept");
    assert_eq!(center.version_packages(1).await.unwrap()[0].name, "gone", "the history stays");
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 3);
    let infs = db::entities::driver_inf::Entity::find().all(center.db()).await.unwrap();
    assert_eq!(infs.len(), 3, "what the INF files said of a driver that cannot come back is forgotten");
    assert_eq!(roll_back(&center, 2).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_the_first_release_comes_back_too() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = site.import(&center, "first").await;
    save(&center).await;
    // As the first release recorded it.
    let row = db::entities::version::Entity::find_by_id(1).one(center.db()).await.unwrap().unwrap();
    let mut packages: serde_json::Value = serde_json::from_str(&row.packages).unwrap();
    packages[0].as_object_mut().unwrap().remove("words").unwrap();
    let mut row = row.into_active_model();
    row.packages = Set(packages.to_string());
    row.update(center.db()).await.unwrap();
    center.delete_drivers(&actor(), &[id]).await.unwrap();
    save(&center).await;

    roll_back(&center, 1).await;
    assert_eq!(names(&center).await, ["first"]);
    let packages = center.version_packages(3).await.unwrap();
    assert_eq!((packages[0].os_type, packages[0].kind), (Some(4), Some(2)));
}
