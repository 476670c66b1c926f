//! Whether server and terminals have the same disk: the roots that they tell, and md5 of the files as they are.

use super::site::{Site, text};
use super::terminal::Terminal;
use crate::run::{output, say};
use fault::{Error, Result};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Time for the server to compute the md5 of the disk in the background.
const HASH_PATIENCE: Duration = Duration::from_secs(120);

/// Fails unless everything agrees.
pub(super) fn all(site: &Site, terminals: &[Terminal<'_>]) -> Result<()> {
    let root = text(&site.ask(&["status"])?, "root")?;
    let md5 = md5_of(&site.base_file())?;
    say(&format!("server:     root {root} md5 {md5}"));
    same("md5 in the history", &md5, &recorded_md5(site)?)?;
    for terminal in terminals {
        let (own_root, own_md5) = (terminal.root()?, md5_of(&terminal.disk())?);
        say(&format!("{}: root {own_root} md5 {own_md5}", terminal.name()));
        same(&format!("root of {}", terminal.name()), &root, &own_root)?;
        same(&format!("md5 of {}", terminal.name()), &md5, &own_md5)?;
        if !terminal.is_good()? {
            return Err(Error::corrupt(format!("{} finds damage in its disk", terminal.name())));
        }
    }
    let heard = site.ask(&["terminals"])?;
    let identical =
        heard.as_array().into_iter().flatten().filter(|terminal| terminal["identical"] == true).count();
    same("terminals that the server knows as identical", &terminals.len().to_string(), &identical.to_string())
}

fn same(what: &str, expected: &str, found: &str) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(Error::corrupt(format!("{what}: {found}, expected {expected}")))
}

/// The md5 of a file by the program that everybody has.
fn md5_of(path: &Path) -> Result<String> {
    let line = output(Command::new("md5sum").arg(path))?;
    Ok(line.split(' ').next().unwrap_or_default().to_owned())
}

/// The md5 that the server has recorded for its newest version, when it is ready.
fn recorded_md5(site: &Site) -> Result<String> {
    let begun = Instant::now();
    loop {
        let versions = site.ask(&["versions", "--limit", "1"])?;
        match versions[0]["md5"].as_str() {
            Some(md5) => return Ok(md5.to_owned()),
            None if begun.elapsed() > HASH_PATIENCE => {
                return Err(Error::unavailable("the server records no md5"));
            }
            None => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}
