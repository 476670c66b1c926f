//! The row `voi_drive_center` of `settings`, the center's own identity, the recorded cause of the error state, and the rules
//! of the distribution.
//!
//! The state changes in the same transaction as what causes it, and only along [`MountStatus::after`].

use fault::{Error, Result};
use protocol::api::Distribution;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};

use crate::db::{DbContext, entities::setting};
use crate::kept_error;
use crate::state::{MountStatus, StateEvent};

const PROBLEM: &str = "driver_center_problem";
const CENTER_ID: &str = "driver_center_id";
const ADOPTED: &str = "driver_center_adopted";
const MOVING_FROM: &str = "driver_center_moving_from";
const PLATFORM_NOTICE: &str = "driver_center_platform_notice";
const MOVED_TO: &str = "driver_center_moved_to";
const DISTRIBUTION: &str = "driver_center_distribution";

/// The value of `voi_drive_center`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Whether terminals take new versions by themselves.
    pub(crate) is_auto_update: bool,
    /// The state by its number.
    mount_status: i32,
}

impl Settings {
    pub(crate) fn state(&self) -> Result<MountStatus> {
        MountStatus::from_number(self.mount_status)
            .ok_or_else(|| Error::corrupt(format!("mount_status {} in the settings", self.mount_status)))
    }
}

pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Settings> {
    let text = read(db, setting::DRIVER_CENTER)
        .await?
        .ok_or_else(|| Error::corrupt("the row voi_drive_center is missing from the settings"))?;
    serde_json::from_str(&text).map_err(|e| Error::corrupt(format!("settings voi_drive_center: {e}")))
}

/// Fails unless the disk may be edited. For what holds no gate, `db` is the transaction: an operation begins in one.
pub(crate) async fn require_normal(db: &impl ConnectionTrait) -> Result<()> {
    load(db).await?.state()?.require_normal()
}

pub(crate) async fn set_auto_update(db: &impl ConnectionTrait, on: bool) -> Result<()> {
    let settings = load(db).await?;
    store(db, &Settings { is_auto_update: on, ..settings }).await
}

/// Moves the state along `event`, or says why it may not happen now. `db` should be a transaction.
pub(crate) async fn advance(db: &impl ConnectionTrait, event: StateEvent) -> Result<MountStatus> {
    let settings = load(db).await?;
    let state = settings.state()?.after(event)?;
    store(db, &Settings { mount_status: state.number(), ..settings }).await?;
    if state == MountStatus::Normal {
        setting::Entity::delete_by_id(PROBLEM).exec(db).await.db_context(|| "forget the problem")?;
    }
    Ok(state)
}

/// Records why the state is `Error`.
pub(crate) async fn record_problem(db: &impl ConnectionTrait, error: &Error) -> Result<()> {
    write(db, PROBLEM, kept_error::write(error), "why the state is 3").await
}

/// Why the state is `Error`.
pub(crate) async fn problem(db: &impl ConnectionTrait) -> Result<Option<Error>> {
    Ok(read(db, PROBLEM).await?.as_deref().map(kept_error::read))
}

/// The center's identity; made at the first call.
pub(crate) async fn center_id(db: &impl ConnectionTrait) -> Result<String> {
    if let Some(id) = read(db, CENTER_ID).await? {
        return Ok(id);
    }
    let id = uuid::Uuid::new_v4().to_string();
    write(db, CENTER_ID, id.clone(), "identity of this driver center").await?;
    Ok(id)
}

/// Records whether the disk was a foreign one, which no new one can stand for.
pub(crate) async fn record_adopted(db: &impl ConnectionTrait, is_adopted: bool) -> Result<()> {
    write(db, ADOPTED, is_adopted.to_string(), "whether the first disk was adopted").await
}

/// Whether the disk was a foreign one.
pub(crate) async fn is_adopted(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(read(db, ADOPTED).await?.as_deref() == Some("true"))
}

