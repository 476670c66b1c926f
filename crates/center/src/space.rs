//! Whether the disk of the data directory has room for what is about to be done.

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
    /// registered Base, merged into it? Space, state and lineage decide. Only images below the data directory count.
    pub async fn check_can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool> {
        let Ok(path) = std::fs::canonicalize(source) else { return Ok(false) };
        let is_ours =
            std::fs::canonicalize(self.data_dir().path()).is_ok_and(|directory| path.starts_with(directory));
        if !is_ours || self.state().await? != MountStatus::Normal {
            return Ok(false);
        }
        if let Some(id) = destination {
            let is_base = crate::base::current_id(self).await?.as_deref() == Some(id);
            if ImageId::parse(id).is_err() || !is_base {
                return Ok(false);
            }
        }
        Ok(require_for_merge(self, &path).is_ok())
    }
}
