//! The side of the server: starts workers and talks to them. It never looks into an image itself.

pub(crate) mod connection;
pub(crate) mod earlier;
pub(crate) mod import;
pub(crate) mod jobs;
pub(crate) mod program;
pub(crate) mod session;
