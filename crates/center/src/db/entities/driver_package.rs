//! `driver_packages`. What is known about the content of a driver.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is known about the content of a driver.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "driver_packages")]
pub struct Model {
    /// The driver, see `voi_driver_files`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub driver_id: i64,
    /// The archive that it came in.
    pub archive_sha256: String,
    /// Name of that archive.
    pub archive_name: String,
    /// Where it is on the disk.
    pub directory: String,
    /// How many files it has.
    pub files: i64,
    /// Length of all its files, in bytes.
    pub unpacked_bytes: i64,
    /// Systems found in its INF files, as numbers joined by commas.
    pub os_types: String,
    /// What looked wrong in it, JSON.
    pub warnings: String,
    /// The version in which it last changed.
    pub changed_version: Option<i64>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
