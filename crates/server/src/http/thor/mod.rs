//! The interface of the platform, `/thor`: field names, numbers and forms of answers are given.

pub(crate) mod image;
pub(crate) mod voi;
