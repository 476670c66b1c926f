//! Bytes of an update: a realistic change of a disk full of executables, beside the tools that make deltas.

use std::path::{Path, PathBuf};
use std::process::Command;

use fault::{Context, Error, Result};

use crate::Row;
use crate::data;
use crate::site::Site;
use crate::tools::{has, run, size_of};

/// Names the script that makes the two versions; it stands beside the test data.
const RECIPE: &str = "DRIVER_CENTER_BENCH_RECIPE";

pub(crate) fn bytes(room: &Path) -> Result<Vec<Row>> {
    let trees = room.join("trees");
    make_trees(&trees)?;
    let bound = zstd_patch(&trees, room)?;
    let ours = our_update(&trees, room)?;
    let mut rows =
        vec![row(ours, bound, "`zstd -3 --long=30 --patch-from` of the changed files as tar", "at most 1.2")];
    if has("casync") {
        rows.push(row(ours, casync(&trees, room)?, "casync, new chunks", "–"));
    }
    if has("bita") {
        rows.push(row(ours, bita(&trees, room)?, "bita, chunks that are not in the old archive", "–"));
    }
    Ok(rows)
}

fn row(ours: u64, other: u64, name: &str, bar: &'static str) -> Row {
    Row {
        what: "bytes of an update (144 MB new, 300 MB package replaced, 130 MB copied, 200 MB deleted)"
            .into(),
        ours: format!("{:.1} MB", ours as f64 / 1e6),
        other: format!("{name}: {:.1} MB", other as f64 / 1e6),
        ratio: format!("{:.2}", ours as f64 / other as f64),
        bar,
    }
}

fn make_trees(trees: &Path) -> Result<()> {
    let recipe = std::env::var_os(RECIPE)
        .map_or_else(|| PathBuf::from("../shared/bench/update_recipe.py"), PathBuf::from);
    if !recipe.is_file() {
        return Err(Error::not_found(format!("find {}; set {RECIPE}", recipe.display())));
    }
    run(Command::new("python3").arg(&recipe).arg(trees)).context(|| "make the trees")?;
    data::make_names_valid(trees)
}

/// Imports version 1 as packages, saves, makes version 2 of it, saves again.
fn our_update(trees: &Path, room: &Path) -> Result<u64> {
    let site = Site::open(&room.join("site"))?;
    let archives = room.join("archives");
    std::fs::create_dir_all(&archives)?;
    let import = |version: &str, package: &str| -> Result<i64> {
        let archive = archives.join(format!("{package}.tq"));
        package_of(&trees.join(version), package, &archive)?;
        let id = site.import(&archive)?.1;
        std::fs::remove_file(&archive)?;
        Ok(id)
    };
    let old = import("v1", "package-a")?;
    let deleted = import("v1", "deleted")?;
    import("v1", "vendor.zip")?;
    import("v1", "rest")?;
    site.save()?;
    site.delete(&[old, deleted])?;
    import("v2", "package-a")?;
    import("v2", "new")?;
    import("v2", "vendor-copy.zip")?;
    site.save()?;
    site.update_bytes()
}

/// A stored archive of a tree, or of a single file, with the INF file that makes it a driver.
fn package_of(version: &Path, package: &str, archive: &Path) -> Result<()> {
    let source = version.join(package);
    if source.is_dir() {
        data::add_inf(&source)?;
        data::pack(&source, archive)?;
        return std::fs::remove_file(source.join("device.inf")).map_err(Into::into);
    }
    let folder = archive.with_extension("folder");
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(&source, folder.join("vendor.bin"))?;
    data::add_inf(&folder)?;
    data::pack(&folder, archive)?;
    std::fs::remove_dir_all(&folder).map_err(Into::into)
}

fn zstd_patch(trees: &Path, room: &Path) -> Result<u64> {
    let (old, new, patch) = (room.join("old.tar"), room.join("new.tar"), room.join("patch.zst"));
    tar(&old, &trees.join("v1"), &["package-a", "vendor.zip"])?;
    tar(&new, &trees.join("v2"), &["package-a", "new", "vendor-copy.zip"])?;
    let mut from = std::ffi::OsString::from("--patch-from=");
    from.push(&old);
    run(Command::new("zstd").args(["-q", "-3", "--long=30"]).arg(from).arg(&new).arg("-o").arg(&patch))?;
    let bytes = size_of(&patch)?;
    [old, new, patch].iter().try_for_each(std::fs::remove_file)?;
    Ok(bytes)
}

fn tar(target: &Path, folder: &Path, names: &[&str]) -> Result<()> {
    let mut command = Command::new("tar");
    command
        .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "-cf"])
        .arg(target)
        .arg("-C")
        .arg(folder);
    run(command.args(names)).map(drop)
}

fn casync(trees: &Path, room: &Path) -> Result<u64> {
    let store = room.join("store.castr");
    let make = |version: &str| -> Result<u64> {
        let mut named = std::ffi::OsString::from("--store=");
        named.push(&store);
        let index = room.join(format!("{version}.caidx"));
        run(Command::new("casync").arg("make").arg(named).arg(index).arg(trees.join(version)))?;
        size_of(&store)
    };
    let before = make("v1")?;
    Ok(make("v2")? - before)
}

fn bita(trees: &Path, room: &Path) -> Result<u64> {
    let archive = |version: &str| -> Result<PathBuf> {
        let (raw, archive) = (room.join(format!("{version}.tar")), room.join(format!("{version}.cba")));
        let names: Vec<String> = std::fs::read_dir(trees.join(version))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        tar(&raw, &trees.join(version), &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        run(Command::new("bita").args(["compress", "-i"]).arg(&raw).arg(&archive))?;
        Ok(archive)
    };
    let old = archive("v1")?;
    let new = archive("v2")?;
    let output = run(Command::new("bita")
        .args(["clone", "--seed"])
        .arg(room.join("v1.tar"))
        .arg(&new)
        .arg(room.join("clone.tar")))?;
    drop(old);
    fetched(&output)
}

/// The number of bytes that `bita clone` says it took from the archive: `Fetched 1.0 MiB (1030164 bytes) from archive …`.
fn fetched(output: &str) -> Result<u64> {
    let line = output.lines().find_map(|line| line.strip_prefix("Fetched "));
    let number = line.and_then(|line| line.split_once('(')?.1.split(' ').next()?.parse().ok());
    number.ok_or_else(|| Error::corrupt("read what bita printed"))
}
