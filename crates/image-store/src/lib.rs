//! Where disk images are registered: a directory, or OpenStack Glance.
//!
//! A registered image never changes and depends on no other file: its parent is a property, not a backing file.
//! The caller chooses the id, so that registering may be repeated after a crash. This crate owns the files of a
//! store; it never opens what an image names, and does not know what the images are for.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `store.not_qcow2` | `file` | the file is no qcow2 image, or of an unknown version |
//! | `store.backing_file` | `file` | the image has a backing file or an external data file |
//! | `store.encrypted` | `file` | the image is encrypted |
//! | `store.unclean` | `file` | the image was not closed properly |
//! | `store.image_missing` | `image` | no image of that id is registered |
//! | `store.full` | `needed_bytes`, `free_bytes` (`?` where unknown) | the space of the store does not suffice |
//! | `store.unwritable` | `directory` | the directory of the store is gone, or cannot be written |
//! | `store.in_use` | `directory` | another process uses the store |
//! | `store.damaged` | `file` | the description of an image cannot be read |
//! | `store.half_uploaded` | `image` | Glance is receiving the image, or was when it stopped |
//! | `store.unreachable` | `url` | Glance or Keystone does not answer, or not as they do |
//! | `store.refused` | `url`, `status` | Glance or Keystone says no |

use std::io::Read;
use std::path::{Path, PathBuf};

use fault::{Error, Result};
use sha2::{Digest as _, Sha256};

mod directory;
mod glance;
mod image;
mod lock;
mod qcow2;

pub use directory::DirectoryStore;
pub use glance::{Credential, GlanceAuth, GlanceStore, Keystone};
pub use image::{ForeignImage, Handover, Image, ImageId, ImageMeta, Registered};
pub use lock::lock_alone;
pub use qcow2::{Header, check};

/// Bounds on what is read from outside.
mod limits {
    use std::time::Duration;

    /// Length of an image's description, in bytes.
    pub(crate) const DESCRIPTION_BYTES: u64 = 64 * 1024;
    /// Images in one store.
    pub(crate) const IMAGES: usize = 100_000;
    /// How long is waited for whoever is closing what is locked.
    pub(crate) const LOCK_PATIENCE: Duration = Duration::from_secs(2);
    /// The pause between two looks.
    pub(crate) const LOCK_PAUSE: Duration = Duration::from_millis(20);
    /// Bytes that are copied between two reports of progress.
    pub(crate) const STEP_BYTES: u64 = 16 * 1024 * 1024;
}

/// Told `(done, total)` in bytes while an image is copied; `false` stops it.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// A place that keeps images. All calls block.
pub trait ImageStore: Send + Sync {
    /// Registers the qcow2 image `file` as `id`.
    ///
    /// The caller never writes `file` again: the store may keep the very file. Repeating it with the same `id`
    /// and `meta` changes nothing; with another `meta` it is a conflict. An image that could not be registered
    /// wholly is not there at all.
    fn register_watched(
        &self,
        id: &ImageId,
        file: &Path,
        meta: &ImageMeta,
        progress: Progress<'_>,
    ) -> Result<Registered>;

    /// What is known about an image.
    fn describe(&self, id: &ImageId) -> Result<Image>;

    /// Reads an image from its beginning.
    fn open(&self, id: &ImageId) -> Result<Box<dyn Read + Send>>;

    /// Copies an image to `target`, which appears whole or not at all; returns its length in bytes.
    fn fetch(&self, id: &ImageId, target: &Path, progress: Progress<'_>) -> Result<u64>;

    /// All images, by id. It fails where one cannot be read: who asks for all of them may take what is missing for gone.
    fn list(&self) -> Result<Vec<Image>>;

    /// Images whose registration broke off, by id: they are in no other list, and nothing can be read of them.
    fn list_unfinished(&self) -> Result<Vec<Image>> {
        Ok(Vec::new())
    }

    /// Images that others have put there, by id. A store that cannot tell whose an image is lists all of them, but those
    /// whose description is damaged: `damaged` is told of each, and it hides no other.
    fn list_foreign(&self, damaged: &mut dyn FnMut(&Error)) -> Result<Vec<ForeignImage>>;

    /// Removes an image; one that is not there is removed already.
    fn delete(&self, id: &ImageId) -> Result<()>;

    /// The file of an image, where the store keeps it on this machine. It may be read and nothing else.
    fn local_file(&self, id: &ImageId) -> Option<PathBuf> {
        let _elsewhere = id;
        None
    }

    /// Bytes that can still be stored; `None` where the store does not say.
    fn free_bytes(&self) -> Option<u64>;

    /// Whether the image is what lies in `file`, by a digest that the store itself has taken, or byte by byte.
    fn has_content(&self, id: &ImageId, file: &Path) -> Result<bool> {
        Ok(digest_of(&mut *self.open(id)?)? == digest_of(&mut std::fs::File::open(file)?)?)
    }

    /// [`ImageStore::register_watched`] without a watcher.
    fn register(&self, id: &ImageId, file: &Path, meta: &ImageMeta) -> Result<Registered> {
        self.register_watched(id, file, meta, &mut |_, _| true)
    }
}

fn digest_of(reader: &mut dyn Read) -> Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    std::io::copy(reader, &mut hasher)?;
    Ok(hasher.finalize().into())
}
