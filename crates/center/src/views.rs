//! Older versions to look into: what their inverses bring back lies over the file of Base, which stays as it is.
//!
//! Making such a view costs what the versions in between have changed, so the last few are kept until Base changes, or
//! nobody has asked for a while. Nothing here is precious. Base's read lock is held while a view is made or read from,
//! and whoever makes one gives way as soon as somebody waits to write Base.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use disk_image::{Access, DiskSession, Image};
use disk_patch::{FileIdentity, FileStore, FsFolder, LeafTable, ObjectDir, Patch, Rewound};
use fault::{Context, Error, Kind, Result};
use tokio::sync::OwnedRwLockReadGuard;

use crate::base;
use crate::center::{Center, blocking};
use crate::chain::Chain;
use crate::config::{Config, DataDir};
use crate::host::Host;
use crate::limits::{RECORD_PATIENCE, VIEW_IDLE, VIEW_TRIES, VIEWS_MAX};
use crate::space::require_space;

/// What keeps Base as it is.
pub(crate) type Reading = OwnedRwLockReadGuard<Option<Arc<LeafTable>>>;

/// An older content of Base's file: bytes that lie over some ranges of it. The files go with this.
#[derive(Debug)]
pub(crate) struct Earlier {
    folder: PathBuf,
    /// Which ranges of [`Earlier::scratch`] count.
    pub(crate) ranges: Vec<Range<u64>>,
    /// What the file was.
    pub(crate) identity: FileIdentity,
}

impl Earlier {
    /// Where the other bytes are, at their offsets.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    fn image(&self, directory: &DataDir) -> Image {
        Image::Earlier {
            base: directory.base(),
            scratch: self.scratch(),
            ranges: self.folder.join("ranges"),
            length: self.identity.length,
        }
    }
}

impl Drop for Earlier {
    fn drop(&mut self) {
        remove_folder(&self.folder);
    }
}

/// The views that are kept, the one used last at the end.
#[derive(Default)]
pub(crate) struct Views {
    kept: Mutex<Vec<Kept>>,
    /// One is made at a time.
    making: tokio::sync::Mutex<()>,
    next: AtomicU64,
}

struct Kept {
    version: i64,
    view: Arc<Earlier>,
    used: Instant,
}

impl Views {
    /// Base is about to be, or was, another one.
    pub(crate) fn forget_all(&self) {
        self.lock().clear();
    }

    fn forget_idle(&self) {
        self.lock().retain(|kept| kept.used.elapsed() < VIEW_IDLE);
    }

    fn find(&self, version: i64) -> Option<Arc<Earlier>> {
        let mut kept = self.lock();
        let at = kept.iter().position(|kept| kept.version == version)?;
        let mut found = kept.remove(at);
        found.used = Instant::now();
        let view = found.view.clone();
        kept.push(found);
        Some(view)
    }

