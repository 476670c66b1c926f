//! An upload in one request.

use super::receive::receive;
use super::{Uploads, file_name};
use axum::body::Bytes;
use center::{Actor, Target, Upload};
use fault::{Context as _, Error, Result};
use futures_util::Stream;
use std::path::PathBuf;

/// The file of an upload; removed when dropped, unless the center has taken it.
struct Temporary(Option<PathBuf>);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            super::remove(&path);
        }
    }
}

/// A file that has come in whole. Nobody has looked into it yet.
pub(crate) struct Taken {
    path: PathBuf,
    file_name: String,
    size: u64,
    sha256: [u8; 32],
    temporary: Temporary,
}

/// An upload that was taken in.
pub(crate) struct Imported {
    /// The job that did it.
    pub(crate) job: String,
    /// The new driver or printer driver.
    pub(crate) id: i64,
}

impl Uploads {
    /// Checks what can be known before the first byte; answers the name to use.
    pub(crate) async fn admit(
        &self,
        actor: &Actor,
        name: Option<String>,
        size: Option<u64>,
        target: &Target,
    ) -> Result<String> {
        let name = file_name::checked(name)?;
        self.check(actor, &name, size.unwrap_or(0), target).await?;
        Ok(name)
    }

    /// Receives a file that was admitted.
    pub(crate) async fn take<E: std::fmt::Display>(
        &self,
        file_name: String,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Taken> {
        let path = self.path_of(&format!("{}.part", uuid::Uuid::new_v4()));
        let file = create(&path).context(|| format!("make {}", path.display()))?;
        let temporary = Temporary(Some(path.clone()));
        let outcome = receive(body, file, self.bytes_max(), &self.0.metrics.upload_bytes, None).await?;
        if let Some(failure) = outcome.failure {
            return Err(failure);
        }
        let (size, sha256) = (outcome.bytes, outcome.sha256);
        Ok(Taken { path, file_name, size, sha256, temporary })
    }

    /// Has the center take a received file in. It goes on when the caller goes away.
    pub(crate) async fn import(&self, actor: &Actor, taken: Taken, target: Target) -> Result<Imported> {
        let Taken { path, file_name, size, sha256, mut temporary } = taken;
        let upload = Upload { path, file_name, size, sha256, target };
        let (job, task) = self.0.center.start_import(actor, upload).await?;
        temporary.0 = None;
        let id = task.await.map_err(|e| Error::bug(format!("import task: {e}")))??;
        Ok(Imported { job, id })
    }
}

/// Makes a file that nobody but the server may read.
pub(super) fn create(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
