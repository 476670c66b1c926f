//! `audit`. Who did what.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When.
    pub created_at: DateTime,
    /// Who.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// What, such as `driver.delete`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Particulars, JSON.
    pub detail: String,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
