//! A center in a directory of its own, with the real workers and real archives.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use center::{Actor, Center, Config, DataDir, Host, Machine, Retention, Target, Upload, db};
use disk_image::{CreateOptions, WorkerProgram};
use driver_package::{Limits, ReaderProgram};
use image_store::DirectoryStore;
use rustix::process::{Pid, Signal, kill_process};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::new_url;

/// The virtual size of the disk of each site.
pub(crate) const DISK_BYTES: u64 = 4 << 30;

/// A center in a directory of its own.
pub(crate) struct Site {
    pub(crate) directory: TempDir,
    pub(crate) url: String,
    pub(crate) retention: Retention,
    /// Opened once: a center that was dropped may still be hashing an image in the background.
    store: OnceLock<Arc<DirectoryStore>>,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let url = new_url(&directory).await;
        Self { directory, url, retention: Retention::default(), store: OnceLock::new() }
    }

    /// One whose database lies in its directory whatever the other tests use, so that it can be copied.
    pub(crate) fn of_sqlite() -> Self {
        Self::at(temporary())
    }

    fn at(directory: TempDir) -> Self {
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("center.db").display());
        Self { directory, url, retention: Retention::default(), store: OnceLock::new() }
    }

    /// The same at another place: a center that is not open.
    pub(crate) fn twin(&self) -> Self {
        let directory = temporary();
        copy_directory(self.directory.path(), directory.path());
        Self::at(directory)
    }

    /// The image store, whether a center was opened or not.
    pub(crate) fn own_store(&self) -> Arc<DirectoryStore> {
        let images = self.data_dir().images();
        self.store.get_or_init(|| Arc::new(DirectoryStore::open(images).unwrap())).clone()
    }

    /// The image store, once a center was opened.
    pub(crate) fn store(&self) -> Arc<DirectoryStore> {
        self.store.get().unwrap().clone()
    }

    pub(crate) async fn open(&self) -> Center {
        self.open_on(Arc::new(Machine)).await.unwrap()
    }

    pub(crate) async fn open_on(&self, host: Arc<dyn Host>) -> fault::Result<Center> {
        self.open_as(host, |_| {}).await
    }

    /// One that is told something else than usual.
    pub(crate) async fn open_with(&self, change: impl FnOnce(&mut Config)) -> Center {
        self.open_as(Arc::new(Machine), change).await.unwrap()
    }

    fn data_dir(&self) -> DataDir {
        DataDir::new(self.directory.path().join("data"))
    }

    /// What its center is told.
    pub(crate) fn config(&self) -> Config {
        Config {
            data_dir: self.data_dir(),
            disk: CreateOptions { virtual_size_bytes: DISK_BYTES, ..CreateOptions::default() },
            adopt: None,
            worker: WorkerProgram::beside_current_exe().expect("cargo build --workspace makes disk-worker"),
            reader: ReaderProgram::beside_current_exe()
                .expect("cargo build --workspace makes package-reader"),
            limits: Limits::default(),
            retention: self.retention,
            task_timeout_seconds: 120,
            edit_idle_minutes: 30,
            platform: None,
        }
    }

    pub(crate) async fn open_as(
        &self,
        host: Arc<dyn Host>,
        change: impl FnOnce(&mut Config),
    ) -> fault::Result<Center> {
        self.data_dir().create().unwrap();
        let (store, mut config) = (self.own_store(), self.config());
        change(&mut config);
        let db = db::connect(&self.url).await.unwrap();
        Center::open(config, db, store, host).await
    }

    /// A `.tq` with one driver package of about `size` bytes.
    pub(crate) fn archive(&self, name: &str, size: usize) -> PathBuf {
        let folder = self.directory.path().join("packages").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("device.inf"), inf(name)).unwrap();
        std::fs::write(folder.join("device.cat"), b"catalog").unwrap();
        std::fs::write(folder.join("device.sys"), noise(name, size)).unwrap();
        let archive = self.directory.path().join(format!("{name}.tq"));
        let packed = Command::new("7zz").arg("a").arg("-t7z").arg("-mx1").arg(&archive).arg(&folder).output();
        assert!(packed.unwrap().status.success());
        archive
    }

    pub(crate) fn upload(&self, center: &Center, archive: &Path) -> Upload {
        let bytes = std::fs::read(archive).unwrap();
        let path = center.data_dir().uploads().join(uuid::Uuid::new_v4().to_string());
        std::fs::write(&path, &bytes).unwrap();
        Upload {
            path,
            file_name: archive.file_name().unwrap().to_str().unwrap().to_owned(),
            size: bytes.len() as u64,
            sha256: Sha256::digest(&bytes).into(),
            target: Target::SystemDriver,
        }
    }

    pub(crate) async fn import(&self, center: &Center, name: &str) -> i64 {
        let archive = self.archive(name, 200_000);
        center.import(&actor(), self.upload(center, &archive)).await.unwrap()
    }
}

