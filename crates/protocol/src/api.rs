//! Our own interface under `/api/v1`.
//!
//! Times are RFC 3339 in UTC; sizes are bytes unless a name says otherwise.

use serde::{Deserialize, Serialize};

macro_rules! wire {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($body)* }
    };
    ($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($body)* }
    };
}

wire! {
    /// The state of the center in one answer: what it is, what is going on, what may be done.
    pub struct Status {
        /// Identifies this center; terminals pin it.
        pub center: String,
        /// Version of the program.
        pub program: String,
        /// 1 normal, 2 merging, 3 error, 4 restoring.
        pub mount_status: i32,
        /// Whether terminals take new versions by themselves.
        pub is_auto_update: bool,
        /// Why the state is 3; for people.
        #[serde(default)]
        pub problem: Option<String>,
        /// The last published version; 0 when nothing was saved yet.
        pub version: u64,
        /// Root of the disk file.
        pub root: String,
        /// Length of the disk file.
        pub length: u64,
        /// Virtual size of the disk.
        pub virtual_bytes: u64,
        /// Free space on the disk that holds the data directory.
        pub free_bytes: u64,
        /// The edit that is open, if one is.
        #[serde(default)]
        pub edit: Option<Edit>,
        /// The save, restore or rollback that is running.
        #[serde(default)]
        pub operation: Option<Operation>,
        /// What may be done now, and the reason where it may not.
        pub allowed_actions: Vec<AllowedAction>,
    }
}

wire! {
    /// An open edit.
    pub struct Edit {
        /// When it was opened.
        pub opened_at: String,
        /// Who opened it.
        pub opened_by: String,
        /// Version that it is based on.
        pub base_version: u64,
        /// What it changed so far.
        pub changes: Vec<Change>,
    }
}

wire! {
    /// One change of an edit.
    pub struct Change {
        /// `import`, `delete` or `update`.
        pub kind: String,
        /// The driver that it concerns.
        pub driver_id: i64,
        /// Its name.
        pub name: String,
        /// When it was made.
        pub created_at: String,
        /// Who made it.
        pub created_by: String,
    }
}

wire! {
    /// A save, discard, restore or rollback.
    pub struct Operation {
        /// Identifies the operation.
        pub id: i64,
        /// `save`, `discard`, `restore` or `rollback`.
        pub kind: String,
        /// The step that is next or under way.
        pub step: String,
        /// Steps that are done.
        pub steps_done: u32,
        /// Steps in all.
        pub steps_total: u32,
        /// Started by.
        pub created_by: String,
        /// Started at.
        pub created_at: String,
        /// Why it failed, if it did.
        #[serde(default)]
        pub error: Option<String>,
    }
}

