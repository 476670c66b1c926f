//! Which systems a driver package is made for.
//!
//! **Format.** `[Manufacturer]` lists, per manufacturer, `TargetOSVersion` decorations of Models sections
//! (Microsoft, "Combining platform extensions with operating system versions"):
//!
//! ```text
//! NT[architecture][.[major][.[minor][.[product type][.[suite mask][.[build]]]]]]
//! ```
//!
//! **Architecture** (Microsoft, "Creating INF files for multiple platforms and operating systems" and "INF file
//! platform extensions and x64-based systems"): since Windows Server 2003 SP1 a Models section is used on x64 only
//! if it says `NTamd64`; a section without decoration, with plain `NT` or with `NTx86` is for x86. Arm and Itanium
//! drivers fit none of our systems. A placeholder such as `NT$ARCH$` (a template that `stampinf` never saw) fits none.
//!
//! **Version**: a lower bound. Windows 7 is 6.1 build 7601, Windows 10 is 10.0 up to build 19045, Windows 11 is 10.0
//! from build 22000 on. A *product type* other than 1 (workstation) and a *suite mask* of servers exclude our systems.
//!
//! **Selection** (Microsoft, "INF Manufacturer section"): of the decorations that fit, Windows takes the nearest:
//! the highest version, then the one that names the architecture, then the one with product type and suite. On x86
//! the undecorated section is the last resort. The chosen section decides alone: if it is empty or missing, nothing
//! is installed there, which is how vendors shut out a system ("Sample INF Models sections for only one target
//! operating system").
//!
//! **Packages without devices** are installed by `[DefaultInstall]`, which may be undecorated on any architecture.
//!
//! This module judges what the INF files say. It never looks into `.sys` files.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::report::{InfReport, Manufacturer};

/// A system that drivers are kept for. The numbers are fixed: they are stored and on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum OsType {
    /// Windows 7 on x86.
    Windows7x86 = 1,
    /// Windows 7 on x64.
    Windows7x64 = 2,
    /// Windows 10 on x86.
    Windows10x86 = 3,
    /// Windows 10 on x64.
    Windows10x64 = 4,
    /// Windows 11, which exists on x64 only.
    Windows11x64 = 5,
}

impl OsType {
    /// All systems, by number.
    pub const ALL: [Self; 5] =
        [Self::Windows7x86, Self::Windows7x64, Self::Windows10x86, Self::Windows10x64, Self::Windows11x64];

    /// The systems in the order in which a site is likely to mean them.
    const LIKELY: [Self; 5] =
        [Self::Windows10x64, Self::Windows11x64, Self::Windows7x64, Self::Windows10x86, Self::Windows7x86];

    /// The number on the wire.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The system with that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|os| os.number() == number)
    }

    fn architecture(self) -> Architecture {
        match self {
            Self::Windows7x86 | Self::Windows10x86 => Architecture::X86,
            Self::Windows7x64 | Self::Windows10x64 | Self::Windows11x64 => Architecture::Amd64,
        }
    }

    /// The newest version that goes under this name.
    fn version(self) -> Version {
        match self {
            Self::Windows7x86 | Self::Windows7x64 => Version { major: 6, minor: 1, build: 7601 },
            Self::Windows10x86 | Self::Windows10x64 => Version { major: 10, minor: 0, build: 19045 },
            Self::Windows11x64 => Version { major: 10, minor: 0, build: u32::MAX },
        }
    }
}

impl fmt::Display for OsType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Windows7x86 => "Windows7_32",
            Self::Windows7x64 => "Windows7_64",
            Self::Windows10x86 => "Windows10_32",
            Self::Windows10x64 => "Windows10_64",
            Self::Windows11x64 => "Windows11_64",
        })
    }
}

impl From<OsType> for u8 {
    fn from(os: OsType) -> Self {
        os.number()
    }
}

impl TryFrom<u8> for OsType {
    type Error = fault::Error;

    fn try_from(number: u8) -> Result<Self, fault::Error> {
        Self::from_number(number).ok_or_else(|| fault::Error::invalid(format!("os_type {number}")))
    }
}

