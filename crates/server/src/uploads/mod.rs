//! Files on their way in: streamed to the data directory's `uploads`, hashed as they come, then handed to the center.
//!
//! A *plain* upload is one request; whatever interrupts it removes its file. A *resumable* one (tus 1.0) has a row in
//! the table `uploads` that says how many of its bytes are durable; it survives a broken connection and a restart, and
//! goes when bytes are missing and nobody has resumed it for the configured time:
//!
//! ```text
//! receiving ──last byte──► received ──center takes it──► consumed
//!     │                        └─────refused for good───► failed
//!     └──abandoned──► (removed)
//! ```
//!
//! An upload that is complete while the center is merging stays *received*, however long, and is imported when the
//! center can. Whoever sent it asks the upload for its job, and the job for what came of it; so one that is refused has
//! a job, too.
//! This module never looks into a file; what is acceptable is decided by the center.

mod file_name;
mod plain;
mod receive;
mod resumable;
mod rows;
mod sweep;

pub(crate) use file_name::{of_disposition, of_tus_metadata};
pub(crate) use plain::{Imported, Taken};
pub(crate) use resumable::Progress;

use crate::config;
use crate::http::metrics::Metrics;
use crate::limits::UPLOAD_RESERVE_BYTES;
use center::{Actor, Center, Target};
use fault::{Error, Result};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// All uploads of this server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Uploads(Arc<Inner>);

struct Inner {
    center: Center,
    policy: config::Upload,
    metrics: Arc<Metrics>,
    /// Resumable uploads that some request is working on.
    busy: Mutex<HashSet<String>>,
}

impl Uploads {
    /// The uploads into `center`.
    pub(crate) fn new(center: Center, policy: config::Upload, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Inner { center, policy, metrics, busy: Mutex::default() }))
    }

    /// Largest file.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.0.policy.bytes_max()
    }

    /// Fails for a file that cannot be taken in whatever it holds. `size` is 0 when it is not announced.
    async fn check(&self, actor: &Actor, file_name: &str, size: u64, target: &Target) -> Result<()> {
        if size > self.bytes_max() {
            return Err(too_large(self.bytes_max()));
        }
        let size = size.saturating_add(UPLOAD_RESERVE_BYTES);
        self.0.center.check_import(actor, file_name, size, target).await
    }

    fn path_of(&self, name: &str) -> PathBuf {
        self.0.center.data_dir().uploads().join(name)
    }

    /// Reserves the upload `id` for one request.
    fn reserve(&self, id: &str) -> Result<Reserved> {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if !busy.insert(id.to_owned()) {
            return Err(
                Error::busy(format!("upload {id} is being worked on")).with_notice("upload.in_progress")
            );
        }
        Ok(Reserved { uploads: self.clone(), id: id.to_owned() })
    }
}

/// An upload that no other request works on until this is dropped.
struct Reserved {
    uploads: Uploads,
    id: String,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut busy = self.uploads.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.id);
    }
}

/// Removes a file that is not needed any more; what stays is found by the sweep.
fn remove(path: &std::path::Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(target: "voi_drive_file_manage", path = %path.display(), %error, "cannot remove an upload");
        }
        _ => {}
    }
}

fn too_large(limit: u64) -> Error {
    Error::invalid(format!("file of over {limit} bytes"))
        .with_notice("upload.too_large")
        .with_value("limit_bytes", limit)
}
