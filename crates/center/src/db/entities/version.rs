//! `versions`. A version of the disk.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A version of the disk.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "versions")]
pub struct Model {
    /// Its number: never reused, never smaller than one given before.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// What made it.
    pub kind: VersionKind,
    /// The administrator's words.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: DateTime,
    /// Who made it.
    pub created_by: String,
    /// Root digest of the Base file, hex.
    pub root: String,
    /// Length of the Base file, in bytes.
    pub length: i64,
    /// Root digest of the version before.
    pub parent_root: Option<String>,
    /// Digest of the patch that leads here from the version before.
    pub patch: Option<String>,
    /// Length of the patch, in bytes.
    pub patch_bytes: i64,
    /// Length of all packs of the patch, in bytes.
    pub packs_bytes: i64,
    /// Digest of the patch that leads back.
    pub inverse: Option<String>,
    /// Image-store id of its Active, while that is kept.
    pub active_uuid: Option<String>,
    /// The packages in this version, JSON.
    pub packages: String,
    /// For a rollback: the version that came back.
    pub target: Option<i64>,
    /// Size of the disk as a computer sees it; not known of versions of the first release.
    pub virtual_bytes: Option<i64>,
}

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum VersionKind {
    /// The disk was created or adopted.
    #[sea_orm(string_value = "initial")]
    Initial,
    /// Edits were saved.
    #[sea_orm(string_value = "save")]
    Save,
    /// A wrecked disk was made anew, or a center came back from its backup.
    #[sea_orm(string_value = "restore")]
    Restore,
    /// An older version came back.
    #[sea_orm(string_value = "rollback")]
    Rollback,
    /// The disk became larger.
    #[sea_orm(string_value = "grow")]
    Grow,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
