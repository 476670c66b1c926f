//! A machine without Windows: its printers are those of CUPS. Drivers of Windows are not installed on it, so a folder has
//! to be named.

use fault::{Error, Result};
use std::path::Path;
use std::process::Command;

use super::told;
use super::tool::output_of;
use super::{Installed, Package, Printer};
use crate::limits::TELL_TIME;

/// The host name; empty where there is none.
pub(crate) fn name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

/// The MAC address of the first network card that is hardware; empty where there is none.
pub(crate) fn mac() -> String {
    let cards = std::fs::read_dir(Path::new("/sys/class/net")).into_iter().flatten().flatten();
    let mut cards: Vec<_> =
        cards.map(|card| card.path()).filter(|card| card.join("device").exists()).collect();
    cards.sort();
    let address = cards.iter().find_map(|card| std::fs::read_to_string(card.join("address")).ok());
    address.map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The locale of messages.
pub(crate) fn locale() -> String {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default()
}

/// The printers of CUPS.
pub(crate) fn printers() -> Result<Vec<Printer>> {
    let mut lpstat = Command::new("lpstat");
    match output_of(lpstat.arg("-v").env("LC_ALL", "C"), TELL_TIME) {
        Ok(text) => Ok(told::printers_of_lpstat(&text)),
        // That is how it says that there is none.
        Err(error) if error.to_string().contains("No destinations added") => Ok(Vec::new()),
        Err(error) => {
            let cause = error.to_string();
            Err(Error::unavailable(cause.clone()).with_notice("client.no_cups").with_value("cause", cause))
        }
    }
}

/// Only Windows has any.
pub(crate) fn drivers() -> Result<Vec<Installed>> {
    Err(only_on_windows())
}

/// Only Windows has any.
pub(crate) fn package_of_inf(_: &str, _: &Path) -> Result<Package> {
    Err(only_on_windows())
}

fn only_on_windows() -> Error {
    Error::invalid("collect an installed driver on this system").with_notice("client.only_on_windows")
}
