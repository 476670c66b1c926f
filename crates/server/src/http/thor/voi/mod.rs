//! `/thor/voi`.

pub(crate) mod desktops;
pub(crate) mod driver;
pub(crate) mod image_relate_drive;
pub(crate) mod printer;
mod receive;

use fault::{Error, Result};
use protocol::thor::DriverAction;

/// Fails unless the action is the only one that there is.
fn require_delete(request: &DriverAction) -> Result<()> {
    match request.action.as_str() {
        "delete" => Ok(()),
        other => Err(Error::invalid(format!("action {other:?}"))
            .with_notice("action.unknown")
            .with_value("action", other)),
    }
}
