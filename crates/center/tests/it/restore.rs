//! Restore on real disks: each way in which Base can be wrecked, and what terminals have to fetch afterwards.

use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::Duration;

use center::db::entities::driver_relation;
use center::{Center, Moment};
use disk_patch::{Disk, FileStore, FsFolder, LeafStage, LeafTable, ObjectDir, PackSource, unwatched};
use image_store::ImageStore as _;
use protocol::api::TerminalMode;
use protocol::sync::Manifest;
use sea_orm::{ConnectionTrait as _, Database, EntityTrait as _, PaginatorTrait as _};

use crate::fated::{Doom, Fated, Point};
use crate::site::{Site, actor, noise, read, save};
use crate::templates;

/// Bytes of the packages that the tests import.
const PACKAGE: usize = 3_000_000;

/// A terminal's copy of the disk.
pub(crate) struct Terminal {
    directory: tempfile::TempDir,
}

impl Terminal {
    /// One that is identical now.
    pub(crate) fn of(center: &Center) -> Self {
        let terminal = Self { directory: tempfile::tempdir().unwrap() };
        std::fs::copy(center.data_dir().base(), terminal.disk()).unwrap();
        terminal.on_disk(|disk| drop(disk.adopt(&mut unwatched()).unwrap()));
        terminal
    }

    fn disk(&self) -> PathBuf {
        self.directory.path().join("disk")
    }

    fn on_disk<T>(&self, work: impl FnOnce(&Disk<'_>) -> T) -> T {
        let file = FileStore::open(self.disk()).unwrap();
        let state = FsFolder::open(self.directory.path().join("state")).unwrap();
        work(&Disk { file: &file, state: &state })
    }

    /// Becomes identical again as `tool-disk` does: by patches where there are some, else by leaves. Answers the bytes
    /// that it fetched.
    pub(crate) async fn follow(&self, center: &Center) -> u64 {
        let key = protocol::sync::public_key(&center.public_key_hex()).unwrap();
        let head = center.head().await.unwrap().verify(&key).unwrap();
        let object = |digest: &str| std::fs::read(center.object_path(digest).unwrap()).unwrap();
        let manifest: Manifest = serde_json::from_slice(&object(&head.manifest)).unwrap();
        let present = self.on_disk(|disk| disk.leaves().unwrap().unwrap());
        if present.root().to_string() == head.root {
            return 0;
        }
        let from = manifest.updates.iter().rposition(|update| update.from_root == present.root().to_string());
        let bytes = match from {
            Some(from) => self.patch(center, &manifest.updates[from..]),
            None => {
                let target = LeafTable::decode(&object(&manifest.leaf_table.digest)).unwrap();
                self.leaves(center, &present, &target).await
            }
        };
        assert!(std::fs::read(self.disk()).unwrap() == std::fs::read(center.data_dir().base()).unwrap());
        bytes
    }

    fn patch(&self, center: &Center, updates: &[protocol::sync::Update]) -> u64 {
        let objects = ObjectDir::open(center.data_dir().objects()).unwrap();
        let mut bytes = 0;
        for update in updates {
            let digest = disk_patch::Digest::from_hex(&update.patch.digest).unwrap();
            let patch = disk_patch::Patch::decode(&objects.read(&digest).unwrap()).unwrap();
            self.on_disk(|disk| disk.apply(&patch, &objects, &mut unwatched()).unwrap());
            bytes += update.patch.bytes + update.packs_bytes;
        }
        bytes
    }

    async fn leaves(&self, center: &Center, present: &LeafTable, target: &LeafTable) -> u64 {
        let folder = FsFolder::open(self.directory.path().join("fetch")).unwrap();
        let objects = ObjectDir::open(self.directory.path().join("objects")).unwrap();
        let mut stage = LeafStage::open(&folder, &objects, target).unwrap();
        let mut bytes = 0;
        for run in stage.missing(present) {
            let root = target.root().to_string();
            let packed = center.base_leaves(&root, run.start, run.end - 1).await.unwrap();
            bytes += packed.len() as u64;
            stage.accept(run, &packed).unwrap();
        }
        let patch = stage.patch(present).unwrap();
        self.on_disk(|disk| disk.apply(&patch, &objects, &mut unwatched()).unwrap());
        bytes
    }
}

/// A center with three saved packages, one more that is not saved, and a deletion that is not.
struct Scene {
    site: Site,
    center: Center,
    terminal: Terminal,
}

impl Scene {
    async fn new() -> Self {
        let site = Site::new().await;
        let center = site.open().await;
        for name in ["one", "two", "three"] {
            let archive = site.archive(name, PACKAGE);
            center.import(&actor(), site.upload(&center, &archive)).await.unwrap();
            save(&center).await;
        }
        let terminal = Terminal::of(&center);
        let two = center.drivers().await.unwrap().into_iter().find(|driver| driver.name == "two").unwrap();
        center.delete_drivers(&actor(), &[two.id]).await.unwrap();
        let archive = site.archive("unsaved", PACKAGE);
        center.import(&actor(), site.upload(&center, &archive)).await.unwrap();
        Self { site, center, terminal }
    }