    fn keep(&self, version: i64, view: Arc<Earlier>) {
        let mut kept = self.lock();
        if kept.len() >= VIEWS_MAX {
            kept.remove(0);
        }
        kept.push(Kept { version, view, used: Instant::now() });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A folder that nobody else has.
    fn folder(&self, directory: &DataDir) -> PathBuf {
        directory.views().join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

/// Versions that are open to be read, and what keeps them as they are.
pub(crate) struct OpenVersions {
    pub(crate) sessions: Vec<Arc<DiskSession>>,
    _reading: Reading,
    _views: Vec<Option<Arc<Earlier>>>,
}

impl Center {
    /// Opens kept versions, whatever is being edited.
    pub(crate) async fn open_versions(&self, numbers: &[i64]) -> Result<OpenVersions> {
        let (reading, views) = self.views_of(numbers).await?;
        let directory = self.data_dir();
        let image = |view: &Option<Arc<Earlier>>| match view {
            None => Image::Base(directory.base()),
            Some(view) => view.image(directory),
        };
        let images: Vec<Image> = views.iter().map(image).collect();
        let worker = self.config.worker.clone();
        let open = move |image| DiskSession::open(&worker, image, Access::Read).map(Arc::new);
        let sessions = blocking(move || images.into_iter().map(open).collect()).await?;
        Ok(OpenVersions { sessions, _reading: reading, _views: views })
    }

    /// What lies over Base for each version; nothing for the newest one.
    ///
    /// All are found under one lock: whoever waited for a second one while holding the first, and a writer between
    /// them, would wait for ever.
    async fn views_of(&self, numbers: &[i64]) -> Result<(Reading, Vec<Option<Arc<Earlier>>>)> {
        for _ in 0..VIEW_TRIES * numbers.len() {
            let reading = self.base.clone().read_owned().await;
            let leaves = known(&reading)?;
            let (mut views, mut is_recorded) = (Vec::new(), true);
            for number in numbers {
                let chain = Chain::to(&self.db, *number).await?;
                is_recorded &= chain.begins_at(&leaves);
                views.push(match chain.steps() {
                    [] => Some(None),
                    _ => self.views.find(*number).map(Some),
                });
            }
            let missing = views.iter().position(Option::is_none);
            if is_recorded && missing.is_none() {
                return Ok((reading, views.into_iter().flatten().collect()));
            }
            drop(reading);
            let made = match missing {
                Some(missing) if is_recorded => self.make_view(numbers[missing]).await,
                _ => self.wait_until_recorded().await,
            };
            match made {
                // Somebody wants to write Base: afterwards again.
                Err(error) if error.kind() == Kind::Cancelled => {}
                outcome => outcome?,
            }
        }
        Err(changing())
    }

    /// Base is a version already that no record names yet: the operation that has applied it is about to say so.
    async fn wait_until_recorded(&self) -> Result<()> {
        let mut running = self.operation.subscribe();
        let ended = tokio::time::timeout(RECORD_PATIENCE, running.wait_for(Option::is_none));
        ended.await.map(drop).map_err(|_| changing())
    }

    async fn make_view(&self, number: i64) -> Result<()> {
        let _making = self.views.making.lock().await;
        let reading = self.base.clone().read_owned().await;
        let (chain, leaves) = (Chain::to(&self.db, number).await?, known(&reading)?);
        // Whoever asked looks again.
        if !chain.begins_at(&leaves) || chain.steps().is_empty() || self.views.find(number).is_some() {
            return Ok(());
        }
        let center = self.clone();
        let folder = self.views.folder(self.data_dir());
        let view = blocking(move || {
            let _reading = reading;
            let give_way = || center.must_give_way();
            let view = make(&center.config, center.host.as_ref(), &chain, &leaves, &folder, &give_way)?;
            center.views.keep(number, Arc::new(view));
            Ok(())
        });
        view.await.context(|| format!("look into version {number}"))?;
        self.forget_views_when_idle();
        Ok(())
    }

    /// Whether somebody waits to write Base: whoever reads it for long ends then.
    pub(crate) fn must_give_way(&self) -> bool {
        self.base_waiting.load(Ordering::Relaxed) > 0
    }

    fn forget_views_when_idle(&self) {
        let center = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(VIEW_IDLE).await;
            center.views.forget_idle();
        });
    }
}

/// The reader was in the way of a change of the disk.
pub(crate) fn changing() -> Error {
    Error::busy("the disk keeps changing").with_notice("center.busy")
}

/// The leaf table of Base, without which nobody reads it.
pub(crate) fn known(reading: &Reading) -> Result<Arc<LeafTable>> {
    reading.as_ref().cloned().ok_or_else(|| base::disagrees("what the file of Base holds is not known"))
}

/// Makes what lies over Base for the end of `chain`, in `folder`.
pub(crate) fn make(
    config: &Config,
    host: &dyn Host,
    chain: &Chain,
    leaves: &LeafTable,
    folder: &Path,
    give_way: &dyn Fn() -> bool,
) -> Result<Earlier> {
    let patches = chain.patches(&config.data_dir)?;
    require_space(host, config, patches.iter().map(Patch::written_bytes).sum())?;
    remove_folder(folder);
    std::fs::create_dir_all(folder).context(|| format!("make {}", folder.display()))?;
    // From here on the folder goes whatever happens.
    let mut view = Earlier { folder: folder.to_owned(), ranges: Vec::new(), identity: leaves.identity() };
    let rewound = rewind(&config.data_dir, &patches, leaves, &view, give_way)?;
    view.identity = rewound.leaves.identity();
    view.ranges = rewound.ranges;
    if view.identity.root.to_string() != chain.end().root {
        return Err(Error::bug(format!("the inverses do not lead to version {}", chain.end().number)));
    }
    disk_image::save_ranges(&folder.join("ranges"), &view.ranges)?;
    Ok(view)
}

fn rewind(
    directory: &DataDir,
    patches: &[Patch],
    leaves: &LeafTable,
    view: &Earlier,
    give_way: &dyn Fn() -> bool,
) -> Result<Rewound> {
    let (base, scratch) = (FileStore::open_read_only(directory.base())?, FileStore::create(view.scratch())?);
    let (objects, state) = (ObjectDir::open(directory.objects())?, view.folder.join("state"));
    let mut watch = |_| if give_way() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let state_folder = FsFolder::open(&state)?;
    let rewound = disk_patch::rewind(&base, leaves, patches, &objects, &scratch, &state_folder, &mut watch);
    remove_folder(&state);
    rewound
}

/// Removes a folder of ours that may be gone already.
pub(crate) fn remove_folder(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(target: "voi_drive_img_manage", path = %path.display(), %error, "cannot remove a folder");
    }
}
