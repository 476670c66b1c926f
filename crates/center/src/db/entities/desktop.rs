//! `driver_center_desktops`. A desktop or a scene that was made from a template.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A desktop or a scene that was made from a template.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "driver_center_desktops")]
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
    /// 1 scene (public-desktop mode), 2 personal desktop: that of its template.
    pub r#type: i32,
    /// Its template.
    pub images_id: i64,
    /// The administrator's words.
    pub describe: Option<String>,
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
