//! `cargo xtask demo`: the whole product on this machine, with the real programs.
//!
//! It makes sample drivers, starts a server with an empty data directory, imports and saves, lets two terminals sync,
//! changes something, saves and lets them sync again. After each version it compares what the server and both
//! terminals have: roots, and md5 of the files themselves. It fails when anything disagrees.

mod children;
mod compare;
mod site;
mod terminal;

use crate::fixtures;
use crate::run::{Build, programs, say};
use fault::{Context as _, Error, Result};
use site::{Program, Site};
use std::path::{Path, PathBuf};
use std::time::Instant;
use terminal::Terminal;

/// Runs the demonstration.
pub(crate) fn run_demo(build: Build) -> Result<()> {
    let begun = Instant::now();
    let programs = programs(build)?;
    let directory = tempfile::tempdir().context(|| "make a directory")?;
    let samples = samples(directory.path())?;
    let mut site = Site::start(&Program::new(&programs, "driver-center")?, directory.path())?;
    let outcome = play(&mut site, &Program::new(&programs, "tool-disk")?, directory.path(), &samples);
    let log = site.stop(outcome.is_err());
    outcome.inspect_err(|_| say(&log))?;
    say(&format!("\neverything agrees; {:.0} s", begun.elapsed().as_secs_f64()));
    Ok(())
}

/// Two drivers to begin with, and one for the change.
struct Samples {
    universal: PathBuf,
    extracted: PathBuf,
    another: PathBuf,
}

fn samples(directory: &Path) -> Result<Samples> {
    let target = directory.join("samples");
    fixtures::make_archives(&target)?;
    let sample = |name: &str| {
        let path = target.join(name);
        if path.is_file() { Ok(path) } else { Err(Error::not_found(format!("sample {}", path.display()))) }
    };
    Ok(Samples {
        universal: sample("collection.iso")?,
        extracted: sample("store.tq")?,
        another: sample("store-copy.tq")?,
    })
}

fn play(site: &mut Site, agent: &Program, directory: &Path, samples: &Samples) -> Result<()> {
    title("sign in");
    site.sign_in()?;
    say(&format!("server {}", site.url()));
    title("import a universal (.iso) and an extracted (.tq) driver, save");
    site.import(&[&samples.universal, &samples.extracted])?;
    site.save("first drivers")?;
    title("two terminals enrol and fetch the disk");
    let mut terminals = Vec::new();
    for name in ["terminal-1", "terminal-2"] {
        terminals.push(Terminal::enrol(agent, directory, name, site)?);
    }
    let first = sync_all(&mut terminals)?;
    compare::all(site, &terminals)?;
    title("delete a driver, import another, save");
    site.delete(&samples.extracted)?;
    site.import(&[&samples.another])?;
    site.save("one driver replaced")?;
    title("the terminals take the patch");
    let second = sync_all(&mut terminals)?;
    compare::all(site, &terminals)?;
    for (terminal, (full, patch)) in terminals.iter().zip(first.iter().zip(&second)) {
        say(&format!("{}: whole disk {full} bytes over the wire, patch {patch} bytes", terminal.name()));
    }
    match first.iter().chain(&second).all(|bytes| *bytes > 0) {
        true => Ok(()),
        false => Err(Error::corrupt("a terminal synced without fetching anything")),
    }
}

/// Syncs each terminal; answers how many bytes each received.
fn sync_all(terminals: &mut [Terminal]) -> Result<Vec<u64>> {
    let mut received = Vec::new();
    for terminal in terminals {
        let (version, bytes) = terminal.sync()?;
        say(&format!("{}: version {version}, {bytes} bytes over the wire", terminal.name()));
        received.push(bytes);
    }
    Ok(received)
}

fn title(text: &str) {
    say(&format!("\n== {text}"));
}
