//! Drivers in detail, and the files on the disk.

use serde::{Deserialize, Serialize};

wire! {
    /// A page of a list.
    pub struct PageInfo {
        /// Rows in all.
        pub total: u64,
        /// First row of this page, from 0.
        pub offset: u64,
        /// Rows asked for at most.
        pub limit: u64,
    }
}

wire! {
    /// A driver with what is known of its package.
    pub struct DriverDetail {
        /// The row of the platform's list.
        pub driver: crate::thor::SystemDriver,
        /// Name of the uploaded file.
        pub archive_name: String,
        /// sha256 of the uploaded file.
        pub archive_sha256: String,
        /// Directory inside the disk.
        pub directory: String,
        /// Files in it.
        pub files: u64,
        /// Their bytes.
        pub unpacked_bytes: u64,
        /// Systems that the drivers inside say they support.
        pub os_types: Vec<i32>,
        /// Whether it waits for the next save.
        pub pending: bool,
        /// The kept versions that hold it, oldest first.
        #[serde(default)]
        pub versions: Vec<u64>,
        /// What was odd about it, one line each.
        pub warnings: Vec<String>,
        /// The INF files inside.
        pub infs: Vec<Inf>,
    }
}

wire! {
    /// An INF file of a package.
    pub struct Inf {
        /// Identifies it.
        pub id: i64,
        /// Path inside the package; for one in a nested archive, that archive's path, `!/`, and the path in it.
        pub path: String,
        /// Encoding that was detected.
        pub encoding: String,
        /// Device class.
        #[serde(default)]
        pub class: Option<String>,
        /// Device class GUID.
        #[serde(default)]
        pub class_guid: Option<String>,
        /// Who made it.
        #[serde(default)]
        pub provider: Option<String>,
        /// `YYYY-MM-DD`.
        #[serde(default)]
        pub driver_date: Option<String>,
        /// Four numbers.
        #[serde(default)]
        pub driver_version: Option<String>,
        /// Signature catalog that it names.
        #[serde(default)]
        pub catalog_file: Option<String>,
        /// Whether that file lies beside it.
        pub catalog_present: bool,
        /// Whether it is an extension INF.
        pub is_extension: bool,
        /// Device rows.
        pub devices: u64,
    }
}

wire! {
    /// A device that an INF names.
    pub struct Device {
        /// Hardware or compatible ID.
        #[serde(default)]
        pub hardware_id: Option<String>,
        /// `hardware`, `compatible` or `none`.
        pub kind: String,
        /// Description for people.
        pub description: String,
        /// Install section.
        pub install_section: String,
        /// Manufacturer.
        pub manufacturer: String,
        /// Target system decoration, such as `NTamd64.10.0`.
        pub decoration: String,
    }
}

wire! {
    /// Devices of an INF.
    pub struct DevicePage {
        /// Which part of the list this is.
        pub page: PageInfo,
        /// The rows.
        pub devices: Vec<Device>,
    }
}

wire! {
    /// A file or directory on the disk.
    pub struct FileEntry {
        /// Name without path.
        pub name: String,
        /// Whether it is a directory.
        pub is_directory: bool,
        /// Its bytes.
        pub size: u64,
        /// Last change.
        #[serde(default)]
        pub modified: Option<String>,
    }
}
