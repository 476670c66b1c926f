//! The directory of the backups: what lies where, and that it is whole.

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use disk_patch::{
    ByteStore, Digest, LeafTable, ObjectDir, PackSink, PackSource, VerifiedLeaves, pack_leaves, unpack_leaves,
};
use fault::{Context, Error, Kind, Result};

use super::whole::{decode, encode, fresh, read_file, write_whole};
use super::{Contents, FORMAT, FileRecord, RUN_LEAVES, Snapshot};
use crate::center::sync_directory;

/// The file that says what the directory is.
const MARKER: &str = "driver-center-backup";

/// A directory of backups.
pub(super) struct Repository {
    path: PathBuf,
    pub(super) objects: ObjectDir,
    /// Bytes that were added.
    added: AtomicU64,
    _lock: Option<File>,
}

/// What the marker says.
#[derive(serde::Serialize, serde::Deserialize)]
struct Marker {
    format: u32,
    center: String,
}

pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::corrupt(format!("use {what}: it is not what its name says"))
        .with_notice("backup.damaged")
        .with_value("what", what)
}

/// A directory that is to be read and has no backups, or is not there.
fn missing(path: &Path) -> Error {
    Error::not_found(format!("backups in {}", path.display()))
        .with_notice("backup.missing")
        .with_value("path", path.display())
}

fn not_one(path: &Path) -> Error {
    Error::invalid(format!("use {} as a directory of backups", path.display()))
        .with_notice("backup.not_one")
        .with_value("path", path.display())
}

