//! Kept archives: every imported file, by its sha256, for as long as anything can still need it.
//!
//! An archive is needed while a listed driver or printer, an edit that is not saved, or a version that is still kept came from
//! it. Removing one is always safe to repeat and to interrupt: there is a row before there is a file, and the file goes before
//! the row says so. A file that no row has ever named is not ours, and stays.

use std::collections::HashSet;
use std::path::Path;

use fault::{Context, Result};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

use crate::center::{Center, blocking, sync_directory};
use crate::chain;
use crate::db::entities::{archive, driver_file, driver_package, printer};
use crate::db::{DateTime, DbContext, SoftDelete};
use crate::edit::{self, Payload};
use crate::import::discard_file;
use crate::versions;

/// Lists an archive that lies among the kept ones.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    now: DateTime,
    sha256: &str,
    size: u64,
    file_name: &str,
) -> Result<()> {
    let row = archive::ActiveModel {
        sha256: Set(sha256.to_owned()),
        size: Set(size as i64),
        file_name: Set(file_name.chars().take(255).collect()),
        created_at: Set(now),
        deleted_at: Set(None),
    };
    archive::Entity::insert(row)
        .on_conflict(
            OnConflict::column(archive::Column::Sha256)
                .update_columns([archive::Column::FileName, archive::Column::DeletedAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .db_context(|| "record a kept archive")?;
    Ok(())
}

/// Digests of all archives that something can still need.
pub(crate) async fn needed(db: &impl ConnectionTrait) -> Result<HashSet<String>> {
    let listed: HashSet<i64> = driver_file::Entity::find_live()
        .all(db)
        .await
        .db_context(|| "list drivers")?
        .iter()
        .map(|row| row.id)
        .collect();
    let packages = driver_package::Entity::find().all(db).await.db_context(|| "list packages")?;
    let mut needed: HashSet<String> = packages
        .into_iter()
        .filter(|row| listed.contains(&row.driver_id))
        .map(|row| row.archive_sha256)
        .collect();
    let printers = printer::Entity::find_live().all(db).await.db_context(|| "list printers")?;
    needed.extend(printers.into_iter().map(|row| row.archive_sha256));
    for row in chain::kept(db).await? {
        needed.extend(versions::packages_of(&row)?.into_iter().map(|package| package.sha256));
    }
    for row in edit::unsaved(db).await? {
        needed.extend(Payload::of(&row)?.archive().map(str::to_owned));
    }
    Ok(needed)
}

impl Center {
    /// Removes kept archives that nothing needs any more. The caller holds the gate.
    pub(crate) async fn sweep_archives(&self) {
        if let Err(error) = self.try_sweep_archives().await {
            tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot remove unneeded archives");
        }
    }

    async fn try_sweep_archives(&self) -> Result<()> {
        let needed = needed(&self.db).await?;
        let kept = archive::Entity::find()
            .filter(archive::Column::DeletedAt.is_null())
            .all(&self.db)
            .await
            .db_context(|| "list kept archives")?;
        for row in kept.into_iter().filter(|row| !needed.contains(&row.sha256)) {
            if !discard_archive(&self.config.data_dir.kept_archive(&row.sha256)) {
                continue;
            }
            let gone = archive::ActiveModel {
                sha256: Set(row.sha256.clone()),
                deleted_at: Set(Some(self.host.now())),
                ..Default::default()
            };
            gone.update(&self.db).await.db_context(|| "forget an archive")?;
        }
        self.sweep_forgotten(&needed).await
    }

    /// Removes files that are back, or were never removed, though their rows say that they are gone.
    async fn sweep_forgotten(&self, needed: &HashSet<String>) -> Result<()> {
        let folder = self.config.data_dir.kept();
        let names = blocking(move || {
            let entries = std::fs::read_dir(&folder).context(|| format!("list {}", folder.display()))?;
            Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>())
        });
        for name in names.await?.into_iter().filter(|name| !needed.contains(name)) {
            let row = archive::Entity::find_by_id(&name).one(&self.db).await;
            if row.db_context(|| "find a kept archive")?.is_some_and(|row| row.deleted_at.is_some()) {
                discard_archive(&self.config.data_dir.kept_archive(&name));
            }
        }
        Ok(())
    }

    /// Moves a file whose bytes are durable among the kept archives. The caller holds the gate.
    pub(crate) async fn keep_archive(
        &self,
        from: &Path,
        sha256: &str,
        size: u64,
        file_name: &str,
    ) -> Result<()> {
        record(&self.db, self.host.now(), sha256, size, file_name).await?;
        let (from, to) = (from.to_owned(), self.config.data_dir.kept_archive(sha256));
        let folder = self.config.data_dir.kept();
        let moved = blocking(move || {
            std::fs::rename(&from, &to)?;
            sync_directory(&folder)
        });
        moved.await.context(|| "keep the archive")
    }
}

/// Whether it is gone. One that cannot be removed is tried again with the next sweep.
fn discard_archive(path: &Path) -> bool {
    discard_file(path);
    !path.exists()
}
