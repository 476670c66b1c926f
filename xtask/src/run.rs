//! Running programs in the workspace, and saying what happens.

use fault::{Context as _, Error, Result};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says something on the standard output. A closed pipe is no failure.
pub(crate) fn say(text: &str) {
    let _written = writeln!(std::io::stdout().lock(), "{text}");
}

/// Says something on the standard error.
pub(crate) fn note(text: &str) {
    let _written = writeln!(std::io::stderr().lock(), "{text}");
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A program that runs in the root of the workspace.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs this.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a program to its end; fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command.status().context(|| format!("start {name}"))?;
    if status.success() { Ok(()) } else { Err(Error::invalid(format!("{name}: {status}"))) }
}

/// The standard output of a program that succeeds.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.context(|| format!("start {name}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        return Err(Error::invalid(format!("{name}: {}\n{}", output.status, said.trim_end())));
    }
    String::from_utf8(output.stdout).map_err(|_| Error::invalid(format!("{name}: output is not UTF-8")))
}

/// Program and arguments in one line.
fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// What cargo knows of the workspace.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let text = output(&mut cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    serde_json::from_str(&text).map_err(|error| Error::invalid(format!("cargo metadata: {error}")))
}

/// The directory with the programs of the product.
pub(crate) fn programs(build: Build) -> Result<PathBuf> {
    if build == Build::Now {
        let packages =
            ["server", "agent", "disk-image", "driver-package"].iter().flat_map(|name| ["--package", name]);
        run(cargo(&["build"]).args(packages))?;
    }
    Ok(target_directory()?.join("debug"))
}

/// Where the programs come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// They are built as they are for users.
    Now,
    /// They are taken as `cargo test --workspace` has left them: other features would build everything twice.
    Before,
}

/// Where cargo puts what it builds.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let metadata = metadata()?;
    let directory = metadata["target_directory"].as_str();
    directory.map(PathBuf::from).ok_or_else(|| Error::invalid("cargo metadata names no target directory"))
}