/// The systems on which at least one of these INF files installs something, by number.
pub fn supported_by(reports: &[InfReport]) -> Vec<OsType> {
    let mut found: Vec<_> = reports.iter().flat_map(supported_by_inf).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Of systems that a package supports, the one it is most likely meant for.
pub fn best(systems: &[OsType]) -> Option<OsType> {
    OsType::LIKELY.into_iter().find(|os| systems.contains(os))
}

/// The default `os_type` of a package: the [`best`] of the systems that nearly as many of its INF files support as
/// the system with the most. A few drivers for another system in a collection do not change what it is for.
pub fn default_of(reports: &[InfReport]) -> Option<OsType> {
    let mut counts = [0_usize; OsType::ALL.len()];
    for os in reports.iter().flat_map(supported_by_inf) {
        counts[usize::from(os.number()) - 1] += 1;
    }
    let most = counts.into_iter().max().filter(|&most| most > 0)?;
    let leading: Vec<_> =
        OsType::ALL.into_iter().zip(counts).filter(|&(_, n)| n * 4 >= most * 3).map(|(os, _)| os).collect();
    best(&leading)
}

fn supported_by_inf(report: &InfReport) -> Vec<OsType> {
    if !report.is_driver_inf {
        return Vec::new();
    }
    if report.manufacturers.is_empty() {
        return OsType::ALL.into_iter().filter(|&os| default_install_fits(report, os)).collect();
    }
    let filled: HashSet<String> =
        report.devices.iter().map(|row| row.models_section.to_lowercase()).collect();
    OsType::ALL
        .into_iter()
        .filter(|&os| {
            report.manufacturers.iter().any(|manufacturer| {
                models_section(manufacturer, os).is_some_and(|name| filled.contains(&name.to_lowercase()))
            })
        })
        .collect()
}

fn default_install_fits(report: &InfReport, os: OsType) -> bool {
    report.default_install.iter().any(|text| {
        text.is_empty()
            || Decoration::parse(text).is_some_and(|decoration| match decoration.architecture {
                Architecture::Any => decoration.fits_version(os),
                architecture => architecture == os.architecture() && decoration.fits_version(os),
            })
    })
}

/// The Models sections, in lower case, that this system takes from an INF file.
pub(crate) fn sections_taken(report: &InfReport, os: OsType) -> HashSet<String> {
    let sections = report.manufacturers.iter().filter_map(|manufacturer| models_section(manufacturer, os));
    sections.map(|name| name.to_lowercase()).collect()
}

/// The Models section that this system takes from a line of `[Manufacturer]`.
fn models_section(manufacturer: &Manufacturer, os: OsType) -> Option<String> {
    match nearest(manufacturer.decorations.iter().map(String::as_str), os)? {
        "" => Some(manufacturer.models.clone()),
        text => Some(format!("{}.{text}", manufacturer.models)),
    }
}

/// Of these decorations the one that this system takes; on x86 the undecorated section (empty) is the last resort,
/// whether it is among them or not.
pub fn nearest<'a>(decorations: impl Iterator<Item = &'a str>, os: OsType) -> Option<&'a str> {
    let nearest = decorations
        .filter_map(|text| Some((Decoration::parse(text)?, text)))
        .filter(|(decoration, _)| decoration.fits(os))
        .max_by_key(|(decoration, _)| decoration.rank());
    match nearest {
        Some((_, text)) => Some(text),
        None if os.architecture() == Architecture::X86 => Some(""),
        None => None,
    }
}

/// The architecture that a decoration names, as Windows' own files do: `x86`, `x64`, `arm64`, …
pub(crate) fn architecture_of(decoration: &str) -> &'static str {
    let folded = decoration.to_ascii_lowercase();
    match folded.split('.').next().unwrap_or_default() {
        "ntamd64" => "x64",
        "ntarm64" => "arm64",
        "ntarm" => "arm",
        "ntia64" => "ia64",
        _ => "x86",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Architecture {
    /// Not named.
    Any,
    X86,
    Amd64,
    /// One that none of our systems has.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    major: u32,
    minor: u32,
    build: u32,
}

/// A `TargetOSVersion` decoration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoration {
    architecture: Architecture,
    version: Option<Version>,
    product_type: Option<u32>,
    suite_mask: Option<u32>,
}

/// `VER_NT_WORKSTATION`.
const WORKSTATION: u32 = 1;
/// The bits of a suite mask that editions for desktops have: terminal services for one user, embedded, home.
const DESKTOP_SUITES: u32 = 0x10 | 0x40 | 0x100 | 0x200;

