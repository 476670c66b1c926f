//! Our own interface.

pub(crate) mod v1;
