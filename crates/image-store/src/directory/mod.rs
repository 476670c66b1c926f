//! Images in a directory: `<id>.qcow2`, and `<id>.json` with what was said about it.
//!
//! An image is registered once both files have their names, and the image file gets its name last: a crash at
//! any moment leaves at most files with the ending `.new` and a description without an image, which the next
//! [`DirectoryStore::open`] removes. A file that the store did not name itself is never removed or replaced.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fault::{Context, Error, Kind, Result};
use rustix::fs::statvfs;

use crate::{
    ForeignImage, Handover, Image, ImageId, ImageMeta, ImageStore, Progress, Registered, limits, lock_alone,
    qcow2,
};

mod copy;
mod description;

use copy::copy_sparse;
use description::Description;

const LOCK: &str = ".lock";
const NEW: &str = ".new";

/// A store in a local directory, used by one process at a time.
#[derive(Debug)]
pub struct DirectoryStore {
    directory: PathBuf,
    reserve_bytes: u64,
    /// Ids that somebody registers or deletes at this moment.
    busy: Mutex<BTreeSet<ImageId>>,
    /// Held for as long as the store is open; none where it is only read, beside whoever has it open.
    lock: Option<File>,
}

impl DirectoryStore {
    /// Opens the store in `directory`, makes it where there is none, and removes what a crash left.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory).context(|| format!("make {}", directory.display()))?;
        let lock = take_lock(&directory)?;
        let store = Self { directory, reserve_bytes: 0, busy: Mutex::default(), lock: Some(lock) };
        store.remove_leftovers()?;
        Ok(store)
    }

    /// Opens the store only to read from it, whoever else has it open.
    pub fn open_to_read(directory: impl Into<PathBuf>) -> Result<Self> {
        let directory = directory.into();
        fs::read_dir(&directory).context(|| format!("open {}", directory.display()))?;
        Ok(Self { directory, reserve_bytes: 0, busy: Mutex::default(), lock: None })
    }

    /// Refuses copies that would leave less than `bytes` free.
    #[must_use]
    pub fn with_reserve(mut self, bytes: u64) -> Self {
        self.reserve_bytes = bytes;
        self
    }

    fn image_path(&self, id: &ImageId) -> PathBuf {
        self.directory.join(format!("{id}.qcow2"))
    }

    fn description_path(&self, id: &ImageId) -> PathBuf {
        self.directory.join(format!("{id}.json"))
    }

    /// Makes what happened to names in the directory durable.
    fn sync(&self) -> Result<()> {
        let directory = File::open(&self.directory).and_then(|directory| directory.sync_all());
        directory.context(|| format!("sync {}", self.directory.display()))
    }

    fn remove_leftovers(&self) -> Result<()> {
        for name in self.names()? {
            let path = self.directory.join(&name);
            let unfinished = name.strip_suffix(NEW).is_some_and(|name| id_of(name).is_some());
            if unfinished || matches!(id_of(&name), Some((id, "json")) if !self.image_path(&id).exists()) {
                remove_if_there(&path)?;
            }
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        let context = || format!("list {}", self.directory.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory).context(context)? {
            if names.len() > 4 * limits::IMAGES {
                return Err(Error::invalid(format!(
                    "directory {}: too many files",
                    self.directory.display()
                )));
            }
            names.extend(entry.context(context)?.file_name().into_string());
        }
        Ok(names)
    }

    fn hold(&self, id: &ImageId) -> Result<Hold<'_>> {
        if self.lock.is_none() {
            return Err(Error::bug("change an image store that was opened to be read"));
        }
        if !self.busy().insert(id.clone()) {
            return Err(Error::busy(format!("image {id}: is being registered or deleted")));
        }
        Ok(Hold { store: self, id: id.clone() })
    }

    fn busy(&self) -> MutexGuard<'_, BTreeSet<ImageId>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the content of `source` to `target`, preferably without copying it.
    fn take_over(
        &self,
        source: &File,
        path: &Path,
        target: &Path,
        progress: Progress<'_>,
    ) -> Result<Handover> {
        source.sync_all().context(|| format!("sync {}", path.display()))?;
        if fs::hard_link(path, target).is_ok() {
            return Ok(Handover::Linked);
        }
        self.copy(source, target, progress)?;
        Ok(Handover::Copied)
    }

    fn copy(&self, source: &File, target: &Path, progress: Progress<'_>) -> Result<u64> {
        let needed = copy::allocated_bytes(source)?;
        self.reserve(needed)?;
        let copied = copy_sparse(source, target, progress);
        copied.map_err(|error| {
            if error.kind() == Kind::NoSpace { full(error, needed, self.free_bytes()) } else { error }
        })
    }

    fn reserve(&self, needed: u64) -> Result<()> {
        match self.free_bytes() {
            Some(free) if free < needed.saturating_add(self.reserve_bytes) => {
                Err(full(Error::no_space(format!("store {}", self.directory.display())), needed, Some(free)))
            }
            _ => Ok(()),
        }
    }

    fn find(&self, id: &ImageId) -> Result<Option<Image>> {
        let Some(description) = Description::read(&self.description_path(id))? else { return Ok(None) };
        let size_bytes = match fs::metadata(self.image_path(id)) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context(|| format!("examine image {id}")),
        };
        let Description { meta, virtual_bytes } = description;
        Ok(Some(Image { id: id.clone(), meta, size_bytes, virtual_bytes }))
    }

    /// Each image, or why it cannot be read, by id.
    fn find_all(&self) -> Result<Vec<Result<Image>>> {
        let names = self.names()?;
        let described = |name: &String| id_of(name).filter(|(_, ending)| *ending == "json").map(|(id, _)| id);
        let mut ids: Vec<ImageId> = names.iter().filter_map(described).collect();
        ids.sort_unstable();
        Ok(ids.iter().filter_map(|id| self.find(id).transpose()).collect())
    }

    /// Why images cannot be read whose descriptions are damaged, by id.
    pub fn damaged(&self) -> Result<Vec<Error>> {
        let failures = self.find_all()?.into_iter().filter_map(Result::err);
        Ok(failures.filter(|error| error.kind() == Kind::Corrupt).collect())
    }

    /// Opens the file of an image that is registered.
    fn open_file(&self, id: &ImageId) -> Result<File> {
        self.describe(id)?;
        File::open(self.image_path(id)).context(|| format!("open image {id}"))
    }
}

