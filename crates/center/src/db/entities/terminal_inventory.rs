//! `terminal_inventories`. What terminals said of their hardware, apart from the rows that their reports write.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a terminal said of its hardware; when, is in `terminals`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "terminal_inventories")]
pub struct Model {
    /// The terminal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub terminal_id: String,
    /// JSON.
    pub inventory: String,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