pub(crate) fn actor() -> Actor {
    Actor { name: "admin".into(), address: None }
}

/// Ends the worker that has this center's Active open, as a crash of it would.
pub(crate) fn kill_worker(center: &Center) {
    end_worker(center, worker_of(center).expect("a worker has Active open"));
}

/// The worker that has this center's Active open.
pub(crate) fn worker_of(center: &Center) -> Option<u32> {
    let active = center.data_dir().active().canonicalize().ok()?;
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes
        .filter(|path| has_open(path, &active))
        .find_map(|path| path.file_name()?.to_str()?.parse::<u32>().ok())
}

/// Ends this worker, and waits until it is gone.
pub(crate) fn end_worker(center: &Center, worker: u32) {
    let active = center.data_dir().active().canonicalize().unwrap();
    assert_ne!(worker, std::process::id());
    // By no program: until one has started, an import may have ended.
    let process = Pid::from_raw(worker as i32).unwrap();
    kill_process(process, Signal::KILL).unwrap();
    while has_open(&PathBuf::from(format!("/proc/{worker}")), &active) {
        std::thread::yield_now();
    }
}

fn has_open(process: &Path, file: &Path) -> bool {
    let descriptors = std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    descriptors.filter_map(|entry| entry.path().read_link().ok()).any(|target| target == file)
}

pub(crate) fn inf(name: &str) -> String {
    format!(
        "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Net\r\nProvider=\"Lantern\"\r\nCatalogFile=device.cat\r\n\
         DriverVer=01/02/2024,1.2.3.4\r\n[Manufacturer]\r\n\"Lantern\"=Models,NTamd64.10.0\r\n\
         [Models.NTamd64.10.0]\r\n\"{name}\"=Install,PCI\\VEN_1234&DEV_5678\r\n"
    )
}

/// Bytes that do not compress, the same for the same name.
pub(crate) fn noise(name: &str, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().update(name.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

pub(crate) async fn read(center: &Center, path: &str) -> Vec<u8> {
    let (size, mut pieces) = center.read_file(path).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    assert_eq!(bytes.len() as u64, size);
    bytes
}

pub(crate) async fn save(center: &Center) -> u64 {
    let operation = center.save(&actor(), None).await.unwrap();
    let ended = center.wait_operation(operation.id).await.unwrap();
    assert_eq!(ended.error, None);
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    center.status(&actor(), &|error| error.to_string()).await.unwrap().version
}

/// Makes the disk larger and waits for the end.
pub(crate) async fn grow(center: &Center, virtual_bytes: u64) -> u64 {
    let operation = center.grow(&actor(), virtual_bytes, Some("more room".into())).await.unwrap();
    assert_eq!(operation.kind, "grow");
    let ended = center.wait_operation(operation.id).await.unwrap();
    assert_eq!((ended.error, ended.steps_done), (None, ended.steps_total));
    center.status(&actor(), &|error| error.to_string()).await.unwrap().version
}

/// The size of the disk that the status says.
pub(crate) async fn virtual_bytes(center: &Center) -> u64 {
    center.status(&actor(), &|error| error.to_string()).await.unwrap().virtual_bytes
}

/// A directory that lives in memory where there is room for it: tests of many lives sync files all the time.
pub(crate) fn temporary() -> TempDir {
    let memory = "/dev/shm";
    let has_room = rustix::fs::statvfs(memory).is_ok_and(|stat| stat.f_bavail * stat.f_frsize >= 2 << 30);
    let in_memory = has_room.then(|| TempDir::new_in(memory).ok()).flatten();
    in_memory.unwrap_or_else(|| TempDir::new().unwrap())
}

pub(crate) fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_directory(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
