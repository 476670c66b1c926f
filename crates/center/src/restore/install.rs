//! Making Base anew, putting it in its place, and recording it as a version.
//!
//! The new file takes Base's name by a rename, after the wrecked one got another name; each of the renames may be the
//! last thing that happens before a crash, and the step goes on from what it finds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use disk_patch::FsFolder;
use fault::{Error, Result};
use image_store::ImageId;
use protocol::api::Event;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};

use super::rebuild::{self, ArchiveFault, Ground, Package};
use super::{Rebuilt, RestoreData, compare, examine, with};
use crate::center::{Center, blocking, sync_directory};
use crate::config::DataDir;
use crate::db::entities::version::{self, VersionKind};
use crate::db::entities::{archive, driver_file, driver_package, driver_relation, edit_session, printer};
use crate::db::{DateTime, DbContext, SoftDelete, commit};
use crate::edit::{self, Object, Payload};
use crate::findings::{Finding, Mend, remark};
use crate::import::discard_file;
use crate::space::require_space;
use crate::versions::{self, PackageRecord};
use crate::{base, settings, templates};

/// Makes the new Base from the kept archives.
pub(super) async fn rebuild(center: &Center, data: &mut RestoreData) -> Result<()> {
    if !data.is_damaged || data.rebuilt.is_some() {
        return Ok(());
    }
    let newest = versions::newest(&center.db).await?;
    let mut packages = packages_of(&center.db, &newest).await?;
    leave_out_lost(center, data, &mut packages).await?;
    require_room(center, &packages).await?;
    let ground = ground(center).await?;
    let (config, host, store) = (center.config.clone(), center.host.clone(), center.store.clone());
    let count = packages.len();
    let made = blocking(move || rebuild::make(&config, &host, store.as_ref(), &ground, &packages)).await?;
    let identity = made.leaves.identity();
    // The first state of the disk comes back as it was: that is no new version.
    let is_same = identity == examine::identity_of(&newest)?;
    let version = newest.number + i64::from(!is_same);
    data.rebuilt = Some(Rebuilt {
        version,
        base: ImageId::random().to_string(),
        root: identity.root.to_string(),
        length: identity.length,
        table: made.table,
        is_compared: is_same,
        patch: None,
        is_foreign: false,
    });
    let told = with(remark("restore.base_rebuilt"), "packages", count);
    data.tell(with(told, "version", version));
    Ok(())
}

/// The packages of a version, in the order in which they came in.
pub(crate) async fn packages_of(db: &impl ConnectionTrait, row: &version::Model) -> Result<Vec<Package>> {
    let rows = driver_package::Entity::find().all(db).await.db_context(|| "list packages")?;
    let names: HashMap<i64, String> = rows.into_iter().map(|row| (row.driver_id, row.archive_name)).collect();
    let archives = archive::Entity::find().all(db).await.db_context(|| "list kept archives")?;
    let kept: HashMap<String, String> = archives.into_iter().map(|row| (row.sha256, row.file_name)).collect();
    let package = |record: PackageRecord| {
        let name = names.get(&record.driver_id).or_else(|| kept.get(&record.sha256)).cloned();
        payload_of(&record, name).map(|payload| Package { record, payload })
    };
    let mut packages: Vec<Package> =
        versions::packages_of(row)?.into_iter().map(package).collect::<Result<_>>()?;
    packages.sort_by_key(|package| (package.record.printer.is_some(), package.record.driver_id));
    Ok(packages)
}

fn payload_of(record: &PackageRecord, archive_name: Option<String>) -> Result<Payload> {
    let (name, sha256) = (record.name.clone(), record.sha256.clone());
    if record.printer.is_some() {
        return Ok(Payload::StorePrinter { name, path: record.directory.clone(), sha256, replace: false });
    }
    let archive_name = archive_name
        .ok_or_else(|| Error::corrupt(format!("driver {} has no package record", record.driver_id)))?;
    Ok(Payload::Import { name, directory: record.directory.clone(), sha256, archive_name })
}

/// Refuses to lose what cannot be made again, unless somebody has accepted that.
async fn leave_out_lost(center: &Center, data: &mut RestoreData, packages: &mut Vec<Package>) -> Result<()> {
    let (config, checked) = (center.config.clone(), packages.clone());
    let lost: Vec<(Package, ArchiveFault)> = blocking(move || {
        let lost = rebuild::without_archive(&config, &checked)?;
        Ok(lost.into_iter().map(|(package, fault)| (package.clone(), fault)).collect())
    })
    .await?;
    data.found.retain(|finding| !finding.notice.id.starts_with("found.archive"));
    data.found.extend(lost.iter().map(|(package, fault)| archive_finding(package, *fault)));
    if lost.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = lost.iter().map(|(package, _)| package.record.name.as_str()).collect();
    let names = names.join(", ");
    if !data.accept_loss {
        return Err(Error::corrupt(format!("make Base anew: the kept archives of {names} are lost"))
            .with_notice("restore.archive_missing")
            .with_value("drivers", names));
    }
    data.tell(with(remark("restore.lost"), "drivers", names));
    data.lost = lost.into_iter().map(|(package, _)| package.record).collect();
    packages.retain(|package| !is_lost(data, &package.record));
    Ok(())
}

