//! `uploads`. An upload that can be resumed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An upload that can be resumed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    /// A UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Name of the file.
    pub file_name: String,
    /// Its length, in bytes.
    pub length: i64,
    /// How much of it is stored, in bytes.
    pub received: i64,
    /// Who sends it.
    pub created_by: String,
    /// When it began.
    pub created_at: DateTime,
    /// When bytes last came.
    pub updated_at: DateTime,
    /// What becomes of it: `system_driver` or `printer_driver`.
    pub target: String,
    /// How far it is.
    pub state: UploadState,
    /// The job that takes it in.
    pub job_id: Option<String>,
    /// Where a printer driver comes from, JSON.
    pub origin: Option<String>,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Bytes are missing.
    #[sea_orm(string_value = "receiving")]
    Receiving,
    /// It is whole and waits to be taken in.
    #[sea_orm(string_value = "received")]
    Received,
    /// It was taken in; its file is gone.
    #[sea_orm(string_value = "consumed")]
    Consumed,
    /// It could not be taken in.
    #[sea_orm(string_value = "failed")]
    Failed,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
