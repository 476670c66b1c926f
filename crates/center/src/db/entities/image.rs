//! `images`. A template: the golden image of desktops and scenes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A template: the golden image of desktops and scenes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "images")]
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
    /// Name that users see.
    pub name: String,
    /// Its system, as a number.
    pub os_type: String,
    /// 1 public-desktop, 2 personal-desktop template.
    pub r#type: i32,
    /// The platform's id of it.
    pub uuid: Option<String>,
    /// Goes up by one with each change of its drivers.
    pub hg_version: i32,
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
