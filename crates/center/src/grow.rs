//! Growing: the disk as a computer sees it becomes larger, and the volume on it with it, as a new version.
//!
//! ```text
//! compose ─► apply ─► record ─► publish ─► clean
//! ```
//!
//! `compose` makes one patch, which is small: no file on the disk moves. As in a rollback nothing that counts has changed
//! up to there, and from `apply` on the growing is only ever completed. A rollback to a version before makes the disk as
//! small again as it was.

use std::path::Path;

use disk_image::DiskFacts;
use disk_patch::LeafTable;
use fault::{Error, Result};
use image_store::ImageId;
use protocol::api;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::{Deserialize, Serialize};

use crate::center::{Center, blocking};
use crate::config::Config;
use crate::db::entities::operation::{self, OperationKind};
use crate::db::entities::version::{self, VersionKind};
use crate::db::{DateTime, DbContext, commit};
use crate::host::Actor;
use crate::import::discard_file;
use crate::limits::VIRTUAL_SIZE_UNIT_BYTES;
use crate::operations::{self, Step};
use crate::space::require_space;
use crate::state::StateEvent;
use crate::transition::{self, PatchRecord};
use crate::views::known;
use crate::{base, publish, retention, settings, versions};

/// The steps, in their order.
pub(crate) static STEPS: &[Step<GrowData>] = &[
    Step { name: "compose", run: |center, data| Box::pin(compose(center, data)) },
    Step { name: "apply", run: |center, data| Box::pin(apply(center, data)) },
    Step { name: "record", run: |center, data| Box::pin(record(center, data)) },
    Step { name: "publish", run: |center, _| Box::pin(publish::republish(center)) },
    Step { name: "clean", run: |center, data| Box::pin(clean(center, data)) },
];

/// What the steps know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GrowData {
    version: i64,
    virtual_bytes: u64,
    actor: String,
    note: Option<String>,
    /// Image-store id of Base after it.
    base: String,
    patch: Option<PatchRecord>,
}

pub(crate) async fn run(center: &Center, row: &operation::Model) -> Result<()> {
    operations::run_steps(center, row, STEPS).await
}

impl Center {
    /// How large the disk is, and how large it may become.
    pub async fn disk(&self) -> Result<api::Disk> {
        let facts = base::facts(self).await?;
        Ok(api::Disk { virtual_bytes: facts.virtual_size_bytes, largest_bytes: facts.largest_size_bytes })
    }

    /// Makes the disk `virtual_bytes` large, rounded up to whole units: answers as soon as it has begun.
    pub async fn grow(
        &self,
        actor: &Actor,
        virtual_bytes: u64,
        note: Option<String>,
    ) -> Result<api::Operation> {
        let note = versions::checked_note(note)?;
        self.state().await?.after(StateEvent::Save)?;
        let gate = self.enter_gate().await?;
        transition::require_at_rest(self).await?;
        transition::ask_platform(self).await?;
        let virtual_bytes = checked_size(&base::facts(self).await?, virtual_bytes)?;
        // What is written is small; the reserve is there for it.
        require_space(self.host.as_ref(), &self.config, 0)?;
        let txn = self.db.begin().await?;
        transition::require_unedited(&txn).await?;
        let data = GrowData {
            version: versions::newest(&txn).await?.number + 1,
            virtual_bytes,
            actor: actor.name.clone(),
            note,
            base: ImageId::random().to_string(),
            patch: None,
        };
        settings::advance(&txn, StateEvent::Save).await?;
        let row = operations::create(&txn, self, actor, OperationKind::Grow, STEPS[0].name, &data).await?;
        commit(txn).await?;
        let answer = operations::begun(&row);
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, virtual_bytes, "growing begins");
        operations::spawn(self, row, gate);
        self.emit(api::Event::Status);
        Ok(answer)
    }

    /// Whether growing would be refused now, whatever the size, and with what.
    pub(crate) async fn check_grow(&self) -> Result<()> {
        transition::require_idle(self).await
    }
}

