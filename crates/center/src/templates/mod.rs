//! Templates, the drivers that are associated with them, and what is made from them.
//!
//! A template is heterogeneous exactly when it has an associated driver; every desktop and scene made from it is then
//! too. That is never stored: it follows from the associations. `hg_version` goes up by one with each change of them,
//! and with each save or rollback that changes an associated driver; terminals that can act on it are told.
//!
//! Nothing here touches the disk: an association is no edit and is not discarded with one.

mod desktops;
mod fitting;
mod hardware;
mod list;
mod plan;
mod relate;

pub(crate) use fitting::require_still_fitting;
pub(crate) use relate::{CAN_ACT, note_changed, note_changed_drivers, require_unused};

use ::driver_package::os::OsType;
use fault::{Error, Result};
use protocol::thor;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::db::entities::image;
use crate::db::{DbContext, SoftDelete};
use crate::drivers;

/// Target of what is logged here.
const TARGET: &str = "voi_drive_heterogeneous_manage";

/// The template with this id that is not deleted.
async fn live(db: &impl ConnectionTrait, id: i64) -> Result<image::Model> {
    image::Entity::find_live()
        .filter(image::Column::Id.eq(id))
        .one(db)
        .await
        .db_context(|| "read a template")?
        .ok_or_else(|| {
            Error::not_found(format!("template {id}")).with_notice("template.not_found").with_value("id", id)
        })
}

/// The system of a template. An older platform may have stored its name.
fn system_of(row: &image::Model) -> Option<OsType> {
    drivers::os_type(&thor::Environment::Text(row.os_type.clone())).ok()
}

/// Fails for a type of template that does not exist.
fn checked_kind(kind: i32) -> Result<i32> {
    match kind {
        thor::TEMPLATE_PUBLIC | thor::TEMPLATE_PERSONAL => Ok(kind),
        _ => Err(Error::not_found(format!("templates of type {kind}")).with_notice("template.unknown_type")),
    }
}
