//! `operations`. A list of steps that is run to its end, across restarts.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A list of steps that is run to its end, across restarts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "operations")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Which list.
    pub kind: OperationKind,
    /// Name of the next step.
    pub cursor: String,
    /// What the steps need, JSON.
    pub data: String,
    /// Who asked.
    pub created_by: String,
    /// When it began.
    pub created_at: DateTime,
    /// When the cursor last moved.
    pub updated_at: DateTime,
    /// When it ended.
    pub finished_at: Option<DateTime>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Which list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Makes a version of the edits.
    #[sea_orm(string_value = "save")]
    Save,
    /// Drops the edits.
    #[sea_orm(string_value = "discard")]
    Discard,
    /// Leads out of the error state.
    #[sea_orm(string_value = "restore")]
    Restore,
    /// Makes a version that equals an older one.
    #[sea_orm(string_value = "rollback")]
    Rollback,
    /// Makes a version with a larger disk.
    #[sea_orm(string_value = "grow")]
    Grow,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
