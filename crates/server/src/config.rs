//! The configuration file (TOML), its defaults and the few settings that the environment may override.
//!
//! Every key is described in `docs/configuration.md`; a test keeps that page and this file together. An unknown
//! key is an error, so that a misspelt one is not silently ignored.

use fault::{Context as _, Error, Result};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Largest configuration file that is read.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
const GIB: u64 = 1 << 30;

/// What the server is told at start.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Address and port to listen on; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// The URL under which browsers reach the server, when a proxy stands before it.
    pub(crate) public_url: Option<String>,
    /// Certificate and key, where the server itself speaks TLS.
    pub(crate) tls: Option<Tls>,
    /// The Glance that registered images also go to.
    pub(crate) glance: Option<Glance>,
    /// An existing platform that serves `voi_api`.
    pub(crate) voi_api: Option<VoiApi>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Directory of everything that the server keeps.
    pub(crate) data_dir: PathBuf,
    /// Database; without, SQLite in the data directory.
    pub(crate) database_url: Option<String>,
    /// The disk that is made at the first start.
    pub(crate) disk: Disk,
    /// How long versions are kept.
    pub(crate) retention: Retention,
    /// Uploads.
    pub(crate) upload: Upload,
    /// Editing.
    pub(crate) edit: Edit,
    /// What is expected of terminals.
    pub(crate) terminals: Terminals,
}

/// The files of TLS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    /// Certificate chain in PEM, the server's own first.
    pub(crate) certificate: PathBuf,
    /// Its private key in PEM.
    pub(crate) key: PathBuf,
}

/// A Glance. Secrets are in files of their own, so that this one may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Glance {
    /// How is proven who asks.
    pub(crate) auth: GlanceAuth,
    /// Its address; without, Keystone's catalogue names it.
    pub(crate) endpoint: Option<String>,
    /// Certificates in PEM to trust instead of the public authorities.
    pub(crate) ca_file: Option<PathBuf>,
    /// After so many versions Base goes there again.
    #[serde(default = "ten")]
    pub(crate) base_every: u32,
    /// Address of Keystone.
    pub(crate) keystone_url: Option<String>,
    /// The region whose image service is used.
    pub(crate) region: Option<String>,
    /// The user.
    pub(crate) user: Option<String>,
    /// Domain of the user.
    #[serde(default = "default_domain")]
    pub(crate) user_domain: String,
    /// The project that owns the images.
    pub(crate) project: Option<String>,
    /// Domain of the project.
    #[serde(default = "default_domain")]
    pub(crate) project_domain: String,
    /// A file whose first line is the user's password.
    pub(crate) password_file: Option<PathBuf>,
    /// Id of an application credential.
    pub(crate) id: Option<String>,
    /// A file whose first line is the secret of the application credential.
    pub(crate) secret_file: Option<PathBuf>,
}

/// How is proven to Glance who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GlanceAuth {
    /// Not at all.
    None,
    /// By a password, at Keystone.
    Password,
    /// By an application credential, at Keystone.
    ApplicationCredential,
}

impl Glance {
    /// The keys that this way of asking needs and that are not there.
    fn missing(&self) -> Option<&'static str> {
        let there = |key| match key {
            "endpoint" => self.endpoint.is_some(),
            "keystone_url" => self.keystone_url.is_some(),
            "user" => self.user.is_some(),
            "project" => self.project.is_some(),
            "password_file" => self.password_file.is_some(),
            "id" => self.id.is_some(),
            _ => self.secret_file.is_some(),
        };
        let needed: &[&str] = match self.auth {
            GlanceAuth::None => &["endpoint", "user", "project"],
            GlanceAuth::Password => &["keystone_url", "user", "project", "password_file"],
            GlanceAuth::ApplicationCredential => &["keystone_url", "id", "secret_file"],
        };
        needed.iter().copied().find(|key| !there(key))
    }
}

fn ten() -> u32 {
    10
}

fn default_domain() -> String {
    "Default".to_owned()
}

/// The disk that is made at the first start; an existing one keeps its form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Disk {
    /// Virtual size in GiB.
    pub(crate) virtual_size_gib: u64,
    /// Where the file system lies on the disk.
    pub(crate) layout: Layout,
    /// Label of the volume.
    pub(crate) label: String,
    /// An existing disk to take over a checked copy of, instead of making a new one.
    pub(crate) adopt: Option<PathBuf>,
}

/// Where the file system lies on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Layout {
    /// From its first byte, without a partition table.
    WholeVolume,
    /// In the only partition of a master boot record.
    MbrPartition,
}

