//! Whether there is room for what is about to be done: on the disk of the data directory, and in the volume.

use std::ffi::OsStr;
use std::path::Path;

use disk_image::DiskSession;
use fault::{Error, Result};
use image_store::ImageId;

use crate::center::Center;
use crate::config::Config;
use crate::host::Host;
use crate::limits::RESERVED_BYTES;
use crate::state::MountStatus;

/// A merge writes the changes as captured and as packs; its inverse may take as much again. The captured ones are gone
/// before Base grows.
const MERGE_FACTOR: u64 = 3;

/// Fails unless the volume has room for `unpacked_bytes`.
pub(crate) fn require_volume_room(session: &DiskSession, unpacked_bytes: u64) -> Result<()> {
    let volume = session.space()?;
    if unpacked_bytes > volume.free_bytes {
        return Err(Error::no_space(format!(
            "{unpacked_bytes} bytes into a volume with {} free",
            volume.free_bytes
        ))
        .with_notice("center.volume_full")
        .with_value("needed_bytes", unpacked_bytes)
        .with_value("free_bytes", volume.free_bytes));
    }
    Ok(())
}

/// Fails unless `bytes` can be written below the data directory with the reserve left over.
pub(crate) fn require_space(host: &dyn Host, config: &Config, bytes: u64) -> Result<()> {
    let free = host.free_bytes(config.data_dir.path())?;
    let needed = bytes.saturating_add(RESERVED_BYTES);
    if needed > free {
        return Err(Error::no_space(format!("{needed} bytes needed, {free} free"))
            .with_notice("center.no_space")
            .with_value("needed_bytes", needed)
            .with_value("free_bytes", free));
    }
    Ok(())
}

/// Fails unless the overlay at `active` can be merged and registered.
pub(crate) fn require_for_merge(center: &Center, active: &Path) -> Result<()> {
    let bytes = std::fs::metadata(active).map_or(0, |metadata| metadata.len());
    require_space(center.host.as_ref(), &center.config, bytes.saturating_mul(MERGE_FACTOR))
}

impl Center {
    /// `check_can_upload_and_commit`: can the image at `source` be registered and, where `destination` names a
    /// registered Base, merged into it? Space, state and lineage decide. Only the images of this center count: what is
    /// being edited, and what is registered already.
    pub async fn check_can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool> {
        let Ok(path) = std::fs::canonicalize(source) else { return Ok(false) };
        if self.state().await? != MountStatus::Normal {
            return Ok(false);
        }
        let is_of_lineage = match destination {
            Some(base) => {
                self.is_active(&path) && crate::base::current_id(self).await?.as_deref() == Some(base)
            }
            None => self.is_active(&path) || self.is_registered_file(&path),
        };
        Ok(is_of_lineage && require_for_merge(self, &path).is_ok())
    }

    /// The overlay on the present Base; no other image was made on it.
    fn is_active(&self, path: &Path) -> bool {
        std::fs::canonicalize(self.data_dir().active()).is_ok_and(|active| active == path)
    }

    /// A file that lies among the images, but is none that the store knows, does not count.
    fn is_registered_file(&self, path: &Path) -> bool {
        let name = path.file_stem().and_then(OsStr::to_str);
        let Some(id) = name.and_then(|name| ImageId::parse(name).ok()) else { return false };
        let file = self.store.local_file(&id).and_then(|file| std::fs::canonicalize(file).ok());
        file.is_some_and(|file| file == path) && self.store.describe(&id).is_ok()
    }
}
