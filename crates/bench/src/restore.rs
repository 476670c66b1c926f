//! A restore from the kept archives beside `7zz x` of the same archive.

use std::path::Path;

use fault::Result;

use crate::import::unpack;
use crate::site::Site;
use crate::{ROUNDS, Row, data, full_or_small, median, timed};

/// From the order to state 1: everything is looked for, unpacked, read back, compared and published, with the patch for
/// terminals.
pub(crate) fn from_archives(room: &Path) -> Result<Vec<Row>> {
    let folder = room.join("content");
    let files = full_or_small(2_000, 100);
    let bytes = data::fill(&folder, "content", files, |_| 625_000)?;
    let archive = data::pack(&folder, &room.join("content.tq"))?;
    std::fs::remove_dir_all(&folder)?;
    let site = Site::open(&room.join("site"))?;
    site.import(&archive)?;
    site.save()?;
    let directory = site.data_dir();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        std::fs::remove_file(directory.base())?;
        remove_images(&directory.images())?;
        ours.push(timed(|| site.restore())?.0);
        theirs.push(unpack(&archive, &room.join("unpacked"))?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |seconds: f64| format!("{seconds:.2} s, {:.0} MB/s", bytes as f64 / 1e6 / seconds);
    Ok(vec![Row {
        what: "restore of a lost disk from the kept archives (1.25 GB), up to state 1, the patch included"
            .into(),
        ours: rate(ours),
        other: format!("`7zz x` to the same file system, sync: {}", rate(theirs)),
        ratio: format!("{:.2}", ours / theirs),
        bar: "–",
    }])
}

/// Leaves the archives as the only way.
fn remove_images(directory: &Path) -> Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "qcow2") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
