//! Templates: what our own interface adds to the platform's.

use serde::{Deserialize, Serialize};

use super::HardwareDevice;
use crate::thor::Environment;

/// Body of `POST /api/v1/templates`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateRequest {
    /// Name for people; unique.
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub name: String,
    /// Its system, by number or name.
    pub os_type: Environment,
    /// 1 public-desktop, 2 personal-desktop template.
    #[serde(rename = "type")]
    pub kind: i32,
    /// The image of the store that it is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

/// Body of `PUT /api/v1/templates/{id}`; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateUpdate {
    /// New name.
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New system, by number or name; its drivers must fit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_type: Option<Environment>,
}

wire! {
    /// An image of the store that a template can be made of.
    pub struct StoreImage {
        /// Its id.
        pub uuid: String,
        /// Its name in the store.
        pub name: String,
        /// Its bytes.
        pub size: u64,
        /// The template that is made of it already.
        #[serde(default)]
        pub template: Option<i64>,
    }
}

wire! {
    /// Body of `POST /api/v1/templates/{id}/plan`.
    pub struct PlanRequest {
        /// The devices of the machine; none where they are not known.
        #[serde(default)]
        pub devices: Vec<HardwareDevice>,
    }
}

wire! {
    /// What a machine takes from its tool disk before it starts a desktop of a template.
    pub struct Plan {
        /// The template.
        pub template: i64,
        /// Its system.
        pub os_type: i32,
        /// Whether it has drivers at all.
        pub is_allow_heterogeneous: bool,
        /// The heterogeneous version that this plan is of.
        pub hg_version: i32,
        /// The packages, in the order in which they are taken.
        pub packages: Vec<PlanPackage>,
        /// Associated packages that are not taken.
        pub left_out: Vec<PlanPackage>,
        /// Devices for which no package has a driver; Windows' own may do.
        pub unserved: Vec<String>,
    }
}

wire! {
    /// A package of a plan, and why it is in it.
    pub struct PlanPackage {
        /// The driver.
        pub driver_id: i64,
        /// Its name.
        pub name: String,
        /// 1 universal, 2 extracted.
        #[serde(rename = "type")]
        pub kind: i32,
        /// Its directory on the tool disk.
        pub directory: String,
        /// The version of the disk from which on it is there; none while it is not saved.
        #[serde(default)]
        pub since_version: Option<u64>,
        /// `universal`: it covers the general case; `device`: it has drivers for devices of the machine;
        /// `hardware_unknown`: nothing is known of the machine; `no_device`: it has no driver for any device.
        pub reason: String,
        /// The devices that it has drivers for.
        pub devices: Vec<PlanMatch>,
    }
}

wire! {
    /// A device that a package has a driver for.
    pub struct PlanMatch {
        /// The device.
        pub device: String,
        /// The ID of the INF file that matched.
        pub id: String,
        /// `hardware` or `compatible`: which of the device's IDs it is.
        pub matched: String,
        /// Windows' identifier score; less is better.
        pub score: u32,
        /// Whether no other package serves the device better.
        pub is_best: bool,
        /// The INF file, as a path inside the package.
        pub inf: String,
        /// What the INF file calls the device.
        pub description: String,
    }
}
