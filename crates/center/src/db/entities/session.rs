//! `sessions`. A browser that is signed in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// Hash of the token; the token itself is stored nowhere.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// Who.
    pub user_id: i64,
    /// When they signed in.
    pub created_at: DateTime,
    /// When it was last used, to about a minute.
    pub last_used_at: DateTime,
    /// When it ends unless it is used before.
    pub expires_at: DateTime,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where the request came from.
    pub address: String,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
