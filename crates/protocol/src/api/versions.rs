//! Versions of the disk: their history, what they hold, how they differ, and the way back.

use serde::{Deserialize, Serialize};

use super::drivers::{FileEntry, Inf};

wire! {
    /// A version of the disk.
    pub struct Version {
        /// Its number; grows by one with each save.
        pub number: u64,
        /// `initial`, `save`, `rollback`, `restore` or `grow`.
        pub kind: String,
        /// When.
        pub created_at: String,
        /// Who.
        pub created_by: String,
        /// Free text.
        #[serde(default)]
        pub note: Option<String>,
        /// Root of the disk file.
        pub root: String,
        /// Length of the disk file.
        pub length: u64,
        /// Size of the disk as a computer sees it, where it is known.
        #[serde(default)]
        pub virtual_bytes: Option<u64>,
        /// Bytes that a terminal one version behind fetches.
        pub update_bytes: u64,
        /// md5 of the disk file, once it is known.
        #[serde(default)]
        pub md5: Option<String>,
        /// Names of the packages that came in.
        pub added: Vec<String>,
        /// Names of the packages that another import has replaced, or whose name, system or description changed.
        #[serde(default)]
        pub changed: Vec<String>,
        /// Names of the packages that went.
        pub removed: Vec<String>,
        /// Packages in this version.
        pub packages: u64,
        /// Whether it can still be looked into and brought back.
        #[serde(default)]
        pub kept: bool,
        /// For a rollback: the version that came back.
        #[serde(default)]
        pub target: Option<u64>,
    }
}

wire! {
    /// A package as a version holds it.
    pub struct VersionPackage {
        /// `driver` for a system driver, `printer` for a printer driver.
        pub object: String,
        /// Number of that driver.
        pub driver_id: i64,
        /// Its name at that time.
        pub name: String,
        /// Directory, or file, inside the disk.
        pub directory: String,
        /// sha256 of the uploaded file.
        pub sha256: String,
        /// The system that it was listed for; what follows is not known of versions of the first release.
        #[serde(default)]
        pub os_type: Option<i32>,
        /// Description at that time.
        #[serde(default)]
        pub describe: Option<String>,
        /// 1 universal, 2 extracted; of a printer driver 1 local, 2 shared, 3 network.
        #[serde(default)]
        pub kind: Option<i32>,
        /// Bytes of the uploaded file.
        #[serde(default)]
        pub size: Option<i64>,
        /// Name of the uploaded file.
        #[serde(default)]
        pub archive_name: Option<String>,
    }
}

wire! {
    /// What became of something.
    pub enum ChangeKind {
        /// It came.
        Added,
        /// It is another one, or says something else.
        Changed,
        /// It went.
        Removed,
    }
}

wire! {
    /// A package that differs between two versions.
    pub struct PackageChange {
        /// What became of it.
        pub change: ChangeKind,
        /// As it was.
        #[serde(default)]
        pub before: Option<VersionPackage>,
        /// As it is.
        #[serde(default)]
        pub after: Option<VersionPackage>,
    }
}

impl PackageChange {
    /// The name that it has, or had.
    pub fn name(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |package| &package.name)
    }
}

wire! {
    /// An INF file that differs between two versions.
    pub struct InfChange {
        /// The package that it is in.
        pub package: String,
        /// What became of it.
        pub change: ChangeKind,
        /// As it was.
        #[serde(default)]
        pub before: Option<Inf>,
        /// As it is.
        #[serde(default)]
        pub after: Option<Inf>,
        /// Hardware and compatible IDs that it supports now and did not before.
        pub devices_added: u64,
        /// Those that it does not support any more.
        pub devices_removed: u64,
        /// The first of the added ones.
        pub hardware_ids_added: Vec<String>,
        /// The first of the removed ones.
        pub hardware_ids_removed: Vec<String>,
    }
}

wire! {
    /// The difference of two versions: packages, INF files and devices.
    pub struct VersionDiff {
        /// The version that is compared with.
        pub from: u64,
        /// The version that is looked at.
        pub to: u64,
        /// Packages that differ, by name.
        pub packages: Vec<PackageChange>,
        /// INF files that differ.
        pub infs: Vec<InfChange>,
    }
}

wire! {
    /// A file that differs between two versions.
    pub struct FileChange {
        /// Path on the disk.
        pub path: String,
        /// What became of it.
        pub change: ChangeKind,
        /// As it was.
        #[serde(default)]
        pub before: Option<FileEntry>,
        /// As it is.
        #[serde(default)]
        pub after: Option<FileEntry>,
    }
}

wire! {
    /// The difference of two versions, file by file.
    #[derive(Default)]
    pub struct FileDiff {
        /// The version that is compared with.
        pub from: u64,
        /// The version that is looked at.
        pub to: u64,
        /// Files that came.
        pub added: u64,
        /// Files whose bytes are others.
        pub changed: u64,
        /// Files that went.
        pub removed: u64,
        /// Bytes of all these files before.
        pub bytes_before: u64,
        /// Bytes of all these files now.
        pub bytes_after: u64,
        /// Files of the same size that were too many to be read: they count as changed where their time is another one.
        pub compared_by_time: u64,
        /// The files, as many as were asked for.
        pub files: Vec<FileChange>,
        /// Whether there are more.
        pub is_truncated: bool,
    }
}

wire! {
    /// What a rollback would change.
    pub struct RollbackPlan {
        /// The present version.
        pub from: u64,
        /// The version that would come back.
        pub to: u64,
        /// Packages that would come, change or go.
        pub packages: Vec<PackageChange>,
        /// Bytes that a terminal at the present version would fetch at most.
        pub update_bytes: u64,
        /// Size of the disk as a computer sees it now.
        #[serde(default)]
        pub virtual_bytes_before: u64,
        /// The same after it: a rollback to before the disk has grown makes it smaller again.
        #[serde(default)]
        pub virtual_bytes: u64,
    }
}

wire! {
    /// Body of `POST /api/v1/versions/{number}/rollback`.
    pub struct RollbackRequest {
        /// A note for the history.
        #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
        #[serde(default)]
        pub note: Option<String>,
    }
}
