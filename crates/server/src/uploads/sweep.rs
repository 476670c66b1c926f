//! What happens to uploads without a request: waiting ones are imported, abandoned ones removed. One that waits is
//! never removed, however long the center cannot take it.

use super::{Uploads, rows};
use crate::limits::UPLOAD_SWEEP;
use center::db::entities::upload::{Model, UploadState};
use center::db::now;
use fault::{Context as _, Result};
use protocol::api::Event;
use sea_orm::Condition;
use std::collections::HashSet;
use std::path::Path;
use std::time::SystemTime;
use tokio::sync::broadcast::error::RecvError;

impl Uploads {
    /// Runs until the center is gone.
    pub(crate) async fn keep_tidy(self) {
        let mut events = self.0.center.events();
        let mut clock = tokio::time::interval(UPLOAD_SWEEP);
        loop {
            let outcome = tokio::select! {
                _ = clock.tick() => match self.hand_over_waiting().await {
                    Ok(()) => self.sweep().await,
                    Err(error) => Err(error),
                },
                event = events.recv() => match event {
                    Ok(Event::Status) | Err(RecvError::Lagged(_)) => self.hand_over_waiting().await,
                    Ok(_) => Ok(()),
                    Err(RecvError::Closed) => return,
                },
            };
            if let Err(error) = outcome {
                tracing::warn!(target: "voi_drive_file_manage", %error, "cannot tidy uploads");
            }
        }
    }

    /// Removes rows and files that nobody has touched for the configured time.
    async fn sweep(&self) -> Result<()> {
        let expiry = self.0.policy.expiry();
        let (db, abandoned) = (self.0.center.db(), rows::untouched_since(now() - expiry));
        for id in rows::ids(db, abandoned.clone()).await? {
            let Ok(_reserved) = self.reserve(&id) else { continue };
            // It may have been resumed since it was listed.
            if let Some(row) = rows::find_if(db, &id, abandoned.clone()).await? {
                self.forget(&row).await?;
            }
        }
        let named: HashSet<String> = rows::ids(db, Condition::all()).await?.into_iter().collect();
        let uploads = self.0.center.data_dir().uploads();
        let oldest = SystemTime::now() - expiry;
        tokio::task::spawn_blocking(move || remove_older(&uploads, oldest, &named))
            .await
            .map_err(|e| fault::Error::bug(format!("sweeping thread: {e}")))?
            .context(|| "sweep uploads")
    }

    async fn forget(&self, row: &Model) -> Result<()> {
        if row.state == UploadState::Receiving {
            tracing::info!(target: "voi_drive_file_manage", upload = %row.id, "abandoned upload removed");
        }
        super::remove(&self.path_of(&row.id));
        rows::delete(self.0.center.db(), &row.id).await
    }
}

/// Removes what a crash left of plain uploads. A file that a row names (in `named`) goes with its row.
fn remove_older(directory: &Path, oldest: SystemTime, named: &HashSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let is_named = entry.file_name().to_str().is_some_and(|name| named.contains(name));
        if !is_named && entry.metadata()?.modified()? < oldest {
            super::remove(&entry.path());
        }
    }
    Ok(())
}
