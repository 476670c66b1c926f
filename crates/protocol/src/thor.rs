//! The interface under `/thor`, whose field names and numbers other systems rely on.

mod drivers;
mod printers;
mod templates;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use drivers::*;
pub use printers::*;
pub use templates::*;

/// A successful answer that carries `data`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataAnswer<T> {
    /// Always 0.
    pub code: i32,
    /// What was asked for.
    pub data: T,
}

/// A successful answer that carries `result`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultAnswer<T> {
    /// Always 0.
    pub code: i32,
    /// What was asked for.
    pub result: T,
}

/// A successful answer without content.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoneAnswer {
    /// Always 0.
    pub code: i32,
}

/// A failure: the HTTP status says the kind, `message` is for people in their language.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Non-zero; the HTTP status.
    pub code: i32,
    /// For people: what happened and what to do.
    pub message: String,
    /// Stable name of the message, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The technical cause, for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// `invalid`, `denied`, `not_found`, `conflict`, `busy`, `no_space`, `unavailable`, `corrupt`, `cancelled` or `bug`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// `environment`: a system by number or by number in a string.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Environment {
    /// Such as `4`.
    Number(i32),
    /// Such as `"4"` or `"Windows10_64"`.
    Text(String),
}

/// `result` of `GET /thor/voi/driver/mount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mount {
    /// 1 normal, 2 merging, 3 error, 4 restoring.
    pub mount_status: i32,
    /// Whether terminals take new versions by themselves.
    pub is_auto_update: bool,
}

/// Body of `POST /thor/voi/driver/mount`: exactly one field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MountAction {
    /// `false` saves and leaves the editing state; `true` enters it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_mounted: Option<bool>,
    /// Switches automatic updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_auto_update: Option<bool>,
    /// `true` restores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_init: Option<bool>,
}

/// Answer of `GET /voi_api/clients/checkallclient_isupdatestatus`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskState {
    /// 1 while any terminal has a distribution task running.
    pub is_send_task: i32,
}

/// What `check_can_upload_and_commit` is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommitCheck {
    /// The image, in the data directory of the center.
    pub source_path: String,
    /// A registered Base; without, only registering is asked about.
    #[serde(default)]
    pub destination_iid: Option<String>,
}

/// A number, or text that may be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum NumberOrText {
    /// Such as `9`.
    Number(i64),
    /// Such as `"9"` or `"A6"`.
    Text(String),
}

impl fmt::Display for NumberOrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text.trim()),
        }
    }
}
