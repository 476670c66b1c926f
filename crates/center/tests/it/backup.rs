//! Backups of real centers: made while they work, looked at, and restored where nothing is.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use center::backup::{self, Source, Target};
use center::{Center, Config, DataDir, Fate, Host, Machine, Retention, StepPoint, db};
use disk_image::{CreateOptions, WorkerProgram};
use driver_package::{Limits, ReaderProgram};
use image_store::DirectoryStore;
use protocol::api::Backup;

use crate::restore::Terminal;
use crate::site::{Site, actor, noise, read, save};
use crate::terminal::Copy;

fn config(data: &Path) -> Config {
    Config {
        data_dir: DataDir::new(data),
        disk: CreateOptions { virtual_size_bytes: 4 << 30, ..CreateOptions::default() },
        adopt: None,
        worker: WorkerProgram::beside_current_exe().unwrap(),
        reader: ReaderProgram::beside_current_exe().unwrap(),
        limits: Limits::default(),
        retention: Retention::default(),
        task_timeout_seconds: 120,
        edit_idle_minutes: 30,
        platform: None,
    }
}

/// What is told the bytes that are done.
pub(crate) type Watch<'a> = &'a (dyn Fn(u64) -> fault::Result<()> + Sync);

/// As another process beside the running center does it.
pub(crate) async fn create(site: &Site, directory: &Path) -> fault::Result<Backup> {
    create_on(site, directory, Arc::new(Machine), &|_| Ok(())).await
}

pub(crate) async fn create_on(
    site: &Site,
    directory: &Path,
    host: Arc<dyn Host>,
    watch: Watch<'_>,
) -> fault::Result<Backup> {
    let data = site.directory.path().join("data");
    let source = Source {
        db: db::connect_as_it_is(&site.url).await.unwrap(),
        store: Arc::new(DirectoryStore::open_to_read(data.join("images")).unwrap()),
        config: config(&data),
        host,
    };
    backup::create(source, directory, watch).await
}

/// Into the data directory of a site, as the program does it: the image store and the database are there already.
pub(crate) async fn restore_on(
    site: &Site,
    directory: &Path,
    id: Option<&str>,
    host: Arc<dyn Host>,
    watch: Watch<'_>,
) -> fault::Result<Backup> {
    let data_dir = DataDir::new(site.directory.path().join("data"));
    let db = db::connect(&site.url).await.unwrap();
    let target = Target { db, store: site.own_store(), data_dir, host, above: None };
    backup::restore(directory, id, &target, watch).await
}

/// A site whose data directory is what the backup has.
async fn restore(directory: &Path, id: Option<&str>) -> Site {
    let site = Site::new().await;
    restore_on(&site, directory, id, Arc::new(Machine), &|_| Ok(())).await.unwrap();
    site
}

