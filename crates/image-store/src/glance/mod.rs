//! Images in OpenStack Glance, by its Image API v2.
//!
//! Glance keeps an image immutable once its data is there. It never gives an id to a second image, not even after the
//! first was deleted; so a registration that broke off is gone on with under its own id, and what is half there counts
//! as missing meanwhile. Every transfer is compared by digest with what Glance says it has.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write as _};
use std::path::Path;
use std::thread;

use fault::{Context, Error, Kind, Result};

use crate::{
    ForeignImage, Handover, Image, ImageId, ImageMeta, ImageStore, Progress, Registered, limits, qcow2,
};

mod hashing;
mod http;
mod keystone;
mod wire;

use hashing::{Hashing, Watched};
use http::Http;
pub use keystone::{Credential, Keystone};
use wire::{GlanceImage, Page, Status};

/// How the store proves who it is.
#[derive(Clone, Debug)]
pub enum GlanceAuth {
    /// Not at all: Glance stands behind something that lets in whom it will. It is told this user and project.
    None {
        /// The user.
        user: String,
        /// The project that owns the images.
        project: String,
    },
    /// By tokens of Keystone.
    Keystone(Keystone),
}

/// A Glance service.
pub struct GlanceStore {
    http: Http,
}

impl GlanceStore {
    /// A store at `endpoint`, such as `http://glance.example:9292`; without, Keystone's catalogue names it. Nothing is
    /// asked yet.
    pub fn new(endpoint: Option<&str>, auth: GlanceAuth, trusted_pem: Option<&[u8]>) -> Result<Self> {
        Ok(Self { http: Http::new(endpoint, auth, trusted_pem)? })
    }

    /// Whether the service answers and knows us.
    pub fn check(&self) -> Result<()> {
        self.http.get_json::<Page>("/v2/images?limit=1").map(drop)
    }

    /// Goes through a list, page by page.
    fn each(&self, first: &str, mut take: impl FnMut(&GlanceImage) -> Result<()>) -> Result<()> {
        let (mut next, mut count) = (Some(first.to_owned()), 0);
        while let Some(path) = next {
            let page: Page = self.http.get_json(&path)?;
            count += page.images.len();
            if count > limits::IMAGES {
                return Err(Error::invalid(format!("list images: there are more than {}", limits::IMAGES)));
            }
            page.images.iter().try_for_each(&mut take)?;
            next = page.next;
        }
        Ok(())
    }

    fn list_ours(&self, is_wanted: impl Fn(Status) -> bool) -> Result<Vec<Image>> {
        let mut images = Vec::new();
        self.each(wire::FIRST_PAGE, |image| {
            if is_wanted(image.status) {
                images.push(image.image()?);
            }
            Ok(())
        })?;
        images.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(images)
    }

