//! The identity of a disk file, and patches on it.
//!
//! A disk file (any file; in practice a qcow2 of up to hundreds of GB) has a [`LeafTable`], whose [`Root`] proves the
//! content. Every change of a disk file is a [`Patch`] from one root to another: made by [`build`] from captured
//! writes, turned around by [`invert`], put together from downloaded leaves, and applied, with a journal, by [`Disk`]
//! alone. Byte formats: `docs/formats/patch.md`.
//!
//! This crate knows nothing of qcow2, networks, versions or signatures. It never prints, never reads the environment,
//! and never writes a disk file except through the journal.
//!
//! Messages for people ([`fault::Notice`]) and their values:
//!
//! | id | kind | values | meaning |
//! | --- | --- | --- | --- |
//! | `patch.base_differs` | conflict | `expected`, `found` | the file is not the one the patch is for |
//! | `patch.damaged` | corrupt | `object` | a leaf table, patch, pack or journal is not what it must be |
//! | `patch.disk_damaged` | corrupt | `offset` | the disk file differs from its leaf table there |
//! | `patch.journal_pending` | conflict | – | an earlier patch must be finished first |
//! | `patch.no_space` | no space | `path` | the file system of that path is full |
//! | `patch.object_missing` | not found | `digest` | a pack or patch must be fetched (again) |
//! | `patch.result_differs` | corrupt | `expected`, `found` | the file after a patch is not the one promised |
//! | `patch.too_large` | invalid | `limit` | a file or patch is beyond the limits |

mod apply;
mod build;
mod change;
mod checked;
mod codec;
mod folder;
mod identity;
mod index;
mod invert;
mod journal;
mod leafwise;
mod leaves;
pub mod limits;
mod objects;
mod overlay;
mod pack;
mod parallel;
mod partial;
mod patch;
mod plan;
mod progress;
mod reference;
mod rewind;
mod salvage;
mod sketch;
mod stage;
mod staged;
mod store;
mod write;

pub use apply::{Disk, Recovered};
pub use build::{Built, Stats, build};
pub use change::Change;
pub use folder::{Folder, FsFolder};
pub use identity::{Digest, FileIdentity, Root};
pub use index::BlockIndex;
pub use invert::invert;
pub use leafwise::{LeafPack, VerifiedLeaves, pack_leaves, patch_from_leaves, unpack_leaves, wanted_leaves};
pub use leaves::LeafTable;
pub use limits::{BLOCK_BYTES, LEAF_BYTES, PACK_RAW_BYTES};
pub use objects::{ObjectDir, check_digest};
pub use pack::{PackRef, PackSink, PackSource};
pub use partial::{Finished, PartialFile};
pub use patch::{BlockRange, Op, Patch, Room, Source};
pub use progress::{OnProgress, Phase, Progress, unwatched};
pub use rewind::{Rewound, rewind};
pub use salvage::{Remains, Successor, build_from_remains, visit_literals};
pub use stage::LeafStage;
pub use store::{ByteStore, FileStore};
