//! Kept archives against the digests that are their names.

use std::collections::{HashMap, HashSet};

use fault::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Subject;
use crate::archives;
use crate::center::blocking;
use crate::db::DbContext;
use crate::db::entities::archive;
use crate::findings::{Finding, Mend};
use crate::restore::rebuild::{ArchiveFault, check_archive};

/// Reads all of them.
pub(super) async fn check(subject: &Subject) -> Result<Vec<Finding>> {
    let names = names(subject).await?;
    let rows = live(subject).await?;
    subject.progress.add_total(rows.iter().map(|row| row.size.max(0) as u64).sum());
    let mut findings = Vec::new();
    for row in &rows {
        let (path, sha256) = (subject.config.data_dir.kept_archive(&row.sha256), row.sha256.clone());
        let progress = subject.progress.clone();
        let fault = blocking(move || {
            check_archive(&path, &sha256, &mut |bytes| {
                progress.add(bytes);
                progress.check()
            })
        });
        if let Some(fault) = fault.await? {
            findings.push(finding(row, fault, &names));
        }
    }
    // What was swept meanwhile is not missed.
    let still: HashSet<String> = live(subject).await?.into_iter().map(|row| row.sha256).collect();
    let is_live = |finding: &Finding| finding.notice.values.iter().any(|(_, value)| still.contains(value));
    findings.retain(is_live);
    findings.extend(unlisted(subject, &still)?);
    Ok(findings)
}

async fn live(subject: &Subject) -> Result<Vec<archive::Model>> {
    let needed = archives::needed(&subject.db).await?;
    let rows = archive::Entity::find()
        .filter(archive::Column::DeletedAt.is_null())
        .all(&subject.db)
        .await
        .db_context(|| "list kept archives")?;
    Ok(rows.into_iter().filter(|row| needed.contains(&row.sha256)).collect())
}

/// Which driver an archive is of.
async fn names(subject: &Subject) -> Result<HashMap<String, String>> {
    let packages = crate::versions::packages_now(&subject.db).await?;
    Ok(packages.into_iter().map(|package| (package.sha256, package.name)).collect())
}

fn finding(row: &archive::Model, fault: ArchiveFault, names: &HashMap<String, String>) -> Finding {
    let id = match fault {
        ArchiveFault::Missing => "found.archive_missing",
        ArchiveFault::Damaged => "found.archive_damaged",
    };
    let driver = names.get(&row.sha256).unwrap_or(&row.file_name);
    Finding::new(id, Mend::Archive).with("driver", driver).with("sha256", &row.sha256)
}

fn unlisted(subject: &Subject, live: &HashSet<String>) -> Result<Vec<Finding>> {
    let entries = std::fs::read_dir(subject.config.data_dir.kept())?.flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let unlisted = names.filter(|name| !live.contains(name));
    // An import that is under way keeps its archive before it lists it.
    let is_idle = subject.center.is_none() || subject.config.data_dir.uploads().read_dir()?.next().is_none();
    Ok(unlisted
        .filter(|_| is_idle)
        .map(|name| Finding::new("found.archive_unlisted", Mend::None).with("name", name))
        .collect())
}
