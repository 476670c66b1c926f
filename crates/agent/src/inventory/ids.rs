//! Windows' identifiers of PCI, High Definition Audio and ACPI devices, best first, from what Linux says of them.
//!
//! Forms and order are those of Microsoft's pages "Identifiers for PCI devices" and "Identifiers for High Definition Audio
//! (HDAUDIO) devices", and of what Windows 10 lists for such devices.

use std::path::Path;

use protocol::api::HardwareDevice;

use super::{attribute, number};

/// `vendor`, `device`, `subsystem_vendor`, `subsystem_device`, `revision` and `class` of a PCI device.
pub(super) fn pci(directory: &Path) -> Option<HardwareDevice> {
    let of = |name| number(directory, name);
    let (vendor, device) = (of("vendor")?, of("device")?);
    let chip = format!(r"PCI\VEN_{vendor:04X}&DEV_{device:04X}");
    let vendor = format!(r"PCI\VEN_{vendor:04X}");
    let subsystem = of("subsystem_device").unwrap_or(0) << 16 | of("subsystem_vendor").unwrap_or(0) & 0xffff;
    let (revision, class) = (of("revision").unwrap_or(0), of("class").unwrap_or(0) & 0xff_ffff);
    let (full, short) = (format!("CC_{class:06X}"), format!("CC_{:04X}", class >> 8));
    Some(HardwareDevice {
        name: attribute(directory, "label").unwrap_or_default(),
        hardware_ids: vec![
            format!("{chip}&SUBSYS_{subsystem:08X}&REV_{revision:02X}"),
            format!("{chip}&SUBSYS_{subsystem:08X}"),
            format!("{chip}&{full}"),
            format!("{chip}&{short}"),
        ],
        compatible_ids: vec![
            format!("{chip}&REV_{revision:02X}"),
            chip.clone(),
            format!("{vendor}&{full}"),
            format!("{vendor}&{short}"),
            vendor,
            format!(r"PCI\{full}"),
            format!(r"PCI\{short}"),
        ],
    })
}

/// `vendor_id`, `subsystem_id`, `revision_id`, and the node of the function group, of a codec.
pub(super) fn hd_audio(directory: &Path) -> Option<HardwareDevice> {
    let of = |name| number(directory, name);
    let (codec, subsystem) = (of("vendor_id")?, of("subsystem_id").unwrap_or(0));
    // Windows shows the codec's own revision and stepping, not that of the standard before it.
    let revision = of("revision_id").unwrap_or(0) >> 8 & 0xffff;
    let is_modem = of("afg").unwrap_or(1) == 0 && of("mfg").unwrap_or(0) != 0;
    let function = format!(r"HDAUDIO\FUNC_{:02X}", if is_modem { 2 } else { 1 });
    let vendor = format!("{function}&VEN_{:04X}", codec >> 16);
    let chip = format!("{vendor}&DEV_{:04X}", codec & 0xffff);
    let name = [attribute(directory, "vendor_name"), attribute(directory, "chip_name")];
    Some(HardwareDevice {
        name: name.into_iter().flatten().collect::<Vec<_>>().join(" "),
        hardware_ids: vec![
            format!("{chip}&SUBSYS_{subsystem:08X}&REV_{revision:04X}"),
            format!("{chip}&SUBSYS_{subsystem:08X}"),
        ],
        compatible_ids: vec![format!("{chip}&REV_{revision:04X}"), chip, vendor, function],
    })
}

/// `modalias` of an ACPI device, `acpi:HID:CID:…`, unless the device is said not to be there.
pub(super) fn acpi(directory: &Path) -> Option<HardwareDevice> {
    // Bit 0 of _STA: present. Without the method it is.
    if attribute(directory, "status")
        .is_some_and(|status| status.parse::<u32>().is_ok_and(|bits| bits & 1 == 0))
    {
        return None;
    }
    let alias = attribute(directory, "modalias")?;
    let mut ids = alias.strip_prefix("acpi:")?.split(':').filter(|id| is_acpi_id(id));
    let hardware_ids = acpi_forms(ids.next()?);
    let compatible_ids = ids.take(8).flat_map(acpi_forms).collect();
    Some(HardwareDevice { name: String::new(), hardware_ids, compatible_ids })
}

