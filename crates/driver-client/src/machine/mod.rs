//! This machine: its name, its printers, and the printer drivers that are installed on it.
//!
//! What differs between systems is in [`system`]; what their programs answer is understood by [`told`], everywhere.

mod told;
mod tool;

#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(not(windows))]
#[path = "other.rs"]
mod system;

use fault::{Error, Result};
use serde::Serialize;
use std::path::PathBuf;

pub(crate) use system::{drivers, locale, mac, name, package_of_inf, printers};

/// A printer, as the system has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Printer {
    /// Its name.
    pub(crate) name: String,
    /// Name of its driver; empty where the system does not say.
    pub(crate) driver: String,
    /// How it is connected: a port, or an address.
    pub(crate) port: String,
    /// Whether others may print on it.
    pub(crate) is_shared: bool,
}

/// An installed printer driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Installed {
    /// The name by which printers use it.
    pub(crate) name: String,
    /// Who makes it.
    pub(crate) manufacturer: String,
    /// Its version, as its maker counts.
    pub(crate) version: String,
    /// For which programs, such as `Windows x64`.
    pub(crate) environment: String,
    /// The folder of its package, where the system keeps it.
    pub(crate) folder: Option<PathBuf>,
}

/// Where the files of a driver package are.
#[derive(Debug)]
pub(crate) enum Package {
    /// The system keeps them; they are only read.
    Kept(PathBuf),
    /// They were exported for this run.
    #[cfg_attr(not(windows), expect(dead_code, reason = "only Windows exports packages"))]
    Exported(crate::files::Scratch),
}

/// The package of an installed printer driver.
pub(crate) fn package_of_driver(name: &str) -> Result<PathBuf> {
    let installed = drivers()?;
    let named: Vec<&Installed> = installed.iter().filter(|driver| same(&driver.name, name)).collect();
    if named.is_empty() {
        return Err(missing("client.no_driver", name));
    }
    // The one for the programs of this system comes first, see `drivers`.
    named
        .into_iter()
        .find_map(|driver| driver.folder.clone())
        .ok_or_else(|| missing("client.not_in_store", name))
}

/// The package of the driver of a printer, with the name of the driver.
pub(crate) fn package_of_printer(name: &str) -> Result<(String, PathBuf)> {
    let printers = printers()?;
    let printer = printers.iter().find(|printer| same(&printer.name, name));
    let driver = printer.ok_or_else(|| missing("client.no_printer", name))?.driver.clone();
    let package = package_of_driver(&driver)?;
    Ok((driver, package))
}

fn missing(notice: &'static str, name: &str) -> Error {
    Error::not_found(format!("find {name} on this machine")).with_notice(notice).with_value("name", name)
}

/// Windows does not tell upper from lower case in such names.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
