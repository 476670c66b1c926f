//! What processes cost, as `/proc` says.

use std::path::{Path, PathBuf};

use fault::{Error, Result};
use soak::{Admin, Room, Server};

/// Ticks of `/proc/*/stat` in a second.
const TICKS: f64 = 100.0;

/// Where the programs of the product lie: beside this one.
pub(crate) fn programs() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().unwrap_or(Path::new(".")).to_owned())
}

/// A server in a room of its own.
pub(crate) fn server(room: &Path, disk_gib: u64) -> Result<(Server, Admin)> {
    let place = room.join("server");
    std::fs::create_dir_all(&place)?;
    Server::start(&programs()?, Room::Directory(place), room.join("server.log"), disk_gib)
}

/// User and system time of a process so far, in seconds.
pub(crate) fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// The most memory that a process has had, in bytes; none when it has ended.
pub(crate) fn peak_bytes(process: u32) -> Option<u64> {
    memory(process, "VmHWM:")
}

/// The memory that a process has now, in bytes.
pub(crate) fn resident_bytes(process: u32) -> Option<u64> {
    memory(process, "VmRSS:")
}

fn memory(process: u32, which: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(which))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// Waits until a save has ended well.
pub(crate) fn saved(admin: &Admin) -> Result<()> {
    admin.save()?;
    let status = admin.wait_idle()?;
    match status.mount_status {
        1 => Ok(()),
        _ => Err(Error::bug(format!("the save failed: {:?}", status.problem))),
    }
}