fn is_lost(data: &RestoreData, record: &PackageRecord) -> bool {
    data.lost.iter().any(|lost| lost.is_same(record))
}

/// What is wrong with the archive of a package.
pub(crate) fn archive_finding(package: &Package, fault: ArchiveFault) -> Finding {
    let id = match fault {
        ArchiveFault::Missing => "found.archive_missing",
        ArchiveFault::Damaged => "found.archive_damaged",
    };
    let PackageRecord { name, sha256, .. } = &package.record;
    Finding::new(id, Mend::Archive).with("driver", name).with("sha256", sha256)
}

async fn require_room(center: &Center, packages: &[Package]) -> Result<()> {
    let rows = driver_package::Entity::find().all(&center.db).await.db_context(|| "list packages")?;
    let is_of = |package: &Package, row: &driver_package::Model| {
        package.record.printer.is_none() && package.record.driver_id == row.driver_id
    };
    let wanted = |row: &&driver_package::Model| packages.iter().any(|package| is_of(package, row));
    let bytes: u64 = rows.iter().filter(wanted).map(|row| row.unpacked_bytes.max(0) as u64).sum();
    require_space(center.host.as_ref(), &center.config, bytes)
}

/// The first state of the disk.
async fn ground(center: &Center) -> Result<Ground> {
    let first = version::Entity::find_by_id(0).one(&center.db).await.db_context(|| "read version 0")?;
    let root = first.as_ref().map(examine::identity_of).transpose()?.map(|identity| identity.root);
    let image = base::first_id(&center.db).await?.zip(root);
    let newest = versions::newest(&center.db).await?;
    let virtual_bytes = base::virtual_bytes(&center.config, &newest);
    Ok(Ground { image, virtual_bytes, is_adopted: settings::is_adopted(&center.db).await? })
}

/// Puts the new Base in its place. Nobody reads Base meanwhile.
pub(super) async fn install(center: &Center, data: &mut RestoreData) -> Result<()> {
    let Some(rebuilt) = data.rebuilt.clone() else { return Ok(()) };
    center.lose_active().await;
    let mut present = base::alone(center).await;
    let directory = center.data_dir().clone();
    *present = None;
    *present = Some(blocking(move || put_in_place(&directory, &rebuilt)).await?);
    Ok(())
}

fn put_in_place(directory: &DataDir, rebuilt: &Rebuilt) -> Result<Arc<disk_patch::LeafTable>> {
    let leaves = compare::read_table(directory, &rebuilt.table)?;
    if directory.rebuilt().exists() {
        // From here on nothing that is saved about the old file counts.
        examine::abandon_journal(directory)?;
        let (base, aside) = (directory.base(), directory.set_aside());
        if base.symlink_metadata().is_ok() && aside.symlink_metadata().is_err() {
            std::fs::rename(&base, &aside)?;
            sync_directory(&directory.disk())?;
        }
        std::fs::rename(directory.rebuilt(), &base)?;
        sync_directory(&directory.disk())?;
    }
    if directory.rebuilt_index().exists() {
        std::fs::rename(directory.rebuilt_index(), directory.base_index())?;
    }
    leaves.save(&FsFolder::open(directory.base_state())?, "leaves")?;
    Ok(Arc::new(leaves))
}

/// Records the new Base as a version. Unsaved edits stay as they are: Active is made again on the new Base.
pub(super) async fn record(center: &Center, data: &mut RestoreData) -> Result<()> {
    let Some(rebuilt) = data.rebuilt.clone() else { return Ok(()) };
    if let Some(patch) = &rebuilt.patch {
        let bytes = patch.bytes + patch.packs_bytes;
        data.tell(with(remark("restore.update_size"), "bytes", bytes));
    }
    let txn = center.db.begin().await?;
    let newest = versions::newest(&txn).await?;
    if newest.number >= rebuilt.version {
        return Ok(());
    }
    let now = center.host.now();
    base::retire_rows(&txn, now).await?;
    base::base_row(now, &ImageId::parse(&rebuilt.base)?, rebuilt.length)
        .insert(&txn)
        .await
        .db_context(|| "record Base")?;
    let mut packages = versions::packages_of(&newest)?;
    packages.retain(|package| !is_lost(data, package));
    give_up(&txn, &data.lost, now).await?;
    take_from_templates(&txn, &data.lost).await?;
    version_row(&rebuilt, &newest, data, &packages, now)?
        .insert(&txn)
        .await
        .db_context(|| "record a version")?;
    edit_session::Entity::update_many()
        .col_expr(edit_session::Column::BaseVersion, Expr::value(rebuilt.version))
        .exec(&txn)
        .await
        .db_context(|| "move the edit to the new version")?;
    commit(txn).await?;
    if !data.lost.is_empty() {
        for event in [Event::Drivers, Event::Printers, Event::Templates] {
            center.emit(event);
        }
    }
    Ok(())
}

