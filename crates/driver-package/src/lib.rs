//! What an uploaded driver archive is: entries, INF files, devices.
//!
//! A driver comes as an archive from outside and is hostile until shown otherwise. [`reader::read`] starts the
//! confined process `package-reader`, which alone parses it, and hands its directories, files and bytes to the caller;
//! [`reader::inspect`] only reports. Both refuse an archive whole: there is no partial import. [`inf`] parses INF
//! files, [`os`] knows the Windows versions that they are for, and [`printer`] the
//! configuration file of printer drivers. This crate writes no disk and keeps no state.
//!
//! # Notices
//!
//! | id | values | when |
//! | --- | --- | --- |
//! | `package.wrong_type` | `file` | the extension is unknown, or the content is something else |
//! | `package.empty` | – | no bytes, or no file inside |
//! | `package.no_driver` | – | no INF file describes a driver |
//! | `package.encrypted` | `entry` (may be empty) | a password would be needed |
//! | `package.damaged` | `entry` (may be empty), `reason` | cut, changed, or lying about its sizes |
//! | `package.unsupported` | `entry`, `reason` | a compression method nobody here can read |
//! | `package.bad_name` | `entry`, `reason`: `empty`, `absolute`, `traversal`, `character`, `trailing`, `reserved`, `too_long`, `too_deep` | not a path for a Windows disk |
//! | `package.link` | `entry` | a symbolic link or another special file |
//! | `package.duplicate_entry` | `entry` | two names that Windows takes for one |
//! | `package.too_large` | `entry` (may be empty), `bytes`, `limit_bytes` | a size or an expansion over the limit |
//! | `package.too_many_entries` | `entries`, `limit` | |
//! | `package.too_deep` | `entry`, `limit` | archives in archives in archives |
//! | `package.too_slow` | `seconds` | the whole reading took too long |
//! | `package.stalled` | `seconds` | the reader made no progress |
//! | `package.tool_missing` | `program`, `command` | `7zz` is needed and not installed |
//! | `package.reader_missing` | `path` | `package-reader` cannot be started |
//! | `package.reader_failed` | `reason` | it died, or broke the rules |
//!
//! Those of printer drivers, `printer.*`, are listed in [`printer`].
//!
//! Warnings of a report: `package.nested_unread` (`entry`, `reason`: one of the ids above): a nested archive is stored
//! but was not looked into; `package.inf_unread` (`entry`, `bytes`): an INF file is too large to be parsed;
//! `package.more_warnings` (`count`). Those of single INF files, `inf.*`, are listed in [`inf`].

#[doc(hidden)]
pub mod archive;
mod frame;
pub mod inf;
mod limits;
mod names;
pub mod os;
mod package;
pub mod printer;
pub mod reader;
mod refusal;
pub mod report;

pub use limits::{Capacity, Limits};
pub use package::{FileTime, PackageKind, PackageReport};
pub use reader::{Event, ReaderProgram};
