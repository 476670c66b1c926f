//! Backups of the whole center in a directory: consistent while the center serves, and incremental by content.
//!
//! ```text
//! driver-center-backup       says what the directory is
//! archives/<sha256>          kept archives
//! objects/ab/ab…             updates, leaf tables, manifests; by blake3
//! chunks/ab/ab…              runs of leaves of Base, of registered images and of the tables; by the root of the run
//! keys/<blake3>              secrets of the center, mode 0600
//! snapshots/<id>.json        one backup: written last, names its manifest
//! ```
//!
//! Nothing that is there is ever written again, so whatever ends a backup early leaves the earlier ones as they were;
//! what it had copied is of use for the next. Everything is checked against its name while it is copied. No lock of
//! the running server is needed: what changes under the copying does not fit its digest, and then the copying begins
//! again with what the center is by then.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `backup.missing` | `path` | there are no backups in the directory, or it is not there |
//! | `backup.not_one` | `path` | backups are to go into a directory that holds something else |
//! | `backup.other_center` | `path` | it holds those of another center |
//! | `backup.in_use` | `path` | another backup writes there |
//! | `backup.none` | `id` | there is no such backup |
//! | `backup.damaged` | `what` | something in the directory is not what its name says |
//! | `backup.error_state` | – | the center has to be restored first |
//! | `backup.source_damaged` | `what` | something of the center is damaged or missing |
//! | `backup.too_busy` | – | the center kept changing |
//! | `backup.not_empty` | `path` | a backup is only restored where nothing is |
//! | `backup.unfinished` | `path` | a restore into this data directory was interrupted |
//! | `backup.other_release` | – | the database is of another release than the program |
//! | `backup.newer` | – | the backup is of a newer release |

mod create;
mod prune;
mod records;
mod repository;
mod restore;
pub(crate) mod tables;
mod verify;
mod whole;

use std::collections::BTreeMap;

use fault::Result;
use image_store::ImageMeta;
use serde::{Deserialize, Serialize};

pub use create::{Source, create};
pub use prune::prune;
pub use restore::{Target, restore};
pub use verify::{list, verify};

pub(crate) use restore::{begin_in_empty, end, next_number, refuse_unfinished};

use crate::host::{Host, Moment, StepPoint, meet};

/// The format of the directory.
const FORMAT: u32 = 1;
/// Leaves of a chunk: 1 MiB.
const RUN_LEAVES: u64 = 16;

/// Runs a step, which may end anywhere and be run again.
async fn step<T>(
    host: &dyn Host,
    operation: &str,
    step: &str,
    work: impl AsyncFn() -> Result<T>,
) -> Result<T> {
    let point = |moment| StepPoint { operation, step, moment };
    meet(host, &point(Moment::Before)).await?;
    let outcome = work().await?;
    if !meet(host, &point(Moment::After)).await? {
        return Ok(outcome);
    }
    drop(outcome);
    work().await
}

/// A file of which the chunks are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileRecord {
    /// Digest of its encoded leaf table, which is among the objects; the chunks follow from it.
    leaf_table: String,
    length: u64,
}

/// A registered image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ImageRecord {
    id: String,
    meta: ImageMeta,
    file: FileRecord,
}

/// A table of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct TableRecord {
    rows: u64,
    /// One row a line, JSON.
    file: FileRecord,
}

/// All that one backup consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Contents {
    format: u32,
    program: String,
    center: String,
    version: u64,
    root: String,
    created_at: String,
    base: FileRecord,
    /// By sha256, with their sizes.
    archives: BTreeMap<String, u64>,
    /// Digests of updates and packs.
    objects: Vec<String>,
    images: Vec<ImageRecord>,
    tables: BTreeMap<String, TableRecord>,
    /// File names in the data directory, with the digests of their contents.
    keys: BTreeMap<String, String>,
    /// The steps of the schema.
    schema: Vec<String>,
}

/// What a file in `snapshots` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Snapshot {
    format: u32,
    id: String,
    created_at: String,
    center: String,
    version: u64,
    /// Digest of the contents among the objects.
    contents: String,
    /// Bytes that this backup has added.
    added_bytes: u64,
}
