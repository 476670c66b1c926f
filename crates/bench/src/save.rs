//! Saving an edit of 300 MB beside `qemu-img commit` of the same overlay.

use std::path::Path;
use std::process::Command;

use fault::Result;

use crate::site::Site;
use crate::tools::{run, sync};
use crate::{ROUNDS, Row, data, median, timed};

/// Patch, packs, inverse, registration and publication included, up to state 1.
pub(crate) fn edit_of_300_mb(room: &Path) -> Result<Vec<Row>> {
    let site = Site::open(&room.join("site"))?;
    let content = room.join("content");
    data::fill(&content, "content", 1_600, |_| 625_000)?;
    site.import(&data::pack(&content, &room.join("content.tq"))?)?;
    site.save()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut site = site;
    for round in 0..ROUNDS {
        let folder = room.join(format!("edit{round}"));
        data::fill(&folder, &format!("edit{round}"), 480, |_| 625_000)?;
        let archive = data::pack(&folder, &room.join(format!("edit{round}.tq")))?;
        site.import(&archive)?;
        // Closed, so that the overlay is complete for others to read, and opened again for our own save.
        site.close()?;
        theirs.push(commit(&room.join("site"), room)?);
        site = Site::open(&room.join("site"))?;
        ours.push(site.save()?);
        sync(room)?;
    }
    let (ours, theirs) = (median(ours), median(theirs));
    Ok(vec![Row {
        what: "save of a 300 MB edit, up to state 1, patch and packs and inverse included".into(),
        ours: format!("{ours:.2} s"),
        other: format!("`qemu-img commit` of that Active, sync: {theirs:.2} s"),
        ratio: format!("{:.2}", ours / theirs),
        bar: "at most 2",
    }])
}

fn commit(site: &Path, room: &Path) -> Result<f64> {
    let (base, active) = (room.join("commit-base.qcow2"), room.join("commit-active.qcow2"));
    std::fs::copy(site.join("disk/base.qcow2"), &base)?;
    std::fs::copy(site.join("disk/active.qcow2"), &active)?;
    run(Command::new("qemu-img").args(["rebase", "-u", "-F", "qcow2", "-b"]).arg(&base).arg(&active))?;
    sync(room)?;
    let (seconds, ()) = timed(|| {
        run(Command::new("qemu-img").arg("commit").arg("-q").arg(&active))?;
        sync(&base)
    })?;
    std::fs::remove_file(&base)?;
    std::fs::remove_file(&active)?;
    Ok(seconds)
}
