//! The interface under `/thor`, whose field names and numbers other systems rely on.

use serde::{Deserialize, Serialize};

/// `type` of a system driver that is universal (`.iso`).
pub const TYPE_UNIVERSAL: i32 = 1;
/// `type` of a system driver that was extracted on a terminal (`.tq`).
pub const TYPE_EXTRACTED: i32 = 2;

/// A row of `GET /thor/voi/driver`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemDriver {
    /// Identifies the driver.
    pub id: i64,
    /// Name for people; unique among system drivers.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub describe: Option<String>,
    /// 1 Windows7_32, 2 Windows7_64, 3 Windows10_32, 4 Windows10_64, 5 Windows11_64; 0 when it could not be worked out.
    pub os_type: i32,
    /// 1 universal, 2 extracted.
    #[serde(rename = "type")]
    pub kind: i32,
    /// Number of associated templates.
    pub tpl_num: u64,
    /// Size of the imported archive in bytes.
    pub size: i64,
    /// When it was imported: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
}

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

/// Body of `POST /thor/voi/driver`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverAction {
    /// Always `delete`.
    pub action: String,
    /// Drivers to delete; all of them or none.
    pub ids: Vec<i64>,
}

/// Body of `PUT /thor/voi/driver`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverUpdate {
    /// The driver to change.
    pub id: i64,
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New system: the number of the enumeration, or its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// New free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<String>,
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

/// A row of the answer of `POST /thor/voi/driver/upload`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadedDriver {
    /// Identifies the driver.
    pub id: i64,
    /// Its name, from the name of the file.
    pub name: String,
    /// As in [`SystemDriver`]; worked out from the drivers inside.
    pub os_type: i32,
    /// 1 universal, 2 extracted.
    #[serde(rename = "type")]
    pub kind: i32,
    /// Number of associated templates.
    pub tpl_num: u64,
    /// Size of the archive in bytes.
    pub size: i64,
    /// When it was imported: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
}

impl From<SystemDriver> for UploadedDriver {
    fn from(driver: SystemDriver) -> Self {
        let SystemDriver { id, name, describe: _, os_type, kind, tpl_num, size, create_at } = driver;
        Self { id, name, os_type, kind, tpl_num, size, create_at }
    }
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
