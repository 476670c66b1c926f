//! `jobs`. Work that takes long, and how far it is.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Work that takes long, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// A UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What kind of work it is.
    pub kind: String,
    /// How it goes.
    pub state: JobState,
    /// What it works on.
    pub subject: String,
    /// How much is done, in units of `total`.
    pub done: i64,
    /// How much there is to do; 0 = not known.
    pub total: i64,
    /// Why it failed or was cancelled: the error, JSON.
    pub message: Option<String>,
    /// What came out, JSON.
    pub result: Option<String>,
    /// Who asked.
    pub created_by: String,
    /// When it began.
    pub created_at: DateTime,
    /// When the row last changed.
    pub updated_at: DateTime,
    /// When it ended.
    pub finished_at: Option<DateTime>,
}

/// How a job goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It works.
    #[sea_orm(string_value = "running")]
    Running,
    /// It is done.
    #[sea_orm(string_value = "succeeded")]
    Succeeded,
    /// It could not be done.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// Somebody asked for it to stop.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
