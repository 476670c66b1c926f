//! `/thor/voi`.

pub(crate) mod desktops;
pub(crate) mod driver;
pub(crate) mod image_relate_drive;
pub(crate) mod printer;
mod receive;
