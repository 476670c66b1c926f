//! `terminal_history`. How the terminals stood during a stretch of time.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Counts of terminals, added up over the samples of a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "terminal_history")]
pub struct Model {
    /// How long the stretch is, in seconds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub every_seconds: i64,
    /// When it begins: a multiple of its length since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub begins_at: DateTime,
    /// How many samples were added up.
    pub samples: i64,
    /// Could not take a version.
    pub error: i64,
    /// Fetched or wrote one.
    pub busy: i64,
    /// Had one ready.
    pub waiting: i64,
    /// Had the newest version.
    pub identical: i64,
    /// Were behind, and not heard.
    pub offline: i64,
    /// Were behind.
    pub behind: i64,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
