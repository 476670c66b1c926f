//! Uploads that go on where they broke off (tus 1.0: core, creation, expiration, termination).
//!
//! The row says how many bytes are durable. The file may be longer after a crash; what lies behind is cut off before
//! the next byte is written. So an offset that was answered is never taken back.

use super::receive::{Checkpoint, digest_of, is_incomplete, receive};
use super::{Uploads, file_name, plain, rows};
use crate::limits::UPLOADS_PER_USER_MAX;
use axum::body::Bytes;
use center::db::entities::upload::{Model, UploadState};
use center::{Actor, Target, Upload};
use chrono::{DateTime, Utc};
use fault::{Context as _, Error, Kind, Result};
use futures_util::Stream;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::Path;

/// How far an upload is.
pub(crate) struct Progress {
    /// Identifies it.
    pub(crate) id: String,
    /// Durable bytes.
    pub(crate) received: u64,
    /// Bytes in all.
    pub(crate) length: u64,
    /// When it goes unless it is resumed; one that waits for the center does not go.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// The job that took it in.
    pub(crate) job: Option<String>,
}

impl Uploads {
    /// Begins an upload of `length` bytes.
    pub(crate) async fn begin(
        &self,
        actor: &Actor,
        name: Option<String>,
        length: u64,
        target: &Target,
    ) -> Result<Progress> {
        let name = file_name::checked(name)?;
        self.check(actor, &name, length, target).await?;
        if length == 0 {
            return Err(Error::invalid("upload of no bytes").with_notice("package.empty"));
        }
        let db = self.0.center.db();
        if rows::count_open(db, &actor.name).await? >= UPLOADS_PER_USER_MAX {
            return Err(Error::conflict(format!("{UPLOADS_PER_USER_MAX} unfinished uploads"))
                .with_notice("upload.too_many")
                .with_value("limit", UPLOADS_PER_USER_MAX));
        }
        let id = uuid::Uuid::new_v4().to_string();
        let path = self.path_of(&id);
        plain::create(&path).context(|| format!("make {}", path.display()))?;
        let row = rows::insert(db, &id, &name, length, &actor.name, target).await?;
        Ok(self.progress(&row))
    }

    /// How far an upload of this user is.
    pub(crate) async fn look(&self, actor: &Actor, id: &str) -> Result<Progress> {
        let row = self.own(actor, id).await?;
        Ok(self.progress(&row))
    }

    /// Removes an upload of this user.
    pub(crate) async fn terminate(&self, actor: &Actor, id: &str) -> Result<()> {
        let row = self.own(actor, id).await?;
        let _reserved = self.reserve(id)?;
        super::remove(&self.path_of(&row.id));
        rows::delete(self.0.center.db(), id).await
    }

