//! From a kept archive to a file of the disk, byte by byte.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use disk_image::{DiskPath, DiskSession};
use fault::{Context, Result};

use crate::jobs::Progress;

/// Bytes that are read and written at once.
const PIECE_BYTES: usize = 1 << 20;

/// Writes the archive at `kept` as the file `path` of the open disk, without making it durable.
///
/// With `replace` it takes the place of an older one, which stays until the new one is whole.
pub(crate) fn store(
    session: &DiskSession,
    kept: &Path,
    path: &str,
    replace: bool,
    progress: &Progress,
) -> Result<()> {
    let mut file = File::open(kept).context(|| format!("open {}", kept.display()))?;
    let metadata = file.metadata().context(|| format!("measure {}", kept.display()))?;
    let modified = metadata.modified().ok();
    let mut writing = session.begin_file(&DiskPath::new(path)?, metadata.len(), modified, replace)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        progress.check()?;
        match file.read(&mut piece).context(|| format!("read {}", kept.display()))? {
            0 => break,
            got => {
                writing.data(&piece[..got])?;
                progress.add(got as u64);
            }
        }
    }
    writing.finish().map(drop)
}
