//! What is in this machine, as Windows would name it, so that the center can say which drivers it takes.
//!
//! It is read from Linux' sysfs below a root that is handed in; how Windows makes IDs of what stands there is in [`ids`].
//! Nothing is asked of a device itself, and nothing that is there can make the inventory larger than its bounds.

mod ids;
mod usb;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use protocol::api::{HardwareDevice, Inventory};

use crate::limits::{ATTRIBUTE_BYTES_MAX, ATTRIBUTE_CHARS_MAX, BUS_DEVICES_MAX, INVENTORY_DEVICES_MAX};

/// Describes a device by its directory; nothing where it is none of those that Windows has drivers for.
type Describe = fn(&Path) -> Option<HardwareDevice>;

/// The buses, in the order in which their devices are listed.
const BUSES: [(&str, Describe); 4] =
    [("pci", ids::pci), ("hdaudio", ids::hd_audio), ("usb", usb::device), ("acpi", ids::acpi)];

/// What is in the machine whose sysfs is at `sysfs`.
pub fn inventory(sysfs: &Path) -> Inventory {
    let mut devices = Vec::new();
    let mut known = BTreeSet::new();
    for (bus, describe) in BUSES {
        for directory in entries(&sysfs.join("bus").join(bus).join("devices")) {
            let Some(device) = describe(&directory) else { continue };
            // A hundred processors are told once.
            if devices.len() < INVENTORY_DEVICES_MAX && known.insert(device.hardware_ids.clone()) {
                devices.push(device);
            }
        }
    }
    let of = |names: &[&str]| words(&sysfs.join("class/dmi/id"), names);
    Inventory {
        model: of(&["sys_vendor", "product_name", "product_version"]),
        firmware: of(&["bios_vendor", "bios_version", "bios_date"]),
        devices,
    }
}

/// The devices of a bus by name, so that the same machine gives the same list.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found.take(BUS_DEVICES_MAX).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Attributes that say something, one after the other.
fn words(directory: &Path, names: &[&str]) -> String {
    let said = names.iter().filter_map(|name| attribute(directory, name));
    said.collect::<Vec<_>>().join(" ")
}

/// An attribute in one line; nothing where it is missing or empty.
fn attribute(directory: &Path, name: &str) -> Option<String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(directory.join(name)).ok()?;
    file.take(ATTRIBUTE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(ATTRIBUTE_CHARS_MAX).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// An attribute that is a hexadecimal number, with `0x` before it or without.
fn number(directory: &Path, name: &str) -> Option<u32> {
    let text = attribute(directory, name)?;
    u32::from_str_radix(text.strip_prefix("0x").unwrap_or(&text), 16).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A made-up sysfs: paths and contents of attributes.
    pub(crate) fn sysfs(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{content}\n")).unwrap();
        }
        root
    }

    #[test]
    fn a_machine_is_told_by_model_firmware_and_devices() {
        let root = sysfs(&[
            ("class/dmi/id/sys_vendor", "LENOVO"),
            ("class/dmi/id/product_name", "11D4S0AB00"),
            ("class/dmi/id/product_version", ""),
            ("class/dmi/id/bios_version", "M2TKT3AA"),
            ("bus/acpi/devices/ACPI0007:00/modalias", "acpi:ACPI0007:"),
            ("bus/acpi/devices/ACPI0007:01/modalias", "acpi:ACPI0007:"),
            ("bus/pci/devices/0000:00:1f.6/vendor", "0x8086"),
        ]);
        let found = inventory(root.path());
        assert_eq!((&*found.model, &*found.firmware), ("LENOVO 11D4S0AB00", "M2TKT3AA"));
        let ids: Vec<_> = found.devices.iter().map(|device| device.hardware_ids[0].as_str()).collect();
        assert_eq!(ids, [r"ACPI\VEN_ACPI&DEV_0007"]);
        assert_eq!(inventory(Path::new("/nowhere-at-all")).devices, []);
    }

    #[test]
    fn more_than_its_bounds_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        for number in 0..INVENTORY_DEVICES_MAX + 20 {
            let directory = root.path().join(format!("bus/acpi/devices/{number:05}"));
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join("modalias"), format!("acpi:TEST{number:04}:")).unwrap();
        }
        std::fs::create_dir_all(root.path().join("class/dmi/id")).unwrap();
        std::fs::write(root.path().join("class/dmi/id/sys_vendor"), "x\n\u{1b}".repeat(100_000)).unwrap();
        let found = inventory(root.path());
        assert_eq!((found.devices.len(), found.model.len()), (INVENTORY_DEVICES_MAX, ATTRIBUTE_CHARS_MAX));
        // What the center takes at most as a body.
        assert!(serde_json::to_vec(&found).unwrap().len() < 256 * 1024);
    }
}
