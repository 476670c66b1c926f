//! Printer drivers: kept whole on the disk as `/pri/<package>.zip`, with one configuration file inside that is ours.
//!
//! Each change is an edit like any other: what the file becomes is a kept archive of its own, so that the disk can be
//! made again from Base and the edits.

mod store;

pub(crate) use store::store;

use crate::db::entities::printer;

/// Where the files of printer drivers are on the disk.
const DIRECTORY: &str = "/pri";

/// Where the file of a printer driver is on the disk.
pub(crate) fn path_of(row: &printer::Model) -> String {
    format!("{DIRECTORY}/{}", row.file_name)
}
