//! Which packages a terminal takes from its tool disk, in which order, and why: a pure function.
//!
//! Windows ranks a driver for a device by the *identifier score* (Microsoft, "Identifier Score"): a match of one of
//! the device's hardware IDs goes before one of its compatible IDs, a hardware ID of the INF before a compatible ID of
//! it, and then the earlier ID. The scores used here are those:
//!
//! | device's ID | INF's ID | score |
//! | --- | --- | --- |
//! | hardware | hardware | 0x0000 and up |
//! | hardware | compatible | 0x1000 and up |
//! | compatible | hardware | 0x2000 and up |
//! | compatible | compatible | 0x3000 and up |
//!
//! Only rows of the Models section that the system takes count ([`os::nearest`]). Among equals an extracted driver goes
//! before a universal one, because it was taken from that hardware, then the newer date.

use std::collections::HashMap;

use ::driver_package::os::{self, OsType};

/// A device of a terminal: its IDs, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hardware {
    pub(super) name: String,
    pub(super) hardware_ids: Vec<String>,
    pub(super) compatible_ids: Vec<String>,
}

/// A row of an INF file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) driver: i64,
    pub(super) is_extracted: bool,
    pub(super) inf: String,
    /// `yyyy-mm-dd`, or empty.
    pub(super) date: String,
    pub(super) id: String,
    /// Whether it is the first ID of its line.
    pub(super) is_hardware: bool,
    pub(super) description: String,
    /// Whether the system takes the section that it is in.
    pub(super) fits: bool,
}

/// What serves a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match<'a> {
    /// Index of the device.
    pub(super) device: usize,
    pub(super) row: &'a Row,
    pub(super) score: u32,
    /// Whether no other driver serves this device better.
    pub(super) is_best: bool,
}

impl Match<'_> {
    /// Whether one of the device's hardware IDs is what matched.
    pub(super) fn is_by_hardware_id(&self) -> bool {
        self.score < 0x2000
    }
}

/// The best match of each driver for each device that it serves; in the order of the devices, best first.
pub(super) fn matches<'a>(devices: &[Hardware], rows: &'a [Row]) -> Vec<Match<'a>> {
    let mut by_id: HashMap<String, Vec<&Row>> = HashMap::new();
    for row in rows.iter().filter(|row| row.fits) {
        by_id.entry(row.id.to_lowercase()).or_default().push(row);
    }
    let mut all = Vec::new();
    for (index, device) in devices.iter().enumerate() {
        let mut found = of_device(index, device, &by_id);
        found.sort_by(|a, b| better(a, b));
        let mut seen = Vec::new();
        found.retain(|found| {
            let is_first = !seen.contains(&found.row.driver);
            seen.push(found.row.driver);
            is_first
        });
        if let Some(best) = found.first_mut() {
            best.is_best = true;
        }
        all.extend(found);
    }
    all
}

fn of_device<'a>(index: usize, device: &Hardware, by_id: &HashMap<String, Vec<&'a Row>>) -> Vec<Match<'a>> {
    let ids = [(&device.hardware_ids, 0x0000), (&device.compatible_ids, 0x2000)];
    let mut found = Vec::new();
    for (ids, base) in ids {
        for (place, id) in ids.iter().enumerate() {
            for row in by_id.get(&id.to_lowercase()).into_iter().flatten() {
                let place = u32::try_from(place).unwrap_or(u32::MAX).min(0xfff);
                let score = base + if row.is_hardware { 0 } else { 0x1000 } + place;
                found.push(Match { device: index, row, score, is_best: false });
            }
        }
    }
    found
}

fn better(a: &Match<'_>, b: &Match<'_>) -> std::cmp::Ordering {
    let by_driver = b.row.is_extracted.cmp(&a.row.is_extracted);
    a.score.cmp(&b.score).then(by_driver).then_with(|| b.row.date.cmp(&a.row.date))
}

