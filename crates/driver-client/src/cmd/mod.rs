//! One file per command.

pub(crate) mod collect;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod drivers;
pub(crate) mod printers;
pub(crate) mod upload;
