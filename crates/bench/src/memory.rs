//! The most memory that server and terminal take when Base has 20 GB.

use std::path::Path;
use std::time::Duration;

use fault::{Error, Result};
use soak::{Admin, Room, Terminal};

use crate::processes::{peak_bytes, programs, saved, server};
use crate::{Row, data, full_or_small};

pub(crate) fn at_20_gb(room: &Path) -> Result<Vec<Row>> {
    let pieces = full_or_small(20, 2);
    let piece_bytes = full_or_small(1_000_000_000, 40_000_000);
    let (server, admin) = server(room, 64)?;
    for number in 0..pieces {
        import(&admin, room, &format!("piece{number:02}"), piece_bytes)?;
    }
    let place = room.join("terminal");
    std::fs::create_dir_all(&place)?;
    let token = admin.enrolment_token()?;
    let mut terminal = Terminal::enrol(&programs()?, Room::Directory(place), "t1", &server.url(), &token)?;
    let whole = peak_of_sync(&mut terminal)?;
    import(&admin, room, "one-more", piece_bytes / 4)?;
    let update = peak_of_sync(&mut terminal)?;
    // All of Base is read and compared.
    admin.restore()?;
    admin.wait_idle()?;
    let process = server.process().ok_or_else(|| Error::bug("the server does not run"))?;
    let served = peak_bytes(process).ok_or_else(|| Error::bug("the server has ended"))?;
    let size = std::fs::metadata(server.base())?.len();
    let row = |who: &str, bytes: u64, limit: u64, bar| Row {
        what: format!("most memory of {who}, Base of {:.1} GB", size as f64 / 1e9),
        ours: format!("{:.0} MB", bytes as f64 / 1e6),
        other: "–".into(),
        ratio: format!("{:.2}", bytes as f64 / limit as f64),
        bar,
    };
    Ok(vec![
        row(
            "the server through imports, saves, a whole download and a restore",
            served,
            512_000_000,
            "under 512 MB",
        ),
        row("tool-disk in a whole download", whole, 64_000_000, "under 64 MB"),
        row("tool-disk in an update", update, 64_000_000, "under 64 MB"),
    ])
}

fn import(admin: &Admin, room: &Path, name: &str, bytes: u64) -> Result<()> {
    let folder = room.join(name);
    data::fill_thin(&folder, name, bytes)?;
    let archive = data::pack_thin(&folder, &room.join(format!("{name}.tq")))?;
    admin.import(&archive)?;
    std::fs::remove_file(&archive)?;
    saved(admin)
}

/// Syncs, and watches the process.
fn peak_of_sync(terminal: &mut Terminal) -> Result<u64> {
    terminal.begin_sync()?;
    let process = terminal.process().ok_or_else(|| Error::bug("tool-disk does not run"))?;
    let mut peak = 0;
    // A process that has ended and is not waited for has no memory to tell of any more.
    while let Some(bytes) = peak_bytes(process) {
        peak = peak.max(bytes);
        std::thread::sleep(Duration::from_millis(5));
    }
    match terminal.end_sync()? {
        Some(0) => Ok(peak),
        code => Err(Error::bug(format!("the sync ended with {code:?}"))),
    }
}
