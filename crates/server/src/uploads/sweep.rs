//! What happens to uploads without a request: waiting ones are imported, abandoned ones removed.

use super::{Uploads, rows};
use crate::limits::UPLOAD_SWEEP;
use center::db::entities::upload::UploadState;
use center::db::now;
use fault::{Context as _, Result};
use protocol::api::Event;
use std::time::SystemTime;
use tokio::sync::broadcast::error::RecvError;

impl Uploads {
    /// Runs until the center is gone.
    pub(crate) async fn keep_tidy(self) {
        let mut events = self.0.center.events();
        let mut clock = tokio::time::interval(UPLOAD_SWEEP);
        loop {
            let outcome = tokio::select! {
                _ = clock.tick() => match self.sweep().await {
                    Ok(()) => self.hand_over_waiting().await,
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
        let db = self.0.center.db();
        for row in rows::untouched_since(db, now() - expiry).await? {
            let Ok(_reserved) = self.reserve(&row.id) else { continue };
            if row.state == UploadState::Receiving {
                tracing::info!(target: "voi_drive_file_manage", upload = %row.id, "abandoned upload removed");
            }
            super::remove(&self.path_of(&row.id));
            rows::delete(db, &row.id).await?;
        }
        let uploads = self.0.center.data_dir().uploads();
        let oldest = SystemTime::now() - expiry;
        tokio::task::spawn_blocking(move || remove_older(&uploads, oldest))
            .await
            .map_err(|e| fault::Error::bug(format!("sweeping thread: {e}")))?
            .context(|| "sweep uploads")
    }
}

/// Removes what a crash left of plain uploads.
fn remove_older(directory: &std::path::Path, oldest: SystemTime) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.metadata()?.modified()? < oldest {
            super::remove(&entry.path());
        }
    }
    Ok(())
}
