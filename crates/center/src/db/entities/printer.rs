//! `printers`. A printer driver.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A printer driver.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "printers")]
pub struct Model {
    /// Number, given by the database.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When the row was made.
    pub created_at: DateTime,
    /// When the row last changed.
    pub updated_at: DateTime,
    /// When it was deleted.
    pub deleted_at: Option<DateTime>,
    /// Whether it is deleted; such a row is history only.
    pub deleted: bool,
    /// Name that users see, unique among those not deleted.
    pub name: String,
    /// Its system, as a number; 0 when it could not be worked out.
    pub environment: String,
    /// 1 local, 2 shared, 3 network.
    pub r#type: i32,
    /// 1 uploaded by a terminal, 2 in the console.
    pub upload_type: i32,
    /// A DMPAPER number, or the name of a size that has none.
    pub paper: String,
    /// 1 one side, 21 both sides on the long edge, 22 on the short edge.
    pub duplex_print: i32,
    /// The host that shares it, or its own address; empty for a local one.
    pub ip: String,
    /// Name of the share, or of the queue.
    pub share: String,
    /// Account of the host that shares it.
    pub accounts: String,
    /// Password of that account, sealed with the center's printer key.
    pub password: Option<String>,
    /// Name of the local port, or number of the network port.
    pub port: String,
    /// `RAW`, `LPR`, `IPP` or `WSD` for a network printer, else empty.
    pub protocol: String,
    /// The administrator's words.
    pub describe: Option<String>,
    /// The terminal that uploaded it.
    pub client_name: Option<String>,
    /// Network address of that terminal.
    pub client_mac: Option<String>,
    /// Name of its file on the disk.
    pub file_name: String,
    /// Length of that file, in bytes.
    pub size: i64,
    /// The kept archive, which is that file.
    pub archive_sha256: String,
    /// Name of the uploaded file.
    pub archive_name: String,
    /// Systems found in its INF files, as numbers joined by commas.
    pub os_types: String,
    /// What its INF files say, JSON.
    pub content: String,
    /// What looked wrong in it, JSON.
    pub warnings: String,
    /// The version in which it last changed; none while that waits for a save.
    pub changed_version: Option<i64>,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::db::SoftDelete for Entity {
    fn is_live() -> sea_orm::sea_query::SimpleExpr {
        Column::Deleted.eq(false)
    }
}
