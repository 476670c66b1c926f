//! `settings`. A named setting.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Name of the row that holds the state of the driver center.
pub const DRIVER_CENTER: &str = "voi_drive_center";

/// A named setting.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Its value, JSON.
    pub value: String,
    /// What it is for.
    pub description: Option<String>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