pub(crate) async fn check(center: &Center, names: &[&str]) {
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    for name in names {
        let file = format!("/sys/tq/{name}/{name}/device.sys");
        assert!(read(center, &file).await == noise(name, 200_000), "{name}");
    }
    let (id, task) = center.start_verify(&actor(), true).await.unwrap();
    task.await.unwrap().unwrap();
    let report = center.verify_report(Some(&id), &ToString::to_string).await.unwrap();
    let found: Vec<String> = report.findings.into_iter().map(|finding| finding.id).collect();
    // The index is only a hint, and not worth the room in a backup.
    assert_eq!(found, ["found.index"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_center_comes_back_with_its_edits_and_terminals_go_on() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "saved").await;
    save(&center).await;
    let terminal = Copy::of(&center, &site.directory.path().join("terminal"));
    site.import(&center, "unsaved").await;
    let backups = site.directory.path().join("backups");
    let first = create(&site, &backups).await.unwrap();
    assert_eq!((first.version, backup::list(&backups).unwrap()), (1, vec![first.clone()]));

    let back = restore(&backups, None).await;
    let restored = back.open().await;
    assert_eq!(restored.public_key_hex(), center.public_key_hex());
    assert_eq!(restored.center_id(), center.center_id());
    assert_eq!(restored.changes().await.unwrap().len(), 1);
    let version = restored.status(&actor(), &ToString::to_string).await.unwrap().version;
    assert_eq!(version, 2000, "above all that terminals can have seen");
    terminal.follow(&restored).await;
    check(&restored, &["saved", "unsaved"]).await;
    assert_eq!(save(&restored).await, 2001);
    terminal.follow(&restored).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_that_are_ahead_of_the_backup_come_back_forward() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "old").await;
    save(&center).await;
    let backups = site.directory.path().join("backups");
    create(&site, &backups).await.unwrap();
    site.import(&center, "lost").await;
    save(&center).await;
    let ahead = Terminal::of(&center);

    let back = restore(&backups, None).await;
    let restored = back.open().await;
    let bytes = ahead.follow(&restored).await;
    assert!(bytes > 0 && bytes < 2_000_000, "{bytes}");
    check(&restored, &["old"]).await;
    // A second disaster, and the same backup: the numbers still go up.
    site.import(&restored, "new").await;
    assert_eq!(save(&restored).await, 2001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_center_works_is_one_moment_of_it() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "ground").await;
    save(&center).await;
    let backups = site.directory.path().join("backups");
    let working = center.clone();
    let (made, ()) = tokio::join!(create(&site, &backups), async {
        for name in ["a", "b", "c"] {
            site.import(&working, name).await;
            save(&working).await;
        }
    });
    let made = made.unwrap();
    assert!((1..=4).contains(&made.version), "{made:?}");
    let (checked, damaged) = backup::verify(&backups, Some(&made.id), &|_| Ok(())).unwrap();
    assert_eq!((checked, damaged), (made.clone(), vec![]));
    let back = restore(&backups, Some(&made.id)).await;
    let restored = back.open().await;
    let names: Vec<String> =
        restored.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
    check(&restored, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(names.len() as u64 >= made.version, "{names:?}");

    // What is there already is not copied again.
    let second = create(&site, &backups).await.unwrap();
    let third = create(&site, &backups).await.unwrap();
    assert_eq!(second.version, 4);
    assert!(third.added_bytes < 100_000, "{third:?}");
}

/// A clock that stands still.
struct Still;

impl Host for Still {
    fn now(&self) -> chrono::NaiveDateTime {
        "2026-11-27T02:00:00".parse().unwrap()
    }

    fn free_bytes(&self, path: &Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_of_the_same_second_are_several() {
    let site = Site::new().await;
    let center = site.open().await;
    let backups = site.directory.path().join("backups");
    let mut ids = Vec::new();
    for number in 0..12 {
        if number == 9 || number == 10 {
            site.import(&center, &format!("driver{number}")).await;
            save(&center).await;
        }
        let made = create_on(&site, &backups, Arc::new(Still), &|_| Ok(())).await.unwrap();
        ids.push(made.id);
    }
    let listed: Vec<String> = backup::list(&backups).unwrap().into_iter().map(|backup| backup.id).collect();
    assert_eq!(listed, ids);
    assert_eq!(
        ids[8..],
        ["20261127T020000Z-v0-9", "20261127T020000Z-v1", "20261127T020000Z-v2", "20261127T020000Z-v2-2"]
    );
    assert_eq!(backup::prune(&backups, 1).unwrap(), ids[..11]);
}

/// A host on which somebody saves while a backup is about to copy the registered images.
struct Busy(Mutex<Option<Center>>);

impl Host for Busy {
    fn now(&self) -> chrono::NaiveDateTime {
        Machine.now()
    }

    fn free_bytes(&self, path: &Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }

    fn at_step(&self, point: &StepPoint<'_>) -> Fate {
        if point.step == "images"
            && let Some(center) = self.0.lock().unwrap().take()
        {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(save(&center)));
        }
        Fate::GoOn
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_retention_takes_meanwhile_is_not_missing_in_the_backup() {
    let mut site = Site::new().await;
    site.retention = Retention { days: 0, versions: 1 };
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    site.import(&center, "two").await;
    let backups = site.directory.path().join("backups");
    let busy = Arc::new(Busy(Mutex::new(Some(center.clone()))));
    let made = create_on(&site, &backups, busy, &|_| Ok(())).await.unwrap();
    assert_eq!(made.version, 2);
    let back = restore(&backups, Some(&made.id)).await;
    check(&back.open().await, &["one", "two"]).await;
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flipped_bit_is_found_and_old_backups_go() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    let backups = site.directory.path().join("backups");
    let first = create(&site, &backups).await.unwrap();
    for folder in ["archives", "chunks", "objects", "keys"] {
        let found = files(&backups.join(folder));
        assert!(!found.is_empty(), "{folder}");
        for path in found.iter().step_by(7) {
            let whole = std::fs::read(path).unwrap();
            let mut damaged = whole.clone();
            let middle = damaged.len() / 2;
            damaged[middle] ^= 1;
            std::fs::write(path, damaged).unwrap();
            let verified = backup::verify(&backups, None, &|_| Ok(()));
            assert!(!verified.is_ok_and(|(_, damaged)| damaged.is_empty()), "{}", path.display());
            std::fs::write(path, whole).unwrap();
        }
    }
    let everything = files(&backups);
    let is_open = |path: &&PathBuf| path.metadata().unwrap().permissions().mode() & 0o077 != 0;
    let mut open = everything.iter().filter(is_open);
    assert!(!open.any(|path| path.starts_with(backups.join("keys"))));

    site.import(&center, "two").await;
    save(&center).await;
    let second = create(&site, &backups).await.unwrap();
    let before = files(&backups).len();
    assert_eq!(backup::prune(&backups, 1).unwrap(), [first.id]);
    assert!(files(&backups).len() < before);
    assert_eq!(backup::list(&backups).unwrap(), std::slice::from_ref(&second));
    assert_eq!(backup::verify(&backups, None, &|_| Ok(())).unwrap().1, Vec::<String>::new());
    check(&restore(&backups, None).await.open().await, &["one", "two"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_is_not_backed_up_and_what_is_there_not_restored_over() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    let backups = site.directory.path().join("backups");
    create(&site, &backups).await.unwrap();
    let notice = |error: fault::Error| error.notice().unwrap().id.to_string();

    let base = center.data_dir().base();
    let whole = std::fs::read(&base).unwrap();
    let mut damaged = whole.clone();
    damaged[200_000] ^= 1;
    std::fs::write(&base, damaged).unwrap();
    std::fs::remove_dir_all(backups.join("chunks")).unwrap();
    assert_eq!(notice(create(&site, &backups).await.unwrap_err()), "backup.source_damaged");
    assert_eq!(backup::list(&backups).unwrap().len(), 1);
    std::fs::write(&base, whole).unwrap();
    create(&site, &backups).await.unwrap();

    let store = site.directory.path().join("elsewhere");
    let target = Target {
        db: db::connect(&site.url).await.unwrap(),
        store: Arc::new(DirectoryStore::open(store).unwrap()),
        data_dir: DataDir::new(site.directory.path().join("data")),
        host: Arc::new(Machine),
        above: None,
    };
    let error = backup::restore(&backups, None, &target, &|_| Ok(())).await.unwrap_err();
    assert_eq!(notice(error), "backup.not_empty");
    let nowhere = site.directory.path().join("nowhere");
    assert_eq!(notice(backup::list(&nowhere).unwrap_err()), "backup.missing");
    assert_eq!(
        notice(backup::restore(&nowhere, None, &target, &|_| Ok(())).await.unwrap_err()),
        "backup.missing"
    );
    let stranger = site.directory.path().join("packages");
    assert_eq!(notice(create(&site, &stranger).await.unwrap_err()), "backup.not_one");
}
