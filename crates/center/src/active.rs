//! Active: the overlay that collects the edits since the last save, and its one open session.
//!
//! Active is never precious: Base plus the edits that are done make it again. So whatever is in doubt — a worker that
//! died, an overlay that was not closed — is thrown away and made anew.
//!
//! Only an orderly stop leaves one that is used again, and it says so in a file of its own: which Base it lies on and
//! which edits it holds. A worker that outlives a killed server closes Active in order, too, but with an edit in it that
//! nobody recorded, or without one that was still to be made again.

use std::sync::Arc;

use ::driver_package::Event;
use disk_image::{Access, DiskPath, DiskSession, Image};
use fault::{Context, Error, Kind, Result};
use serde::{Deserialize, Serialize};

use crate::base;
use crate::center::{Center, blocking, sync_directory};
use crate::config::{Config, DataDir};
use crate::db::entities::edit::EditState;
use crate::edit::{self, Payload};
use crate::host::Host;
use crate::jobs::Progress;
use crate::{edit_undo, import, printers, publish, versions};

impl Center {
    /// The session that is open, if its worker lives.
    pub(crate) fn open_session(&self) -> Option<Arc<DiskSession>> {
        self.lock_active().clone().filter(|session| session.is_alive())
    }

    /// The session on Active; opens it, or makes Active, or makes it again. The caller holds the gate, and is not at an edit.
    pub(crate) async fn active_session(&self) -> Result<Arc<DiskSession>> {
        edit_undo::drop_unfinished(self).await?;
        if let Some(session) = self.open_session() {
            return Ok(session);
        }
        self.lock_active().take();
        let session = match self.open_existing().await {
            Ok(Some(session)) => session,
            Ok(None) => self.make_active().await?,
            Err(error) if matches!(error.kind(), Kind::Corrupt | Kind::Unavailable | Kind::Invalid) => {
                tracing::warn!(target: "voi_drive_img_manage", %error, "Active is unusable and is made again");
                self.make_active().await?
            }
            Err(error) => return Err(error),
        };
        *self.lock_active() = Some(session.clone());
        Ok(session)
    }

    /// Opens the Active that an orderly stop left, if it holds the edits that are recorded.
    async fn open_existing(&self) -> Result<Option<Arc<DiskSession>>> {
        let (config, expected) = (self.config.clone(), self.holds().await?);
        blocking(move || match Holds::take(&config.data_dir)? {
            Some(found) if found == expected => open(&config).map(Some),
            _ => Ok(None),
        })
        .await
    }

    /// What a whole Active holds now.
    async fn holds(&self) -> Result<Holds> {
        let root = versions::newest(&self.db).await?.root;
        let done = edit::unsaved(&self.db).await?;
        let done = done.iter().filter(|row| row.state == EditState::Done);
        Ok(Holds { root, edits: done.map(|row| row.id).collect() })
    }

    /// Closes the open Active so that the next start need not make it again. The caller holds the gate.
    pub(crate) async fn close_active(&self) -> Result<()> {
        let session = self.lock_active().take();
        let Some(session) = session.and_then(Arc::into_inner) else { return Ok(()) };
        let (directory, holds) = (self.data_dir().clone(), self.holds().await?);
        blocking(move || {
            session.close()?;
            holds.leave(&directory)
        })
        .await
    }

    /// Makes Active from Base and the edits that are done.
    async fn make_active(&self) -> Result<Arc<DiskSession>> {
        let edits: Vec<Payload> = edit::unsaved(&self.db)
            .await?
            .iter()
            .filter(|row| row.state == EditState::Done)
            .map(Payload::of)
            .collect::<Result<_>>()?;
        let (config, host) = (self.config.clone(), self.host.clone());
        blocking(move || make(&config, &host, &edits)).await.context(|| "make Active from Base and the edits")
    }

    /// Throws Active away, its session too.
    pub(crate) async fn lose_active(&self) {
        let session = self.lock_active().take();
        let directory = self.config.data_dir.clone();
        let gone = blocking(move || {
            drop(session);
            remove(&directory)
        });
        if let Err(error) = gone.await {
            tracing::warn!(target: "voi_drive_img_manage", %error, "cannot remove Active");
        }
    }
}

