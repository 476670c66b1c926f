//! Kept archives: every imported file, by its sha256, for as long as anything can still need it.
//!
//! An archive is needed while a listed driver or printer, an edit that is not saved, or a version that is still kept came from
//! it. Removing one is always safe to repeat and to interrupt.

use std::collections::HashSet;

use fault::Result;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

use crate::center::Center;
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
            let gone = archive::ActiveModel {
                sha256: Set(row.sha256.clone()),
                deleted_at: Set(Some(self.host.now())),
                ..Default::default()
            };
            gone.update(&self.db).await.db_context(|| "forget an archive")?;
            discard_file(&self.config.data_dir.kept_archive(&row.sha256));
        }
        Ok(())
    }
}