    /// Takes the next bytes, from `offset`. After the last one the center takes the file in.
    pub(crate) async fn append<E: std::fmt::Display>(
        &self,
        actor: &Actor,
        id: &str,
        offset: u64,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Progress> {
        let _reserved = self.reserve(id)?;
        let row = self.own(actor, id).await?;
        let (received, length) = (row.received as u64, row.length as u64);
        if offset != received || row.state != UploadState::Receiving {
            return Err(Error::conflict(format!("upload {id} has {received} bytes, not {offset}"))
                .with_notice("upload.wrong_offset")
                .with_value("received", received));
        }
        let file = open_at(&self.path_of(id), received).context(|| format!("open upload {id}"))?;
        let db = self.0.center.db();
        let checkpoint = Checkpoint { db, id, offset };
        let outcome =
            receive(body, file, length - offset, &self.0.metrics.upload_bytes, Some(checkpoint)).await?;
        let received = offset + outcome.bytes;
        // A connection may break after the last byte. But where more came than was announced, the bytes are not those
        // of the file and must not make it whole.
        let failure = outcome.failure.filter(|failure| received < length || !is_incomplete(failure));
        if received < length || failure.is_none() {
            rows::record_progress(db, id, received).await?;
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if received == length {
            rows::record_state(db, id, UploadState::Received, None).await?;
            let digest = (offset == 0).then_some(outcome.sha256);
            self.hand_over(actor, &rows::find(db, id).await?, digest).await?;
        }
        Ok(self.progress(&rows::find(db, id).await?))
    }

    /// Gives a complete upload to the center; one that has to wait stays *received*.
    async fn hand_over(&self, actor: &Actor, row: &Model, digest: Option<[u8; 32]>) -> Result<()> {
        let (center, db, path) = (&self.0.center, self.0.center.db(), self.path_of(&row.id));
        let target = rows::target_of(row)?;
        if let Err(error) = center.check_import(actor, &row.file_name, 0, &target).await {
            return self.not_taken(actor, row, error).await;
        }
        let sha256 = match digest {
            Some(digest) => digest,
            None => match digest_at(&path).await {
                Err(error) if error.kind() == Kind::NotFound => {
                    return self.refuse(actor, row, lost(error)).await;
                }
                digest => digest?,
            },
        };
        let (file_name, size) = (row.file_name.clone(), row.length as u64);
        let upload = Upload { path, file_name, size, sha256, target };
        match center.start_import(actor, upload).await {
            // Whoever sent it asks the job how it went.
            Ok((job, _)) => rows::record_state(db, &row.id, UploadState::Consumed, Some(job)).await,
            // A save may have begun since, or somebody to edit: reading a large file takes a while.
            Err(error) => self.not_taken(actor, row, error).await,
        }
    }

    /// What follows when the center does not take a complete upload: one that is to blame itself ends, any other waits.
    async fn not_taken(&self, actor: &Actor, row: &Model, error: Error) -> Result<()> {
        if has_to_wait(&error) {
            return Ok(());
        }
        if is_to_blame(&error) {
            return self.refuse(actor, row, error).await;
        }
        tracing::warn!(target: "voi_drive_file_manage", upload = %row.id, %error, "upload not taken in; it waits");
        Ok(())
    }

    /// Ends an upload that is never taken in, with a job that says why. Its file goes last: until all is recorded, the
    /// upload waits and can be tried again.
    async fn refuse(&self, actor: &Actor, row: &Model, error: Error) -> Result<()> {
        let (center, target) = (&self.0.center, rows::target_of(row)?);
        let job = center.record_refused_import(actor, &row.file_name, &target, &error).await?;
        rows::record_state(center.db(), &row.id, UploadState::Failed, Some(job)).await?;
        super::remove(&self.path_of(&row.id));
        Err(error)
    }

    /// Gives the center the uploads that were complete before it could take them, or before a restart.
    pub(super) async fn hand_over_waiting(&self) -> Result<()> {
        let db = self.0.center.db();
        for id in rows::ids(db, rows::waiting()).await? {
            let Ok(_reserved) = self.reserve(&id) else { continue };
            // It may have been handed over, or removed, since it was listed.
            let Some(row) = rows::find_if(db, &id, rows::waiting()).await? else { continue };
            let actor = Actor { name: row.created_by.clone(), address: None };
            if let Err(error) = self.hand_over(&actor, &row, None).await {
                tracing::warn!(target: "voi_drive_file_manage", upload = %row.id, %error, "upload not taken in");
            }
        }
        Ok(())
    }

    async fn own(&self, actor: &Actor, id: &str) -> Result<Model> {
        let row = rows::find(self.0.center.db(), id).await?;
        if row.created_by == actor.name {
            return Ok(row);
        }
        Err(Error::not_found(format!("upload {id} of {}", actor.name)).with_notice("upload.not_found"))
    }

    fn progress(&self, row: &Model) -> Progress {
        let waits = row.received == row.length && row.job_id.is_none();
        Progress {
            id: row.id.clone(),
            received: row.received as u64,
            length: row.length as u64,
            expires: (!waits).then(|| row.updated_at.and_utc() + self.0.policy.expiry()),
            job: row.job_id.clone(),
        }
    }
}

/// Whether it could be taken in later: after a save or a restore, or when whoever is editing has finished.
fn has_to_wait(error: &Error) -> bool {
    let is_passing = matches!(error.kind(), Kind::Busy | Kind::Unavailable | Kind::NoSpace);
    let ends = |id: &str| matches!(id, "center.error_state" | "edit.held");
    is_passing || error.notice().is_some_and(|notice| ends(&notice.id))
}

/// Whether it can never be taken in, by its own fault. An error without words for its sender is none of its own: the
/// database failed, or a disk.
fn is_to_blame(error: &Error) -> bool {
    let is_final = matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Denied | Kind::NotFound);
    is_final && error.notice().is_some()
}

/// The center had begun with the file when the server was stopped, and has not come to an end.
fn lost(error: Error) -> Error {
    error.with_notice("job.interrupted")
}

fn open_at(path: &Path, offset: u64) -> std::io::Result<File> {
    let mut file = File::options().write(true).open(path)?;
    if file.metadata()?.len() < offset {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
    }
    file.set_len(offset)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(file)
}

async fn digest_at(path: &Path) -> Result<[u8; 32]> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || File::open(path).and_then(digest_of))
        .await
        .map_err(|e| Error::bug(format!("hashing thread: {e}")))?
        .context(|| "hash an upload")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_with_the_upload_itself_ends_it() {
        let ends = |error: &Error| !has_to_wait(error) && is_to_blame(error);
        for error in [
            Error::conflict("x").with_notice("driver.name_taken"),
            Error::invalid("x").with_notice("package.wrong_type"),
        ] {
            assert!(ends(&error), "{error}");
        }
        for error in [
            Error::busy("x").with_notice("center.merging"),
            Error::conflict("x").with_notice("center.error_state"),
            Error::conflict("x").with_notice("edit.held"),
            Error::no_space("x").with_notice("center.no_space"),
            Error::corrupt("x").with_notice("db.corrupt"),
            Error::bug("database"),
            // A row of the database, or the file system of the data directory.
            Error::not_found("x"),
        ] {
            assert!(!ends(&error), "{error}");
        }
    }
}
