//! The platform beside the center: whoever serves `voi_api` where that is not the center itself.
//!
//! Where one is named, it is asked before a save or a rollback whether terminals have tasks running and whether there is
//! room, and it tells terminals of a heterogeneous version. It is outside: it may be slow, down or wrong, so it is never
//! asked under a lock of the database, and what it has to be told is recorded with the change and told until it is heard.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use fault::Result;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use crate::base;
use crate::center::{Center, blocking};
use crate::db::DbContext;
use crate::db::SoftDelete;
use crate::db::entities::terminal;
use crate::limits::{PLATFORM_IDS_AT_ONCE, PLATFORM_PAUSE_FIRST, PLATFORM_PAUSE_LONGEST};
use crate::settings;
use crate::templates::CAN_ACT;

/// An existing `voi_api`. All calls block, for a bounded time.
pub trait Platform: Debug + Send + Sync {
    /// `checkallclient_isupdatestatus`: whether any terminal has a distribution task running.
    fn is_send_task(&self) -> Result<bool>;
    /// `check_can_upload_and_commit`: whether the image can be registered and, where `destination` names the Base that it
    /// was made on, merged into it; none is named that is in no image store.
    fn can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool>;
    /// `notifyupdatehgdrive`: tells terminals that a template's heterogeneous version changed.
    fn notify_heterogeneous(&self, ids: &[String]) -> Result<()>;
}

impl Center {
    fn platform(&self) -> Option<Arc<dyn Platform>> {
        self.config.platform.clone()
    }

    /// Whether the platform knows of running tasks; no where there is none.
    pub(crate) async fn has_platform_task(&self) -> Result<bool> {
        match self.platform() {
            None => Ok(false),
            Some(platform) => blocking(move || platform.is_send_task()).await,
        }
    }

    /// Whether the platform has room for what is about to be saved; yes where there is none. It may look at the file, so
    /// Active is made where there is none yet. The caller holds the gate.
    pub(crate) async fn has_platform_room(&self) -> Result<bool> {
        let Some(platform) = self.platform() else { return Ok(true) };
        self.active_session().await?;
        let (source, base) = (path_text(self.data_dir().active()), base::registered_id(self).await?);
        blocking(move || platform.can_upload_and_commit(&source, base.as_deref())).await
    }

    /// Tells the platform what it has to be told, until this process ends.
    pub fn keep_platform_told(&self) {
        let Some(platform) = self.platform() else { return };
        let center = self.clone();
        tokio::spawn(async move {
            let (mut events, mut patience) = (center.events(), PLATFORM_PAUSE_FIRST);
            loop {
                let pause = match tell(&center, &platform).await {
                    Ok(()) => {
                        patience = PLATFORM_PAUSE_FIRST;
                        PLATFORM_PAUSE_LONGEST
                    }
                    Err(error) => {
                        tracing::warn!(target: "voi_drive_heterogeneous_manage", %error, "the platform was not told");
                        patience = (patience * 2).min(PLATFORM_PAUSE_LONGEST);
                        patience
                    }
                };
                // Something has happened, or the time: either way the record says whether there is something to tell.
                tokio::time::sleep(PLATFORM_PAUSE_FIRST).await;
                drop(tokio::time::timeout(pause, events.recv()).await);
            }
        });
    }
}

fn path_text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

async fn tell(center: &Center, platform: &Arc<dyn Platform>) -> Result<()> {
    let Some(notice) = settings::platform_notice(&center.db).await? else { return Ok(()) };
    let ids: Vec<String> = terminal::Entity::find_live()
        .select_only()
        .column(terminal::Column::Id)
        .filter(terminal::Column::Mode.is_in(CAN_ACT))
        .into_tuple()
        .all(&center.db)
        .await
        .db_context(|| "list terminals to tell")?;
    for ids in ids.chunks(PLATFORM_IDS_AT_ONCE) {
        let (platform, ids) = (platform.clone(), ids.to_vec());
        blocking(move || platform.notify_heterogeneous(&ids)).await?;
    }
    tracing::info!(target: "voi_drive_heterogeneous_manage", terminals = ids.len(), "the platform was told");
    // A later change has another notice, and is told once more.
    settings::forget_platform_notice(&center.db, &notice).await
}