    fn find(&self, id: &ImageId) -> Result<Option<GlanceImage>> {
        match self.http.get_json(&format!("/v2/images/{id}")) {
            Ok(image) => Ok(Some(image)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn find_complete(&self, id: &ImageId) -> Result<(GlanceImage, Image)> {
        let found = self.find(id)?.filter(|image| image.status == Status::Active);
        let missing = || {
            Error::not_found(format!("image {id}: not registered in Glance"))
                .with_notice("store.image_missing")
                .with_value("image", id)
        };
        let found = found.ok_or_else(missing)?;
        let image = found.image()?;
        Ok((found, image))
    }

    /// Sends the data of an image that is known already.
    fn send(&self, id: &ImageId, file: &Path, progress: Progress<'_>) -> Result<u64> {
        let source = File::open(file).context(|| format!("open {}", file.display()))?;
        let length = source.metadata().context(|| format!("examine {}", file.display()))?.len();
        let mut body = Watched::new(Hashing::new(source), length, progress);
        let sent = self.http.put_stream(&format!("/v2/images/{id}/file"), &mut body, length);
        body.take_failure().map_or(Ok(()), Err)?;
        sent?;
        let digest = body.into_inner().finish();
        let (stored, _) = self.find_complete(id)?;
        if stored.size == Some(length) && stored.has_digest(&digest) {
            return Ok(length);
        }
        // Nobody may take it for the image that it should have been.
        self.delete(id)?;
        Err(Error::corrupt(format!("register image {id}: Glance has stored something else")))
    }
}

impl ImageStore for GlanceStore {
    /// Goes on by itself with a transfer that broke off, as long as that looks like a passing fault.
    fn register_watched(
        &self,
        id: &ImageId,
        file: &Path,
        meta: &ImageMeta,
        progress: Progress<'_>,
    ) -> Result<Registered> {
        for pause in http::PAUSES {
            match self.try_to_register(id, file, meta, &mut *progress) {
                Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::Busy) => thread::sleep(pause),
                outcome => return outcome,
            }
        }
        self.try_to_register(id, file, meta, progress)
    }

    fn describe(&self, id: &ImageId) -> Result<Image> {
        Ok(self.find_complete(id)?.1)
    }

    fn open(&self, id: &ImageId) -> Result<Box<dyn Read + Send>> {
        self.find_complete(id)?;
        Ok(Box::new(self.http.get_stream(&format!("/v2/images/{id}/file"))?))
    }

    fn fetch(&self, id: &ImageId, target: &Path, progress: Progress<'_>) -> Result<u64> {
        let (known, image) = self.find_complete(id)?;
        let new = target.with_extension("new");
        let fetched = self.fetch_to(id, &new, &known, image.size_bytes, progress).and_then(|()| {
            fs::rename(&new, target).context(|| format!("name {}", target.display()))?;
            let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = parent.unwrap_or_else(|| Path::new("."));
            File::open(parent)
                .and_then(|parent| parent.sync_all())
                .context(|| format!("sync {}", parent.display()))
        });
        if fetched.is_err() {
            // Best effort: the next fetch replaces it.
            let _ = fs::remove_file(&new);
        }
        fetched.map(|()| image.size_bytes)
    }

    fn list(&self) -> Result<Vec<Image>> {
        self.list_ours(|status| status == Status::Active)
    }

    fn list_unfinished(&self) -> Result<Vec<Image>> {
        self.list_ours(|status| matches!(status, Status::Queued | Status::Saving))
    }

    fn list_foreign(&self, _damaged: &mut dyn FnMut(&Error)) -> Result<Vec<ForeignImage>> {
        let mut images = Vec::new();
        self.each(wire::FIRST_PAGE_OF_ALL, |image| {
            images.extend(image.foreign());
            Ok(())
        })?;
        images.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(images)
    }

    fn delete(&self, id: &ImageId) -> Result<()> {
        match self.http.delete(&format!("/v2/images/{id}")) {
            Err(error) if error.kind() == Kind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }

    /// By the digest that Glance has taken of the data when it came.
    fn has_content(&self, id: &ImageId, file: &Path) -> Result<bool> {
        let (known, _) = self.find_complete(id)?;
        let source = File::open(file).context(|| format!("open {}", file.display()))?;
        let length = source.metadata().context(|| format!("examine {}", file.display()))?.len();
        let mut hashing = Hashing::new(source);
        std::io::copy(&mut hashing, &mut std::io::sink()).context(|| format!("read {}", file.display()))?;
        Ok(known.size == Some(length) && known.has_digest(&hashing.finish()))
    }
}

impl GlanceStore {
    fn try_to_register(
        &self,
        id: &ImageId,
        file: &Path,
        meta: &ImageMeta,
        progress: Progress<'_>,
    ) -> Result<Registered> {
        qcow2::check(file)?;
        let present = match self.find(id)? {
            None => {
                self.http.post_json(&wire::creation(id, meta))?;
                Status::Queued
            }
            Some(known) if known.meta()? != *meta => {
                let why = format!("image {id}: is registered in Glance with other properties");
                return Err(Error::conflict(why));
            }
            Some(known) if known.status == Status::Active => {
                let size_bytes = known.size.unwrap_or(0);
                return Ok(Registered { size_bytes, handover: Handover::Present });
            }
            Some(known) => known.status,
        };
        if present != Status::Queued {
            return Err(Error::busy(format!("image {id}: Glance is receiving it, or was when it stopped"))
                .with_notice("store.half_uploaded")
                .with_value("image", id));
        }
        let size_bytes = self.send(id, file, progress)?;
        Ok(Registered { size_bytes, handover: Handover::Copied })
    }

    fn fetch_to(
        &self,
        id: &ImageId,
        new: &Path,
        known: &GlanceImage,
        length: u64,
        progress: Progress<'_>,
    ) -> Result<()> {
        let body = self.http.get_stream(&format!("/v2/images/{id}/file"))?;
        let mut body = Hashing::new(body.take(length + 1));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(new)?;
        let mut piece = vec![0; limits::STEP_BYTES as usize / 16];
        let mut done = 0;
        loop {
            let read = body.read(&mut piece).map_err(http::broken_off)?;
            if read == 0 {
                break;
            }
            file.write_all(&piece[..read]).context(|| format!("write {}", new.display()))?;
            done += read as u64;
            if !progress(done, length) {
                return Err(Error::cancelled("stopped on request"));
            }
        }
        if done != length || !known.has_digest(&body.finish()) {
            return Err(Error::corrupt(format!("fetch image {id}: it is not what Glance says it has")));
        }
        file.sync_all().context(|| format!("sync {}", new.display()))
    }
}
