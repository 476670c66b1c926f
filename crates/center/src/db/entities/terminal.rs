//! `terminals`. PCs with a tool disk, and those that upload printer drivers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A program on a PC that is known to the center.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "terminals")]
pub struct Model {
    /// A UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Its computer name.
    pub name: String,
    /// Its network address, as twelve hex digits in lower case.
    pub mac: String,
    /// Hash of its secret; the secret itself is stored nowhere.
    pub secret_hash: String,
    /// When it introduced itself.
    pub enrolled_at: DateTime,
    /// When it last called.
    pub last_seen_at: Option<DateTime>,
    /// Where it called from.
    pub address: Option<String>,
    /// The version that its tool disk has.
    pub version: Option<i64>,
    /// Root digest of its tool disk, hex.
    pub root: Option<String>,
    /// What it is doing.
    pub state: TerminalState,
    /// How much is done, in bytes.
    pub progress_done: i64,
    /// How much there is to do, in bytes.
    pub progress_total: i64,
    /// What went wrong.
    pub message: Option<String>,
    /// The version that an administrator told it to take.
    pub push_version: Option<i64>,
    /// When it was removed.
    pub deleted_at: Option<DateTime>,
    /// What it said of its hardware, JSON, as earlier releases kept it; it is in `terminal_inventories` now.
    pub inventory: Option<String>,
    /// When it said so.
    pub inventory_at: Option<DateTime>,
    /// `rest`, `maintenance` or `windows`; none while it has not said.
    pub mode: Option<String>,
    /// How often it was told that a template's drivers changed.
    pub hg_notices: i64,
    /// The group that administrators put it into.
    pub group_name: Option<String>,
    /// Its name as names are compared and sorted; none in rows of earlier releases until the center is opened.
    pub name_key: Option<String>,
    /// What is searched, in the same form: name, MAC address and address.
    pub search_text: Option<String>,
    /// Whether it was heard lately. It follows from `last_seen_at` and is put right every few seconds, because lists that
    /// are sorted and filtered by the time itself would need it in every index.
    #[serde(default)]
    pub is_heard: bool,
    /// What it runs.
    #[serde(default)]
    pub program: Program,
    /// Whether that keeps a disk; it follows from `program`, and lists look for it by one value.
    #[serde(default = "yes")]
    pub has_disk: bool,
}

fn yes() -> bool {
    true
}

/// What a terminal runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// It has not said: programs of earlier releases do not. Only one with a tool disk reports.
    #[default]
    #[sea_orm(num_value = 0)]
    Unsaid,
    /// `tool-disk`.
    #[sea_orm(num_value = 1)]
    ToolDisk,
    /// `driver-client`.
    #[sea_orm(num_value = 2)]
    DriverClient,
}

impl Program {
    /// Whether it keeps a disk. One that has not said what it is counts as one, as before there was anything to say.
    pub fn has_disk(self) -> bool {
        self != Self::DriverClient
    }
}

/// What a terminal is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// It has not said yet.
    #[sea_orm(string_value = "unknown")]
    Unknown,
    /// Nothing.
    #[sea_orm(string_value = "idle")]
    Idle,
    /// It fetches a version.
    #[sea_orm(string_value = "downloading")]
    Downloading,
    /// It writes a version to its disk.
    #[sea_orm(string_value = "applying")]
    Applying,
    /// It has a version ready and waits for the disk to be free.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// It could not take a version.
    #[sea_orm(string_value = "error")]
    Error,
}

/// Nothing is related through the object mapper; queries say what they join.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::db::SoftDelete for Entity {
    fn is_live() -> sea_orm::sea_query::SimpleExpr {
        Column::DeletedAt.is_null()
    }
}
