//! `edit_session`. The open editing state. There is at most one row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The id of the only row.
pub const ONLY: i64 = 1;

/// The open editing state. There is at most one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "edit_session")]
pub struct Model {
    /// Always [`ONLY`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// When editing began.
    pub opened_at: DateTime,
    /// Who began it.
    pub opened_by: String,
    /// The version that the edits start from.
    pub base_version: i64,
    /// Whose it is; nobody's where only terminals have brought something.
    pub held_by: Option<String>,
    /// When the holder last did something to it.
    pub held_at: Option<DateTime>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
