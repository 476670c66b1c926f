//! `voi_driver_files`. A system driver.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A system driver.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "voi_driver_files")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When the row was made.
    pub created_at: DateTime,
    /// When the row last changed.
    pub updated_at: DateTime,
    /// When it was deleted.
    pub deleted_at: Option<DateTime>,
    /// Whether it is deleted; such a row is history only.
    pub deleted: bool,
    /// Name that users see, unique among those not deleted.
    pub name: String,
    /// Systems it is for, as numbers joined by commas.
    pub os_type: String,
    /// Length of the archive, in bytes.
    pub size: i64,
    /// The administrator's words.
    pub describe: Option<String>,
    /// Name of its directory on the disk.
    pub file_name: String,
    /// 1 universal, 2 extracted.
    pub r#type: i32,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::db::SoftDelete for Entity {
    fn is_live() -> sea_orm::sea_query::SimpleExpr {
        Column::Deleted.eq(false)
    }
}