impl ImageStore for DirectoryStore {
    fn register_watched(
        &self,
        id: &ImageId,
        file: &Path,
        meta: &ImageMeta,
        progress: Progress<'_>,
    ) -> Result<Registered> {
        let _hold = self.hold(id)?;
        if let Some(image) = self.find(id).map_err(|error| unwritable(error, &self.directory))? {
            return present(image, meta);
        }
        let target = self.image_path(id);
        if target.exists() {
            return Err(Error::conflict(format!("image {id}: {} is in the way", target.display())));
        }
        let source = File::open(file).context(|| format!("open {}", file.display()))?;
        let header = qcow2::check_file(&source, file)?;
        let new = with_new(&target);
        remove_if_there(&new).map_err(|error| unwritable(error, &self.directory))?;
        let taken = self.take_over(&source, file, &new, progress).and_then(|handover| {
            let description = Description { meta: meta.clone(), virtual_bytes: header.virtual_bytes };
            description.write(&self.description_path(id))?;
            self.sync()?;
            // From here on the image is registered.
            fs::rename(&new, &target).context(|| format!("name image {id}"))?;
            self.sync()?;
            let size_bytes = source.metadata().context(|| format!("examine {}", file.display()))?.len();
            Ok(Registered { size_bytes, handover })
        });
        if taken.is_err() {
            // Best effort: the next open does it otherwise.
            let _ = remove_if_there(&new);
        }
        taken.map_err(|error| unwritable(error, &self.directory))
    }

    fn describe(&self, id: &ImageId) -> Result<Image> {
        self.find(id)?.ok_or_else(|| {
            let error =
                Error::not_found(format!("image {id}: not registered in {}", self.directory.display()));
            error.with_notice("store.image_missing").with_value("image", id)
        })
    }