fn version_row(
    rebuilt: &Rebuilt,
    newest: &version::Model,
    data: &RestoreData,
    packages: &[PackageRecord],
    now: DateTime,
) -> Result<version::ActiveModel> {
    let packages =
        serde_json::to_string(packages).map_err(|e| Error::bug(format!("encode packages: {e}")))?;
    let patch = rebuilt.patch.as_ref();
    Ok(version::ActiveModel {
        number: Set(rebuilt.version),
        kind: Set(VersionKind::Restore),
        note: Set(None),
        created_at: Set(now),
        created_by: Set(data.actor.clone()),
        root: Set(rebuilt.root.clone()),
        length: Set(rebuilt.length as i64),
        parent_root: Set(Some(newest.root.clone())),
        patch: Set(patch.map(|patch| patch.digest.clone())),
        patch_bytes: Set(patch.map_or(0, |patch| patch.bytes as i64)),
        packs_bytes: Set(patch.map_or(0, |patch| patch.packs_bytes as i64)),
        // What was wrecked cannot be gone back to.
        inverse: Set(None),
        active_uuid: Set(None),
        packages: Set(packages),
        target: Set(None),
        virtual_bytes: Set(newest.virtual_bytes),
    })
}

/// Takes drivers off the list whose loss was accepted, with the unsaved edits about them.
async fn give_up(db: &impl ConnectionTrait, lost: &[PackageRecord], now: DateTime) -> Result<()> {
    let ids = |of_printers: bool| {
        let of_kind = lost.iter().filter(move |record| record.printer.is_some() == of_printers);
        of_kind.map(|record| record.driver_id)
    };
    driver_file::Entity::update_many()
        .col_expr(driver_file::Column::Deleted, Expr::value(true))
        .col_expr(driver_file::Column::DeletedAt, Expr::value(now))
        .filter(driver_file::Column::Id.is_in(ids(false)))
        .filter(driver_file::Entity::is_live())
        .exec(db)
        .await
        .db_context(|| "give drivers up")?;
    printer::Entity::update_many()
        .col_expr(printer::Column::Deleted, Expr::value(true))
        .col_expr(printer::Column::DeletedAt, Expr::value(now))
        .filter(printer::Column::Id.is_in(ids(true)))
        .filter(printer::Entity::is_live())
        .exec(db)
        .await
        .db_context(|| "give printers up")?;
    for row in edit::unsaved(db).await? {
        let is_printer = Payload::of(&row)?.object() == Object::Printer;
        if ids(is_printer).any(|id| id == row.driver_id) {
            edit::forget(db, row.id).await?;
        }
    }
    Ok(())
}

/// Takes the lost drivers from the templates that have them, which are others from then on.
async fn take_from_templates(db: &impl ConnectionTrait, lost: &[PackageRecord]) -> Result<()> {
    let of_system = lost.iter().filter(|record| record.printer.is_none());
    let drivers: HashSet<i64> = of_system.map(|record| record.driver_id).collect();
    templates::note_changed(db, &drivers).await?;
    driver_relation::Entity::delete_many()
        .filter(driver_relation::Column::DriverId.is_in(drivers))
        .exec(db)
        .await
        .db_context(|| "take lost drivers from templates")
        .map(drop)
}

/// Removes the wrecked file; somebody else's file that lay in its place is kept under a name of its own.
pub(super) fn remove_wreck(center: &Center, data: &mut RestoreData) -> Result<()> {
    let (directory, aside) = (center.data_dir(), center.data_dir().set_aside());
    let is_foreign = data.rebuilt.as_ref().is_some_and(|rebuilt| rebuilt.is_foreign);
    if aside.symlink_metadata().is_err() {
        return Ok(());
    }
    if !is_foreign && aside.is_file() {
        discard_file(&aside);
        return Ok(());
    }
    let kept = (1..).map(|number| directory.disk().join(format!("not-base.{number}")));
    let kept = kept.into_iter().find(|path| path.symlink_metadata().is_err());
    let kept = kept.ok_or_else(|| Error::bug("no name is free"))?;
    std::fs::rename(&aside, &kept)?;
    data.tell(with(remark("restore.set_aside"), "path", kept.display()));
    Ok(())
}
