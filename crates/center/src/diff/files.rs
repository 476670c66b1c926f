//! Files of two kept versions, as their volumes hold them.
//!
//! Two files are the same when their bytes are. What settles that without reading them: a package that is the same
//! import in both versions is not looked into (nothing but an import or a deletion ever changes it), and files of
//! different sizes differ. Files of one size are read and compared up to a limit; behind it their times decide, and the
//! answer says so.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use disk_image::{DirEntry, DiskPath, DiskSession};
use fault::{Error, Kind, Result};
use protocol::api::{self, ChangeKind, FileChange};

use crate::center::{Center, blocking};
use crate::files;
use crate::limits::{DIFF_COMPARED_BYTES_MAX, DIFF_FILES_MAX, VIEW_TRIES};
use crate::versions;
use crate::views::changing;

impl Center {
    /// What is different below `path` in version `to`, compared with version `from`; at most `limit` entries are listed.
    pub async fn compare_files(&self, from: u64, to: u64, path: &str, limit: u64) -> Result<api::FileDiff> {
        let path = DiskPath::new(path)?;
        let limit = limit.clamp(1, DIFF_FILES_MAX) as usize;
        for _ in 0..VIEW_TRIES {
            match self.try_compare_files(from, to, &path, limit).await {
                // Somebody wants to write Base: afterwards again.
                Err(error) if error.kind() == Kind::Cancelled => {}
                outcome => return outcome,
            }
        }
        Err(changing())
    }

    async fn try_compare_files(
        &self,
        from: u64,
        to: u64,
        path: &DiskPath,
        limit: usize,
    ) -> Result<api::FileDiff> {
        let unchanged = self.unchanged_directories(from, to).await?;
        let open = self.open_versions(&[from as i64, to as i64]).await?;
        let (center, path) = (self.clone(), path.clone());
        blocking(move || {
            let mut comparison = Comparison {
                sides: open.sessions.clone(),
                unchanged,
                give_way: &|| center.must_give_way(),
                read_bytes: 0,
                limit,
                found: api::FileDiff { from, to, ..api::FileDiff::default() },
            };
            comparison.below(&path)?;
            drop(open);
            Ok(comparison.found)
        })
        .await
    }

    /// Directories of packages that are the same import in both versions, in lower case.
    async fn unchanged_directories(&self, from: u64, to: u64) -> Result<Vec<String>> {
        let before = versions::packages_of(&versions::find(&self.db, from as i64).await?)?;
        let after = versions::packages_of(&versions::find(&self.db, to as i64).await?)?;
        let is_same = |package: &&versions::PackageRecord| {
            before.iter().any(|old| {
                old.is_same(package) && (&old.sha256, &old.directory) == (&package.sha256, &package.directory)
            })
        };
        Ok(after.iter().filter(is_same).map(|package| package.directory.to_lowercase()).collect())
    }
}

struct Comparison<'a> {
    /// Before and after.
    sides: Vec<Arc<DiskSession>>,
    unchanged: Vec<String>,
    give_way: &'a dyn Fn() -> bool,
    read_bytes: u64,
    limit: usize,
    found: api::FileDiff,
}

