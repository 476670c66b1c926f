//! Lists the files of the built web console (`console/dist`) for `src/http/console/embedded.rs`, if they are there.
//!
//! It only looks: whoever wants the console runs `npm run build` in `console/` first, as `make build` does.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let console = manifest.join("../../console");
    let dist = console.join("dist");
    let mut files = Vec::new();
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        // The directory that holds `dist` is watched too, so that a first build of the console is noticed.
        println!("cargo::rerun-if-changed={}", if dist.is_dir() { &dist } else { &console }.display());
        collect(&dist, &mut files)?;
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
    let mut table = String::from("&[\n");
    for path in files {
        let name = path.strip_prefix(&dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let _written = writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.to_string_lossy());
    }
    table.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("console.rs"), table)
}

/// All files below `directory`, in a fixed order.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !directory.is_dir() {
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(directory)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
