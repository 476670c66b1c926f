//! `/thor/voi/driver`: system drivers and the state of the disk.

pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod mount;
pub(crate) mod tus;
pub(crate) mod update;
pub(crate) mod upload;
