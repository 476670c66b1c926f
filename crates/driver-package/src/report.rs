//! What is told about one INF file: its identity, its catalog, and the devices that it installs.
//!
//! The types here cross the process boundary between the confined reader and the server, so they hold plain,
//! bounded text: every string was cut to [`crate::inf::Limits::text_chars`], tokens are already replaced.
//! This module owns the shape only; [`crate::inf`] fills it, and what a caller has to add (the path inside
//! the archive, whether the catalog is there) is marked as such.

use std::fmt;

use fault::Notice;
use serde::{Deserialize, Serialize};

/// How the text of an INF file was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextEncoding {
    /// Nothing beyond 7 bits.
    #[serde(rename = "ascii")]
    Ascii,
    /// UTF-8 with a byte order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// UTF-8 without a mark, recognised because it is valid.
    #[serde(rename = "utf-8-nobom")]
    Utf8,
    /// UTF-16 little endian with a byte order mark: what Windows recommends.
    #[serde(rename = "utf-16le-bom")]
    Utf16LeBom,
    /// UTF-16 little endian without a mark.
    #[serde(rename = "utf-16le-nobom")]
    Utf16Le,
    /// UTF-16 big endian with a byte order mark.
    #[serde(rename = "utf-16be-bom")]
    Utf16BeBom,
    /// UTF-16 big endian without a mark.
    #[serde(rename = "utf-16be-nobom")]
    Utf16Be,
    /// Simplified Chinese, code page 936 (and its superset GB 18030).
    #[serde(rename = "gbk")]
    Gbk,
    /// Traditional Chinese, code page 950.
    #[serde(rename = "big5")]
    Big5,
    /// Japanese, code page 932.
    #[serde(rename = "shift_jis")]
    ShiftJis,
    /// Korean, code page 949.
    #[serde(rename = "euc-kr")]
    EucKr,
    /// Central European, code page 1250.
    #[serde(rename = "windows-1250")]
    Windows1250,
    /// Cyrillic, code page 1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// Western European, code page 1252: also the answer when nothing else fits.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// Which place a device ID has in its line of a Models section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// The first ID: the hardware ID.
    Hardware,
    /// Any further ID: a compatible ID, which ranks lower.
    Compatible,
    /// The line names no ID; it can only be picked by hand.
    None,
}

/// One device that an INF file installs: a line of a Models section with one of its IDs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The ID as written; Windows compares IDs without regard to case. `None` goes with [`IdKind::None`].
    pub id: Option<String>,
    /// See [`IdKind`].
    pub kind: IdKind,
    /// What the user reads in the device manager.
    pub description: String,
    /// The undecorated name of the install section.
    pub install_section: String,
    /// The manufacturer's name.
    pub manufacturer: String,
    /// The Models section with its decoration, as written in `[Manufacturer]`.
    pub models_section: String,
    /// The `TargetOSVersion` decoration, such as `NTamd64.10.0`; empty for the undecorated section.
    pub decoration: String,
}

/// A line of `[Manufacturer]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manufacturer {
    /// The name that users see.
    pub name: String,
    /// The undecorated name of its Models sections.
    pub models: String,
    /// The decorations that it lists, in the order of the file.
    pub decorations: Vec<String>,
}

/// A catalog (signature) file that the INF file names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogFile {
    /// What follows `CatalogFile.`, such as `NTamd64`; empty for the plain entry.
    pub decoration: String,
    /// The file's name, relative to the INF file.
    pub name: String,
}

