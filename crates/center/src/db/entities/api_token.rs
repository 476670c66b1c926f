//! `api_tokens`. A token with which a program acts for a user.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A token with which a program acts for a user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// Hash of the token; the token itself is stored nowhere.
    pub token_hash: String,
    /// For whom it acts.
    pub user_id: i64,
    /// When it was made.
    pub created_at: DateTime,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime>,
    /// When it ends; none = never.
    pub expires_at: Option<DateTime>,
    /// When it was withdrawn.
    pub revoked_at: Option<DateTime>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