    fn open(&self, id: &ImageId) -> Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.open_file(id)?))
    }

    fn fetch(&self, id: &ImageId, target: &Path, progress: Progress<'_>) -> Result<u64> {
        let source = self.open_file(id)?;
        let new = with_new(target);
        remove_if_there(&new)?;
        let fetched = copy_sparse(&source, &new, progress).and_then(|size| {
            fs::rename(&new, target).context(|| format!("name {}", target.display()))?;
            let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = parent.unwrap_or_else(|| Path::new("."));
            File::open(parent)
                .and_then(|parent| parent.sync_all())
                .context(|| format!("sync {}", parent.display()))?;
            Ok(size)
        });
        if fetched.is_err() {
            let _ = remove_if_there(&new);
        }
        fetched
    }

    fn list(&self) -> Result<Vec<Image>> {
        self.find_all()?.into_iter().collect()
    }

    fn list_foreign(&self, damaged: &mut dyn FnMut(&Error)) -> Result<Vec<ForeignImage>> {
        let mut images = Vec::new();
        for found in self.find_all()? {
            match found {
                Ok(image) => images.push(ForeignImage {
                    id: image.id,
                    name: image.meta.name,
                    size_bytes: image.size_bytes,
                }),
                Err(error) if error.kind() == Kind::Corrupt => damaged(&error),
                Err(error) => return Err(error),
            }
        }
        Ok(images)
    }

    fn delete(&self, id: &ImageId) -> Result<()> {
        let _hold = self.hold(id)?;
        if Description::read(&self.description_path(id)).is_ok_and(|description| description.is_none()) {
            return Ok(());
        }
        remove_if_there(&self.image_path(id))?;
        self.sync()?;
        remove_if_there(&self.description_path(id))
    }

    fn local_file(&self, id: &ImageId) -> Option<PathBuf> {
        Some(self.image_path(id)).filter(|path| path.is_file())
    }

    fn free_bytes(&self) -> Option<u64> {
        let volume = statvfs(&self.directory).ok()?;
        Some(volume.f_bavail.saturating_mul(volume.f_frsize))
    }
}

/// Keeps an id from being changed twice at a time.
struct Hold<'a> {
    store: &'a DirectoryStore,
    id: ImageId,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.store.busy().remove(&self.id);
    }
}

fn present(image: Image, meta: &ImageMeta) -> Result<Registered> {
    if image.meta != *meta {
        return Err(Error::conflict(format!("image {}: is registered with other properties", image.id)));
    }
    Ok(Registered { size_bytes: image.size_bytes, handover: Handover::Present })
}

fn take_lock(directory: &Path) -> Result<File> {
    let path = directory.join(LOCK);
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let lock = lock.context(|| format!("open {}", path.display()))?;
    match lock_alone(&lock) {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            let error = Error::busy(format!("image store {}: another process uses it", directory.display()));
            Err(error.with_notice("store.in_use").with_value("directory", directory.display()))
        }
        Err(TryLockError::Error(error)) => Err(error).context(|| format!("lock {}", path.display())),
    }
}

/// The id and the ending of a file name of the store.
fn id_of(name: &str) -> Option<(ImageId, &str)> {
    let (id, ending) = name.split_once('.')?;
    let ending = ["qcow2", "json"].into_iter().find(|known| *known == ending)?;
    Some((ImageId::parse(id).ok()?, ending))
}

/// The name under which a file is written before it is complete.
fn with_new(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(NEW);
    name.into()
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context(|| format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn full(error: Error, needed: u64, free: Option<u64>) -> Error {
    let error = error.in_context(format!("store an image of {needed} bytes; free some space first"));
    let error = error.with_notice("store.full").with_value("needed_bytes", needed);
    error.with_value("free_bytes", free.map_or_else(|| "?".to_owned(), |free| free.to_string()))
}

/// Says of a failure that has no words yet that the directory cannot be written.
fn unwritable(error: Error, directory: &Path) -> Error {
    match error.notice() {
        Some(_) => error,
        None => error.with_notice("store.unwritable").with_value("directory", directory.display()),
    }
}