/// The size in whole units, if the disk may become so large.
fn checked_size(facts: &DiskFacts, wanted: u64) -> Result<u64> {
    let (present, largest) = (facts.virtual_size_bytes, facts.largest_size_bytes);
    let size = wanted.checked_next_multiple_of(VIRTUAL_SIZE_UNIT_BYTES).unwrap_or(u64::MAX);
    if size <= present {
        return Err(Error::invalid(format!("a disk of {present} bytes is not made {wanted} bytes large"))
            .with_notice("disk.not_larger")
            .with_value("present_bytes", present));
    }
    if size > largest {
        return Err(Error::invalid(format!("the disk cannot be {wanted} bytes large, {largest} at most"))
            .with_notice("disk.too_large")
            .with_value("largest_bytes", largest.max(present)));
    }
    Ok(size)
}

/// The patch to the same disk, larger.
async fn compose(center: &Center, data: &mut GrowData) -> Result<()> {
    if data.patch.is_some() {
        return Ok(());
    }
    let reading = center.base.clone().read_owned().await;
    let (config, leaves, virtual_bytes) = (center.config.clone(), known(&reading)?, data.virtual_bytes);
    let capture = config.data_dir.work().join(format!("grow-{}.capture", data.version));
    let patch = blocking(move || {
        let _reading = reading;
        make_patch(&config, &leaves, &capture, virtual_bytes)
    });
    data.patch = Some(patch.await?);
    Ok(())
}

fn make_patch(
    config: &Config,
    leaves: &LeafTable,
    capture_path: &Path,
    virtual_bytes: u64,
) -> Result<PatchRecord> {
    discard_file(capture_path);
    let base = config.data_dir.base();
    let made = disk_image::grow(&config.worker, &base, capture_path, virtual_bytes)
        .and_then(|capture| transition::make_patch_of(&config.data_dir, &capture, capture_path, leaves));
    discard_file(capture_path);
    made
}

async fn apply(center: &Center, data: &mut GrowData) -> Result<()> {
    transition::apply(center, &patch_of(data)?.digest).await
}

/// Writes the version, with the packages of the one before.
async fn record(center: &Center, data: &mut GrowData) -> Result<()> {
    let txn = center.db.begin().await?;
    let before = versions::newest(&txn).await?;
    if before.number >= data.version {
        return Ok(());
    }
    let (now, patch) = (center.host.now(), patch_of(data)?);
    transition::record_base(&txn, now, &data.base, patch.length).await?;
    let row = version_row(data, patch, before, now);
    row.insert(&txn).await.db_context(|| "record a version")?;
    commit(txn).await
}

fn version_row(
    data: &GrowData,
    patch: &PatchRecord,
    before: version::Model,
    now: DateTime,
) -> version::ActiveModel {
    version::ActiveModel {
        kind: Set(VersionKind::Grow),
        note: Set(data.note.clone()),
        created_at: Set(now),
        created_by: Set(data.actor.clone()),
        virtual_bytes: Set(Some(data.virtual_bytes as i64)),
        packages: Set(before.packages.clone()),
        ..patch.version_row(data.version, &before)
    }
}

/// Removes an Active of the smaller disk, and what retention no longer asks for.
async fn clean(center: &Center, _data: &mut GrowData) -> Result<()> {
    center.lose_active().await;
    retention::sweep(center).await;
    Ok(())
}

fn patch_of(data: &GrowData) -> Result<&PatchRecord> {
    data.patch.as_ref().ok_or_else(|| Error::bug("the growing has no patch"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_rounded_up_and_must_be_more_and_not_too_much() {
        let facts = DiskFacts { virtual_size_bytes: 1 << 30, largest_size_bytes: 2 << 30 };
        let notice = |wanted| checked_size(&facts, wanted).unwrap_err().notice().unwrap().id.to_string();
        assert_eq!(checked_size(&facts, (1 << 30) + 1).unwrap(), (1 << 30) + 65_536);
        assert_eq!(checked_size(&facts, 2 << 30).unwrap(), 2 << 30);
        assert_eq!(notice(0), "disk.not_larger");
        assert_eq!(notice(1 << 30), "disk.not_larger");
        assert_eq!(notice((2 << 30) + 1), "disk.too_large");
        assert_eq!(notice(u64::MAX), "disk.too_large");
    }
}