wire! {
    /// Whether an action may be done now.
    pub struct AllowedAction {
        /// `edit`, `import`, `delete`, `save`, `discard`, `restore`, `auto_update`.
        pub action: String,
        /// Whether it may.
        pub allowed: bool,
        /// Why not, in the language of the caller.
        #[serde(default)]
        pub reason: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/save`.
    pub struct SaveRequest {
        /// A note for the history.
        #[serde(default)]
        pub note: Option<String>,
    }
}

wire! {
    /// A version of the disk.
    pub struct Version {
        /// Its number; grows by one with each save.
        pub number: u64,
        /// `initial`, `save` or `rollback`.
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
        /// Bytes that a terminal one version behind fetches.
        pub update_bytes: u64,
        /// md5 of the disk file, once it is known.
        #[serde(default)]
        pub md5: Option<String>,
        /// Names of the packages that came in.
        pub added: Vec<String>,
        /// Names of the packages that went.
        pub removed: Vec<String>,
        /// Packages in this version.
        pub packages: u64,
    }
}

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

wire! {
    /// Something that takes a while.
    pub struct Job {
        /// Identifies it.
        pub id: String,
        /// `import`, `hash`, …
        pub kind: String,
        /// `running`, `succeeded`, `failed` or `cancelled`.
        pub state: String,
        /// What it is about: a file name, a version.
        pub subject: String,
        /// Bytes done.
        pub done: u64,
        /// Bytes in all; 0 while unknown.
        pub total: u64,
        /// Why it failed, in the language of the request.
        #[serde(default)]
        pub message: Option<String>,
        /// The same as operators read it.
        #[serde(default)]
        pub detail: Option<String>,
        /// What came of it: for an import, the driver's id.
        #[serde(default)]
        pub driver_id: Option<i64>,
        /// Who started it.
        pub created_by: String,
        /// When.
        pub created_at: String,
        /// When it ended.
        #[serde(default)]
        pub finished_at: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/session`.
    pub struct SignIn {
        /// User name.
        pub name: String,
        /// Password.
        pub password: String,
    }
}

wire! {
    /// Who is signed in.
    pub struct Who {
        /// User name.
        pub name: String,
        /// `administrator`, `operator`, `viewer` or `terminal`.
        pub role: String,
        /// Whether the password has to be changed first.
        pub must_change_password: bool,
    }
}

wire! {
    /// Body of `POST /api/v1/password`.
    pub struct PasswordChange {
        /// The present password.
        pub current: String,
        /// The new one.
        pub new: String,
    }
}

wire! {
    /// Body of `POST /api/v1/login`.
    pub struct Login {
        /// User name.
        pub name: String,
        /// Password.
        pub password: String,
        /// A new password; needed when the present one is a one-time password.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub new_password: Option<String>,
        /// What the token is for, such as the name of the machine.
        pub token_name: String,
        /// Days until the token ends; without, it does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub days: Option<u32>,
    }
}

wire! {
    /// A user.
    pub struct User {
        /// Number.
        pub id: i64,
        /// Name for signing in.
        pub name: String,
        /// `viewer`, `operator` or `administrator`.
        pub role: String,
        /// Whether the password is a one-time password.
        pub must_change_password: bool,
        /// When the account was made.
        pub created_at: String,
        /// Since when it is closed.
        #[serde(default)]
        pub disabled_at: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/users`.
    pub struct NewUser {
        /// Name for signing in.
        pub name: String,
        /// `viewer`, `operator` or `administrator`.
        pub role: String,
    }
}

wire! {
    /// Body of `PUT /api/v1/users/{id}`; what is not given stays.
    pub struct UserChange {
        /// `viewer`, `operator` or `administrator`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub role: Option<String>,
        /// Whether the account is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub disabled: Option<bool>,
    }
}

wire! {
    /// A one-time password; shown this once.
    pub struct NewPassword {
        /// The user.
        pub id: i64,
        /// The password; it has to be changed at the first sign-in.
        pub password: String,
    }
}

wire! {
    /// An API token, without its secret.
    pub struct ApiToken {
        /// Identifies it.
        pub id: i64,
        /// What it is for.
        pub name: String,
        /// When it was made.
        pub created_at: String,
        /// When it was last used, to about a minute.
        #[serde(default)]
        pub last_used_at: Option<String>,
        /// When it ends.
        #[serde(default)]
        pub expires_at: Option<String>,
    }
}

wire! {
    /// An enrolment token, without its secret.
    pub struct EnrolmentToken {
        /// Identifies it.
        pub id: i64,
        /// What it is for.
        pub name: String,
        /// Who made it.
        pub created_by: String,
        /// When.
        pub created_at: String,
        /// When it ends.
        pub expires_at: String,
        /// How many terminals may still use it.
        pub uses_left: u32,
    }
}

wire! {
    /// Body of `POST /api/v1/tokens`.
    pub struct TokenRequest {
        /// What it is for.
        pub name: String,
        /// Days until it ends; without, it does not.
        #[serde(default)]
        pub days: Option<u32>,
    }
}

wire! {
    /// A new API or enrolment token; the secret is shown this once.
    pub struct NewToken {
        /// Identifies it, for taking it back.
        pub id: i64,
        /// The secret.
        pub token: String,
    }
}

wire! {
    /// Body of `POST /api/v1/enrolment-tokens`.
    pub struct EnrolmentTokenRequest {
        /// What it is for.
        pub name: String,
        /// How many terminals may use it.
        pub uses: u32,
        /// Hours until it ends.
        pub hours: u32,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/enrol`.
    pub struct EnrolRequest {
        /// An enrolment token.
        pub token: String,
        /// Name of the terminal.
        pub name: String,
        /// MAC address of the terminal; may be empty.
        #[serde(default)]
        pub mac: String,
    }
}

wire! {
    /// What a terminal keeps from its enrolment.
    pub struct Enrolled {
        /// Identifies the terminal.
        pub terminal: String,
        /// Its secret: the bearer token of all its requests.
        pub secret: String,
        /// Identifies the center.
        pub center: String,
        /// Key that signs heads; 64 hexadecimal digits.
        pub public_key: String,
    }
}

wire! {
    /// What a terminal is doing.
    pub enum TerminalState {
        /// Nothing heard yet.
        Unknown,
        /// At rest.
        Idle,
        /// Fetching; counts as a running distribution task.
        Downloading,
        /// Writing its disk; counts as a running distribution task.
        Applying,
        /// Everything is fetched; the disk is in use and switches at the next boot.
        Waiting,
        /// It failed and will try again.
        Error,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/self/report`.
    pub struct Report {
        /// Version of its disk; 0 when it has none.
        pub version: u64,
        /// Root of its disk; empty when it has none.
        pub root: String,
        /// What it is doing.
        pub state: TerminalState,
        /// Bytes fetched.
        pub done: u64,
        /// Bytes to fetch.
        pub total: u64,
        /// Why it failed.
        #[serde(default)]
        pub message: Option<String>,
        /// Version of the program.
        pub program: String,
    }
}

wire! {
    /// What the center answers to a report.
    pub struct Directive {
        /// Whether the terminal is to take the current version: automatic updates are on, or it was pushed.
        pub update: bool,
        /// The current version.
        pub version: u64,
        /// Seconds until the next report while idle.
        pub report_after_seconds: u32,
    }
}

wire! {
    /// A terminal, as administrators see it.
    pub struct Terminal {
        /// Identifies it.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its MAC address.
        pub mac: String,
        /// When it was enrolled.
        pub enrolled_at: String,
        /// When it was last heard.
        #[serde(default)]
        pub last_seen_at: Option<String>,
        /// Version of its disk.
        #[serde(default)]
        pub version: Option<u64>,
        /// Whether its disk is provably the current version.
        pub identical: bool,
        /// What it is doing.
        pub state: TerminalState,
        /// Bytes fetched.
        pub done: u64,
        /// Bytes to fetch.
        pub total: u64,
        /// Why it failed.
        #[serde(default)]
        pub message: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/push`.
    pub struct PushRequest {
        /// Terminals that are to take the current version.
        pub terminals: Vec<String>,
    }
}

wire! {
    /// A need that `doctor` checked.
    pub struct Finding {
        /// What was checked.
        pub name: String,
        /// Whether it is as it must be.
        pub ok: bool,
        /// What was found.
        pub found: String,
        /// Command that mends it.
        #[serde(default)]
        pub remedy: Option<String>,
    }
}

/// An event of `GET /api/v1/events`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The state of the center changed; fetch `/api/v1/status`.
    Status,
    /// The list of drivers changed.
    Drivers,
    /// A new version was published.
    Version {
        /// Its number.
        number: u64,
    },
    /// An operation went on.
    Operation(Operation),
    /// A job went on.
    Job(Job),
    /// A terminal reported.
    Terminal {
        /// Its id.
        id: String,
    },
}
