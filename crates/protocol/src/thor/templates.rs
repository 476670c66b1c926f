//! Templates, their drivers, and what is made from them.

use serde::{Deserialize, Serialize};

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
    /// Drivers that fit the templates' systems; one that is not saved yet is none of them.
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
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub name: String,
    /// The template that it is made from.
    pub image_id: i64,
    /// Free text.
    #[cfg_attr(feature = "openapi", schema(max_length = 255))]
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
