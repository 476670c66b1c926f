//! `driver_devices`. A device that an INF file supports.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A device that an INF file supports.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "driver_devices")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The INF file.
    pub inf_id: i64,
    /// The driver.
    pub driver_id: i64,
    /// Hardware or compatible ID, in upper case; none where the INF has none.
    pub hardware_id: Option<String>,
    /// Which of the IDs of its model this is.
    pub kind: String,
    /// Its name.
    pub description: String,
    /// The section that installs it.
    pub install_section: String,
    /// Who makes it.
    pub manufacturer: String,
    /// Systems that its models section is for, such as `NTamd64.10.0`.
    pub decoration: String,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
