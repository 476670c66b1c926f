//! `/thor/voi/driver`.

mod list;
mod mount;
mod tus;
mod upload;