/// Whether `system` takes the section with `decoration` of an INF whose manufacturer lists `decorations`.
pub(super) fn takes(system: OsType, decoration: &str, decorations: &[String]) -> bool {
    let nearest = os::nearest(decorations.iter().map(String::as_str), system);
    nearest.is_some_and(|nearest| nearest.eq_ignore_ascii_case(decoration))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NIC: &str = "PCI\\VEN_10EC&DEV_8168&SUBSYS_12345678&REV_15";

    fn device(hardware: &[&str], compatible: &[&str]) -> Hardware {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Hardware { name: "d".into(), hardware_ids: owned(hardware), compatible_ids: owned(compatible) }
    }

    fn row(driver: i64, id: &str) -> Row {
        Row {
            driver,
            is_extracted: driver >= 10,
            inf: format!("{driver}.inf"),
            date: "2024-01-01".into(),
            id: id.into(),
            is_hardware: true,
            description: String::new(),
            fits: true,
        }
    }

    /// Driver, score and whether it is the best, of each match.
    fn check(devices: &[Hardware], rows: &[Row], expected: &[(i64, u32, bool)]) {
        let found: Vec<_> = matches(devices, rows)
            .iter()
            .map(|found| (found.row.driver, found.score, found.is_best))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn hardware_ids_go_before_compatible_ones_and_earlier_before_later() {
        let nic = device(&[NIC, "PCI\\VEN_10EC&DEV_8168"], &["PCI\\VEN_10EC&CC_0200", "PCI\\CC_0200"]);
        let general = row(1, "PCI\\CC_0200");
        let exact = row(2, "pci\\ven_10ec&dev_8168");
        let fallback = Row { is_hardware: false, ..row(3, NIC) };
        let all = [general.clone(), exact, fallback];
        check(std::slice::from_ref(&nic), &all, &[(2, 0x0001, true), (3, 0x1000, false), (1, 0x2001, false)]);
        check(std::slice::from_ref(&nic), &[general], &[(1, 0x2001, true)]);
        check(&[nic], &[row(4, "PCI\\VEN_8086")], &[]);
    }

    #[test]
    fn an_extracted_driver_goes_before_a_universal_one_that_fits_as_well() {
        let nic = device(&[NIC], &["PCI\\CC_0200"]);
        let newer = Row { date: "2026-01-01".into(), ..row(1, NIC) };
        check(std::slice::from_ref(&nic), &[newer.clone(), row(10, NIC)], &[(10, 0, true), (1, 0, false)]);
        // A better match goes first whatever it comes from.
        check(
            std::slice::from_ref(&nic),
            &[row(10, "PCI\\CC_0200"), newer.clone()],
            &[(1, 0, true), (10, 0x2000, false)],
        );
        check(&[nic], &[row(2, NIC), newer], &[(1, 0, true), (2, 0, false)]);
    }

    #[test]
    fn each_driver_counts_once_for_a_device_and_rows_of_other_systems_not_at_all() {
        let nic = device(&[NIC, "PCI\\VEN_10EC&DEV_8168"], &[]);
        let rows = [row(1, "PCI\\VEN_10EC&DEV_8168"), row(1, NIC), Row { fits: false, ..row(10, NIC) }];
        check(&[nic.clone(), nic], &rows, &[(1, 0, true), (1, 0, true)]);
        check(&[device(&[], &[])], &rows, &[]);
    }

    #[test]
    fn only_the_nearest_section_counts() {
        let listed = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let decorations = listed(&["NTamd64", "NTamd64.10.0", "NTx86"]);
        assert!(takes(OsType::Windows10x64, "ntamd64.10.0", &decorations));
        assert!(!takes(OsType::Windows10x64, "NTamd64", &decorations));
        assert!(takes(OsType::Windows7x64, "NTamd64", &decorations));
        assert!(takes(OsType::Windows7x86, "NTx86", &decorations));
        assert!(takes(OsType::Windows7x86, "", &listed(&["", "NTamd64"])));
        assert!(!takes(OsType::Windows10x64, "", &listed(&[""])));
    }
}
