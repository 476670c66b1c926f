//! The center itself: what it holds, how it starts and stops, and who may do what at the same time.
//!
//! Three locks order everything:
//!
//! - the *gate*: whoever changes the disk or the list of drivers by an edit, a save or a restore. One at a time.
//! - *Base*: many readers, or one `apply`. While `apply` writes, Base is no valid image and nobody reads it.
//! - the *database*: one writing transaction at a time.
//!
//! They are taken in this order.

use std::collections::HashMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use disk_image::DiskSession;
use disk_patch::LeafTable;
use fault::{Context, Error, Result};
use image_store::{ImageId, ImageStore};
use protocol::{api, thor};
use tokio::sync::{OwnedMutexGuard, broadcast, watch};

use crate::config::{Config, DataDir};
use crate::db::entities::edit_session;
use crate::db::{Db, Kept, commit};
use crate::distribution::Rules;
use crate::host::{Actor, Host, rfc3339};
use crate::jobs::Progress;
use crate::printers::Vault;
use crate::publish::{self, Publisher};
use crate::reports::{Part, Reports};
use crate::state::{MountStatus, StateEvent};
use crate::views::{self, Views};
use crate::{base, edit, edit_undo, leftovers, operations, save, settings, terminals, versions};

/// Events that a slow subscriber may fall behind before it misses some.
const EVENTS_BUFFERED: usize = 256;

/// Words an error for whoever asked, in that person's language.
pub type Explain<'a> = dyn Fn(&Error) -> String + Sync + 'a;

/// How long a save waits for the gate before it is refused: long enough for a slow machine to do what takes a moment.
const GATE_PATIENCE: Duration = Duration::from_secs(1);

/// The driver center. Cheap to clone; all clones are the same center.
#[derive(Clone)]
pub struct Center(pub(crate) Arc<Inner>);

/// What the parts of the center share.
pub struct Inner {
    pub(crate) config: Arc<Config>,
    pub(crate) db: Db,
    pub(crate) store: Arc<dyn ImageStore>,
    /// The second store, where there is one.
    pub(crate) mirror: OnceLock<Arc<dyn ImageStore>>,
    /// The newest Base that was there when it was last looked at.
    pub(crate) mirrored_base: watch::Sender<Option<ImageId>>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) gate: Arc<tokio::sync::Mutex<()>>,
    /// The leaves that the file of Base has; none while that is not known.
    pub(crate) base: Arc<tokio::sync::RwLock<Option<Arc<LeafTable>>>>,
    /// How many wait to write Base.
    pub(crate) base_waiting: AtomicUsize,
    pub(crate) views: Views,
    pub(crate) publisher: Publisher,
    pub(crate) vault: Vault,
    pub(crate) rules: Rules,
    pub(crate) reports: Reports,
    pub(crate) groups: Kept<terminals::Groups>,
    pub(crate) operation: watch::Sender<Option<i64>>,
    active: Mutex<Option<Arc<DiskSession>>>,
    jobs: Mutex<HashMap<String, Arc<Progress>>>,
    /// The file whose import holds the gate.
    importing: Mutex<Option<String>>,
    events: broadcast::Sender<api::Event>,
    id: String,
}

impl Deref for Center {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Center {
    /// Opens the data directory, makes the disk where there is none, and finishes or undoes what a crash left.
    pub async fn open(
        config: Config,
        db: Db,
        store: Arc<dyn ImageStore>,
        host: Arc<dyn Host>,
    ) -> Result<Self> {
        let directory = config.data_dir.clone();
        crate::backup::refuse_unfinished(&directory)?;
        directory.create().context(|| format!("make {}", directory.path().display()))?;
        let id = settings::center_id(&db).await?;
        let publisher = Publisher::open(&directory)?;
        let vault = Vault::open(&directory.printer_key())?;
        let rules = Rules::load(&db).await?;
        let center = Self(Arc::new(Inner {
            config: Arc::new(config),
            db,
            store,
            mirror: OnceLock::new(),
            mirrored_base: watch::Sender::new(None),
            host,
            gate: Arc::default(),
            base: Arc::default(),
            base_waiting: AtomicUsize::new(0),
            views: Views::default(),
            publisher,
            vault,
            rules,
            reports: Reports::default(),
            groups: Kept::default(),
            operation: watch::Sender::new(None),
            active: Mutex::default(),
            jobs: Mutex::default(),
            importing: Mutex::default(),
            events: broadcast::Sender::new(EVENTS_BUFFERED),
            id,
        }));
        terminals::carry_over(&center.db).await?;
        center.start().await?;
        center.keep_writing_reports();
        center.keep_noting_silence();
        Ok(center)
    }

