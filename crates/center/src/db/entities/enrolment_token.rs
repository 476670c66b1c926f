//! `enrolment_tokens`. A token with which new terminals introduce themselves.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A token with which new terminals introduce themselves.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "enrolment_tokens")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Hash of the token; the token itself is stored nowhere.
    pub token_hash: String,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime,
    /// When it ends.
    pub expires_at: DateTime,
    /// For how many more terminals it is good.
    pub uses_left: i32,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
