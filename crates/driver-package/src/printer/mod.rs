//! What makes a ZIP archive a printer driver: the public configuration file in it.
//!
//! A printer driver has exactly one, [`FILE_NAME`] at the top of the archive, in UTF-8 JSON: [`Configuration`]. It is
//! *public*: whoever can read a tool disk can read it, so there is no password in it but a sealed one. What its INF
//! files say ([`Content`]) is worked out here and never taken from the file. The format is described in
//! `docs/formats/printer-package.md`.
//!
//! This module knows the values and their rules; [`crate::reader::configure`] puts the file into an archive.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `printer.missing` | `field` | a setting is missing that this type of printer needs |
//! | `printer.invalid` | `field`, `value` | a setting has a value that it cannot have |
//! | `printer.configuration_invalid` | `reason` | the configuration file is no JSON, too large, or of a newer format |
//! | `printer.configuration_place` | `entry` | a second configuration file, or one that is not at the top |
//! | `printer.no_printer` | – | warning: none of the INF files is of class Printer |

mod content;
mod settings;
mod values;

use fault::{Error, Result};
use serde::{Deserialize, Serialize};

pub(crate) use content::is_printer;
pub use content::{Content, Model};
pub use settings::Settings;
pub use values::{Duplex, Paper, PrinterType, Protocol};

use crate::limits::CONFIGURATION_BYTES;
use crate::refusal;

/// Name of the public configuration file, at the top of the archive.
pub const FILE_NAME: &str = "printer-public.json";

/// The format that is written; newer ones are refused.
pub const FORMAT: u32 = 1;

/// The public configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// [`FORMAT`].
    pub format: u32,
    /// What people set.
    #[serde(flatten)]
    pub settings: Settings,
    /// The password of a shared printer's account, which only enrolled terminals can open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_password: Option<String>,
    /// What the INF files say.
    #[serde(default)]
    pub content: Content,
}

impl Configuration {
    /// The configuration of these settings.
    pub fn new(settings: Settings, sealed_password: Option<String>, content: Content) -> Self {
        Self { format: FORMAT, settings, sealed_password, content }
    }

    /// Reads a configuration file, of which anything may be wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > CONFIGURATION_BYTES {
            return Err(invalid(&format!("{} bytes, over the limit of {CONFIGURATION_BYTES}", bytes.len())));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let configuration: Self = serde_json::from_slice(bytes).map_err(|e| invalid(&e.to_string()))?;
        if configuration.format != FORMAT {
            return Err(invalid(&format!("format {}, not {FORMAT}", configuration.format)));
        }
        configuration.settings.check()?;
        Ok(configuration)
    }

    /// The text of the file. Models that do not fit are left out and counted.
    pub fn encode(&self) -> Result<String> {
        let mut whole = self.clone();
        loop {
            let text = serde_json::to_string_pretty(&whole)
                .map_err(|e| Error::bug("encode a printer's configuration").with_source(e))?;
            if text.len() <= CONFIGURATION_BYTES {
                return Ok(text);
            }
            if whole.content.models.is_empty() {
                return Err(Error::bug("a printer's configuration is too long without any model"));
            }
            whole.content.halve();
        }
    }
}

fn invalid(reason: &str) -> Error {
    Error::invalid(format!("{FILE_NAME}: {reason}"))
        .with_notice("printer.configuration_invalid")
        .with_value("reason", refusal::shown(reason))
}

/// The error of a configuration file where none may be.
pub(crate) fn misplaced(entry: &str) -> Error {
    let entry = refusal::shown(entry);
    Error::invalid(format!("{entry}: the only {FILE_NAME} lies at the top of the archive"))
        .with_notice("printer.configuration_place")
        .with_value("entry", entry)
}

/// Whether this path of an archive is the configuration file's, or claims to be one.
pub(crate) fn is_configuration(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case(FILE_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings::local("灯塔 LP-300", None);
        settings.kind = PrinterType::Network;
        settings.ip = "10.0.0.9".into();
        settings.port = "9100".into();
        settings.protocol = Some(Protocol::Raw);
        settings
    }

    fn notice(bytes: &[u8]) -> String {
        Configuration::parse(bytes).unwrap_err().notice().unwrap().id.to_string()
    }

    #[test]
    fn a_configuration_survives_and_reads_as_documented() {
        let configuration = Configuration::new(settings(), None, Content::default());
        let text = configuration.encode().unwrap();
        assert_eq!(Configuration::parse(text.as_bytes()).unwrap(), configuration);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&value["type"], &value["paper"], &value["duplex_print"], &value["protocol"]),
            (&3.into(), &9.into(), &1.into(), &"RAW".into())
        );
        let with_mark = ["\u{feff}".as_bytes(), text.as_bytes()].concat();
        assert_eq!(Configuration::parse(&with_mark).unwrap(), configuration);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        assert_eq!(notice(b"{"), "printer.configuration_invalid");
        assert_eq!(notice(b"\xff\xfe"), "printer.configuration_invalid");
        assert_eq!(notice(&vec![b' '; CONFIGURATION_BYTES + 1]), "printer.configuration_invalid");
        let newer = Configuration { format: 2, ..Configuration::new(settings(), None, Content::default()) };
        assert_eq!(notice(newer.encode().unwrap().as_bytes()), "printer.configuration_invalid");
        let mut bad = settings();
        bad.port = "0".into();
        let bad = Configuration::new(bad, None, Content::default());
        assert_eq!(notice(bad.encode().unwrap().as_bytes()), "printer.invalid");
    }

    #[test]
    fn what_is_too_long_loses_models_and_says_so() {
        let model = |n: usize| Model {
            name: format!("Model {n} {}", "x".repeat(200)),
            inf: "a.inf".into(),
            ..Model::default()
        };
        let content = Content { models: (0..5_000).map(model).collect(), ..Content::default() };
        let text = Configuration::new(settings(), None, content).encode().unwrap();
        assert!(text.len() <= CONFIGURATION_BYTES);
        let read = Configuration::parse(text.as_bytes()).unwrap().content;
        assert!(!read.models.is_empty());
        assert_eq!(read.models.len() as u64 + read.models_left_out, 5_000);
    }

    #[test]
    fn only_the_last_part_of_a_path_makes_a_configuration_file() {
        assert!(is_configuration("printer-public.json"));
        assert!(is_configuration("a/Printer-Public.JSON"));
        assert!(!is_configuration("printer-public.json/a"));
        assert!(!is_configuration("x-printer-public.json"));
    }
}
