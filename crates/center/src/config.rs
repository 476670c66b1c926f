//! What the center is told at start, and the limits and policies that follow from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use disk_image::{CreateOptions, WorkerProgram};
use driver_package::{Limits, ReaderProgram};

use crate::platform::Platform;

/// What the center is told at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: DataDir,
    /// How a new disk is made.
    pub disk: CreateOptions,
    /// A foreign Base that is copied, checked and taken over instead of making a new one, at the first start.
    pub adopt: Option<PathBuf>,
    /// The program that opens disk images.
    pub worker: WorkerProgram,
    /// The program that reads archives.
    pub reader: ReaderProgram,
    /// What an archive may cost.
    pub limits: Limits,
    /// How long older versions are kept.
    pub retention: Retention,
    /// A terminal that was downloading counts as a running task for this long after its last report.
    pub task_timeout_seconds: u32,
    /// Who serves `voi_api` where the center does not.
    pub platform: Option<Arc<dyn Platform>>,
    /// Minutes after which an open edit is nobody's when its holder does nothing to it.
    pub edit_idle_minutes: u32,
}

/// How long temporary images and patches are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days that each is kept at least.
    pub days: u32,
    /// Versions that are kept whatever their age.
    pub versions: u32,
}

impl Default for Retention {
    /// A month, and never fewer than the last three.
    fn default() -> Self {
        Self { days: 31, versions: 3 }
    }
}

/// The data directory: the only place that knows where a file lies in it.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Names the directory; [`DataDir::create`] makes it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Makes the directory and all below it; nobody but the owner may read it.
    pub fn create(&self) -> std::io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        [self.0.clone(), self.disk(), self.kept(), self.uploads(), self.work(), self.objects(), self.images()]
            .iter()
            .try_for_each(|path| builder.create(path))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database, where no other is configured.
    pub fn database(&self) -> PathBuf {
        self.0.join("center.db")
    }

    /// Where the disk, its overlay and their tables lie.
    pub fn disk(&self) -> PathBuf {
        self.0.join("disk")
    }

    /// The merged disk.
    pub fn base(&self) -> PathBuf {
        self.disk().join("base.qcow2")
    }

    /// Leaf table of Base, and the journal of `apply` on it.
    pub fn base_state(&self) -> PathBuf {
        self.disk().join("base.state")
    }

    /// Index of Base's blocks; only hints, made anew when missing.
    pub fn base_index(&self) -> PathBuf {
        self.disk().join("base.index")
    }

    /// A Base that a restore is making.
    pub fn rebuilt(&self) -> PathBuf {
        self.disk().join("base.rebuilt.qcow2")
    }

    /// The block index of the Base that a restore is making.
    pub fn rebuilt_index(&self) -> PathBuf {
        self.disk().join("base.rebuilt.index")
    }

    /// The wrecked Base, kept until another one has been proven.
    pub fn set_aside(&self) -> PathBuf {
        self.disk().join("base.wrecked.qcow2")
    }

    /// The overlay that collects edits.
    pub fn active(&self) -> PathBuf {
        self.disk().join("active.qcow2")
    }

    /// Which edits the overlay holds, where an orderly stop has left it.
    pub fn active_holds(&self) -> PathBuf {
        self.disk().join("active.holds")
    }

    /// Archives as they were uploaded, named by their sha256.
    pub fn kept(&self) -> PathBuf {
        self.0.join("kept")
    }

    /// The kept archive with this digest.
    pub fn kept_archive(&self, sha256: &str) -> PathBuf {
        self.kept().join(sha256)
    }

    /// Uploads under way.
    pub fn uploads(&self) -> PathBuf {
        self.0.join("uploads")
    }

    /// Files of operations under way.
    pub fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    /// Older versions that are being looked into.
    pub fn views(&self) -> PathBuf {
        self.work().join("views")
    }

    /// Immutable objects: manifests, leaf tables, patches, packs.
    pub fn objects(&self) -> PathBuf {
        self.0.join("objects")
    }

    /// The local image store, where no other is configured.
    pub fn images(&self) -> PathBuf {
        self.0.join("images")
    }

    /// The key that signs heads.
    pub fn signing_key(&self) -> PathBuf {
        self.0.join("signing.key")
    }

    /// The key that seals passwords of printers.
    pub fn printer_key(&self) -> PathBuf {
        self.0.join("printer.key")
    }

    /// The signed head as it was last published.
    pub fn head(&self) -> PathBuf {
        self.0.join("head.json")
    }
}
