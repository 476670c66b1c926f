//! Which server, and the token for it: of the command line, else of the user's settings, else of the machine's.
//!
//! | where | the user's | the machine's, which an administrator writes |
//! | --- | --- | --- |
//! | Windows | `%APPDATA%\driver-client\settings.json` | `%ProgramData%\driver-client\settings.json` |
//! | elsewhere | `~/.config/driver-client/settings.json` | `/etc/driver-client/settings.json` |

use fault::{Error, Result};
use protocol::client::{Client, Credentials, Secret};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use crate::files;
use crate::limits::{CERTIFICATES_BYTES_MAX, OWN_FILE_BYTES_MAX};
use wording::Language;

const FILE: &str = "settings.json";
/// The variable that may hold the token.
const TOKEN: &str = "DRIVER_CLIENT_TOKEN";

/// What `connect` keeps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address of the server.
    pub(crate) server: String,
    /// The bearer token for it.
    pub(crate) token: String,
    /// Certificates to trust instead of the public authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// What the command line says of the server.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// Address of the server 服务器地址, such as http://10.0.0.1:8088
    #[arg(long, global = true, value_name = "URL", env = "DRIVER_CLIENT_SERVER")]
    pub(crate) server: Option<String>,
    /// File with a token, instead of the one of `connect` 令牌文件
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Certificates (PEM) to trust instead of the public authorities 受信任的证书
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// A client of the server that is given or known. A kept token goes to the server that it was kept for, and no other.
pub(crate) fn client(given: &Given, language: Language) -> Result<Client> {
    let kept = kept()?;
    let server = given.server.as_deref().or(kept.as_ref().map(|kept| kept.server.as_str()));
    let server = server.ok_or_else(not_connected)?;
    let kept = kept.as_ref().filter(|kept| is_same(&kept.server, server));
    let token = given_token(given)?.or(kept.map(|kept| kept.token.clone())).ok_or_else(not_connected)?;
    let ca_file = given.ca_file.as_deref().or(kept.and_then(|kept| kept.ca_file.as_deref()));
    connection(server, Credentials::Bearer(Secret::new(token)?), ca_file, language)
}

/// A client with these credentials.
pub(crate) fn connection(
    server: &str,
    credentials: Credentials,
    ca_file: Option<&Path>,
    language: Language,
) -> Result<Client> {
    let client = Client::new(server, credentials)?.with_language(language.tag());
    let Some(path) = ca_file else { return Ok(client) };
    let pem = files::read(path, CERTIFICATES_BYTES_MAX)?
        .ok_or_else(|| files::unreadable(path, Error::not_found("there is no such file")))?;
    client.with_trusted_certificates(&pem)
}

/// The token of the named file, else of the environment.
pub(crate) fn given_token(given: &Given) -> Result<Option<String>> {
    if let Some(path) = &given.token_file {
        let bytes = files::read(path, OWN_FILE_BYTES_MAX)?
            .ok_or_else(|| files::unreadable(path, Error::not_found("there is no such file")))?;
        return token_of(&bytes).map(Some);
    }
    Ok(std::env::var(TOKEN).ok().filter(|token| !token.is_empty()))
}

/// The token in what was read: its first line, with the mark that editors of Windows put before it.
pub(crate) fn token_of(bytes: &[u8]) -> Result<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().trim();
    match line {
        "" => Err(Error::invalid("read a token: the first line is empty").with_notice("client.no_token")),
        line => Ok(line.to_owned()),
    }
}

fn not_connected() -> Error {
    Error::denied("find the server and a token for it").with_notice("client.not_connected")
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

fn kept() -> Result<Option<Settings>> {
    for path in [user_file().ok(), machine_file()].into_iter().flatten() {
        if let Some(bytes) = files::read(&path, OWN_FILE_BYTES_MAX)? {
            return parse(&path, &bytes).map(Some);
        }
    }
    Ok(None)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Settings> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        Error::invalid(format!("read {}: {error}", path.display()))
            .with_notice("client.bad_settings")
            .with_value("path", path.display())
            .with_value("cause", error)
    })
}

/// Keeps settings for this user; answers where.
pub(crate) fn keep(settings: &Settings) -> Result<PathBuf> {
    let path = user_file()?;
    let text =
        serde_json::to_vec_pretty(settings).map_err(|e| Error::bug(format!("encode settings: {e}")))?;
    files::replace(&path, &text)?;
    Ok(path)
}

fn user_file() -> Result<PathBuf> {
    let variable = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
    Ok(folder(variable, ".config")?.join(FILE))
}

fn machine_file() -> Option<PathBuf> {
    if !cfg!(windows) {
        return Some(PathBuf::from("/etc/driver-client").join(FILE));
    }
    absolute("ProgramData").map(|folder| folder.join("driver-client").join(FILE))
}

/// Where this program keeps what an interrupted run leaves for the next.
pub(crate) fn state_folder() -> Result<PathBuf> {
    folder(if cfg!(windows) { "LOCALAPPDATA" } else { "XDG_STATE_HOME" }, ".local/state")
}

fn folder(variable: &str, below_home: &str) -> Result<PathBuf> {
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)));
    let base = base.ok_or_else(|| Error::invalid("find the home directory").with_notice("client.no_home"))?;
    Ok(base.join("driver-client"))
}

fn absolute(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_first_line_whatever_editor_wrote_it() {
        assert_eq!(token_of("\u{feff}dct_abc \r\nmore\r\n".as_bytes()).unwrap(), "dct_abc");
        assert_eq!(token_of(b"\n").unwrap_err().notice().unwrap().id, "client.no_token");
    }

    #[test]
    fn settings_with_mistakes_are_not_guessed_at() {
        let parse = |text: &str| parse(Path::new("s"), text.as_bytes());
        assert!(parse("\u{feff}{\"server\":\"http://s\",\"token\":\"t\"}").is_ok());
        for bad in ["", "{}", "{\"server\":\"http://s\",\"token\":\"t\",\"tokens\":1}"] {
            assert_eq!(parse(bad).unwrap_err().notice().unwrap().id, "client.bad_settings");
        }
    }
}
