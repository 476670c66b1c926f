//! The state of the center: edits, operations, versions, jobs, needs.

use serde::{Deserialize, Serialize};

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
        /// Whether a save publishes the disk though nothing was changed: it was taken over, and is no version yet.
        #[serde(default)]
        pub publishes_unchanged: bool,
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
        /// Who is editing: others may not change the disk meanwhile. Nobody, when the one who did has paused for long.
        #[serde(default)]
        pub held_by: Option<String>,
        /// When that one is out unless something more is changed.
        #[serde(default)]
        pub held_until: Option<String>,
        /// Version that it is based on.
        pub base_version: u64,
        /// What it changed so far.
        pub changes: Vec<Change>,
    }
}

wire! {
    /// What an edit has made of one driver.
    pub struct Change {
        /// `import`, `delete` or `update`.
        pub kind: String,
        /// `driver` for a system driver, `printer` for a printer driver.
        pub object: String,
        /// Number of that driver.
        pub driver_id: i64,
        /// The name that it has now, or had when it was deleted.
        pub name: String,
        /// When it was changed last.
        pub created_at: String,
        /// Who did so.
        pub created_by: String,
    }
}

wire! {
    /// A save, discard, restore or rollback.
    pub struct Operation {
        /// Identifies the operation.
        pub id: i64,
        /// `save`, `discard`, `restore`, `rollback` or `grow`.
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
        /// Why it failed, if it did, in the language of the request.
        #[serde(default)]
        pub error: Option<String>,
        /// The same as operators read it.
        #[serde(default)]
        pub detail: Option<String>,
    }
}

wire! {
    /// Whether an action may be done now.
    pub struct AllowedAction {
        /// `edit`, `import`, `delete`, `save`, `discard`, `take_over`, `rollback`, `grow`, `restore`, `auto_update`.
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
        #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
        #[serde(default)]
        pub note: Option<String>,
    }
}

wire! {
    /// How large the disk is, and how large it may become.
    pub struct Disk {
        /// Size of the disk as a computer sees it.
        pub virtual_bytes: u64,
        /// The largest size that it can be given; not more than it has where it cannot grow.
        pub largest_bytes: u64,
    }
}

wire! {
    /// Body of `POST /api/v1/disk/grow`.
    pub struct GrowRequest {
        /// The size that the disk gets; rounded up to whole 64 KiB.
        pub virtual_bytes: u64,
        /// A note for the history.
        #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
        #[serde(default)]
        pub note: Option<String>,
    }
}

wire! {
    /// Something that takes a while.
    pub struct Job {
        /// Identifies it.
        pub id: String,
        /// `import`, `import_printer`, `hash`, …
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
        /// What came of it: the number of the driver, or of the printer driver, that was imported.
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

wire! {
    /// Something that is not as it must be, in the language of the request.
    pub struct Damage {
        /// A stable name, such as `found.base_leaves`.
        pub id: String,
        /// What it is.
        pub text: String,
        /// `restore`, `itself`, `archive`, `backup` or `none`.
        pub mended_by: String,
        /// How it is mended, in words.
        pub mend: String,
        /// The values in the text, by name.
        #[serde(default)]
        pub values: std::collections::BTreeMap<String, String>,
    }
}

wire! {
    /// What a restore has found and done.
    pub struct RestoreReport {
        /// The restore.
        pub operation: Operation,
        /// What was not as it must be.
        pub findings: Vec<Damage>,
        /// What was done, in the language of the request.
        pub done: Vec<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/verify`.
    pub struct VerifyRequest {
        /// Whether every file of every package is compared with its archive, too.
        #[serde(default)]
        pub deep: bool,
    }
}

wire! {
    /// What a verify has found.
    pub struct VerifyReport {
        /// The version that was current.
        pub version: u64,
        /// Its root.
        pub root: String,
        /// Whether every file of every package was compared with its archive.
        pub deep: bool,
        /// When it ended.
        #[serde(default)]
        pub finished_at: Option<String>,
        /// What is not as it must be; none if all is right.
        pub findings: Vec<Damage>,
    }
}

wire! {
    /// Body of `POST /api/v1/restore`.
    pub struct RestoreRequest {
        /// Whether drivers may be given up whose archives are lost, where the disk must be made anew from the archives.
        #[serde(default)]
        pub accept_loss: bool,
    }
}

wire! {
    /// What a restore would find and do, as it was worked out last.
    pub struct RestorePlan {
        /// The version that was current.
        pub version: u64,
        /// `none`, `settle`, `mend`, `reassemble`, `rebuild` or `refuse`.
        pub action: String,
        /// When that was.
        #[serde(default)]
        pub checked_at: Option<String>,
        /// What is not as it must be.
        pub findings: Vec<Damage>,
        /// What a restore would do, in the language of the request.
        pub steps: Vec<String>,
        /// Drivers whose archives are lost.
        pub lost: Vec<String>,
    }
}

wire! {
    /// A backup of the whole center.
    pub struct Backup {
        /// Its name.
        pub id: String,
        /// When it was made.
        pub created_at: String,
        /// The center that it is of.
        pub center: String,
        /// The version that was current.
        pub version: u64,
        /// Bytes that it has added to those before it.
        pub added_bytes: u64,
    }
}