/// Takes over the identity of a center that is lost.
pub(crate) async fn record_center_id(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    write(db, CENTER_ID, id.to_owned(), "identity of this driver center").await
}

/// The center whose database is being moved here.
pub(crate) async fn moving_from(db: &impl ConnectionTrait) -> Result<Option<String>> {
    read(db, MOVING_FROM).await
}

pub(crate) async fn record_moving_from(db: &impl ConnectionTrait, center: &str) -> Result<()> {
    write(db, MOVING_FROM, center.to_owned(), "the center whose database is being moved here").await
}

/// Where this database was moved, if it was.
pub(crate) async fn moved_to(db: &impl ConnectionTrait) -> Result<Option<String>> {
    read(db, MOVED_TO).await
}

pub(crate) async fn record_moved_to(db: &impl ConnectionTrait, place: &str) -> Result<()> {
    write(db, MOVED_TO, place.to_owned(), "the database that counts instead of this one").await
}

/// Records, in the transaction of the change, that the platform has to be told of a heterogeneous version.
pub(crate) async fn record_platform_notice(db: &impl ConnectionTrait) -> Result<()> {
    let id = uuid::Uuid::new_v4().to_string();
    write(db, PLATFORM_NOTICE, id, "a heterogeneous version that the platform is not told of yet").await
}

/// What the platform has to be told, by an id of its own.
pub(crate) async fn platform_notice(db: &impl ConnectionTrait) -> Result<Option<String>> {
    read(db, PLATFORM_NOTICE).await
}

/// The platform was told of this one.
pub(crate) async fn forget_platform_notice(db: &impl ConnectionTrait, notice: &str) -> Result<()> {
    setting::Entity::delete_many()
        .filter(setting::Column::Name.eq(PLATFORM_NOTICE))
        .filter(setting::Column::Value.eq(notice))
        .exec(db)
        .await
        .db_context(|| "forget what the platform was told")?;
    Ok(())
}

/// Whether there is nothing in the settings but what the schema itself brings.
pub(crate) async fn is_fresh(db: &impl ConnectionTrait) -> Result<bool> {
    let rows = setting::Entity::find().all(db).await.db_context(|| "read the settings")?;
    Ok(rows.iter().all(|row| row.name == setting::DRIVER_CENTER))
}

/// The rules of the distribution; those that limit nothing where none were set.
pub(crate) async fn distribution(db: &impl ConnectionTrait) -> Result<Distribution> {
    let Some(text) = read(db, DISTRIBUTION).await? else { return Ok(Distribution::default()) };
    serde_json::from_str(&text).map_err(|e| Error::corrupt(format!("setting {DISTRIBUTION}: {e}")))
}

pub(crate) async fn set_distribution(db: &impl ConnectionTrait, rules: &Distribution) -> Result<()> {
    let text = serde_json::to_string(rules).map_err(|e| Error::bug(format!("encode {DISTRIBUTION}: {e}")))?;
    write(db, DISTRIBUTION, text, "when terminals take versions by themselves, and how fast").await
}

async fn store(db: &impl ConnectionTrait, settings: &Settings) -> Result<()> {
    let text = serde_json::to_string(settings).map_err(|e| Error::bug(format!("encode settings: {e}")))?;
    write(db, setting::DRIVER_CENTER, text, "state of the driver center").await
}

async fn read(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>> {
    let row =
        setting::Entity::find_by_id(name).one(db).await.db_context(|| format!("read setting {name}"))?;
    Ok(row.map(|row| row.value))
}

async fn write(db: &impl ConnectionTrait, name: &str, value: String, description: &str) -> Result<()> {
    let row = setting::ActiveModel {
        name: Set(name.into()),
        value: Set(value),
        description: Set(Some(description.into())),
    };
    setting::Entity::insert(row)
        .on_conflict(
            OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned(),
        )
        .exec_without_returning(db)
        .await
        .db_context(|| format!("write setting {name}"))?;
    Ok(())
}
