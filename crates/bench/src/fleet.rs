//! Many terminals, one version behind, that sync at once.

use std::path::Path;
use std::time::Instant;

use fault::{Context, Error, Result};
use soak::{Admin, Room, Server, Terminal};

use crate::processes::{cpu_seconds, programs, saved, server};
use crate::{Row, data, full_or_small, median};

/// What a terminal keeps of its disk.
const KNOWN: [&str; 3] = ["tool-disk.qcow2", "state.json", "disk/leaves"];

pub(crate) fn two_hundred_terminals(room: &Path) -> Result<Vec<Row>> {
    let count = full_or_small(200, 12);
    let (server, admin) = server(room, 16)?;
    import(&admin, room, "ground", 64)?;
    let terminals = behind(&server, &admin, room, count)?;
    import(&admin, room, "update", 64)?;
    let root = admin.status()?.root;
    let process = server.process().ok_or_else(|| Error::bug("the server does not run"))?;
    let before = cpu_seconds(process);
    let outcomes = sync_all(&terminals)?;
    let cpu = cpu_seconds(process) - before;
    for (terminal, _) in terminals.iter().zip(&outcomes) {
        let found = terminal.status()?.map(|(_, root)| root);
        if found.as_deref() != Some(root.as_str()) || terminal.root_of_bytes()? != root {
            return Err(Error::corrupt(format!("a terminal has {found:?}, the server {root}")));
        }
    }
    let sent: u64 = outcomes.iter().map(|(_, bytes)| bytes).sum();
    let seconds: Vec<f64> = outcomes.iter().map(|(seconds, _)| *seconds).collect();
    let slowest = seconds.iter().copied().fold(0.0, f64::max);
    let middle = median(seconds);
    let what = format!("{count} terminals on loopback, one version behind, at once: all identical");
    Ok(vec![
        Row {
            what: what.clone(),
            ours: format!("{cpu:.2} s of the server's processor for {:.2} GB sent", sent as f64 / 1e9),
            other: "–".into(),
            ratio: format!("{:.2} s/GB", cpu / (sent as f64 / 1e9)),
            bar: "–",
        },
        Row {
            what,
            ours: format!("slowest {slowest:.1} s"),
            other: format!("median {middle:.1} s"),
            ratio: format!("{:.2}", slowest / middle),
            bar: "–",
        },
    ])
}

/// Imports half a MB per file, and saves.
fn import(admin: &Admin, room: &Path, name: &str, files: usize) -> Result<()> {
    let folder = room.join(name);
    data::fill(&folder, name, full_or_small(files, files / 8), |_| 500_000)?;
    admin.import(&data::pack(&folder, &room.join(format!("{name}.tq")))?)?;
    saved(admin)
}

/// Terminals that have the present version: one fetches it, the others get copies of its disk.
fn behind(server: &Server, admin: &Admin, room: &Path, count: usize) -> Result<Vec<Terminal>> {
    let place = |number: usize| room.join(format!("t{number}"));
    let mut terminals = Vec::new();
    for number in 0..count {
        std::fs::create_dir_all(place(number))?;
        let (token, name) = (admin.enrolment_token()?, format!("t{number}"));
        let home = Room::Directory(place(number));
        terminals.push(Terminal::enrol(&programs()?, home, &name, &server.url(), &token)?);
    }
    terminals[0].sync()?;
    for number in 1..count {
        std::fs::create_dir_all(place(number).join("state/disk"))?;
        for name in KNOWN {
            let path = Path::new("state").join(name);
            std::fs::copy(place(0).join(&path), place(number).join(&path)).context(|| "copy a terminal")?;
        }
        own(&place(number).join("state/state.json"), &place(0), &place(number))?;
    }
    Ok(terminals)
}

/// What a copied record says of the disk file of `other` is about that of `own`.
fn own(record: &Path, other: &Path, own: &Path) -> Result<()> {
    let text = std::fs::read_to_string(record).context(|| "read the record of a terminal")?;
    let named = |place: &Path| place.join("state").display().to_string();
    std::fs::write(record, text.replace(&named(other), &named(own)))
        .context(|| "write the record of a terminal")
}

/// Seconds and bytes that each needed.
fn sync_all(terminals: &[Terminal]) -> Result<Vec<(f64, u64)>> {
    std::thread::scope(|scope| {
        let syncs: Vec<_> = terminals
            .iter()
            .map(|terminal| {
                scope.spawn(move || {
                    let begun = Instant::now();
                    let (code, answer) = terminal.run(&["sync"])?;
                    match (code, answer["bytes_fetched"].as_u64()) {
                        (0, Some(bytes)) => Ok((begun.elapsed().as_secs_f64(), bytes)),
                        _ => Err(Error::bug(format!("a sync ended with {code}: {answer}"))),
                    }
                })
            })
            .collect();
        syncs.into_iter().map(|sync| sync.join().map_err(|_| Error::bug("a thread panicked"))?).collect()
    })
}
