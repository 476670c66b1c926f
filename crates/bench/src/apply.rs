//! Applying a patch beside writing as many bytes in a row.

use std::path::Path;

use disk_patch::{
    BlockIndex, ByteStore, Change, Disk, FileStore, FsFolder, LeafTable, ObjectDir, build, unwatched,
};
use fault::Result;

use crate::{ROUNDS, Row, full_or_small, median, timed};

const PIECE: usize = 1 << 20;

/// From the fetched patch to a disk that may be opened: everything is checked, journalled, written, synced and read back.
pub(crate) fn against_sequential_writes(room: &Path) -> Result<Vec<Row>> {
    let (old_mb, new_mb) = full_or_small((2_000, 600), (60, 20));
    let (old, new) = (room.join("old"), room.join("new"));
    noise(&old, "old", old_mb)?;
    std::fs::copy(&old, &new)?;
    noise_at(&FileStore::open(&new)?, "new", new_mb, 100)?;
    let (mut ours, mut theirs, mut bytes) = (Vec::new(), Vec::new(), 0);
    for round in 0..ROUNDS {
        let (seconds, written) = apply(room, &old, &new, new_mb)?;
        (bytes, _) = (written, ours.push(seconds));
        theirs.push(sequential(&room.join(format!("row{round}")), written)?);
    }
    let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
    let (ours, theirs) = (speed(median(ours)), speed(median(theirs)));
    Ok(vec![Row {
        what: format!(
            "apply of a patch that writes {:.0} MB, checked, journalled and read back",
            bytes as f64 / 1e6
        ),
        ours: format!("{ours:.0} MB/s"),
        other: format!("writing as much in a row, fsync: {theirs:.0} MB/s"),
        ratio: format!("{:.2}", ours / theirs),
        bar: "at least 0.5",
    }])
}

/// Seconds of an apply, and the bytes that it writes.
fn apply(room: &Path, old: &Path, new: &Path, new_mb: u64) -> Result<(f64, u64)> {
    let copy = tempfile::tempdir_in(room)?;
    let path = copy.path().join("disk");
    std::fs::copy(old, &path)?;
    let (file, changed) = (FileStore::open(&path)?, FileStore::open_read_only(new)?);
    file.sync()?;
    let state = FsFolder::open(copy.path().join("state"))?;
    let disk = Disk { file: &file, state: &state };
    let leaves: LeafTable = disk.adopt(&mut unwatched())?;
    let index = BlockIndex::rebuild(&copy.path().join("index"), &file, &leaves.identity(), &mut unwatched())?;
    let objects = ObjectDir::open(copy.path().join("objects"))?;
    let range = 100 * PIECE as u64..(100 + new_mb) * PIECE as u64;
    let range = range.start.min(file.byte_len()? / 2)..range.end.min(changed.byte_len()?);
    let length = changed.byte_len()?;
    let change = Change { old: &file, writes: &changed, ranges: &[range], new_length: length };
    let patch = build(&change, &leaves, &index, &objects, &mut unwatched())?.patch;
    let (seconds, _) = timed(|| disk.apply(&patch, &objects, &mut unwatched()))?;
    Ok((seconds, patch.written_bytes()))
}

fn sequential(path: &Path, bytes: u64) -> Result<f64> {
    let piece: Vec<u8> = (0..PIECE as u32).map(|byte| (byte >> 3) as u8).collect();
    let (seconds, ()) = timed(|| {
        let file = FileStore::create(path)?;
        (0..bytes / PIECE as u64).try_for_each(|number| file.write_all_at(&piece, number * PIECE as u64))?;
        file.sync()
    })?;
    std::fs::remove_file(path)?;
    Ok(seconds)
}

fn noise(path: &Path, seed: &str, megabytes: u64) -> Result<()> {
    noise_at(&FileStore::create(path)?, seed, megabytes, 0)
}

/// Writes noise of so many MiB at that many MiB, or as far as the file is long.
fn noise_at(file: &FileStore, seed: &str, megabytes: u64, at: u64) -> Result<()> {
    let mut noise = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    let mut piece = vec![0; PIECE];
    for number in at..at + megabytes {
        noise.fill(&mut piece);
        file.write_all_at(&piece, number * PIECE as u64)?;
    }
    file.sync()
}