impl Repository {
    /// Opens the directory to add to it; an empty or missing one becomes one of `center`.
    pub(super) fn open_to_write(path: &Path, center: &str) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .context(|| format!("make {}", path.display()))?;
        let marker = path.join(MARKER);
        if !marker.exists() {
            if !is_empty(path)? {
                return Err(not_one(path));
            }
            let text = encode(&Marker { format: FORMAT, center: center.to_owned() })?;
            write_whole(&marker, &text)?;
        }
        if read_marker(path)?.center != center {
            return Err(Error::conflict(format!("{} has backups of another center", path.display()))
                .with_notice("backup.other_center")
                .with_value("path", path.display()));
        }
        let lock = lock(path)?;
        let mut repository = Self::open(path)?;
        repository._lock = Some(lock);
        for folder in ["archives", "chunks", "keys", "snapshots", "tmp"] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path.join(folder))?;
        }
        repository.empty_scratch()?;
        repository.objects.remove_leftovers()?;
        Ok(repository)
    }

    /// Opens it to read.
    pub(super) fn open(path: &Path) -> Result<Self> {
        read_marker(path)?;
        let objects = ObjectDir::open(path.join("objects"))?;
        Ok(Self { path: path.to_owned(), objects, added: AtomicU64::new(0), _lock: None })
    }

    /// A place for a file on its way.
    pub(super) fn scratch(&self, name: &str) -> PathBuf {
        self.path.join("tmp").join(name)
    }

    pub(super) fn empty_scratch(&self) -> Result<()> {
        for entry in fs::read_dir(self.path.join("tmp"))? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    pub(super) fn added_bytes(&self) -> u64 {
        self.added.load(Ordering::Relaxed)
    }

    fn count(&self, bytes: u64) {
        self.added.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Where a kept archive is.
    pub(super) fn archive(&self, sha256: &str) -> PathBuf {
        self.path.join("archives").join(sha256)
    }

    /// Takes a complete and checked file as a kept archive.
    pub(super) fn take_archive(&self, scratch: &Path, sha256: &str) -> Result<()> {
        self.count(fs::metadata(scratch)?.len());
        fs::rename(scratch, self.archive(sha256))?;
        sync_directory(&self.path.join("archives"))
    }

    /// Stores an object by its own digest.
    pub(super) fn insert(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        if !self.objects.contains(&digest) {
            self.count(bytes.len() as u64);
        }
        self.objects.store(&digest, bytes)?;
        Ok(digest)
    }

    pub(super) fn key(&self, digest: &str) -> PathBuf {
        self.path.join("keys").join(digest)
    }

    /// Stores a secret; answers its digest.
    pub(super) fn insert_key(&self, bytes: &[u8]) -> Result<String> {
        let digest = Digest::of(bytes).to_hex();
        if !self.key(&digest).exists() {
            write_whole(&self.key(&digest), bytes)?;
        }
        Ok(digest)
    }

    fn chunk(&self, name: &Digest) -> PathBuf {
        let name = name.to_hex();
        self.path.join("chunks").join(&name[..2]).join(name)
    }

    /// Stores the chunks of a file that are not there yet. What is read is checked against `table`.
    pub(super) fn insert_file(
        &self,
        store: &dyn ByteStore,
        table: &LeafTable,
        on_bytes: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<FileRecord> {
        for run in runs(table) {
            let bytes = table.byte_range(&run);
            on_bytes(bytes.end - bytes.start)?;
            let Some(name) = chunk_name(table, &run) else { continue };
            let path = self.chunk(&name);
            if path.exists() {
                continue;
            }
            let packed = pack_leaves(store, table, run)?;
            let folder = path.parent().unwrap_or(&self.path);
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            write_whole(&path, &packed)?;
            self.count(packed.len() as u64);
        }
        let leaf_table = self.insert(&table.encode())?.to_hex();
        Ok(FileRecord { leaf_table, length: table.byte_len() })
    }

    /// The leaf table of a file.
    pub(super) fn table(&self, record: &FileRecord) -> Result<LeafTable> {
        let bytes = self.objects.read(&Digest::from_hex(&record.leaf_table)?)?;
        let table = LeafTable::decode(&bytes)?;
        match table.byte_len() == record.length {
            true => Ok(table),
            false => Err(damaged(&record.leaf_table)),
        }
    }

    /// Reads and checks a run of a file; none for zeros.
    pub(super) fn read_run(&self, table: &LeafTable, run: Range<u64>) -> Result<Option<VerifiedLeaves>> {
        let Some(name) = chunk_name(table, &run) else { return Ok(None) };
        let path = self.chunk(&name);
        let packed = read_file(&path).map_err(|error| damaged(path.display()).with_source(error))?;
        let leaves = unpack_leaves(&packed, table, run);
        leaves.map(Some).map_err(|error| damaged(path.display()).with_source(error))
    }

    /// Writes a file out; it is synced when this returns.
    pub(super) fn extract(
        &self,
        record: &FileRecord,
        out: &dyn ByteStore,
        on_bytes: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<LeafTable> {
        let table = self.table(record)?;
        out.set_len(0)?;
        out.set_len(table.byte_len())?;
        for run in runs(&table) {
            let bytes = table.byte_range(&run);
            if let Some(leaves) = self.read_run(&table, run)? {
                out.write_all_at(leaves.bytes(), leaves.offset())?;
            }
            on_bytes(bytes.end - bytes.start)?;
        }
        out.sync()?;
        Ok(table)
    }

    /// All backups, oldest first. A file that says nothing sensible is an error: nothing is removed then.
    pub(super) fn snapshots(&self) -> Result<Vec<Snapshot>> {
        let mut snapshots = Vec::new();
        let entries = match fs::read_dir(self.path.join("snapshots")) {
            // The first backup was ended before it had begun to copy.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(snapshots),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let snapshot: Snapshot = decode(&read_file(&path)?).map_err(|_| damaged(path.display()))?;
                snapshots.push(snapshot);
            }
        }
        snapshots.sort_by(|a, b| {
            (&a.created_at, a.version, a.id.len(), &a.id).cmp(&(&b.created_at, b.version, b.id.len(), &b.id))
        });
        Ok(snapshots)
    }

    /// The backup `id`, or the newest.
    pub(super) fn snapshot(&self, id: Option<&str>) -> Result<Snapshot> {
        let mut snapshots = self.snapshots()?;
        let found = match id {
            None => snapshots.pop(),
            Some(id) => snapshots.into_iter().find(|snapshot| snapshot.id == id),
        };
        found.ok_or_else(|| {
            Error::not_found(format!("backup {}", id.unwrap_or_default()))
                .with_notice("backup.none")
                .with_value("id", id.unwrap_or("-"))
        })
    }

    /// What a backup consists of.
    pub(super) fn contents(&self, snapshot: &Snapshot) -> Result<Contents> {
        let bytes = self.objects.read(&Digest::from_hex(&snapshot.contents)?);
        let bytes = bytes.map_err(|error| damaged(&snapshot.contents).with_source(error))?;
        let contents: Contents = decode(&bytes).map_err(|_| damaged(&snapshot.contents))?;
        match contents.format {
            FORMAT => Ok(contents),
            _ => Err(Error::invalid("use a backup of a newer release").with_notice("backup.newer")),
        }
    }

    /// Completes a backup: everything is durable before this makes it exist.
    pub(super) fn complete(&self, id: &str, contents: &Contents) -> Result<Snapshot> {
        let digest = self.insert(&encode(contents)?)?;
        self.sync_directories()?;
        let snapshot = Snapshot {
            format: FORMAT,
            id: id.to_owned(),
            created_at: contents.created_at.clone(),
            center: contents.center.clone(),
            version: contents.version,
            contents: digest.to_hex(),
            added_bytes: self.added_bytes(),
        };
        write_whole(&self.snapshot_path(id), &encode(&snapshot)?)?;
        Ok(snapshot)
    }

    /// Makes durable what lies where, also what an earlier attempt that was ended has put there.
    fn sync_directories(&self) -> Result<()> {
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            sync_directory(&folder)?;
            let entries = fs::read_dir(&folder)?.collect::<std::io::Result<Vec<_>>>()?;
            folders.extend(entries.iter().map(fs::DirEntry::path).filter(|path| path.is_dir()));
        }
        sync_directory(self.path.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(&self.path))
    }

    pub(super) fn snapshot_path(&self, id: &str) -> PathBuf {
        self.path.join("snapshots").join(format!("{id}.json"))
    }

    /// All files of a kind, with their names.
    pub(super) fn files(&self, folder: &str) -> Result<Vec<(String, PathBuf)>> {
        let mut found = Vec::new();
        let mut folders = vec![self.path.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                match (path.is_dir(), path.file_name().and_then(|name| name.to_str())) {
                    (true, _) => folders.push(path),
                    (false, Some(name)) => found.push((name.to_owned(), path.clone())),
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}

/// The runs in which a file is kept.
pub(super) fn runs(table: &LeafTable) -> impl Iterator<Item = Range<u64>> + use<> {
    let count = table.leaf_count();
    (0..count).step_by(RUN_LEAVES as usize).map(move |first| first..(first + RUN_LEAVES).min(count))
}

/// The name of a chunk: the root that the run has as a file of its own. None for zeros, which are not kept.
pub(super) fn chunk_name(table: &LeafTable, run: &Range<u64>) -> Option<Digest> {
    if run.clone().all(|leaf| table.is_zero_leaf(leaf)) {
        return None;
    }
    let bytes = table.byte_range(run);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(bytes.end - bytes.start).to_le_bytes());
    for leaf in run.clone() {
        hasher.update(&table.leaf(leaf)?.0);
    }
    Some(Digest(hasher.finalize().into()))
}

/// Whether nothing is there but what a first backup that was ended at once has left.
fn is_empty(path: &Path) -> Result<bool> {
    let unfinished = fresh(Path::new(MARKER));
    let mut entries = fs::read_dir(path)?;
    Ok(entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == unfinished.as_os_str())))
}

fn read_marker(path: &Path) -> Result<Marker> {
    let text = read_file(&path.join(MARKER)).map_err(|error| match error.kind() {
        Kind::NotFound => missing(path),
        _ => not_one(path).with_source(error),
    })?;
    let marker: Marker = decode(&text).map_err(|_| not_one(path))?;
    match marker.format {
        FORMAT => Ok(marker),
        _ => Err(Error::invalid("use backups of a newer release").with_notice("backup.newer")),
    }
}

fn lock(path: &Path) -> Result<File> {
    let file = File::open(path.join(MARKER))?;
    match image_store::lock_alone(&file) {
        Ok(()) => Ok(file),
        Err(_) => Err(Error::busy(format!("{} is in use", path.display()))
            .with_notice("backup.in_use")
            .with_value("path", path.display())),
    }
}
