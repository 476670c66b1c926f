//! `voi_drivecenter_imagesnode`. The merged disk (Base), one row for each state of it that was registered.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The merged disk (Base), one row for each state of it that was registered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "voi_drivecenter_imagesnode")]
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
    /// 5 = driver disk.
    pub disk_type: i32,
    /// Length of the file, in bytes.
    pub file_size: i64,
    /// md5 of the file in hex; empty until it has been computed.
    pub md5: String,
    /// Its id in the image store.
    pub uuid: String,
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
