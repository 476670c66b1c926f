//! Files inside a qcow2 image with NTFS: create, adopt, import, remove, list, read, seal, merge, grow.
//!
//! This library starts `disk-worker` processes and talks to them over pipes: one for each open image or job. Only
//! the worker runs libntfs-3g and interprets qcow2, so that a crash there costs one job and never the server.
//! The library opens no image, never prints, and never reads the environment.
//!
//! A Base is never written while it counts: edits go to an Active over it, and [`merge`] and [`grow`] only compute
//! what would change in the file of Base. Where a worker dies while it writes, the Active is refused from then on; it must
//! be made anew from what was recorded. Only a Base that is being made is filled directly.
//!
//! # Notices
//!
//! | id | values | when |
//! | --- | --- | --- |
//! | `disk.name_invalid` | `entry` | a name that Windows cannot open |
//! | `disk.name_reserved` | `entry` | a name of a Windows device |
//! | `disk.path_too_long` | `entry` | a name or path beyond the limits |
//! | `disk.exists` | `entry` | something of that name (in any case) exists already |
//! | `disk.is_directory` | `entry` | a directory where a file is needed |
//! | `disk.not_found` | `entry` | no such file or directory |
//! | `disk.path_exists` | `path` | a file on the server that is to be made exists already |
//! | `disk.size_mismatch` | `entry` | a file brought more or fewer bytes than announced |
//! | `disk.too_many_entries` | `entry` | an import or directory beyond the limits |
//! | `disk.volume_full` | `entry` | no space inside the volume |
//! | `disk.no_space` | `path` | no space on the server's disk |
//! | `disk.locked` | `path` | another session has the image open |
//! | `disk.import_running` | – | the session already runs an import |
//! | `disk.active_unclean` | `path` | an Active that was left in the middle of a change |
//! | `disk.not_qcow2` | `path` | not a qcow2 file |
//! | `disk.unsupported_image` | `path`, `feature` | a backing file, an external data file, encryption, … |
//! | `disk.image_damaged` | `path` | the structure of the image is damaged |
//! | `disk.not_ntfs` | `path` | no NTFS volume where one should be |
//! | `disk.ntfs_dirty` | `path` | NTFS was not unmounted cleanly; run `chkdsk` in Windows |
//! | `disk.bad_options` | `option` | a size or label that cannot be |
//! | `disk.program_missing` | `program`, `package` | `mkntfs` or `qemu-img` is not installed |
//! | `disk.worker_missing` | `path` | the program `disk-worker` is not installed |
//! | `disk.worker_died` | `status` | `disk-worker` crashed or was killed |

mod client;
#[doc(hidden)]
pub mod limits;
mod names;
mod time;
mod types;
#[doc(hidden)]
pub mod wire;

pub use client::earlier::save_ranges;
pub use client::import::Import;
pub use client::jobs::{
    Progress, adopt_base, check, create_active, create_base, grow, grow_new, inspect, merge, remove_active,
};
pub use client::program::WorkerProgram;
pub use client::session::DiskSession;
pub use names::DiskPath;
pub use time::FileTime;
pub use types::{
    Access, Capture, CheckReport, CreateOptions, DirEntry, DiskFacts, Image, ImageInfo, ImportReport, Layout,
    SealReport, Space,
};
