//! The file beside an image that says what it is.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use fault::{Context, Error, Result};
use serde::{Deserialize, Serialize};

use super::with_new;
use crate::{ImageMeta, limits};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Description {
    #[serde(flatten)]
    pub(super) meta: ImageMeta,
    pub(super) virtual_bytes: u64,
}

impl Description {
    /// What `path` says; `None` where there is no such file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>> {
        let damaged = |why: String| {
            let error = Error::corrupt(format!("image description {}: {why}", path.display()));
            error.with_notice("store.damaged").with_value("file", path.display())
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context(|| format!("open {}", path.display())),
        };
        let mut bytes = Vec::new();
        let read = file.take(limits::DESCRIPTION_BYTES + 1).read_to_end(&mut bytes);
        read.context(|| format!("read {}", path.display()))?;
        if bytes.len() as u64 > limits::DESCRIPTION_BYTES {
            return Err(damaged("too long".to_owned()));
        }
        serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(error.to_string()))
    }

    /// Writes it to `path`, whole or not at all. The caller syncs the directory.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::bug(format!("describe an image: {error}")))?;
        if bytes.len() as u64 > limits::DESCRIPTION_BYTES {
            return Err(Error::invalid(format!(
                "image properties: more than {} bytes",
                limits::DESCRIPTION_BYTES
            )));
        }
        let new = with_new(path);
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, path)
        });
        written.context(|| format!("write {}", path.display()))
    }
}
