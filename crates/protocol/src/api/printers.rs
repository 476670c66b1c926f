//! Printer drivers in detail.

use serde::{Deserialize, Serialize};

wire! {
    /// A printer driver with what is known of its package.
    pub struct PrinterDetail {
        /// The row of the platform's list.
        pub printer: crate::thor::PrinterDriver,
        /// Name of the uploaded file.
        pub archive_name: String,
        /// sha256 of the file on the disk.
        pub archive_sha256: String,
        /// The file on the disk.
        pub path: String,
        /// Systems that the drivers inside say they support.
        pub os_types: Vec<i32>,
        /// Whether it waits for the next save.
        pub pending: bool,
        /// The kept versions that hold it, oldest first.
        #[serde(default)]
        pub versions: Vec<u64>,
        /// What was odd about it, one line each.
        pub warnings: Vec<String>,
        /// Architectures that its INF files name: `x86`, `x64`, `arm64`, ….
        pub architectures: Vec<String>,
        /// The models inside.
        pub models: Vec<PrinterModel>,
        /// Models that are not listed, for there are too many.
        pub models_left_out: u64,
    }
}

wire! {
    /// A printer model.
    pub struct PrinterModel {
        /// The name by which Windows installs it.
        pub name: String,
        /// Who makes it.
        pub manufacturer: String,
        /// The INF file, as a path inside the package.
        pub inf: String,
        /// Hardware and compatible IDs, best first.
        pub ids: Vec<String>,
        /// Systems that it supports.
        pub os_types: Vec<i32>,
    }
}

wire! {
    /// The key that opens `sealed_password` of public configuration files.
    pub struct PrinterKey {
        /// 64 hexadecimal digits.
        pub key: String,
    }
}
