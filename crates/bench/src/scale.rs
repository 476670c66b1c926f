//! Saving the same edit on a small and on a large Base.

use std::path::Path;

use fault::Result;

use crate::site::Site;
use crate::tools::sync;
use crate::{ROUNDS, Row, data, full_or_small, median};

pub(crate) fn save_on_small_and_large(room: &Path) -> Result<Vec<Row>> {
    let (small, large) = full_or_small((1, 20), (1, 3));
    let on_small = saves(&room.join("small"), small)?;
    let on_large = saves(&room.join("large"), large)?;
    Ok(vec![Row {
        what: format!("save of the same edit of 300 MB on a Base of {large} GB, up to state 1"),
        ours: format!("{on_large:.2} s"),
        other: format!("on a Base of {small} GB: {on_small:.2} s"),
        ratio: format!("{:.2}", on_large / on_small),
        bar: "at most 1.3",
    }])
}

/// Seconds of a save of 300 MB, on a Base that has so many pieces of a GB.
fn saves(room: &Path, pieces: u64) -> Result<f64> {
    std::fs::create_dir_all(room)?;
    let site = Site::open(&room.join("site"))?;
    for number in 0..pieces {
        let folder = room.join(format!("piece{number:02}"));
        data::fill_thin(&folder, &format!("piece{number}"), full_or_small(1_000_000_000, 40_000_000))?;
        let archive = data::pack_thin(&folder, &room.join(format!("piece{number:02}.tq")))?;
        site.import(&archive)?;
        std::fs::remove_file(&archive)?;
        site.save()?;
    }
    let mut seconds = Vec::new();
    for round in 0..ROUNDS {
        let folder = room.join(format!("edit{round}"));
        data::fill(&folder, &format!("edit{round}"), full_or_small(480, 40), |_| 625_000)?;
        site.import(&data::pack(&folder, &room.join(format!("edit{round}.tq")))?)?;
        sync(room)?;
        seconds.push(site.save()?);
    }
    site.close()?;
    Ok(median(seconds))
}
