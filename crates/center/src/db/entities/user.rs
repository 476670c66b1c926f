//! `users`. A person who may sign in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name for signing in, in lower case.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// argon2id, in PHC form.
    pub password_hash: String,
    /// Whether the password must be changed first.
    pub must_change: bool,
    /// When the account was made.
    pub created_at: DateTime,
    /// Since when it is closed.
    pub disabled_at: Option<DateTime>,
    /// Language of their texts, such as `zh-CN`.
    pub locale: Option<String>,
}

/// What a user may do. Each role may do what the one before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look.
    #[sea_orm(string_value = "viewer")]
    Viewer,
    /// Change drivers and the disk.
    #[sea_orm(string_value = "operator")]
    Operator,
    /// Also manage accounts and terminals.
    #[sea_orm(string_value = "administrator")]
    Administrator,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