    /// This center, for a task that does not keep it.
    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    /// The center again, if anybody still has it.
    pub(crate) fn upgrade(inner: &Weak<Inner>) -> Option<Self> {
        inner.upgrade().map(Self)
    }

    async fn start(&self) -> Result<()> {
        self.close_lost_jobs().await?;
        publish::remove_leftovers(&self.config.data_dir)?;
        leftovers::sweep(self).await;
        views::remove_folder(&self.config.data_dir.views());
        base::ensure(self).await?;
        base::finish_journal(self).await;
        if let Err(error) = base::note_virtual_size(self).await {
            tracing::warn!(target: "voi_drive_img_manage", %error, "the size of the disk is not known yet");
        }
        edit_undo::clear_up(self).await?;
        if operations::resume(self).await? {
            return Ok(());
        }
        if let Err(error) = base::check_quickly(self).await {
            self.enter_error(&error).await?;
            return Ok(());
        }
        publish::republish(self).await?;
        base::hash_in_background(self);
        Ok(())
    }

    /// Writes what terminals have said, and closes the open disk so that the next start need not make Active again.
    pub async fn close(&self) {
        if let Err(error) = self.write_reports(Part::All).await {
            tracing::warn!(target: "voi_drive_img_manage", %error, "reports of terminals were not written");
        }
        let _gate = self.gate.lock().await;
        if let Err(error) = self.close_active().await {
            tracing::warn!(target: "voi_drive_img_manage", %error, "Active was not closed cleanly");
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The data directory.
    pub fn data_dir(&self) -> &DataDir {
        &self.0.config.data_dir
    }

    /// Identifies this center to its terminals.
    pub fn center_id(&self) -> &str {
        &self.0.id
    }

    /// The key that heads are signed with, as terminals pin it.
    pub fn public_key_hex(&self) -> String {
        self.0.publisher.public_key_hex()
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<api::Event> {
        self.0.events.subscribe()
    }

    /// `mount_status` and the automatic-update switch.
    pub async fn mount(&self) -> Result<thor::Mount> {
        let settings = settings::load(&self.db).await?;
        Ok(thor::Mount { mount_status: settings.state()?.number(), is_auto_update: settings.is_auto_update })
    }

    /// Switches automatic updates.
    pub async fn set_auto_update(&self, actor: &Actor, on: bool) -> Result<()> {
        let txn = self.db.begin().await?;
        settings::set_auto_update(&txn, on).await?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, on, "automatic update switched");
        self.emit(api::Event::Status);
        Ok(())
    }

    /// Everything about the state of the center; `explain` words the reasons for what is not allowed.
    /// What may be done depends on who asks: another one may be editing.
    pub async fn status(&self, actor: &Actor, explain: &Explain<'_>) -> Result<api::Status> {
        let mount = self.mount().await?;
        let newest = versions::newest(&self.db).await?;
        let session = edit::session(&self.db).await?;
        let edit = match &session {
            None => None,
            Some(row) => Some(self.open_edit(row).await?),
        };
        let reason = |outcome: Result<()>| outcome.err().map(|error| explain(&error));
        let allowed_actions = self
            .allowed_actions(actor, session.as_ref())
            .await?
            .into_iter()
            .map(|(action, outcome)| (action, reason(outcome)))
            .map(|(action, reason)| api::AllowedAction {
                action: action.into(),
                allowed: reason.is_none(),
                reason,
            })
            .collect();
        Ok(api::Status {
            center: self.id.clone(),
            program: env!("CARGO_PKG_VERSION").into(),
            mount_status: mount.mount_status,
            is_auto_update: mount.is_auto_update,
            problem: settings::problem(&self.db).await?.map(|error| explain(&error)),
            version: newest.number as u64,
            publishes_unchanged: save::publishes_unchanged(&self.db).await?,
            virtual_bytes: base::virtual_bytes(&self.config, &newest),
            length: newest.length as u64,
            root: newest.root,
            free_bytes: self.host.free_bytes(self.config.data_dir.path())?,
            edit,
            operation: operations::running(&self.db, explain).await?,
            allowed_actions,
        })
    }

    async fn open_edit(&self, row: &edit_session::Model) -> Result<api::Edit> {
        let (held_by, until) = self.holder(row).unzip();
        Ok(api::Edit {
            opened_at: rfc3339(row.opened_at),
            opened_by: row.opened_by.clone(),
            held_by,
            held_until: until.map(rfc3339),
            base_version: row.base_version as u64,
            changes: self.changes().await?,
        })
    }

    /// What `actor` may do now; where not, the error that it would get.
    async fn allowed_actions(
        &self,
        actor: &Actor,
        session: Option<&edit_session::Model>,
    ) -> Result<Vec<(&'static str, Result<()>)>> {
        let state = settings::load(&self.db).await?.state()?;
        let may_edit = || {
            state.require_normal()?;
            session.map_or(Ok(()), |row| self.require_own(row, actor))
        };
        let is_open = || session.map(drop).ok_or_else(edit::not_editing);
        Ok(vec![
            ("edit", may_edit()),
            ("import", may_edit()),
            ("delete", may_edit()),
            ("save", self.check_save(actor).await),
            ("discard", may_edit().and_then(|()| is_open())),
            ("take_over", self.check_take_over(session, actor)),
            ("rollback", self.check_rollback().await),
            ("grow", self.check_grow().await),
            ("restore", state.after(StateEvent::Restore).map(drop)),
            ("auto_update", Ok(())),
        ])
    }

    pub(crate) async fn state(&self) -> Result<MountStatus> {
        settings::load(&self.db).await?.state()
    }

    /// Takes the gate for something that is refused, not queued, while the disk is being changed.
    pub(crate) async fn enter_gate(&self) -> Result<OwnedMutexGuard<()>> {
        // Whoever only looks whether the gate is open holds it for a moment; so does an operation whose end is told.
        let entering = tokio::time::timeout(GATE_PATIENCE, self.gate.clone().lock_owned());
        entering.await.map_err(|_| self.why_locked())
    }

    /// The gate is closed by a save, a restore, or something that is writing to the disk.
    pub(crate) fn why_locked(&self) -> Error {
        match *self.operation.borrow() {
            Some(_) => Error::busy("the center is merging").with_notice("center.merging"),
            None => Error::busy("a file is being written to the disk").with_notice("center.busy"),
        }
    }

    /// Fails while something changes the disk, for whoever has not tried to do so yet: says what has to end before.
    pub(crate) fn require_open_gate(&self) -> Result<()> {
        let Err(error) = self.gate.try_lock().map(drop).map_err(|_| self.why_locked()) else { return Ok(()) };
        match self.lock_importing().clone() {
            Some(file) => Err(error.with_notice("center.importing").with_value("name", file)),
            None => Err(error),
        }
    }

    /// Fails unless the disk may be edited.
    pub(crate) async fn require_normal(&self) -> Result<()> {
        settings::require_normal(&self.db).await
    }

    /// The recorded state and the disk disagree: nothing is written until somebody restores.
    pub(crate) async fn enter_error(&self, error: &Error) -> Result<()> {
        tracing::error!(target: "voi_drive_img_manage", %error, "the center enters the error state");
        let txn = self.db.begin().await?;
        settings::record_problem(&txn, error).await?;
        settings::advance(&txn, StateEvent::FoundDamaged).await?;
        commit(txn).await?;
        self.emit(api::Event::Status);
        Ok(())
    }

    pub(crate) fn emit(&self, event: api::Event) {
        // Nobody listening is no error.
        let _listeners = self.0.events.send(event);
    }

    pub(crate) fn jobs_lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Progress>>> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock_importing(&self) -> MutexGuard<'_, Option<String>> {
        self.0.importing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock_active(&self) -> MutexGuard<'_, Option<Arc<DiskSession>>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs blocking work away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Error::bug(format!("a working thread ended: {error}"))),
    }
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_directory(path: &Path) -> Result<()> {
    std::fs::File::open(path).and_then(|file| file.sync_all()).context(|| format!("sync {}", path.display()))
}
