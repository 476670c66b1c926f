//! Printer drivers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Environment, NumberOrText};

/// `upload_type` of a printer driver that a terminal uploaded.
pub const UPLOADED_BY_TERMINAL: i32 = 1;
/// `upload_type` of a printer driver that was imported in the console.
pub const UPLOADED_IN_CONSOLE: i32 = 2;

/// A password on its way to the server; it is never answered, and its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Password(String);

impl<'de> Deserialize<'de> for Password {
    /// An error does not repeat what was sent, as errors of other types do.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a password is text")),
        }
    }
}

impl Password {
    /// Takes a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A row of `GET /thor/voi/printer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterDriver {
    /// Identifies the printer driver.
    pub id: i64,
    /// Name for people; unique among printer drivers.
    pub name: String,
    /// Its system, as `os_type` of a system driver.
    pub environment: i32,
    /// 1 local, 2 shared, 3 network.
    #[serde(rename = "type")]
    pub kind: i32,
    /// 1 uploaded by a terminal, 2 imported in the console.
    pub upload_type: i32,
    /// Free text.
    #[serde(default)]
    pub describe: Option<String>,
    /// When it was imported: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub create_at: String,
    /// The terminal that uploaded it.
    #[serde(default)]
    pub client_name: Option<String>,
    /// MAC address of that terminal, twelve hexadecimal digits.
    #[serde(default)]
    pub client_mac: Option<String>,
    /// Number of terminals whose tool disk has it as it is now.
    pub client_nums: u64,
    /// 8 A3, 9 A4, 11 A5, 12 B4, 13 B5; other sizes by name, such as `"A6"`.
    pub paper: NumberOrText,
    /// 1 one side, 21 both sides on the long edge, 22 on the short edge.
    pub duplex_print: i32,
    /// The host that shares it, or its own address; empty for a local one.
    pub ip: String,
    /// Name of the share; of the queue (LPR); path (IPP).
    pub share: String,
    /// Account of the host that shares it.
    pub accounts: String,
    /// Name of the local port, or number of the network port.
    pub port: String,
    /// `RAW`, `LPR`, `IPP` or `WSD` for a network printer.
    #[serde(default)]
    pub protocol: Option<String>,
    /// Whether a password is kept for the account.
    pub has_password: bool,
    /// Size of its file in bytes.
    pub size: i64,
}

/// Body of `PUT /thor/voi/printer`; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterUpdate {
    /// The printer driver to change.
    pub id: i64,
    /// New name.
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New system: the number of the enumeration, or its name. 0, as it is listed where the system is not known, leaves
    /// it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// 1 local, 2 shared, 3 network.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<i32>,
    /// As in [`PrinterDriver`]; also by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<NumberOrText>,
    /// As in [`PrinterDriver`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplex_print: Option<i32>,
    /// The host that shares it (`\\host\share` names both), or its own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Name of the share; of the queue (LPR); path (IPP).
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
    /// Account of the host that shares it.
    #[cfg_attr(feature = "openapi", schema(max_length = 255))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// Password of that account; empty takes it away. With another host or account it must be given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// Name of the local port, or number of the network port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<NumberOrText>,
    /// `RAW`, `LPR`, `IPP` or `WSD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// New free text.
    #[cfg_attr(feature = "openapi", schema(max_length = 255))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub describe: Option<String>,
    /// The file inside the package that is changed: only the public configuration file can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
}

/// Body of `POST /thor/voi/printer/duplicate`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrinterDuplicate {
    /// The printer driver to copy.
    pub id: i64,
}
