//! A machine with Windows: the spooler's part of the registry says which printers and printer drivers there are, and
//! where the driver store keeps the package of each. Everybody may read both.
//!
//! | key below `HKLM\SYSTEM` | what |
//! | --- | --- |
//! | `CurrentControlSet\Control\Print\Printers\<printer>` | `Printer Driver`, `Port`, `Attributes` |
//! | `CurrentControlSet\Control\Print\Environments\<environment>\Drivers\Version-<n>\<driver>` | `InfPath`, `Manufacturer`, `DriverVersion` |
//! | `DriverDatabase\DriverInfFiles\<oemN.inf>` | `Active`: folder in the driver store (since Windows 8) |

use fault::{Context as _, Error, Kind, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

use super::told;
use super::tool::output_of;
use super::{Installed, Package, Printer, missing};
use crate::files::{self, Scratch};
use crate::limits::{EXPORT_TIME, TELL_TIME};

const PRINT: &str = r"SYSTEM\CurrentControlSet\Control\Print";
const INF_FILES: &str = r"SYSTEM\DriverDatabase\DriverInfFiles";
/// `PRINTER_ATTRIBUTE_SHARED` of winspool.h.
const SHARED: u32 = 0x8;
/// Environments, the one of most systems first. The driver of another one would not do for it.
const ENVIRONMENTS: [&str; 3] = ["Windows x64", "Windows ARM64", "Windows NT x86"];
/// Kinds of printer drivers: version 4 and version 3 of the driver model.
const MODELS: [&str; 2] = ["Version-4", "Version-3"];

/// The computer's name; empty where there is none.
pub(crate) fn name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

/// The MAC address of the network card; empty where the system does not say.
pub(crate) fn mac() -> String {
    let text = output_of(Command::new("getmac").args(["/fo", "csv", "/nh"]), TELL_TIME);
    text.ok().and_then(|text| told::mac_of_getmac(&text)).unwrap_or_default()
}

/// The locale of the user, such as `zh-CN`.
pub(crate) fn locale() -> String {
    let key = CURRENT_USER.open(r"Control Panel\International");
    key.and_then(|key| key.get_string("LocaleName")).unwrap_or_default()
}

/// The printers of the machine. Those that a user connected at a server belong to the user and are not among them.
pub(crate) fn printers() -> Result<Vec<Printer>> {
    let Ok(printers) = LOCAL_MACHINE.open(format!(r"{PRINT}\Printers")) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for name in names(&printers)? {
        let Ok(key) = printers.open(&name) else { continue };
        let is_shared = key.get_u32("Attributes").is_ok_and(|attributes| attributes & SHARED != 0);
        found.push(Printer {
            driver: text(&key, "Printer Driver"),
            port: text(&key, "Port"),
            is_shared,
            name,
        });
    }
    Ok(found)
}

/// The installed printer drivers, those for the programs of this system first.
pub(crate) fn drivers() -> Result<Vec<Installed>> {
    let mut found = Vec::new();
    for environment in ENVIRONMENTS {
        for model in MODELS {
            let path = format!(r"{PRINT}\Environments\{environment}\Drivers\{model}");
            let Ok(drivers) = LOCAL_MACHINE.open(path) else { continue };
            for name in names(&drivers)? {
                let Ok(key) = drivers.open(&name) else { continue };
                found.push(installed(name, environment, &key));
            }
        }
    }
    Ok(found)
}

fn installed(name: String, environment: &str, key: &Key) -> Installed {
    let inf = PathBuf::from(text(key, "InfPath"));
    // Old drivers name a file of `inf`, beside which nothing of theirs lies.
    let folder = inf.parent().filter(|folder| is_in_store(folder) && folder.is_dir()).map(Path::to_owned);
    Installed {
        name,
        manufacturer: text(key, "Manufacturer"),
        version: text(key, "DriverVersion"),
        environment: environment.to_owned(),
        folder,
    }
}

fn is_in_store(folder: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    folder.parent().and_then(name).as_deref() == Some("filerepository")
}

/// The package that was installed as `oemN.inf`; exported by `pnputil` into `scratch` where the system does not say where
/// it is kept.
pub(crate) fn package_of_inf(inf: &str, scratch: &Path) -> Result<Package> {
    let kept = LOCAL_MACHINE.open(format!(r"{INF_FILES}\{inf}")).and_then(|key| key.get_string("Active"));
    let kept = kept.ok().map(|name| store().join(name)).filter(|folder| folder.is_dir());
    kept.map_or_else(|| export(inf, scratch), |folder| Ok(Package::Kept(folder)))
}

fn store() -> PathBuf {
    let system = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    system.join(r"System32\DriverStore\FileRepository")
}

fn export(inf: &str, scratch: &Path) -> Result<Package> {
    files::make_private_folder(scratch).map_err(|e| files::unwritable(scratch, e.into()))?;
    let exported = Scratch(scratch.to_owned());
    let mut pnputil = Command::new("pnputil");
    pnputil.arg("/export-driver").arg(inf).arg(scratch);
    match output_of(&mut pnputil, EXPORT_TIME) {
        Ok(_) => Ok(Package::Exported(exported)),
        Err(error) if error.kind() == Kind::NotFound => Err(missing("client.not_in_store", inf)),
        Err(error) => {
            let cause = error.to_string();
            let error = Error::unavailable(cause.clone()).with_notice("client.export_failed");
            Err(error.with_value("name", inf).with_value("cause", cause))
        }
    }
}

fn names(key: &Key) -> Result<Vec<String>> {
    let keys = key.keys().map_err(std::io::Error::from).context(|| "read the registry")?;
    Ok(keys.collect())
}

fn text(key: &Key, name: &str) -> String {
    key.get_string(name).unwrap_or_default()
}
