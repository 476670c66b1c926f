//! Whether the disk of the data directory has room for what is about to be done.

use std::ffi::OsStr;
use std::path::Path;

use fault::Result;
use image_store::ImageId;

use crate::center::Center;
use crate::import::require_space;
use crate::state::MountStatus;

/// A merge writes the changes as captured and as packs; its inverse may take as much again. The captured ones are gone
/// before Base grows.
const MERGE_FACTOR: u64 = 3;

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
