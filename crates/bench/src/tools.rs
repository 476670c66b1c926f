//! Programs that are not ours.

use std::path::Path;
use std::process::{Command, Stdio};

use fault::{Context, Error, Result};

/// Runs a program to its end; its output is part of the error when it fails.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().context(|| format!("start {name}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::unavailable(format!("run {name}: {}: {text}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Makes everything on the file system of `path` durable, as a careful user would after copying.
pub(crate) fn sync(path: &Path) -> Result<()> {
    run(Command::new("sync").arg("-f").arg(path)).map(drop)
}

/// Whether a program is there.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Bytes of all files below a folder.
pub(crate) fn size_of(path: &Path) -> Result<u64> {
    let metadata = std::fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut total = 0;
    for entry in std::fs::read_dir(path)? {
        total += size_of(&entry?.path())?;
    }
    Ok(total)
}