/// All that is known of one INF file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InfReport {
    /// The path inside the archive, given by the caller.
    pub path: String,
    /// How the text was encoded; `None` when the file could not be read.
    pub encoding: Option<TextEncoding>,
    /// Whether this is an INF file of SetupAPI at all: `autorun.inf` and fragments are not.
    pub is_driver_inf: bool,
    /// `$Windows NT$`, `$CHICAGO$` …; empty if there is none.
    pub signature: String,
    /// The setup class, such as `Printer`.
    pub class: Option<String>,
    /// The GUID of the setup class, in capitals and braces.
    pub class_guid: Option<String>,
    /// Who made the driver.
    pub provider: Option<String>,
    /// The date of `DriverVer`, as `yyyy-mm-dd`; `None` if it is missing or no date.
    pub driver_date: Option<String>,
    /// The version of `DriverVer`, as written.
    pub driver_version: Option<String>,
    /// The catalog files named.
    pub catalog_files: Vec<CatalogFile>,
    /// Whether a named catalog file lies beside the INF file; filled by the caller, who sees the archive.
    pub catalog_present: Option<bool>,
    /// Whether it is an extension INF: it adds to another driver and cannot drive a device alone.
    pub is_extension: bool,
    /// The `ExtensionId` of an extension INF: a GUID in capitals and braces.
    pub extension_id: Option<String>,
    /// The manufacturers listed.
    pub manufacturers: Vec<Manufacturer>,
    /// One row for each ID of each line of each Models section listed.
    pub devices: Vec<Device>,
    /// IDs for which an install section says `ExcludeID`: it must not be used for them.
    pub exclude_ids: Vec<String>,
    /// IDs (or `*`) that `[ControlFlags]` hides from manual selection; they are still installed by plug and play.
    pub exclude_from_select: Vec<String>,
    /// Decorations of the `[DefaultInstall]` sections, by which packages without devices are installed.
    pub default_install: Vec<String>,
    /// The languages (LANGID, four hexadecimal digits) that have a `[Strings.…]` section of their own.
    pub string_languages: Vec<String>,
    /// What is odd about the file, for people; see the table in [`crate::inf`].
    pub warnings: Vec<Notice>,
}

impl InfReport {
    /// The report of a file that says nothing about drivers (yet).
    pub fn empty(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            encoding: None,
            is_driver_inf: false,
            signature: String::new(),
            class: None,
            class_guid: None,
            provider: None,
            driver_date: None,
            driver_version: None,
            catalog_files: Vec::new(),
            catalog_present: None,
            is_extension: false,
            extension_id: None,
            manufacturers: Vec::new(),
            devices: Vec::new(),
            exclude_ids: Vec::new(),
            exclude_from_select: Vec::new(),
            default_install: Vec::new(),
            string_languages: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The report of an INF file that [`crate::inf::parse`] refused: a single bad file need not fail a whole package.
    pub fn unreadable(path: impl Into<String>, error: &fault::Error) -> Self {
        let notice =
            error.notice().cloned().unwrap_or(Notice { id: "inf.unreadable".into(), values: Vec::new() });
        Self { warnings: vec![notice], ..Self::empty(path) }
    }
}

impl TextEncoding {
    /// The stable name, as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf8 => "utf-8-nobom",
            Self::Utf16LeBom => "utf-16le-bom",
            Self::Utf16Le => "utf-16le-nobom",
            Self::Utf16BeBom => "utf-16be-bom",
            Self::Utf16Be => "utf-16be-nobom",
            Self::Gbk => "gbk",
            Self::Big5 => "big5",
            Self::ShiftJis => "shift_jis",
            Self::EucKr => "euc-kr",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Windows1252 => "windows-1252",
        }
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_encodings_are_the_same_on_the_wire_and_on_screen() {
        use TextEncoding as E;
        let all = [
            E::Ascii,
            E::Utf8Bom,
            E::Utf8,
            E::Utf16LeBom,
            E::Utf16Le,
            E::Utf16BeBom,
            E::Utf16Be,
            E::Gbk,
            E::Big5,
            E::ShiftJis,
            E::EucKr,
            E::Windows1250,
            E::Windows1251,
            E::Windows1252,
        ];
        for encoding in all {
            assert_eq!(serde_json::to_string(&encoding).unwrap(), format!("\"{encoding}\""));
        }
    }

    #[test]
    fn a_refused_file_keeps_the_notice_of_its_error() {
        let error = fault::Error::invalid("a.inf").with_notice("inf.too_large").with_value("limit_bytes", 5);
        let report = InfReport::unreadable("x/a.inf", &error);
        assert!(!report.is_driver_inf);
        assert_eq!(report.warnings[0].id, "inf.too_large");
    }
}