/// A vendor of three or four characters and four hexadecimal digits; Linux' own devices (`LNX…`) are none.
fn is_acpi_id(id: &str) -> bool {
    let is_of = id.len().checked_sub(4).is_some_and(|vendor| {
        let (vendor, device) = id.split_at_checked(vendor).unwrap_or_default();
        matches!(vendor.len(), 3 | 4)
            && vendor.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && device.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    is_of && !id.starts_with("LNX")
}

fn acpi_forms(id: &str) -> Vec<String> {
    let (vendor, device) = id.split_at(id.len() - 4);
    vec![format!(r"ACPI\VEN_{vendor}&DEV_{device}"), format!(r"ACPI\{id}"), format!("*{id}")]
}

#[cfg(test)]
mod tests {
    use super::super::tests::sysfs;
    use super::*;

    #[test]
    fn a_network_card_has_the_ids_that_windows_gives_it() {
        let root = sysfs(&[
            ("vendor", "0x8086"),
            ("device", "0x15bb"),
            ("subsystem_vendor", "0x17aa"),
            ("subsystem_device", "0x3136"),
            ("revision", "0x10"),
            ("class", "0x020000"),
        ]);
        let device = pci(root.path()).unwrap();
        assert_eq!(
            device.hardware_ids,
            [
                r"PCI\VEN_8086&DEV_15BB&SUBSYS_313617AA&REV_10",
                r"PCI\VEN_8086&DEV_15BB&SUBSYS_313617AA",
                r"PCI\VEN_8086&DEV_15BB&CC_020000",
                r"PCI\VEN_8086&DEV_15BB&CC_0200",
            ]
        );
        assert_eq!(
            device.compatible_ids,
            [
                r"PCI\VEN_8086&DEV_15BB&REV_10",
                r"PCI\VEN_8086&DEV_15BB",
                r"PCI\VEN_8086&CC_020000",
                r"PCI\VEN_8086&CC_0200",
                r"PCI\VEN_8086",
                r"PCI\CC_020000",
                r"PCI\CC_0200",
            ]
        );
        assert_eq!(pci(sysfs(&[("vendor", "0x8086"), ("device", "none")]).path()), None);
    }

    #[test]
    fn a_codec_has_its_function_and_its_own_revision() {
        let root = sysfs(&[
            ("vendor_id", "0x10ec0256"),
            ("subsystem_id", "0x10280856"),
            ("revision_id", "0x100002"),
            ("afg", "0x1"),
            ("mfg", "0x0"),
            ("vendor_name", "Realtek"),
            ("chip_name", "ALC256"),
        ]);
        let device = hd_audio(root.path()).unwrap();
        assert_eq!(device.name, "Realtek ALC256");
        let chip = r"HDAUDIO\FUNC_01&VEN_10EC&DEV_0256";
        assert_eq!(device.hardware_ids[0], format!("{chip}&SUBSYS_10280856&REV_1000"));
        assert_eq!(device.compatible_ids[1..], [chip, r"HDAUDIO\FUNC_01&VEN_10EC", r"HDAUDIO\FUNC_01"]);
        let modem = sysfs(&[("vendor_id", "0x14f12c06"), ("afg", "0x0"), ("mfg", "0x2")]);
        assert!(hd_audio(modem.path()).unwrap().hardware_ids[0].starts_with(r"HDAUDIO\FUNC_02&VEN_14F1"));
    }

    #[test]
    fn acpi_devices_have_three_forms_of_each_id() {
        let root = sysfs(&[("modalias", "acpi:MSFT0101:PNP0C31:"), ("status", "15")]);
        let device = acpi(root.path()).unwrap();
        assert_eq!(device.hardware_ids, [r"ACPI\VEN_MSFT&DEV_0101", r"ACPI\MSFT0101", "*MSFT0101"]);
        assert_eq!(device.compatible_ids, [r"ACPI\VEN_PNP&DEV_0C31", r"ACPI\PNP0C31", "*PNP0C31"]);
        for (alias, status) in
            [("acpi:LNXCPU:", "15"), ("acpi:LNXSYBUS:", "15"), ("acpi:PNP0C31:", "0"), ("x", "15")]
        {
            assert_eq!(acpi(sysfs(&[("modalias", alias), ("status", status)]).path()), None, "{alias}");
        }
    }
}
