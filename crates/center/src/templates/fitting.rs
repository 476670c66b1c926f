//! What a change of a driver's system means for the templates that hold it. Changes nothing.

use fault::Result;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::relate::{does_not_fit, systems_of};
use super::system_of;
use crate::db::entities::{driver_file, driver_package, driver_relation, image};
use crate::db::{DbContext, SoftDelete};

/// Fails when a template holds the driver, and it would fit the system of that template no more.
///
/// What did not fit before, as an older platform may have left it, may be changed all the same.
pub(crate) async fn require_still_fitting(
    db: &impl ConnectionTrait,
    before: &driver_file::Model,
    after: &driver_file::Model,
) -> Result<()> {
    let package = driver_package::Entity::find_by_id(before.id).one(db).await;
    let package = package.db_context(|| "read a package")?;
    let (before, now) = (systems_of(before, package.as_ref()), systems_of(after, package.as_ref()));
    let is_lost = |template: &image::Model| {
        system_of(template).is_some_and(|system| before.contains(&system) && !now.contains(&system))
    };
    let lost = holding(db, after.id).await?.into_iter().find(is_lost);
    lost.map_or(Ok(()), |template| Err(does_not_fit(after, &template)))
}

/// The templates that hold a driver, oldest first.
async fn holding(db: &impl ConnectionTrait, driver: i64) -> Result<Vec<image::Model>> {
    let relations = driver_relation::Entity::find()
        .filter(driver_relation::Column::DriverId.eq(driver))
        .all(db)
        .await
        .db_context(|| "list associations")?;
    let ids = relations.iter().map(|row| row.images_id);
    image::Entity::find_live()
        .filter(image::Column::Id.is_in(ids))
        .order_by_asc(image::Column::Id)
        .all(db)
        .await
        .db_context(|| "list templates")
}
