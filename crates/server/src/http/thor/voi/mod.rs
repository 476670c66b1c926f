//! `/thor/voi`.

pub(crate) mod driver;
pub(crate) mod printer;
mod receive;
