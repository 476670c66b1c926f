//! Patches, packs and what was published against their names; registered images against the records.

use std::collections::HashSet;

use disk_patch::{Digest, ObjectDir, PackSource};
use fault::Result;
use image_store::ImageId;
use protocol::sync::{Manifest, SignedHead};
use sea_orm::EntityTrait;

use super::Subject;
use crate::center::blocking;
use crate::config::DataDir;
use crate::db::DbContext;
use crate::db::entities::version;
use crate::findings::{Finding, Mend};
use crate::jobs::Progress;
use crate::{publish, versions};

/// Reads all objects that a kept version names.
pub(super) async fn check(subject: &Subject) -> Result<Vec<Finding>> {
    let rows = version::Entity::find().all(&subject.db).await.db_context(|| "list versions")?;
    let newest = versions::newest(&subject.db).await?;
    let (directory, progress) = (subject.config.data_dir.clone(), subject.progress.clone());
    let store = subject.store.clone();
    let images: Vec<(i64, String)> =
        rows.iter().filter_map(|row| Some((row.number, row.active_uuid.clone()?))).collect();
    // A server publishes at its start what is newer than the head; while it runs, it has done so.
    let mend = if subject.center.is_some() { Mend::Restore } else { Mend::Itself };
    let mut findings = blocking(move || {
        let mut findings: Vec<Finding> = published(&directory, &newest, mend)?.into_iter().collect();
        findings.extend(kept(&directory, &rows, &progress)?);
        Ok(findings)
    })
    .await?;
    // A save that went by meanwhile has published and retired: that is no damage.
    let now: Vec<version::Model> =
        version::Entity::find().all(&subject.db).await.db_context(|| "list versions")?;
    findings.retain(|finding| is_still_kept(finding, &now));
    findings.extend(
        blocking(move || {
            let is_missing =
                |(_, id): &&(i64, String)| ImageId::parse(id).and_then(|id| store.describe(&id)).is_err();
            let finding = |(version, id): &(i64, String)| {
                Finding::new("found.image", Mend::None).with("image", id).with("version", version)
            };
            Ok(images.iter().filter(is_missing).map(finding).collect::<Vec<_>>())
        })
        .await?,
    );
    Ok(findings)
}

fn is_still_kept(finding: &Finding, rows: &[version::Model]) -> bool {
    let version = finding.notice.values.iter().find(|(name, _)| name == "version");
    let Some(number) = version.and_then(|(_, value)| value.parse::<i64>().ok()) else { return true };
    rows.iter().any(|row| row.number == number && row.patch.is_some())
}

/// Versions whose patch, and those whose inverse, cannot be used any more.
pub(crate) fn kept(
    directory: &DataDir,
    rows: &[version::Model],
    progress: &Progress,
) -> Result<Vec<Finding>> {
    let objects = ObjectDir::open(directory.objects())?;
    let (mut findings, mut seen) = (Vec::new(), HashSet::new());
    for row in rows {
        for (id, digest) in [("found.patch", &row.patch), ("found.inverse", &row.inverse)] {
            progress.check()?;
            let Some(digest) = digest else { continue };
            if !is_whole(&objects, digest, &mut seen, progress)? {
                findings.push(Finding::new(id, Mend::Restore).with("version", row.number));
            }
        }
    }
    Ok(findings)
}

/// Whether a patch and all its packs are there and are what their names say.
fn is_whole(
    objects: &ObjectDir,
    digest: &str,
    seen: &mut HashSet<Digest>,
    progress: &Progress,
) -> Result<bool> {
    let Ok(patch) = publish::read_patch(objects, digest) else { return Ok(false) };
    let packs: Vec<Digest> = patch.packs().iter().map(|pack| pack.digest).collect();
    for pack in packs.into_iter().filter(|pack| seen.insert(*pack)) {
        progress.check()?;
        match objects.read(&pack) {
            Ok(bytes) => {
                progress.add_total(bytes.len() as u64);
                progress.add(bytes.len() as u64);
            }
            Err(_) => {
                // Another patch that names it is as little use.
                seen.remove(&pack);
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The head and what it names.
fn published(directory: &DataDir, newest: &version::Model, mend: Mend) -> Result<Option<Finding>> {
    if newest.number == 0 {
        return Ok(None);
    }
    let head = std::fs::read(directory.head()).ok();
    let head = head.and_then(|text| serde_json::from_slice::<SignedHead>(&text).ok());
    let head: Option<protocol::sync::Head> = head.and_then(|head| serde_json::from_str(&head.head).ok());
    let Some(head) = head.filter(|head| head.version == newest.number as u64 && head.root == newest.root)
    else {
        return Ok(Some(Finding::new("found.head", mend)));
    };
    let objects = ObjectDir::open(directory.objects())?;
    let read = |digest: &str| objects.read(&Digest::from_hex(digest)?);
    let is_whole = || {
        let manifest: Manifest = serde_json::from_slice(&read(&head.manifest).ok()?).ok()?;
        read(&manifest.leaf_table.digest).ok()
    };
    Ok(is_whole().is_none().then(|| Finding::new("found.manifest", Mend::Restore)))
}
