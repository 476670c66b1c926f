//! Windows' identifiers of USB devices and of the interfaces of composite ones, best first.
//!
//! Forms and order are those of Microsoft's page "Identifiers for USB devices". Linux lists interfaces beside their devices,
//! as `1-2:1.0` beside `1-2`.

use std::path::Path;

use protocol::api::HardwareDevice;

use super::{attribute, number};

/// The maker of Linux' root hubs, which Windows makes itself.
const LINUX_FOUNDATION: u32 = 0x1d6b;

/// A device, or an interface of a composite one. The interface of another device is that device.
pub(super) fn device(directory: &Path) -> Option<HardwareDevice> {
    let name = directory.file_name()?.to_str()?;
    match name.split_once(':') {
        Some((parent, _)) => interface(directory, &directory.with_file_name(parent)),
        None => whole(directory, name),
    }
}

fn whole(directory: &Path, name: &str) -> Option<HardwareDevice> {
    let chip = chip(directory)?;
    let compatible_ids = match is_composite(directory) {
        true => {
            let mut ids = classes("DevClass", directory, "bDevice");
            ids.push(r"USB\COMPOSITE".to_owned());
            ids
        }
        false if number(directory, "bDeviceClass").unwrap_or(0) != 0 => {
            classes("Class", directory, "bDevice")
        }
        // The class is that of the only interface.
        false => classes("Class", &directory.with_file_name(format!("{name}:1.0")), "bInterface"),
    };
    let revision = revision(directory);
    Some(HardwareDevice {
        name: label(directory),
        hardware_ids: vec![format!("{chip}&{revision}"), chip],
        compatible_ids,
    })
}

fn interface(directory: &Path, parent: &Path) -> Option<HardwareDevice> {
    if !is_composite(parent) {
        return None;
    }
    let (chip, revision) = (chip(parent)?, revision(parent));
    let number = number(directory, "bInterfaceNumber")?;
    Some(HardwareDevice {
        name: attribute(directory, "interface").unwrap_or_else(|| label(parent)),
        hardware_ids: vec![format!("{chip}&{revision}&MI_{number:02X}"), format!("{chip}&MI_{number:02X}")],
        compatible_ids: classes("Class", directory, "bInterface"),
    })
}

/// `USB\VID_…&PID_…`; nothing for a root hub.
fn chip(directory: &Path) -> Option<String> {
    let (vendor, product) = (number(directory, "idVendor")?, number(directory, "idProduct")?);
    (vendor != LINUX_FOUNDATION).then(|| format!(r"USB\VID_{vendor:04X}&PID_{product:04X}"))
}

fn revision(directory: &Path) -> String {
    format!("REV_{:04X}", number(directory, "bcdDevice").unwrap_or(0))
}

/// Whether Windows makes a device of each interface: several, and a class that leaves it to them.
fn is_composite(directory: &Path) -> bool {
    let of = |name| number(directory, name).unwrap_or(0);
    let class = (of("bDeviceClass"), of("bDeviceSubClass"), of("bDeviceProtocol"));
    // The number of interfaces is decimal, but up to nine the two are the same, and more than one is all that counts.
    of("bNumInterfaces") > 1 && matches!(class, (0, ..) | (0xef, 2, 1))
}

/// The class in its three forms, from the attributes that begin with `prefix`.
fn classes(word: &str, directory: &Path, prefix: &str) -> Vec<String> {
    let of = |name: &str| number(directory, &format!("{prefix}{name}"));
    let Some(class) = of("Class") else { return Vec::new() };
    let (sub, protocol) = (of("SubClass").unwrap_or(0), of("Protocol").unwrap_or(0));
    let class = format!(r"USB\{word}_{class:02X}");
    let sub = format!("{class}&SubClass_{sub:02X}");
    vec![format!("{sub}&Prot_{protocol:02X}"), sub, class]
}

fn label(directory: &Path) -> String {
    let said = ["manufacturer", "product"].iter().filter_map(|name| attribute(directory, name));
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::sysfs;
    use super::*;

    fn at(root: &tempfile::TempDir, name: &str) -> Option<HardwareDevice> {
        device(&root.path().join(name))
    }

    #[test]
    fn a_printer_is_named_by_the_class_of_its_interface() {
        let root = sysfs(&[
            ("1-2/idVendor", "03f0"),
            ("1-2/idProduct", "0c17"),
            ("1-2/bcdDevice", "0100"),
            ("1-2/bDeviceClass", "00"),
            ("1-2/bNumInterfaces", " 1"),
            ("1-2/manufacturer", "Hewlett-Packard"),
            ("1-2/product", "LaserJet"),
            ("1-2:1.0/bInterfaceNumber", "00"),
            ("1-2:1.0/bInterfaceClass", "07"),
            ("1-2:1.0/bInterfaceSubClass", "01"),
            ("1-2:1.0/bInterfaceProtocol", "02"),
        ]);
        let printer = at(&root, "1-2").unwrap();
        assert_eq!(printer.name, "Hewlett-Packard LaserJet");
        assert_eq!(printer.hardware_ids, [r"USB\VID_03F0&PID_0C17&REV_0100", r"USB\VID_03F0&PID_0C17"]);
        let classes = [r"USB\Class_07&SubClass_01&Prot_02", r"USB\Class_07&SubClass_01", r"USB\Class_07"];
        assert_eq!(printer.compatible_ids, classes);
        assert_eq!(at(&root, "1-2:1.0"), None);
    }

    #[test]
    fn each_interface_of_a_composite_device_is_a_device() {
        let root = sysfs(&[
            ("3-1/idVendor", "046d"),
            ("3-1/idProduct", "c52b"),
            ("3-1/bcdDevice", "1211"),
            ("3-1/bDeviceClass", "00"),
            ("3-1/bNumInterfaces", " 2"),
            ("3-1:1.1/bInterfaceNumber", "01"),
            ("3-1:1.1/bInterfaceClass", "03"),
            ("3-1:1.1/bInterfaceSubClass", "01"),
            ("3-1:1.1/bInterfaceProtocol", "02"),
        ]);
        assert_eq!(at(&root, "3-1").unwrap().compatible_ids.last().unwrap(), r"USB\COMPOSITE");
        let mouse = at(&root, "3-1:1.1").unwrap();
        let ids = [r"USB\VID_046D&PID_C52B&REV_1211&MI_01", r"USB\VID_046D&PID_C52B&MI_01"];
        assert_eq!(mouse.hardware_ids, ids);
        assert_eq!(mouse.compatible_ids[2], r"USB\Class_03");
    }

    #[test]
    fn root_hubs_are_no_devices_of_windows() {
        let root =
            sysfs(&[("usb1/idVendor", "1d6b"), ("usb1/idProduct", "0003"), ("usb1/bDeviceClass", "09")]);
        assert_eq!(at(&root, "usb1"), None);
    }
}