impl Decoration {
    /// Reads a decoration; `None` if it is none that Windows knows.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let folded = text.trim().to_ascii_lowercase();
        let mut parts = folded.strip_prefix("nt")?.split('.');
        let architecture = match parts.next()? {
            "" => Architecture::Any,
            "x86" => Architecture::X86,
            "amd64" => Architecture::Amd64,
            "arm" | "arm64" | "ia64" | "alpha" | "axp64" | "mips" | "ppc" => Architecture::Other,
            _ => return None,
        };
        let mut numbers = [None; 5];
        for (index, part) in parts.enumerate() {
            *numbers.get_mut(index)? = number(part)?;
        }
        let [major, minor, product_type, suite_mask, build] = numbers;
        let version =
            major.map(|major| Version { major, minor: minor.unwrap_or(0), build: build.unwrap_or(0) });
        Some(Self { architecture, version, product_type, suite_mask })
    }

    /// Whether `text` holds a placeholder of a template: `$ARCH$`, `@ARCH@`.
    pub(crate) fn is_placeholder(text: &str) -> bool {
        text.matches('$').count() >= 2 || text.matches('@').count() >= 2
    }

    fn fits(&self, os: OsType) -> bool {
        let architecture = match self.architecture {
            Architecture::Any => Architecture::X86,
            named => named,
        };
        architecture == os.architecture() && self.fits_version(os)
    }

    fn fits_version(&self, os: OsType) -> bool {
        self.version.is_none_or(|least| least <= os.version())
            && self.product_type.is_none_or(|product| product == WORKSTATION)
            && self.suite_mask.is_none_or(|mask| mask & !DESKTOP_SUITES == 0)
    }

    fn rank(&self) -> (Option<Version>, bool, bool, bool) {
        let named = self.architecture != Architecture::Any;
        (self.version, named, self.product_type.is_some(), self.suite_mask.is_some())
    }
}