/// What the Active that an orderly stop leaves holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Holds {
    /// Root of the Base that it lies on.
    root: String,
    /// The edits that it holds.
    edits: Vec<i64>,
}

impl Holds {
    /// Says it of the Active that was closed.
    fn leave(&self, directory: &DataDir) -> Result<()> {
        let text =
            serde_json::to_vec(self).map_err(|e| Error::bug(format!("encode what Active holds: {e}")))?;
        publish::replace_file(&directory.active_holds(), &text)
    }

    /// Reads what is said of Active and takes it away, durably: from now on Active may hold something else.
    fn take(directory: &DataDir) -> Result<Option<Self>> {
        let path = directory.active_holds();
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.context(|| format!("read {}", path.display()))?,
        };
        std::fs::remove_file(&path).context(|| format!("remove {}", path.display()))?;
        sync_directory(&directory.disk())?;
        Ok(serde_json::from_slice(&text).ok())
    }
}

/// Seals Active: flushed, checked, without what its volume does not use, and never written again.
///
/// An Active that was lost on the way is made again first.
pub(crate) async fn seal(center: &Center) -> Result<()> {
    center.active_session().await?;
    // Whoever looks into the disk holds a share of the session and reads under Base's lock.
    let alone = base::alone(center).await;
    let session = center.lock_active().take().and_then(Arc::into_inner);
    drop(alone);
    let session = session.ok_or_else(|| Error::bug("the session on Active is still in use"))?;
    match blocking(move || session.seal()).await {
        Ok(report) => {
            tracing::info!(target: "voi_drive_img_manage", ?report, "Active is sealed");
            Ok(())
        }
        Err(error) => {
            center.lose_active().await;
            Err(error)
        }
    }
}

fn open(config: &Config) -> Result<Arc<DiskSession>> {
    let (active, base) = (config.data_dir.active(), config.data_dir.base());
    let session = DiskSession::open(&config.worker, Image::Active { active, base }, Access::Write)?;
    Ok(Arc::new(session))
}

/// Removes Active, and first what is said of it: that must never be taken for another one.
fn remove(directory: &DataDir) -> Result<()> {
    Holds::take(directory)?;
    disk_image::remove_active(&directory.active())
}

fn make(config: &Arc<Config>, host: &Arc<dyn Host>, edits: &[Payload]) -> Result<Arc<DiskSession>> {
    let (active, base) = (config.data_dir.active(), config.data_dir.base());
    remove(&config.data_dir)?;
    disk_image::create_active(&config.worker, &active, &base)?;
    let session = open(config)?;
    for edit in edits {
        replay(config, host, &session, edit, &mut |_| ())?;
    }
    session.sync()?;
    Ok(session)
}

/// Removes what an edit deletes from the disk; there is nothing to remove of a package that is listed only.
pub(crate) fn remove_files(session: &DiskSession, edit: &Payload) -> Result<()> {
    let path = match edit {
        Payload::Delete { directory, .. } => directory.as_ref(),
        Payload::DeletePrinter { path, .. } => Some(path),
        _ => return Err(Error::bug("an edit that deletes nothing")),
    };
    let removed = path.map_or(Ok(()), |path| session.remove(&DiskPath::new(path)?));
    removed.context(|| format!("delete {}", edit.name()))
}

/// Does an edit again on another disk; `watch` sees what is unpacked.
pub(crate) fn replay(
    config: &Arc<Config>,
    host: &Arc<dyn Host>,
    session: &Arc<DiskSession>,
    edit: &Payload,
    watch: &mut dyn FnMut(&Event<'_>),
) -> Result<()> {
    match edit {
        Payload::Import { .. } => import::unpack_again(config, host, session, edit, watch),
        Payload::Delete { .. } | Payload::DeletePrinter { .. } => remove_files(session, edit),
        Payload::Update { .. } => Ok(()),
        Payload::StorePrinter { path, sha256, replace, .. } => {
            let kept = config.data_dir.kept_archive(sha256);
            printers::store(session, &kept, path, *replace, &Progress::default())
        }
    }
}
