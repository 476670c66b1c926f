//! What a process that died has left in `work/`: it goes at the next start, before anything is done there.
//!
//! Steps of an operation that is not finished may go on with their files. While there is one, only those go with which
//! nothing is ever gone on: each of them is made from its beginning, by whoever wants it.

use std::fs::DirEntry;
use std::path::Path;

use fault::{Context, Result};

use crate::center::{Center, blocking};
use crate::{base, mirror, moving, on_disk, operations, printers};

/// Files with which nothing is gone on.
const NEVER_CONTINUED: [&str; 4] = [mirror::COPY, base::COPY, on_disk::FRESH, moving::TABLE];

/// Removes what is left over. Failing is logged: nothing depends on it but room.
pub(crate) async fn sweep(center: &Center) {
    if let Err(error) = try_sweep(center).await {
        tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot remove what is left over");
    }
}

async fn try_sweep(center: &Center) -> Result<()> {
    let may_be_continued = operations::unfinished(&center.db).await?.is_some();
    let work = center.data_dir().work();
    blocking(move || {
        for entry in std::fs::read_dir(&work).context(|| format!("list {}", work.display()))? {
            let entry = entry.context(|| format!("list {}", work.display()))?;
            if !may_be_continued || is_never_continued(&entry) {
                remove(&entry);
            }
        }
        Ok(())
    })
    .await
}

fn is_never_continued(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let Some(name) = name.to_str() else { return false };
    NEVER_CONTINUED.contains(&name) || name.starts_with(printers::FRESH)
}

fn remove(entry: &DirEntry) {
    let (path, is_folder) = (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let removed = if is_folder { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    match removed {
        Ok(()) => {
            tracing::info!(target: "voi_drive_backups_manage", path = %path.display(), "left over, and removed")
        }
        Err(error) => tell(&path, &error),
    }
}

fn tell(path: &Path, error: &std::io::Error) {
    tracing::warn!(target: "voi_drive_backups_manage", path = %path.display(), %error, "left over, and cannot be removed");
}