/// How long temporary images are kept; what either number covers stays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Retention {
    /// Days.
    pub(crate) days: u32,
    /// Versions.
    pub(crate) versions_min: u32,
}

/// Uploads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Upload {
    /// Largest file in GiB.
    pub(crate) size_gib_max: u64,
    /// Hours after which an unfinished upload goes.
    pub(crate) expire_hours: u32,
}

/// An existing platform that serves `voi_api` instead of the center.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VoiApi {
    /// Its address, without `/voi_api`.
    pub(crate) url: String,
    /// Seconds that it may take to answer.
    pub(crate) timeout_seconds: u32,
    /// A file whose first line is sent as a bearer token.
    pub(crate) token_file: Option<PathBuf>,
    /// Certificates in PEM to trust instead of the public authorities.
    pub(crate) ca_file: Option<PathBuf>,
}

impl Default for VoiApi {
    fn default() -> Self {
        Self { url: String::new(), timeout_seconds: 5, token_file: None, ca_file: None }
    }
}

/// Editing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Edit {
    /// Minutes without a change after which others may edit.
    pub(crate) idle_minutes: u32,
}

/// What is expected of terminals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Terminals {
    /// Seconds of silence after which one is offline, and no running update of it keeps anybody from saving.
    pub(crate) offline_after_seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8088)),
            public_url: None,
            tls: None,
            glance: None,
            voi_api: None,
            trusted_proxies: Vec::new(),
            data_dir: PathBuf::from("/var/lib/driver-center"),
            database_url: None,
            disk: Disk::default(),
            retention: Retention::default(),
            upload: Upload::default(),
            edit: Edit::default(),
            terminals: Terminals::default(),
        }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            virtual_size_gib: 256,
            layout: Layout::WholeVolume,
            label: "tool disk".to_owned(),
            adopt: None,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        let center::Retention { days, versions } = center::Retention::default();
        Self { days, versions_min: versions }
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self { size_gib_max: 64, expire_hours: 24 }
    }
}

impl Default for Edit {
    fn default() -> Self {
        Self { idle_minutes: 30 }
    }
}

impl Default for Terminals {
    fn default() -> Self {
        Self { offline_after_seconds: 300 }
    }
}

impl Upload {
    /// Largest file.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.size_gib_max * GIB
    }

    /// Time after which an unfinished upload goes.
    pub(crate) fn expiry(&self) -> Duration {
        Duration::from_secs(u64::from(self.expire_hours) * 3600)
    }
}

impl Disk {
    /// Virtual size.
    pub(crate) fn virtual_bytes(&self) -> u64 {
        self.virtual_size_gib * GIB
    }
}

/// Which file, and what command line and environment say beside it.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Source {
    /// Configuration file.
    #[arg(long, value_name = "FILE", env = "DRIVER_CENTER_CONFIG")]
    config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT", env = "DRIVER_CENTER_LISTEN")]
    listen: Option<SocketAddr>,
    /// Directory of everything that the server keeps.
    #[arg(long, value_name = "DIRECTORY", env = "DRIVER_CENTER_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Database, such as `mysql://user:password@host/name`.
    #[arg(long, value_name = "URL", env = "DRIVER_CENTER_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Source {
    /// What a command names that works on the machine of the server.
    pub(crate) fn of(config: Option<PathBuf>, data_dir: Option<PathBuf>) -> Self {
        Self { config, data_dir, ..Self::default() }
    }

    /// The file, overridden by command line and environment.
    pub(crate) fn load(&self) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => parse(&read(path)?).map_err(|e| invalid(path, &e))?,
            None => Config::default(),
        };
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if let Some(data_dir) = &self.data_dir {
            config.data_dir.clone_from(data_dir);
        }
        if self.database_url.is_some() {
            config.database_url.clone_from(&self.database_url);
        }
        let origin = self.config.as_deref().unwrap_or(Path::new("command line"));
        config.check().map_err(|e| invalid(origin, &e))?;
        Ok(config)
    }
}

fn read(path: &Path) -> Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text))
        .context(|| format!("read configuration {}", path.display()))
        .map_err(|e| e.with_notice("config.unreadable").with_value("path", path.display()))?;
    Ok(text)
}

fn parse(text: &str) -> Result<Config, String> {
    toml::from_str(text).map_err(|e| e.to_string())
}

fn invalid(path: &Path, reason: &str) -> Error {
    Error::invalid(format!("configuration {}: {reason}", path.display()))
        .with_notice("config.invalid")
        .with_value("path", path.display())
        .with_value("reason", reason.trim_end())
}