    fn base(&self) -> PathBuf {
        self.center.data_dir().base()
    }

    /// Only the kept archives are left: as after a month, when retention has removed the registered images.
    fn forget_images(&self) {
        let images = self.center.data_dir().images();
        for entry in std::fs::read_dir(images).unwrap().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "qcow2") {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        let objects = self.center.data_dir().objects();
        // The packs, too: what remains are small things such as leaf tables and manifests.
        for folder in std::fs::read_dir(objects).unwrap().flatten() {
            for object in std::fs::read_dir(folder.path()).unwrap().flatten() {
                if object.metadata().unwrap().len() > 300_000 {
                    std::fs::remove_file(object.path()).unwrap();
                }
            }
        }
    }

    /// Restores; answers the version and what was told.
    async fn restore(&self) -> (u64, Vec<String>) {
        let operation = self.center.restore(&actor()).await.unwrap();
        let ended = self.center.wait_operation(operation.id).await.unwrap();
        assert_eq!(ended.error, None);
        let report = self.center.restore_report(operation.id, &notice_of).await.unwrap();
        (self.center.status(&actor(), &ToString::to_string).await.unwrap().version, report.done)
    }

    /// Every file is as it was imported, the unsaved edits are there, and saving them works.
    async fn prove(&self) {
        assert_eq!(self.center.mount().await.unwrap().mount_status, 1);
        for name in ["one", "three", "unsaved"] {
            let file = format!("/sys/tq/{name}/{name}/device.sys");
            assert!(read(&self.center, &file).await == noise(name, PACKAGE), "{name}");
            let inf = read(&self.center, &format!("/sys/tq/{name}/{name}/device.inf")).await;
            assert_eq!(inf, crate::site::inf(name).as_bytes());
        }
        assert_eq!(self.center.changes().await.unwrap().len(), 2);
        assert_eq!(self.center.list_files("/sys/tq").await.unwrap().len(), 3);
        save(&self.center).await;
        self.terminal.follow(&self.center).await;
        let mut check = std::process::Command::new("qemu-img");
        let check = check.args(["check", "-f", "qcow2"]).arg(self.base()).output().unwrap();
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
        for leftover in [self.center.data_dir().set_aside(), self.center.data_dir().rebuilt()] {
            assert!(!leftover.exists(), "{}", leftover.display());
        }
    }
}

fn notice_of(error: &fault::Error) -> String {
    error.notice().unwrap().id.to_string()
}

/// Where the bytes of a file of a package are in Base.
fn place_of(base: &[u8], content: &[u8]) -> u64 {
    let needle = &content[100_000..100_064];
    base.windows(needle.len()).position(|window| window == needle).unwrap() as u64
}

fn overwrite(path: &PathBuf, offset: u64, length: usize) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(&noise("damage", length), offset).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_save_is_recorded_as_soon_as_the_database_can_be_written() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    site.import(&center, "net").await;
    let database = Database::connect(&site.url).await.unwrap();
    let full = "CREATE TRIGGER disk_full BEFORE UPDATE OF finished_at ON operations WHEN NEW.finished_at IS NOT NULL \
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    database.execute_unprepared(full).await.unwrap();
    let operation = center.save(&actor(), None).await.unwrap();
    center.wait_head(0, Duration::from_secs(60)).await.unwrap();
    // A few attempts fail.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(center.mount().await.unwrap().mount_status, 2, "it runs as long as its end is not recorded");
    database.execute_unprepared("DROP TRIGGER disk_full").await.unwrap();
    let ended = center.wait_operation(operation.id).await.unwrap();
    assert_eq!((ended.steps_done, ended.error), (ended.steps_total, None));
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    site.import(&center, "sound").await;
    assert_eq!(save(&center).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_panics_has_failed_and_is_completed_by_a_restore() {
    let site = Site::of_sqlite();
    let point = Point { operation: "save".into(), step: "merge".into(), moment: Moment::Before };
    let center = site.open_on(Fated::new(Some((point, Doom::Panics)))).await.unwrap();
    site.import(&center, "net").await;
    let operation = center.save(&actor(), None).await.unwrap();
    let ended = center.wait_operation(operation.id).await.unwrap();
    assert!(ended.error.is_some_and(|error| error.contains("panic")));
    assert_eq!(center.mount().await.unwrap().mount_status, 3);
    let operation = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    assert_eq!(read(&center, "/sys/tq/net/net/device.sys").await, noise("net", 200_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn overwritten_bytes_are_put_back_and_terminals_need_nothing() {
    let scene = Scene::new().await;
    let whole = std::fs::read(scene.base()).unwrap();
    let mft = whole.windows(8).position(|window| window == b"FILE0\0\x03\0").unwrap() as u64;
    let places = [(place_of(&whole, &noise("one", PACKAGE)), 70_000), (0, 512), (mft, 4096), (65_536 * 3, 9)];
    for (offset, length) in places {
        overwrite(&scene.base(), offset, length);
        let (version, done) = scene.restore().await;
        assert_eq!((version, done[0].as_str()), (3, "restore.leaves_mended"), "at {offset}: {done:?}");
        assert!(std::fs::read(scene.base()).unwrap() == whole, "at {offset}");
    }
    assert_eq!(scene.terminal.follow(&scene.center).await, 0);
    scene.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_is_gone_is_put_together_from_what_is_registered() {
    let scene = Scene::new().await;
    let whole = std::fs::read(scene.base()).unwrap();
    std::fs::remove_file(scene.base()).unwrap();
    let (version, done) = scene.restore().await;
    assert_eq!((version, done[0].as_str()), (3, "restore.reassembled"), "{done:?}");
    assert!(std::fs::read(scene.base()).unwrap() == whole);
    scene.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrecked_base_is_made_anew_from_the_archives_and_terminals_fetch_little() {
    type Wreck = fn(&PathBuf, u64);
    let wrecks: [(&str, Wreck); 3] = [
        ("data is overwritten", |base, data| overwrite(base, data, 200_000)),
        ("the file is cut", |base, _| {
            let file = std::fs::File::options().write(true).open(base).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }),
        ("the file is gone", |base, _| std::fs::remove_file(base).unwrap()),
    ];
    for (what, wreck) in wrecks {
        let scene = Scene::new().await;
        let whole = std::fs::read(scene.base()).unwrap();
        wreck(&scene.base(), place_of(&whole, &noise("one", PACKAGE)));
        scene.forget_images();
        let (version, done) = scene.restore().await;
        assert_eq!((version, done[0].as_str()), (4, "restore.base_rebuilt"), "{what}: {done:?}");
        let bytes = scene.terminal.follow(&scene.center).await;
        // Three packages of 3 MB that do not compress are in the disk.
        assert!(bytes < 1_000_000, "{what}: a terminal fetched {bytes} bytes");
        scene.prove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_took_the_place_of_base_is_kept() {
    let scene = Scene::new().await;
    let precious = noise("precious", 5_000_000);
    std::fs::write(scene.base(), &precious).unwrap();
    scene.forget_images();
    let (version, done) = scene.restore().await;
    assert_eq!((version, done[0].as_str()), (4, "restore.base_rebuilt"), "{done:?}");
    assert!(done.contains(&"restore.set_aside".to_owned()), "{done:?}");
    assert!(scene.terminal.follow(&scene.center).await < 1_000_000);
    let kept = scene.center.data_dir().disk().join("not-base.1");
    assert!(std::fs::read(kept).unwrap() == precious);
    scene.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_leaf_table_is_made_again_or_taken_from_what_was_published() {
    let scene = Scene::new().await;
    let leaves = scene.center.data_dir().base_state().join("leaves");
    std::fs::remove_file(&leaves).unwrap();
    let (version, done) = scene.restore().await;
    assert_eq!((version, done[0].as_str()), (3, "restore.base_right"));
    std::fs::write(&leaves, b"no table").unwrap();
    overwrite(&scene.base(), 65_536 * 3, 9);
    let (version, done) = scene.restore().await;
    assert_eq!((version, done[0].as_str()), (3, "restore.leaves_mended"));
    scene.prove().await;
}

/// A new template that has this driver.
async fn associated(center: &Center, name: &str) -> i64 {
    let driver = center.drivers().await.unwrap().into_iter().find(|row| row.name == name).unwrap();
    let template = templates::template(center, name, templates::WIN10, 2).await.id;
    center.relate_image(&actor(), templates::relate(template, None, Some(Some(driver.id)))).await.unwrap();
    template
}

#[tokio::test(flavor = "multi_thread")]
async fn where_an_archive_is_lost_nothing_more_is_lost() {
    let scene = Scene::new().await;
    scene.forget_images();
    std::fs::remove_file(scene.base()).unwrap();
    let one = scene.center.drivers().await.unwrap().into_iter().find(|driver| driver.name == "one").unwrap();
    let one = scene.center.driver(one.id, &ToString::to_string).await.unwrap();
    let kept = scene.center.data_dir().kept_archive(&one.archive_sha256);
    let archive = std::fs::read(&kept).unwrap();
    let mut damaged = archive.clone();
    damaged[1000] ^= 1;
    std::fs::write(&kept, damaged).unwrap();

    let failed = scene.center.restore(&actor()).await.unwrap();
    let ended = scene.center.wait_operation(failed.id).await.unwrap();
    assert!(ended.error.unwrap().contains("the kept archives of one are lost"));
    assert_eq!(scene.center.mount().await.unwrap().mount_status, 3);
    let report = scene.center.restore_report(failed.id, &notice_of).await.unwrap();
    assert!(report.findings.iter().any(|found| found.id == "found.archive_damaged"), "{report:?}");
    assert_eq!(scene.center.drivers().await.unwrap().len(), 3);

    // It is put back, and all is there again.
    std::fs::write(&kept, archive).unwrap();
    assert_eq!(scene.restore().await.0, 4);
    scene.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_somebody_accepts_costs_that_driver_alone() {
    let scene = Scene::new().await;
    let center = &scene.center;
    let terminal = templates::enrol(center, "classroom").await;
    templates::report(center, &terminal, Some(TerminalMode::Windows)).await;
    let (office, library) = (associated(center, "one").await, associated(center, "three").await);
    let told = templates::report(center, &terminal, None).await;
    scene.forget_images();
    std::fs::remove_file(scene.base()).unwrap();
    let two = scene.center.data_dir().kept();
    let rows = scene.center.drivers().await.unwrap();
    let one = rows.iter().find(|driver| driver.name == "one").unwrap();
    let one = scene.center.driver(one.id, &ToString::to_string).await.unwrap();
    std::fs::remove_file(two.join(one.archive_sha256)).unwrap();
    let operation = scene.center.restore_with(&actor(), true).await.unwrap();
    assert_eq!(scene.center.wait_operation(operation.id).await.unwrap().error, None);
    let names: Vec<String> =
        scene.center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
    assert_eq!(names, ["unsaved", "three"]);
    let (office, library) = (center.template(office).await.unwrap(), center.template(library).await.unwrap());
    assert_eq!((office.extractive_driver_id, office.is_allow_heterogeneous), (None, false));
    assert_eq!((office.hg_version, library.hg_version), (2, 1));
    assert!(library.extractive_driver_id.is_some());
    assert_eq!(templates::report(center, &terminal, None).await, told + 1);
    assert_eq!(driver_relation::Entity::find().count(center.db()).await.unwrap(), 1);
    save(&scene.center).await;
    assert!(read(&scene.center, "/sys/tq/three/three/device.sys").await == noise("three", PACKAGE));
    drop(scene.site);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_is_undone_leaves_no_image_behind() {
    let site = Site::new().await;
    let point = Point { operation: "save".into(), step: "register".into(), moment: Moment::After };
    let center = site.open_on(Fated::new(Some((point, Doom::Persists)))).await.unwrap();
    site.import(&center, "one").await;
    let images = || {
        let images = site.store().list().unwrap().into_iter();
        images.map(|image| image.meta.version).collect::<Vec<_>>()
    };
    let operation = center.save(&actor(), None).await.unwrap();
    assert!(center.wait_operation(operation.id).await.unwrap().error.is_some());
    assert_eq!(images().len(), 2, "it was registered");
    let restore = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restore.id).await.unwrap().error, None);
    let report = center.restore_report(restore.id, &|error| error.notice().unwrap().id.to_string()).await;
    assert!(report.unwrap().done.contains(&"restore.save_undone".to_owned()));
    assert_eq!(images(), [0]);
    center.close().await;
    drop(center);

    // What was to be saved is still there to be saved.
    let center = site.open().await;
    assert_eq!(save(&center).await, 1);
    assert_eq!(images().len(), 2);
}
