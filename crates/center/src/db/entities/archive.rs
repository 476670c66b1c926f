//! `archives`. An uploaded archive in the backup directory.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An uploaded archive in the backup directory.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "archives")]
pub struct Model {
    /// sha256 of its content, hex; it is stored under this name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    /// Its length, in bytes.
    pub size: i64,
    /// Its name when it was uploaded.
    pub file_name: String,
    /// When it was stored.
    pub created_at: DateTime,
    /// When it was removed.
    pub deleted_at: Option<DateTime>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::db::SoftDelete for Entity {
    fn is_live() -> sea_orm::sea_query::SimpleExpr {
        Column::DeletedAt.is_null()
    }
}