impl Comparison<'_> {
    /// Compares a directory that may be missing on either side.
    fn below(&mut self, path: &DiskPath) -> Result<()> {
        if (self.give_way)() {
            return Err(gave_way());
        }
        let lists = [list(&self.sides[0], path)?, list(&self.sides[1], path)?];
        if lists.iter().all(Option::is_none) {
            return Err(Error::not_found(format!("compare {path}: it is in neither version"))
                .with_notice("disk.not_found")
                .with_value("entry", path));
        }
        let [before, after] = lists.map(Option::unwrap_or_default);
        let pairs = pair(before, after);
        for (before, after) in pairs {
            self.entry(path, before, after)?;
        }
        Ok(())
    }

    fn entry(&mut self, parent: &DiskPath, before: Option<DirEntry>, after: Option<DirEntry>) -> Result<()> {
        let Some(name) = after.as_ref().or(before.as_ref()).map(|entry| entry.name.clone()) else {
            return Ok(());
        };
        // A foreign disk may hold names that no path can say.
        let Ok(path) = parent.join(&name) else { return Ok(()) };
        match (before, after) {
            (Some(old), Some(new)) if old.is_dir && new.is_dir => {
                let text = path.to_string().to_lowercase();
                if self.unchanged.contains(&text) { Ok(()) } else { self.below(&path) }
            }
            (Some(old), Some(new)) if !old.is_dir && !new.is_dir => {
                if !self.is_same(&path, &old, &new)? {
                    self.add(&path, Some(old), Some(new));
                }
                Ok(())
            }
            // One side has nothing, or a directory where the other has a file.
            (before, after) => {
                self.one_sided(&path, before, true)?;
                self.one_sided(&path, after, false)
            }
        }
    }

    /// All of an entry that only one side has.
    fn one_sided(&mut self, path: &DiskPath, entry: Option<DirEntry>, is_before: bool) -> Result<()> {
        let Some(entry) = entry else { return Ok(()) };
        if !entry.is_dir {
            let (before, after) = if is_before { (Some(entry), None) } else { (None, Some(entry)) };
            self.add(path, before, after);
            return Ok(());
        }
        if (self.give_way)() {
            return Err(gave_way());
        }
        for below in list(&self.sides[usize::from(!is_before)], path)?.unwrap_or_default() {
            if let Ok(path) = path.join(&below.name) {
                self.one_sided(&path, Some(below), is_before)?;
            }
        }
        Ok(())
    }

    fn is_same(&mut self, path: &DiskPath, old: &DirEntry, new: &DirEntry) -> Result<bool> {
        if old.size != new.size {
            return Ok(false);
        }
        if self.read_bytes.saturating_add(old.size) > DIFF_COMPARED_BYTES_MAX {
            self.found.compared_by_time += 1;
            return Ok(old.modified == new.modified);
        }
        self.read_bytes += old.size;
        Ok(self.digest(0, path)? == self.digest(1, path)?)
    }

    fn digest(&self, side: usize, path: &DiskPath) -> Result<blake3::Hash> {
        let mut sink = Hashing { hasher: blake3::Hasher::new(), give_way: self.give_way };
        match self.sides[side].read(path, &mut sink) {
            Err(_) if (self.give_way)() => Err(gave_way()),
            outcome => outcome.map(|_| sink.hasher.finalize()),
        }
    }

    fn add(&mut self, path: &DiskPath, before: Option<DirEntry>, after: Option<DirEntry>) {
        let sizes = [&before, &after].map(|entry| entry.as_ref().map_or(0, |entry| entry.size));
        let (change, count) = match (&before, &after) {
            (None, _) => (ChangeKind::Added, &mut self.found.added),
            (_, None) => (ChangeKind::Removed, &mut self.found.removed),
            _ => (ChangeKind::Changed, &mut self.found.changed),
        };
        *count += 1;
        self.found.bytes_before += sizes[0];
        self.found.bytes_after += sizes[1];
        if self.found.files.len() == self.limit {
            self.found.is_truncated = true;
            return;
        }
        let [before, after] = [before, after].map(|entry| entry.map(files::wire));
        self.found.files.push(FileChange { path: path.to_string(), change, before, after });
    }
}

/// Hashes what is written to it, and ends the reading when it is in the way.
struct Hashing<'a> {
    hasher: blake3::Hasher,
    give_way: &'a dyn Fn() -> bool,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if (self.give_way)() {
            return Err(std::io::Error::other("the disk is about to be changed"));
        }
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn gave_way() -> Error {
    Error::cancelled("compare versions: the disk is about to be changed")
}

/// The entries of a directory; nothing where there is none.
fn list(session: &DiskSession, path: &DiskPath) -> Result<Option<Vec<DirEntry>>> {
    match session.list(path) {
        Ok(entries) => Ok(Some(entries)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An entry of a name before and after.
type Pair = (Option<DirEntry>, Option<DirEntry>);

/// Entries of the same name, whatever its case; each side has a name once.
fn pair(before: Vec<DirEntry>, after: Vec<DirEntry>) -> Vec<Pair> {
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for entry in before {
        let name = entry.name.to_lowercase();
        pairs.entry(name).or_default().0 = Some(entry);
    }
    for entry in after {
        let name = entry.name.to_lowercase();
        pairs.entry(name).or_default().1 = Some(entry);
    }
    pairs.into_values().collect()
}
