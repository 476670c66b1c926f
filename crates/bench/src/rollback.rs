//! Taking back the last version beside putting back a full image that was kept.

use std::path::Path;
use std::process::Command;

use fault::Result;

use crate::site::Site;
use crate::tools::{run, sync};
use crate::{ROUNDS, Row, data, median, timed};

/// From the order to state 1: the patch is made, applied, recorded and published.
pub(crate) fn of_the_last_version(room: &Path) -> Result<Vec<Row>> {
    let site = Site::open(&room.join("site"))?;
    let content = room.join("content");
    data::fill(&content, "content", 1_600, |_| 625_000)?;
    let archive = data::pack(&content, &room.join("content.tq"))?;
    std::fs::remove_dir_all(&content)?;
    site.import(&archive)?;
    std::fs::remove_file(&archive)?;
    site.save()?;
    let (base, kept) = (site.data_dir().base(), room.join("kept.qcow2"));
    let (mut ours, mut copies, mut conversions) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        std::fs::copy(&base, &kept)?;
        let folder = room.join(format!("edit{round}"));
        data::fill(&folder, &format!("edit{round}"), 480, |_| 625_000)?;
        let archive = data::pack(&folder, &room.join(format!("edit{round}.tq")))?;
        std::fs::remove_dir_all(&folder)?;
        site.import(&archive)?;
        std::fs::remove_file(&archive)?;
        site.save()?;
        sync(room)?;
        ours.push(site.roll_back_one()?);
        sync(room)?;
        copies.push(put_back(room, Command::new("cp").arg(&kept))?);
        conversions
            .push(put_back(room, Command::new("qemu-img").args(["convert", "-O", "qcow2"]).arg(&kept))?);
    }
    let ours = median(ours);
    let row = |other: f64, way: &str| Row {
        what:
            "rollback of the last version, a 300 MB edit of a 1 GB disk, up to state 1, the update included"
                .into(),
        ours: format!("{ours:.2} s"),
        other: format!("{way}, sync: {other:.2} s"),
        ratio: format!("{:.2}", ours / other),
        bar: "–",
    };
    Ok(vec![
        row(median(copies), "`cp` of a full image that was kept"),
        row(median(conversions), "`qemu-img convert` of it"),
    ])
}

/// Seconds that a command needs which is given the place of the disk last.
fn put_back(room: &Path, command: &mut Command) -> Result<f64> {
    let place = room.join("put-back.qcow2");
    let (seconds, ()) = timed(|| {
        run(command.arg(&place))?;
        sync(&place)
    })?;
    std::fs::remove_file(&place)?;
    Ok(seconds)
}
