//! The commands, one per file. Each answers its exit code.

pub mod completions;
pub mod daemon;
pub mod enrol;
pub mod status;
pub mod sync;
pub mod verify;
