//! The interface under `/thor`, whose field names and numbers other systems rely on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `type` of a system driver that is universal (`.iso`).
pub const TYPE_UNIVERSAL: i32 = 1;
/// `type` of a system driver that was extracted on a terminal (`.tq`).
pub const TYPE_EXTRACTED: i32 = 2;

/// `upload_type` of a printer driver that a terminal uploaded.
pub const UPLOADED_BY_TERMINAL: i32 = 1;
/// `upload_type` of a printer driver that was imported in the console.
pub const UPLOADED_IN_CONSOLE: i32 = 2;

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

/// A password on its way to the server; it is never answered, and its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Takes a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A row of `GET /thor/voi/printer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterDriver {
    /// Identifies the printer driver.
    pub id: i64,
    /// Name for people; unique among printer drivers.
    pub name: String,
    /// Its system, as `os_type` of a system driver.
    pub environment: i32,
    /// 1 local, 2 shared, 3 network.
    #[serde(rename = "type")]
    pub kind: i32,
    /// 1 uploaded by a terminal, 2 imported in the console.
    pub upload_type: i32,
    /// Free text.
    #[serde(default)]
    pub describe: Option<String>,
    /// When it was imported: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
    /// The terminal that uploaded it.
    #[serde(default)]
    pub client_name: Option<String>,
    /// MAC address of that terminal, twelve hexadecimal digits.
    #[serde(default)]
    pub client_mac: Option<String>,
    /// Number of terminals whose tool disk has it as it is now.
    pub client_nums: u64,
    /// 8 A3, 9 A4, 11 A5, 12 B4, 13 B5; other sizes by name, such as `"A6"`.
    pub paper: NumberOrText,
    /// 1 one side, 21 both sides on the long edge, 22 on the short edge.
    pub duplex_print: i32,
    /// The host that shares it, or its own address; empty for a local one.
    pub ip: String,
    /// Name of the share; of the queue (LPR); path (IPP).
    pub share: String,
    /// Account of the host that shares it.
    pub accounts: String,
    /// Name of the local port, or number of the network port.
    pub port: String,
    /// `RAW`, `LPR`, `IPP` or `WSD` for a network printer.
    #[serde(default)]
    pub protocol: Option<String>,
    /// Whether a password is kept for the account.
    pub has_password: bool,
    /// Size of its file in bytes.
    pub size: i64,
}

/// Body of `PUT /thor/voi/printer`; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterUpdate {
    /// The printer driver to change.
    pub id: i64,
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New system: the number of the enumeration, or its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// 1 local, 2 shared, 3 network.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<i32>,
    /// As in [`PrinterDriver`]; also by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<NumberOrText>,
    /// As in [`PrinterDriver`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplex_print: Option<i32>,
    /// The host that shares it (`\\host\share` names both), or its own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Name of the share; of the queue (LPR); path (IPP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
    /// Account of the host that shares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// Password of that account; empty takes it away. With another host or account it must be given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// Name of the local port, or number of the network port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<NumberOrText>,
    /// `RAW`, `LPR`, `IPP` or `WSD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// New free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<String>,
    /// The file inside the package that is changed: only the public configuration file can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
}

/// Body of `POST /thor/voi/printer/duplicate`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterDuplicate {
    /// The printer driver to copy.
    pub id: i64,
}

/// `type` of a template of public desktops (scenes).
pub const TEMPLATE_PUBLIC: i32 = 1;
/// `type` of a template of personal desktops.
pub const TEMPLATE_PERSONAL: i32 = 2;

/// A row of `GET /thor/image/1` and `GET /thor/image/2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Template {
    /// Identifies the template.
    pub id: i64,
    /// Name for people.
    pub name: String,
    /// Its system, as in [`SystemDriver`]; 0 when it is not known.
    pub os_type: i32,
    /// 1 public-desktop, 2 personal-desktop template.
    #[serde(rename = "type")]
    pub kind: i32,
    /// Its image in the image store.
    #[serde(default)]
    pub uuid: Option<String>,
    /// Whether it has an associated driver.
    pub is_allow_heterogeneous: bool,
    /// Goes up by one with each change of its drivers.
    pub hg_version: i32,
    /// Its universal driver.
    #[serde(default)]
    pub universal_driver_id: Option<i64>,
    /// Its extracted driver.
    #[serde(default)]
    pub extractive_driver_id: Option<i64>,
    /// When it was made: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
}

/// Answer of `GET /thor/voi/image_relate_drive`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageRelations {
    /// Always 0.
    pub code: i32,
    /// The universal driver of the templates, if they have the same.
    pub universal_driver_id: Option<i64>,
    /// The extracted driver of the templates, if they have the same.
    pub extractive_driver_id: Option<i64>,
    /// Drivers that fit the templates' systems.
    pub data: Vec<FittingDriver>,
}

/// A driver that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FittingDriver {
    /// Identifies the driver.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// As in [`SystemDriver`].
    pub os_type: i32,
    /// 1 universal, 2 extracted.
    #[serde(rename = "type")]
    pub kind: i32,
}

/// Body of `POST /thor/voi/image_relate_drive`; what is not named stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageRelate {
    /// The template.
    pub id: i64,
    /// Its universal driver; null takes it away.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub universal_driver_id: Option<Option<i64>>,
    /// Its extracted driver; null takes it away.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub extractive_driver_id: Option<Option<i64>>,
}

/// Tells null from a member that is not there.
fn named<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Body of `POST /thor/voi/personal/desktops` and `POST /thor/voi/modes`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DesktopRequest {
    /// Name for people.
    pub name: String,
    /// The template that it is made from.
    pub image_id: i64,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<String>,
    /// Not accepted any more: it follows from the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, deprecated))]
    pub is_allow_heterogeneous: Option<serde_json::Value>,
}

/// A personal desktop or a scene.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Desktop {
    /// Identifies it.
    pub id: i64,
    /// Name for people.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub describe: Option<String>,
    /// Its template.
    pub image_id: i64,
    /// Name of that.
    pub image_name: String,
    /// The system.
    pub os_type: i32,
    /// Whether its template has an associated driver.
    pub is_allow_heterogeneous: bool,
    /// That of its template.
    pub hg_version: i32,
    /// When it was made: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
}

/// Answer of `GET /voi_api/scene/notifyupdatehgdrive`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notified {
    /// Terminals that were told.
    pub notified: u64,
}
