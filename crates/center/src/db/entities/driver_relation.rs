//! `voi_driver_relate_image`. A driver associated with a template.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A driver associated with a template.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "voi_driver_relate_image")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The system driver.
    pub driver_id: i64,
    /// The template.
    pub images_id: i64,
    /// 1 universal, 2 extracted.
    pub r#type: i32,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
