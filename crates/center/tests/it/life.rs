//! The life of the disk: import, save, discard, and what a crash leaves, with the real workers and real archives.

use center::{Retention, db};
use fault::Kind;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};

use crate::site::{Site, actor, end_worker, kill_worker, noise, read, save, worker_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_on_the_disk_in_the_list_and_after_a_save_in_a_version() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = site.import(&center, "network").await;

    let driver = center.driver(id, &ToString::to_string).await.unwrap();
    assert_eq!((driver.driver.name.as_str(), driver.driver.kind, driver.driver.os_type), ("network", 2, 4));
    assert_eq!(driver.directory, "/sys/tq/network");
    assert!(driver.pending && driver.infs[0].catalog_present);
    let devices = center.devices(driver.infs[0].id, 0, 10).await.unwrap();
    assert_eq!(devices.devices[0].hardware_id.as_deref(), Some("PCI\\VEN_1234&DEV_5678"));
    // While it is edited, and from Base after the save, the file reads the same.
    let file = "/sys/tq/network/network/device.sys";
    assert_eq!(read(&center, file).await, noise("network", 200_000));

    assert_eq!(save(&center).await, 1);
    assert_eq!(read(&center, file).await, noise("network", 200_000));
    let detail = center.driver(id, &ToString::to_string).await.unwrap();
    assert_eq!((detail.pending, detail.versions), (false, vec![1]));
    let version = center.version(1).await.unwrap();
    assert_eq!((version.added, version.packages), (vec!["network".to_owned()], 1));
    let head = center.head().await.unwrap();
    let key = protocol::sync::public_key(&center.public_key_hex()).unwrap();
    assert_eq!(head.verify(&key).unwrap().root, version.root);
    assert!(!center.data_dir().active().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn discarding_brings_the_list_and_the_disk_back() {
    let site = Site::new().await;
    let center = site.open().await;
    let kept = site.import(&center, "kept").await;
    save(&center).await;

    let dropped = site.import(&center, "dropped").await;
    center.delete_drivers(&actor(), &[kept]).await.unwrap();
    assert_eq!(center.drivers().await.unwrap().len(), 1);
    assert_eq!(center.changes().await.unwrap().len(), 2);
    center.discard(&actor()).await.unwrap();

    let names: Vec<String> = center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
    assert_eq!(names, ["kept"]);
    assert_eq!(center.driver(dropped, &ToString::to_string).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 1);
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_archive_leaves_neither_row_nor_file() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "good").await;
    let damaged = site.archive("damaged", 100_000);
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[50_000] ^= 0xff;
    std::fs::write(&damaged, bytes).unwrap();

    let error = center.import(&actor(), site.upload(&center, &damaged)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "package.damaged", "{error}");
    assert_eq!(center.drivers().await.unwrap().len(), 1);
    assert_eq!(center.changes().await.unwrap().len(), 1);
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 1);
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(center.data_dir().uploads()).unwrap().count(), 0);

    let again = site.archive("good", 10);
    let error = center.import(&actor(), site.upload(&center, &again)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "driver.name_taken");
    save(&center).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_archive_leaves_no_edit_open_but_one_that_was_begun_by_hand() {
    let site = Site::new().await;
    let center = site.open().await;
    let damaged = site.archive("damaged", 100_000);
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[50_000] ^= 0xff;
    std::fs::write(&damaged, bytes).unwrap();
    let is_edited = async || center.status(&actor(), &ToString::to_string).await.unwrap().edit.is_some();

    center.import(&actor(), site.upload(&center, &damaged)).await.unwrap_err();
    assert!(!is_edited().await);
    assert!(!center.data_dir().active().exists());
    center.begin_edit(&actor()).await.unwrap();
    center.import(&actor(), site.upload(&center, &damaged)).await.unwrap_err();
    assert!(is_edited().await);
    center.discard(&actor()).await.unwrap();

    site.import(&center, "good").await;
    center.import(&actor(), site.upload(&center, &damaged)).await.unwrap_err();
    assert!(is_edited().await);
    assert_eq!(center.changes().await.unwrap().len(), 1);
    assert_eq!(save(&center).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_survive_a_worker_that_dies_and_a_center_that_is_never_closed() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "first").await;
    let removed = site.import(&center, "removed").await;
    center.delete_drivers(&actor(), &[removed]).await.unwrap();
    kill_worker(&center);
    site.import(&center, "second").await;

    // No close: the worker of the first center must go before another may open the overlay.
    kill_worker(&center);
    drop(center);
    let center = site.open().await;
    assert_eq!(center.changes().await.unwrap().len(), 4);
    assert_eq!(save(&center).await, 1);
    for name in ["first", "second"] {
        let file = format!("/sys/tq/{name}/{name}/device.sys");
        assert_eq!(read(&center, &file).await, noise(name, 200_000));
    }
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_in_an_import_costs_that_import_alone() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "first").await;
    let archive = site.archive("large", 40_000_000);
    let upload = site.upload(&center, &archive);
    // Looked for beforehand: among many processes that takes a while.
    let worker = worker_of(&center).expect("a worker has Active open");
    let (_, task) = center.start_import(&actor(), upload).await.unwrap();
    while std::fs::metadata(center.data_dir().active()).unwrap().len() < 8_000_000 {
        assert!(!task.is_finished(), "the import ended before its worker was killed");
        tokio::task::yield_now().await;
    }
    end_worker(&center, worker);
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.notice().unwrap().id, "disk.worker_died", "{error}");
    assert_eq!(center.changes().await.unwrap().len(), 1);

    center.import(&actor(), site.upload(&center, &archive)).await.unwrap();
    save(&center).await;
    assert_eq!(read(&center, "/sys/tq/first/first/device.sys").await, noise("first", 200_000));
    assert_eq!(read(&center, "/sys/tq/large/large/device.sys").await, noise("large", 40_000_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_leaves_nothing() {
    let site = Site::new().await;
    let center = site.open().await;
    let archive = site.archive("large", 40_000_000);
    let (job, task) = center.start_import(&actor(), site.upload(&center, &archive)).await.unwrap();
    center.cancel_job(&job).await.unwrap();
    assert_eq!(task.await.unwrap().unwrap_err().kind(), Kind::Cancelled);
    assert_eq!(center.job(&job, &ToString::to_string).await.unwrap().state, "cancelled");
    assert!(center.list_files("/sys/tq").await.unwrap().is_empty());
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_something_is_imported_who_would_save_is_told_what() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "first").await;
    let archive = site.archive("large", 40_000_000);
    let (job, task) = center.start_import(&actor(), site.upload(&center, &archive)).await.unwrap();
    let explain = |error: &fault::Error| {
        let notice = error.notice().unwrap();
        format!("{} {:?}", notice.id, notice.values)
    };
    // Until it has its turn it is in nobody's way.
    let reason = loop {
        let status = center.status(&actor(), &explain).await.unwrap();
        let save = status.allowed_actions.into_iter().find(|known| known.action == "save").unwrap();
        // Between its turn and its name lies a moment.
        if let Some(reason) = save.reason.filter(|reason| !reason.starts_with("center.busy")) {
            break reason;
        }
        assert!(!task.is_finished(), "the import ended before it was seen");
        tokio::task::yield_now().await;
    };
    assert_eq!(reason, r#"center.importing [("name", "large.tq")]"#);
    center.cancel_job(&job).await.unwrap();
    task.await.unwrap().unwrap_err();
    save(&center).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_crash_ended_says_so() {
    let site = Site::new().await;
    let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
    let lost = db::entities::job::Model {
        id: "lost".into(),
        kind: "import".into(),
        state: db::entities::job::JobState::Running,
        subject: "a.tq".into(),
        done: 1,
        total: 2,
        message: None,
        result: None,
        created_by: "admin".into(),
        created_at: now,
        updated_at: now,
        finished_at: None,
    };
    let db = db::connect(&site.url).await.unwrap();
    db::entities::job::Entity::insert(lost.into_active_model()).exec(&db).await.unwrap();
    drop(db);
    let center = site.open().await;
    let job = center.job("lost", &|error| error.notice().unwrap().id.to_string()).await.unwrap();
    assert_eq!((job.state.as_str(), job.message.as_deref()), ("failed", Some("job.interrupted")));
    assert_eq!(job.detail.as_deref(), Some("the server was stopped"));
    assert_eq!(center.count_running_jobs().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_needs_an_edit_and_no_change_makes_no_version() {
    let site = Site::new().await;
    let center = site.open().await;
    let error = center.save(&actor(), None).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "center.not_editing");
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!(save(&center).await, 0);
    assert_eq!(center.head().await.unwrap_err().kind(), Kind::NotFound);
    let status = center.status(&actor(), &|error| error.notice().unwrap().id.to_string()).await.unwrap();
    assert!(status.edit.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn patches_lead_an_older_disk_to_the_newest_and_old_ones_are_retired_in_order() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    let copy = site.directory.path().join("terminal.qcow2");
    std::fs::copy(center.data_dir().base(), &copy).unwrap();
    site.import(&center, "two").await;
    save(&center).await;

    let head = center.head().await.unwrap();
    let head = head.verify(&protocol::sync::public_key(&center.public_key_hex()).unwrap()).unwrap();
    let manifest = std::fs::read(center.object_path(&head.manifest).unwrap()).unwrap();
    let manifest: protocol::sync::Manifest = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest.updates.len(), 2);

    let objects = disk_patch::ObjectDir::open(center.data_dir().objects()).unwrap();
    let patch = std::fs::read(center.object_path(&manifest.updates[1].patch.digest).unwrap()).unwrap();
    let patch = disk_patch::Patch::decode(&patch).unwrap();
    let file = disk_patch::FileStore::open(&copy).unwrap();
    let state = disk_patch::FsFolder::open(site.directory.path().join("state")).unwrap();
    let disk = disk_patch::Disk { file: &file, state: &state };
    disk.adopt(&mut disk_patch::unwatched()).unwrap();
    let identity = disk.apply(&patch, &objects, &mut disk_patch::unwatched()).unwrap();
    assert_eq!(identity.root.to_string(), head.root);
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(center.data_dir().base()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_base_is_noticed_at_start_and_restore_puts_it_right() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    let (base, head) = (center.data_dir().base(), center.head().await.unwrap().head);
    center.close().await;
    drop(center);
    let whole = std::fs::read(&base).unwrap();
    std::fs::write(&base, &whole[..whole.len() - 1]).unwrap();

    let center = site.open().await;
    assert_eq!(center.mount().await.unwrap().mount_status, 3);
    let status = center.status(&actor(), &|error| error.notice().unwrap().id.to_string()).await.unwrap();
    assert_eq!(status.problem.as_deref(), Some("center.state_disagrees"));
    assert_eq!(center.begin_edit(&actor()).await.unwrap_err().notice().unwrap().id, "center.error_state");
    // Terminals can still be told what the last version was.
    assert_eq!(center.head().await.unwrap().head, head);

    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    assert!(std::fs::read(&base).unwrap() == whole);
    assert_eq!(read(&center, "/sys/tq/one/one/device.sys").await, noise("one", 200_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_published_manifest_names_is_kept() {
    let mut site = Site::new().await;
    site.retention = Retention { days: 0, versions: 2 };
    let center = site.open().await;
    for (number, name) in ["one", "two", "three", "four"].into_iter().enumerate() {
        site.import(&center, name).await;
        assert_eq!(save(&center).await, number as u64 + 1);
        let head = center.head().await.unwrap();
        let head = head.verify(&protocol::sync::public_key(&center.public_key_hex()).unwrap()).unwrap();
        let object = |digest: &str| std::fs::read(center.object_path(digest).unwrap()).unwrap();
        let manifest: protocol::sync::Manifest = serde_json::from_slice(&object(&head.manifest)).unwrap();
        assert_eq!(manifest.updates.len(), (number + 1).min(2));
        object(&manifest.leaf_table.digest);
        for update in &manifest.updates {
            let patch = disk_patch::Patch::decode(&object(&update.patch.digest)).unwrap();
            patch.packs().iter().for_each(|pack| drop(object(&pack.digest.to_string())));
        }
    }
}

/// The server dies between the worker's flush and its own record; the worker then closes Active in order.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_on_the_disk_but_never_recorded_is_taken_back() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = site.import(&center, "kept").await;
    save(&center).await;
    center.delete_drivers(&actor(), &[id]).await.unwrap();
    center.close().await;
    let edits = db::entities::edit::Entity::find().all(center.db()).await.unwrap();
    let newest = edits.into_iter().max_by_key(|edit| edit.id).unwrap();
    let edit = db::entities::edit::ActiveModel {
        id: Set(newest.id),
        state: Set(db::entities::edit::EditState::Pending),
        ..Default::default()
    };
    edit.update(center.db()).await.unwrap();
    let driver = db::entities::driver_file::ActiveModel {
        id: Set(id),
        deleted: Set(false),
        deleted_at: Set(None),
        ..Default::default()
    };
    driver.update(center.db()).await.unwrap();
    drop(center);

    let center = site.open().await;
    assert_eq!(center.drivers().await.unwrap().len(), 1);
    assert!(center.changes().await.unwrap().is_empty());
    site.import(&center, "fresh").await;
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 2);
    save(&center).await;
    assert_eq!(read(&center, "/sys/tq/kept/kept/device.sys").await, noise("kept", 200_000));
}

/// The server dies while Active is made again, or soon after; the worker closes what there is of it in order.
#[tokio::test(flavor = "multi_thread")]
async fn an_active_that_lacks_an_edit_is_not_taken_for_whole() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "unsaved").await;
    center.close().await;
    let directory = center.data_dir().clone();
    drop(center);
    std::fs::remove_file(directory.active_holds()).unwrap();
    disk_image::remove_active(&directory.active()).unwrap();
    let worker = disk_image::WorkerProgram::beside_current_exe().unwrap();
    disk_image::create_active(&worker, &directory.active(), &directory.base()).unwrap();

    let center = site.open().await;
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 1);
    save(&center).await;
    assert_eq!(read(&center, "/sys/tq/unsaved/unsaved/device.sys").await, noise("unsaved", 200_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_of_an_orderly_stop_is_used_again() {
    use std::os::unix::fs::MetadataExt as _;
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "unsaved").await;
    center.close().await;
    let active = center.data_dir().active();
    drop(center);
    let before = std::fs::metadata(&active).unwrap().ino();

    let center = site.open().await;
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 1);
    assert_eq!(std::fs::metadata(&active).unwrap().ino(), before);
}
