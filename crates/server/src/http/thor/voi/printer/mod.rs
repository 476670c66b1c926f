//! `/thor/voi/printer`: printer drivers.

pub(crate) mod delete;
pub(crate) mod duplicate;
pub(crate) mod list;
pub(crate) mod tus;
pub(crate) mod update;
pub(crate) mod upload;
