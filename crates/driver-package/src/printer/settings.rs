//! What people set for a printer, and the rules that this keeps.

use fault::{Error, Result};
use serde::{Deserialize, Serialize};

use super::values::{Duplex, Paper, PrinterType, Protocol};
use crate::os::OsType;
use crate::refusal;

/// Longest name, in characters.
const NAME_CHARS: usize = 120;
/// Longest description, in characters.
const DESCRIBE_CHARS: usize = 255;
/// Longest name of a host: RFC 1035.
const HOST_CHARS: usize = 253;
/// Longest name of a share: Windows' `NNLEN`.
const SHARE_CHARS: usize = 80;
/// Longest account with its domain: a user principal name.
const ACCOUNT_CHARS: usize = 255;
/// Longest name of a local port.
const PORT_CHARS: usize = 64;

/// What people set for a printer. Fields that a type does not have are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Name for people.
    pub name: String,
    /// Its system.
    #[serde(default)]
    pub environment: Option<OsType>,
    /// How it is connected.
    #[serde(rename = "type")]
    pub kind: PrinterType,
    /// Size of the paper.
    pub paper: Paper,
    /// Sides that are printed on.
    pub duplex_print: Duplex,
    /// The host that shares it, or its own address.
    #[serde(default)]
    pub ip: String,
    /// Name of the share; of the queue (LPR); path (IPP).
    #[serde(default)]
    pub share: String,
    /// Account of the host that shares it.
    #[serde(default)]
    pub accounts: String,
    /// Name of the local port, or number of the network port.
    #[serde(default)]
    pub port: String,
    /// What a network printer speaks.
    #[serde(default)]
    pub protocol: Option<Protocol>,
    /// Free text.
    #[serde(default)]
    pub describe: Option<String>,
}

impl Settings {
    /// A local printer on the first USB port: what is assumed of a package that says nothing.
    pub fn local(name: impl Into<String>, environment: Option<OsType>) -> Self {
        Self {
            name: name.into(),
            environment,
            kind: PrinterType::Local,
            paper: Paper::A4,
            duplex_print: Duplex::OneSided,
            ip: String::new(),
            share: String::new(),
            accounts: String::new(),
            port: "USB001".into(),
            protocol: None,
            describe: None,
        }
    }

    /// Fills in what follows from the rest, and empties what this type of printer does not have.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.split_share();
        match self.kind {
            PrinterType::Local => (self.ip, self.share, self.accounts) = Default::default(),
            PrinterType::Shared => self.port = String::new(),
            PrinterType::Network => {
                self.accounts = String::new();
                let protocol = *self.protocol.get_or_insert(Protocol::Raw);
                if self.port.is_empty() {
                    self.port = protocol.usual_port().to_string();
                }
                if matches!(protocol, Protocol::Raw | Protocol::Wsd) {
                    self.share = String::new();
                }
            }
        }
        if self.kind != PrinterType::Network {
            self.protocol = None;
        }
        self.describe = self.describe.filter(|text| !text.is_empty());
        self
    }

    /// `\\host\share` in the place of the host means both.
    fn split_share(&mut self) {
        if self.kind != PrinterType::Shared {
            return;
        }
        let place = self.ip.replace('/', "\\");
        let place = place.trim_start_matches('\\');
        if let Some((host, share)) = place.split_once('\\')
            && self.share.is_empty()
        {
            (self.ip, self.share) = (host.to_owned(), share.to_owned());
        } else if place.len() < self.ip.len() {
            self.ip = place.to_owned();
        }
    }

    /// Fails for a value that cannot be, and for one that is missing.
    pub fn check(&self) -> Result<()> {
        require("name", &self.name)?;
        fits("name", &self.name, NAME_CHARS, |c| !c.is_control())?;
        let describe = self.describe.as_deref().unwrap_or_default();
        fits("describe", describe, DESCRIBE_CHARS, |c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))?;
        match self.kind {
            PrinterType::Local => self.check_local(),
            PrinterType::Shared => self.check_shared(),
            PrinterType::Network => self.check_network(),
        }
    }

    fn check_local(&self) -> Result<()> {
        require("port", &self.port)?;
        // A comma separates ports in Windows' own lists.
        fits("port", &self.port, PORT_CHARS, |c| !c.is_control() && c != ',')
    }

    fn check_shared(&self) -> Result<()> {
        check_host(&self.ip)?;
        require("share", &self.share)?;
        fits("share", &self.share, SHARE_CHARS, |c| !c.is_control() && !"\\/:*?\"<>|,".contains(c))?;
        fits("accounts", &self.accounts, ACCOUNT_CHARS, |c| !c.is_control() && !"\"/[]:;|=,+*?<>".contains(c))
    }

    fn check_network(&self) -> Result<()> {
        check_host(&self.ip)?;
        fits("share", &self.share, SHARE_CHARS, |c| !c.is_control() && !"\\:*?\"<>| ,".contains(c))?;
        match self.port.parse::<u16>() {
            Ok(1..) if self.port.bytes().all(|byte| byte.is_ascii_digit()) => {}
            _ => return Err(bad("port", &self.port)),
        }
        self.protocol.map(drop).ok_or_else(|| missing("protocol"))
    }
}

