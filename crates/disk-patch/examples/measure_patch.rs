//! Measures a patch between two real files: `measure OLD NEW SCRATCH_DIR`.
//!
//! The change is taken as a capture would see it, as the 64 KiB clusters that differ. Prints times and sizes.

#![expect(clippy::print_stdout, reason = "it is a program for the terminal")]

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use disk_patch::{
    BlockIndex, ByteStore, Change, Disk, FileStore, FsFolder, LEAF_BYTES, LeafTable, ObjectDir, Patch, build,
    invert, unwatched,
};
use fault::{Error, Result};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [old, new, scratch] = &arguments[..] else {
        return Err(Error::invalid("begin: give OLD NEW SCRATCH_DIR"));
    };
    measure(Path::new(old), Path::new(new), Path::new(scratch))
}

fn measure(old_path: &Path, new_path: &Path, scratch: &Path) -> Result<()> {
    let (old, new) = (FileStore::open_read_only(old_path)?, FileStore::open_read_only(new_path)?);
    let leaves = timed("hash the old file", || LeafTable::of_store(&old, &mut unwatched()))?;
    let identity = leaves.identity();
    let index_path = scratch.join("index");
    timed("index the old file", || BlockIndex::rebuild(&index_path, &old, &identity, &mut unwatched()))?;
    let new_leaves = LeafTable::of_store(&new, &mut unwatched())?;
    let ranges = changed_ranges(&new_leaves, &leaves);
    println!(
        "{:32} {:9.1} MB",
        "captured",
        megabytes(ranges.iter().map(|range| range.end - range.start).sum())
    );
    let objects = ObjectDir::open(scratch.join("objects"))?;
    let change = Change { old: &old, writes: &new, ranges: &ranges, new_length: new.byte_len()? };
    let index = timed("open the index", || BlockIndex::open(&index_path, &identity))?;
    let index = index.ok_or_else(|| Error::bug("find the index"))?;
    let built = timed("build", || build(&change, &leaves, &index, &objects, &mut unwatched()))?;
    let encoded = timed("encode", || built.patch.encode())?;
    println!("{:#?}", built.stats);
    println!(
        "{:32} {:9.1} MB in {} operations",
        "patch",
        megabytes(encoded.len() as u64),
        built.patch.ops().len()
    );
    timed("decode", || Patch::decode(&encoded))?;
    let inverse = timed("invert", || invert(&built.patch, &old, &leaves, &objects, &mut unwatched()))?;
    println!("{:32} {:9.1} MB", "inverse", megabytes(inverse.packed_bytes()));
    let copy_path = scratch.join("copy");
    fs::copy(old_path, &copy_path)?;
    let copy = FileStore::open(&copy_path)?;
    copy.sync()?;
    let state = FsFolder::open(scratch.join("state"))?;
    leaves.save(&state, "leaves")?;
    let disk = Disk { file: &copy, state: &state };
    timed("apply", || disk.apply(&built.patch, &objects, &mut unwatched()))?;
    timed("announce to the index", || index.announce(&built))?;
    sequential(&scratch.join("sequential"), built.patch.written_bytes())?;
    timed("apply the inverse", || disk.apply(&inverse, &objects, &mut unwatched()))?;
    println!(
        "{:32} {}",
        "the old root again",
        disk.leaves()?.map(|leaves| leaves.identity()) == Some(identity)
    );
    Ok(())
}

/// How long the same number of bytes takes when they are simply written and synced.
fn sequential(path: &Path, bytes: u64) -> Result<()> {
    let file = FileStore::create(path)?;
    let piece: Vec<u8> = (0..1 << 20).map(|byte: u32| (byte >> 3) as u8).collect();
    timed("write as much sequentially", || {
        (0..bytes >> 20).try_for_each(|number| file.write_all_at(&piece, number << 20))?;
        file.sync()
    })
}

fn changed_ranges(new: &LeafTable, old: &LeafTable) -> Vec<Range<u64>> {
    let length = new.byte_len();
    new.differing(old).iter().map(|run| run.start * LEAF_BYTES..(run.end * LEAF_BYTES).min(length)).collect()
}

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let result = work();
    println!("{what:32} {:9.3} s, CPU {:6.2} s", start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    result
}

/// User and system time of this process so far, from `/proc` (in ticks of 10 ms).
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
