//! `driver_infs`. An INF file of a driver.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An INF file of a driver.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "driver_infs")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The driver.
    pub driver_id: i64,
    /// Path within the package.
    pub path: String,
    /// Its text encoding.
    pub encoding: String,
    /// Device class.
    pub class: String,
    /// Device class, as a GUID.
    pub class_guid: String,
    /// Who provides it.
    pub provider: String,
    /// `DriverVer`, the date.
    pub driver_date: String,
    /// `DriverVer`, the version.
    pub driver_version: String,
    /// The catalog that it names.
    pub catalog_file: Option<String>,
    /// Whether the package has that catalog.
    pub catalog_present: bool,
    /// Whether it only extends another driver.
    pub is_extension: bool,
    /// How many devices it supports.
    pub devices: i32,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
