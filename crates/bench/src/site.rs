//! A whole driver center in a folder, driven through its library: database, kept archives, workers and all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use center::{Actor, Center, Config, DataDir, Machine, Retention, Target, Upload, db};
use disk_image::{CreateOptions, WorkerProgram};
use driver_package::{Limits, ReaderProgram};
use fault::{Error, Result};
use image_store::DirectoryStore;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use crate::timed;

/// A center and the runtime that it lives in.
pub(crate) struct Site {
    runtime: Runtime,
    center: Center,
}

impl Site {
    pub(crate) fn open(directory: &Path) -> Result<Self> {
        let runtime = Runtime::new()?;
        let data_dir = DataDir::new(directory);
        data_dir.create()?;
        let config = Config {
            data_dir: data_dir.clone(),
            disk: CreateOptions::default(),
            adopt: None,
            worker: worker()?,
            reader: ReaderProgram::beside_current_exe()?,
            limits: Limits::default(),
            retention: Retention::default(),
            task_timeout_seconds: 120,
            edit_idle_minutes: 30,
            platform: None,
        };
        let store = Arc::new(DirectoryStore::open(data_dir.images())?);
        let url = format!("sqlite://{}?mode=rwc", data_dir.database().display());
        let center = runtime.block_on(async {
            let db = db::connect(&url).await?;
            Center::open(config, db, store, Arc::new(Machine)).await
        })?;
        Ok(Self { runtime, center })
    }

    pub(crate) fn data_dir(&self) -> DataDir {
        self.center.data_dir().clone()
    }

    /// Seconds from the complete upload to the answer: kept, unpacked into the disk, flushed, listed.
    pub(crate) fn import(&self, archive: &Path) -> Result<(f64, i64)> {
        let upload = self.upload(archive)?;
        timed(|| self.runtime.block_on(self.center.import(&actor(), upload)))
    }

    pub(crate) fn delete(&self, ids: &[i64]) -> Result<()> {
        self.runtime.block_on(self.center.delete_drivers(&actor(), ids))
    }

    pub(crate) fn discard(&self) -> Result<()> {
        self.runtime.block_on(self.center.discard(&actor()))
    }

    /// Seconds from the order to state 1.
    pub(crate) fn save(&self) -> Result<f64> {
        timed(|| self.until_done("save", async { Ok(self.center.save(&actor(), None).await?.id) }))
            .map(|(seconds, ())| seconds)
    }

    /// Restores, up to state 1.
    pub(crate) fn restore(&self) -> Result<()> {
        self.until_done("restore", async { Ok(self.center.restore(&actor()).await?.id) })
    }

    /// Takes the last version back; seconds from the order to state 1.
    pub(crate) fn roll_back_one(&self) -> Result<f64> {
        let versions = self.runtime.block_on(self.center.versions(1, 1))?;
        let before = versions.first().ok_or_else(|| Error::bug("there is no version before"))?.number;
        let rollback = async { Ok(self.center.rollback(&actor(), before, None).await?.id) };
        timed(|| self.until_done("rollback", rollback)).map(|(seconds, ())| seconds)
    }

    fn until_done(&self, what: &str, begin: impl Future<Output = Result<i64>>) -> Result<()> {
        let outcome = self.runtime.block_on(async { self.center.wait_operation(begin.await?).await })?;
        outcome.error.map_or(Ok(()), |error| Err(Error::bug(format!("{what}: {error}"))))
    }

    /// Bytes that a terminal one version behind fetches.
    pub(crate) fn update_bytes(&self) -> Result<u64> {
        let versions = self.runtime.block_on(self.center.versions(0, 1))?;
        Ok(versions.first().map_or(0, |version| version.update_bytes))
    }

    /// Closes Active in order, so that others can read it.
    pub(crate) fn close(self) -> Result<()> {
        self.runtime.block_on(self.center.close());
        Ok(())
    }

    fn upload(&self, archive: &Path) -> Result<Upload> {
        let bytes = std::fs::read(archive)?;
        let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path: PathBuf = self.data_dir().uploads().join(&name);
        std::fs::copy(archive, &path)?;
        crate::tools::sync(&path)?;
        Ok(Upload {
            path,
            file_name: name,
            size: bytes.len() as u64,
            sha256: Sha256::digest(&bytes).into(),
            target: Target::SystemDriver,
        })
    }
}

pub(crate) fn worker() -> Result<WorkerProgram> {
    WorkerProgram::beside_current_exe()
}

fn actor() -> Actor {
    Actor { name: "bench".into(), address: None }
}
