//! `cargo xtask tidy`: what neither the compiler nor clippy checks.
//!
//! Each check returns all that it finds, one line each; the command fails when any check has found something.

mod dependencies;
mod interface;
mod licences;
mod links;
mod text;

use crate::run::{Build, note, output, program, root, say};
use fault::{Context as _, Error, Result};
use std::path::PathBuf;

/// Files with more lines are listed, so that somebody thinks about them. It is no failure.
const LONG_FILE_LINES: usize = 400;

/// A file of the project.
pub(crate) struct Source {
    /// Path from the root of the workspace.
    pub(crate) path: String,
    /// Its content; empty where it is no text.
    pub(crate) text: String,
}

/// Runs all checks.
pub(crate) fn run(build: Build) -> Result<()> {
    let sources = sources()?;
    report_long_files(&sources);
    let mut found = dependencies::check()?;
    found.extend(text::check(&sources));
    found.extend(licences::check(&sources));
    found.extend(links::check(&sources));
    found.extend(interface::check(&sources, build)?);
    if found.is_empty() {
        say(&format!("tidy: {} files, nothing found", sources.len()));
        return Ok(());
    }
    found.iter().for_each(|line| note(line));
    Err(Error::invalid(format!("tidy: {} findings", found.len())))
}

/// All files that git knows or would take.
fn sources() -> Result<Vec<Source>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let names = output(program("git").args(list))?;
    let mut sources = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path: PathBuf = root().join(name);
        // Removed, but not yet from the index; or a link to a directory.
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).context(|| format!("read {name}"))?;
        // Fixtures in other encodings, and images, have no text to be checked, but links may lead to them.
        let text = String::from_utf8(bytes).unwrap_or_default();
        sources.push(Source { path: name.to_owned(), text });
    }
    Ok(sources)
}

fn report_long_files(sources: &[Source]) {
    let is_code = |source: &&Source| [".rs", ".ts", ".tsx"].iter().any(|end| source.path.ends_with(end));
    for source in sources.iter().filter(is_code) {
        let lines = source.text.lines().count();
        if lines > LONG_FILE_LINES {
            say(&format!("long: {} has {lines} lines", source.path));
        }
    }
}