/// An empty part is allowed and says nothing; numbers may be hexadecimal.
fn number(part: &str) -> Option<Option<u32>> {
    if part.is_empty() {
        return Some(None);
    }
    match part.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(Some),
        None if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok().map(Some),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::OsType::{Windows7x64, Windows7x86, Windows10x64, Windows10x86, Windows11x64};
    use super::*;
    use crate::report::{Device, IdKind};

    /// A report of one manufacturer `M` whose sections with the decorations in `filled` have a device.
    fn inf(listed: &[&str], filled: &[&str]) -> InfReport {
        let device = |decoration: &&str| Device {
            id: Some("PCI\\VEN_F00D".to_owned()),
            kind: IdKind::Hardware,
            description: String::new(),
            install_section: String::new(),
            manufacturer: String::new(),
            models_section: if decoration.is_empty() { "M".to_owned() } else { format!("M.{decoration}") },
            decoration: (*decoration).to_owned(),
        };
        InfReport {
            is_driver_inf: true,
            manufacturers: vec![Manufacturer {
                name: "Lantern".to_owned(),
                models: "M".to_owned(),
                decorations: listed.iter().map(|&text| text.to_owned()).collect(),
            }],
            devices: filled.iter().map(device).collect(),
            ..InfReport::empty("a.inf")
        }
    }

    #[track_caller]
    fn check(listed: &[&str], filled: &[&str], expected: &[OsType]) {
        assert_eq!(supported_by(&[inf(listed, filled)]), expected, "{listed:?} {filled:?}");
    }

    const ALL_X64: &[OsType] = &[Windows7x64, Windows10x64, Windows11x64];
    const ALL_X86: &[OsType] = &[Windows7x86, Windows10x86];

    #[test]
    fn numbers_and_names_are_fixed() {
        let names: Vec<_> = OsType::ALL.iter().map(|os| (os.number(), os.to_string())).collect();
        let expected = ["Windows7_32", "Windows7_64", "Windows10_32", "Windows10_64", "Windows11_64"];
        assert_eq!(names, (1..).zip(expected.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!(serde_json::to_string(&Windows10x64).unwrap(), "4");
        assert_eq!(serde_json::from_str::<OsType>("5").unwrap(), Windows11x64);
        assert!(serde_json::from_str::<OsType>("6").is_err());
    }

    #[test]
    fn the_architecture_must_be_named_for_x64() {
        check(&["NTamd64"], &["NTamd64"], ALL_X64);
        check(&["ntAMD64"], &["NTamd64"], ALL_X64);
        check(&["NTx86"], &["NTx86"], ALL_X86);
        check(&[], &[""], ALL_X86);
        check(&["NT"], &["NT"], ALL_X86);
        check(&["NTarm64", "NTia64", "NTarm"], &["NTarm64", "NTia64", "NTarm"], &[]);
        check(&["NTamd64"], &["", "NTamd64"], &OsType::ALL);
    }

    #[test]
    fn the_version_is_a_lower_bound() {
        check(&["NTamd64.5.1"], &["NTamd64.5.1"], ALL_X64);
        check(&["NTamd64.6.1"], &["NTamd64.6.1"], ALL_X64);
        check(&["NTamd64.6.2"], &["NTamd64.6.2"], &[Windows10x64, Windows11x64]);
        check(&["NTamd64.10"], &["NTamd64.10"], &[Windows10x64, Windows11x64]);
        check(&["NTamd64.10.0...16299"], &["NTamd64.10.0...16299"], &[Windows10x64, Windows11x64]);
        check(&["NTamd64.10.0...22000"], &["NTamd64.10.0...22000"], &[Windows11x64]);
        check(&["NTamd64.10.0...26100"], &["NTamd64.10.0...26100"], &[Windows11x64]);
        check(&["NTx86.10.0...22000"], &["NTx86.10.0...22000"], &[]);
    }

    #[test]
    fn servers_are_none_of_our_systems() {
        check(&["NTamd64.6.1.3"], &["NTamd64.6.1.3"], &[]);
        check(&["NTamd64.6.1.0x1"], &["NTamd64.6.1.0x1"], ALL_X64);
        check(&["NTamd64.10.0.1.0x80"], &["NTamd64.10.0.1.0x80"], &[]);
    }

    #[test]
    fn the_nearest_section_decides_even_if_it_is_empty() {
        check(&["NTamd64", "NTamd64.6.2"], &["NTamd64"], &[Windows7x64]);
        check(&["NTx86.6.0", "NT.6.1"], &["NTx86.6.0"], &[]);
        check(&["NTx86.10.0"], &["", "NTx86.10.0"], ALL_X86);
        check(&["NTx86.10.0"], &[""], &[Windows7x86]);
    }

    #[test]
    fn templates_and_unknown_decorations_fit_no_system() {
        check(&["NT$ARCH$"], &["NT$ARCH$"], &[]);
        check(&["NTamd64.6.1.1.0.1.9"], &["NTamd64.6.1.1.0.1.9"], &[]);
        check(&["amd64"], &["amd64"], &[]);
    }

    #[test]
    fn default_install_sections_count_where_there_are_no_devices() {
        let with = |sections: &[&str]| InfReport {
            is_driver_inf: true,
            default_install: sections.iter().map(|&text| text.to_owned()).collect(),
            ..InfReport::empty("a.inf")
        };
        assert_eq!(supported_by(&[with(&[""])]), OsType::ALL);
        assert_eq!(supported_by(&[with(&["NTamd64"])]), ALL_X64);
        assert_eq!(supported_by(&[with(&["NTarm64"])]), []);
        assert_eq!(supported_by(&[with(&[])]), []);
    }

    #[test]
    fn the_default_is_what_most_files_support() {
        let old = inf(&["NTamd64", "NTamd64.6.2"], &["NTamd64"]);
        let new = inf(&["NTamd64.10.0"], &["NTamd64.10.0"]);
        let any = inf(&["NTamd64"], &["NTamd64"]);
        assert_eq!(default_of(std::slice::from_ref(&any)), Some(Windows10x64));
        assert_eq!(default_of(&[old.clone(), old, new.clone()]), Some(Windows7x64));
        assert_eq!(default_of(std::slice::from_ref(&new)), Some(Windows10x64));
        let newest = inf(&["NTamd64.10.0...22000"], &["NTamd64.10.0...22000"]);
        assert_eq!(default_of(&[any.clone(), any.clone(), any, newest.clone()]), Some(Windows10x64));
        assert_eq!(default_of(&[new, newest.clone(), newest]), Some(Windows11x64));
        assert_eq!(default_of(&[InfReport::empty("autorun.inf")]), None);
        assert_eq!(best(&[Windows7x86, Windows7x64]), Some(Windows7x64));
        assert_eq!(best(&[]), None);
    }
}