impl Config {
    fn check(&self) -> Result<(), String> {
        within("disk.virtual_size_gib", self.disk.virtual_size_gib, 1, 8 * 1024)?;
        within("retention.days", self.retention.days.into(), 0, 3650)?;
        within("retention.versions_min", self.retention.versions_min.into(), 1, 1000)?;
        within("upload.size_gib_max", self.upload.size_gib_max, 1, 1024)?;
        within("edit.idle_minutes", self.edit.idle_minutes.into(), 1, 24 * 60)?;
        // A terminal at rest reports once a minute.
        let offline_after = self.terminals.offline_after_seconds;
        within("terminals.offline_after_seconds", offline_after.into(), 90, 24 * 3600)?;
        within("upload.expire_hours", self.upload.expire_hours.into(), 1, 24 * 365)?;
        if let Some(platform) = &self.voi_api {
            within("voi_api.timeout_seconds", platform.timeout_seconds.into(), 1, 60)?;
            if !is_http(&platform.url) {
                return Err(format!("voi_api.url {:?} is not of the form http://host:port", platform.url));
            }
        }
        if let Some(glance) = &self.glance {
            within("glance.base_every", glance.base_every.into(), 1, 1000)?;
            if let Some(key) = glance.missing() {
                return Err(format!("glance.{key} is needed with this auth"));
            }
        }
        if !self.data_dir.is_absolute() {
            return Err(format!("data_dir {:?} is not an absolute path", self.data_dir));
        }
        if self.disk.label.is_empty() || self.disk.label.encode_utf16().count() > 32 {
            return Err("disk.label needs 1 to 32 characters".to_owned());
        }
        match &self.public_url {
            Some(url) if !is_origin(url) => {
                Err(format!("public_url {url:?} is not of the form https://host or https://host:port"))
            }
            _ => Ok(()),
        }
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", self.data_dir.join("center.db").display()))
    }

    /// Whether browsers reach the server over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.tls.is_some() || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// How addresses of this server begin.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

fn is_origin(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']))
}

fn is_http(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', '@', ' ']))
}

fn within(key: &str, value: u64, min: u64, max: u64) -> Result<(), String> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(format!("{key} = {value} is not within {min} and {max}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/configuration.md");

    /// The first TOML block of the page: all keys with their defaults.
    fn documented() -> &'static str {
        let start = DOCUMENT.find("```toml\n").unwrap() + "```toml\n".len();
        &DOCUMENT[start..start + DOCUMENT[start..].find("```").unwrap()]
    }

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        assert_eq!(parse(documented()).unwrap(), Config::default());
    }

    #[test]
    fn every_key_is_documented() {
        let mut keys: Vec<&str> = Vec::new();
        for line in documented().lines() {
            let line = line.trim_start_matches("# ");
            keys.extend(line.split_once('=').map(|(key, _)| key.trim()));
            keys.extend(line.strip_prefix('[').map(|name| name.trim_end_matches(']')));
        }
        // An unknown key makes the parser name all keys that it knows.
        for section in [
            "",
            "[tls]\n",
            "[glance]\n",
            "[voi_api]\n",
            "[disk]\n",
            "[retention]\n",
            "[upload]\n",
            "[edit]\n",
            "[terminals]\n",
        ] {
            let message = parse(&format!("{section}no_such_key = 1")).unwrap_err();
            let known: Vec<&str> =
                message.split('`').skip(1).step_by(2).filter(|k| *k != "no_such_key").collect();
            assert!(!known.is_empty(), "{message}");
            for key in known {
                assert!(keys.contains(&key), "{key} is not documented");
            }
        }
    }

    #[test]
    fn odd_values_are_refused_with_their_key() {
        for (text, key) in [
            ("data_dir = 'relative'", "data_dir"),
            ("disk.virtual_size_gib = 0", "disk.virtual_size_gib"),
            ("retention.versions_min = 0", "retention.versions_min"),
            ("public_url = 'https://host/path'", "public_url"),
            ("disk.label = ''", "disk.label"),
            ("edit.idle_minutes = 0", "edit.idle_minutes"),
            ("terminals.offline_after_seconds = 60", "terminals.offline_after_seconds"),
            ("[voi_api]\nurl = 'platform:8080'", "voi_api.url"),
            ("[voi_api]\nurl = 'http://p'\ntimeout_seconds = 0", "voi_api.timeout_seconds"),
            ("[glance]\nauth = 'none'\nuser = 'u'\nproject = 'p'", "glance.endpoint"),
            (
                "[glance]\nauth = 'password'\nkeystone_url = 'http://k'\nuser = 'u'\nproject = 'p'",
                "glance.password_file",
            ),
        ] {
            let reason = parse(text).unwrap().check().unwrap_err();
            assert!(reason.contains(key), "{text}: {reason}");
        }
    }
}
