//! `edits`. A change of the disk that was asked for. Base plus the edits since the last save is Active.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A change of the disk that was asked for. Base plus the edits since the last save is Active.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "edits")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When it was asked for.
    pub created_at: DateTime,
    /// Who asked.
    pub created_by: String,
    /// What it does.
    pub kind: EditKind,
    /// Whether the disk has it.
    pub state: EditState,
    /// The driver that it is about.
    pub driver_id: i64,
    /// The version that it went into; none until saved.
    pub version: Option<i64>,
    /// The driver's row before, JSON; none for an import.
    pub before: Option<String>,
    /// What to do, JSON: enough to do it again.
    pub payload: String,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// Adds a package.
    #[sea_orm(string_value = "import")]
    Import,
    /// Removes a package.
    #[sea_orm(string_value = "delete")]
    Delete,
    /// Changes files of a package.
    #[sea_orm(string_value = "update")]
    Update,
}

/// How far an edit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum EditState {
    /// Recorded; the disk may have it in part.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// The disk has it, durably.
    #[sea_orm(string_value = "done")]
    Done,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
