//! `voi_drivecenter_tempimagesnode`. A kept Active: the overlay of one save, from which terminals update.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A kept Active: the overlay of one save, from which terminals update.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "voi_drivecenter_tempimagesnode")]
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
    /// Image-store id of the Active of the save before.
    pub parent_uuid: Option<String>,
    /// Length of the file, in bytes.
    pub file_size: i64,
    /// md5 of the file in hex; empty until it has been computed.
    pub md5: String,
    /// Its id in the image store.
    pub uuid: String,
    /// md5 of the parent.
    pub parent_md5: Option<String>,
    /// Image-store id of the Base that it was merged into.
    pub merge_uuid: String,
    /// md5 of that Base after the merge; empty until it has been computed.
    pub merge_md5: String,
    /// Length of that Base after the merge, in bytes.
    pub merge_file_size: i64,
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
