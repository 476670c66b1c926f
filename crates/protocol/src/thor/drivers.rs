//! System drivers.

use serde::{Deserialize, Serialize};

use super::Environment;

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
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New system: the number of the enumeration, or its name. 0, as it is listed where the system is not known, leaves
    /// it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// New free text.
    #[cfg_attr(feature = "openapi", schema(max_length = 255))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<String>,
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
