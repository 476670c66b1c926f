//! `/thor/voi`.

pub(crate) mod driver;