fn check_host(host: &str) -> Result<()> {
    require("ip", host)?;
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    // What looks like an IPv4 address but is none names no host either.
    let digits = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    match host.chars().count() <= HOST_CHARS && !digits && host.trim_end_matches('.').split('.').all(label) {
        true => Ok(()),
        false => Err(bad("ip", host)),
    }
}

fn require(field: &'static str, value: &str) -> Result<()> {
    if value.trim().is_empty() { Err(missing(field)) } else { Ok(()) }
}

fn fits(field: &'static str, value: &str, chars: usize, allowed: impl Fn(char) -> bool) -> Result<()> {
    match value.chars().count() <= chars && value.chars().all(allowed) {
        true => Ok(()),
        false => Err(bad(field, value)),
    }
}

fn missing(field: &'static str) -> Error {
    Error::invalid(format!("a printer without {field}"))
        .with_notice("printer.missing")
        .with_value("field", field)
}

/// The error of a value that a setting cannot have.
pub(super) fn bad(field: &'static str, value: &str) -> Error {
    let value = refusal::shown(value);
    Error::invalid(format!("printer setting {field}: {value}"))
        .with_notice("printer.invalid")
        .with_value("field", field)
        .with_value("value", value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: PrinterType) -> Settings {
        Settings { kind, ..Settings::local("p", None) }
    }

    /// The notice and the field of what is wrong, after tidying.
    fn wrong(settings: Settings) -> Option<(String, String)> {
        let error = settings.tidied().check().err()?;
        let notice = error.notice().unwrap();
        Some((notice.id.to_string(), notice.values[0].1.clone()))
    }

    fn is(id: &str, field: &str) -> Option<(String, String)> {
        Some((id.to_owned(), field.to_owned()))
    }

    #[test]
    fn a_local_printer_needs_a_port() {
        let with = |port: &str| wrong(Settings { port: port.into(), ..of(PrinterType::Local) });
        for port in ["USB001", "LPT1:", "COM3:", "FILE:", "端口 1"] {
            assert_eq!(with(port), None, "{port}");
        }
        assert_eq!(with(" "), is("printer.missing", "port"));
        assert_eq!(with("a,b"), is("printer.invalid", "port"));
        assert_eq!(with(&"x".repeat(65)), is("printer.invalid", "port"));
    }

    #[test]
    fn a_shared_printer_needs_host_and_share() {
        let with = |ip: &str, share: &str| {
            wrong(Settings { ip: ip.into(), share: share.into(), ..of(PrinterType::Shared) })
        };
        assert_eq!(with("server", "lp"), None);
        assert_eq!(with("\\\\server\\lp 二楼", ""), None);
        assert_eq!(with("//10.0.0.1/lp", ""), None);
        assert_eq!(with("", "lp"), is("printer.missing", "ip"));
        assert_eq!(with("server", ""), is("printer.missing", "share"));
        assert_eq!(with("server", "a\\b"), is("printer.invalid", "share"));
        for bad in ["a b", "-a", "1.2.3", "1.2.3.400", "a..b", "a\nb", &"a".repeat(300)] {
            assert_eq!(with(bad, "lp"), is("printer.invalid", "ip"), "{bad}");
        }
        let account = |text: &str| {
            let ip = "\\\\server\\lp".into();
            wrong(Settings { ip, accounts: text.into(), ..of(PrinterType::Shared) })
        };
        for good in ["", "user", "DOMAIN\\user", "user@domain.example", "用户"] {
            assert_eq!(account(good), None, "{good}");
        }
        assert_eq!(account("a:b"), is("printer.invalid", "accounts"));
    }

    #[test]
    fn a_network_printer_needs_an_address_and_gets_the_usual_port() {
        let base = Settings { ip: "fe80::1".into(), port: String::new(), ..of(PrinterType::Network) };
        for protocol in Protocol::ALL {
            let settings = Settings { protocol: Some(protocol), ..base.clone() }.tidied();
            settings.check().unwrap();
            assert_eq!(settings.port, protocol.usual_port().to_string());
        }
        let with = |port: &str| wrong(Settings { port: port.into(), ..base.clone() });
        assert_eq!(with("9100"), None);
        for bad in ["0", "65536", "+1", "-1", "USB001"] {
            assert_eq!(with(bad), is("printer.invalid", "port"), "{bad}");
        }
    }

    #[test]
    fn what_a_type_does_not_have_is_emptied() {
        let all = Settings {
            ip: "server".into(),
            share: "lp".into(),
            accounts: "u".into(),
            port: "9100".into(),
            protocol: Some(Protocol::Raw),
            ..of(PrinterType::Local)
        };
        let local = all.clone().tidied();
        assert_eq!((local.ip.as_str(), local.accounts.as_str(), local.protocol), ("", "", None));
        let shared = Settings { kind: PrinterType::Shared, ..all.clone() }.tidied();
        assert_eq!((shared.port.as_str(), shared.share.as_str()), ("", "lp"));
        let network = Settings { kind: PrinterType::Network, ..all }.tidied();
        assert_eq!((network.share.as_str(), network.accounts.as_str()), ("", ""));
    }
}
