//! The state directory: who this terminal is, what it has, and the lock that lets only one process change it.
//!
//! | name | content |
//! | --- | --- |
//! | `config.toml` | [`Config`]: made by enrolment, may be edited |
//! | `secret` | the terminal's secret, mode 0600 |
//! | `state.json` | [`Record`] |
//! | `pending.json` | [`Pending`]: an update that is complete in `staging` and waits for the disk |
//! | `disk/` | leaf table and journal of the disk; owned by `disk-patch` |
//! | `staging/` | verified objects, named by their digests |
//! | `inventory.json` | what the center was told of this machine |
//! | `printer.key` | opens the passwords of shared printers; mode 0600 |
//! | `lock` | flock |
//!
//! The identity of the disk is that of its leaf table; the record only knows which version that was.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use fault::{Error, Result};
use protocol::client::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::limits::STATE_FILE_BYTES_MAX;

/// The folder of the leaf table and the journal.
pub(crate) const DISK_STATE: &str = "disk";

/// What enrolment fixed, and what the site sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the server.
    pub server: String,
    /// The center whose heads are followed.
    pub center: String,
    /// Its key, pinned at enrolment; 64 hexadecimal digits.
    pub public_key: String,
    /// Identifies this terminal.
    pub terminal: String,
    /// The disk file.
    pub disk: PathBuf,
    /// Certificates to trust instead of the public authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// While this path exists, the disk is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use_file: Option<PathBuf>,
    /// A program with its arguments: exit code 1 says that the disk is free, any other that it is in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_use_command: Vec<String>,
    /// The platform writes into it what the terminal is used for: `rest`, `maintenance` or `windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_file: Option<PathBuf>,
    /// Language of messages: `zh` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A version by number and root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its number.
    pub version: u64,
    /// Its root.
    pub root: String,
}

/// What this terminal remembers of its center.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The center that all of this is about.
    pub center: String,
    /// The version of the disk, if it has one.
    pub disk: Option<Seen>,
    /// The newest version whose head was believed; no older head is, whoever signs it.
    pub newest: Option<Seen>,
    /// The disk file that the version, the leaf table and the journal are about. Earlier releases did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

impl Record {
    /// Whether what is known of a disk is about the file `disk`, as far as was noted.
    pub fn is_about(&self, disk: &Path) -> bool {
        self.file.as_deref().is_none_or(|file| file == disk)
    }
}

/// An update that lies complete and verified in staging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The center that it is of. Earlier releases did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub center: Option<String>,
    /// Its patches, in order.
    pub steps: Vec<PendingStep>,
}

/// One patch of an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingStep {
    /// Digest of the patch.
    pub patch: String,
    /// The version that it leads to.
    pub to: Seen,
}

impl Pending {
    /// The version that the update leads to.
    pub fn target(&self) -> Option<&Seen> {
        self.steps.last().map(|step| &step.to)
    }

    /// Whether it is of the center of `record`. Where that was not noted, it leads to the newest version or an older one:
    /// nothing is fetched before its head is believed.
    pub fn is_of(&self, record: &Record) -> bool {
        match (&self.center, &record.newest, self.target()) {
            (Some(center), _, _) => *center == record.center,
            (None, Some(newest), Some(target)) => target == newest || target.version < newest.version,
            (None, _, _) => false,
        }
    }
}

/// The state directory.
#[derive(Clone, Debug)]
pub struct StateDir(PathBuf);

/// The right to change the state directory and the disk.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl StateDir {
    /// The directory at `path`; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where the directory is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the directory, closed for others, where it is missing.
    pub fn create(&self) -> Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|error| files::explain(error, "make the directory", &self.0))
    }

    /// Keeps every other process out until the lock is dropped.
    pub fn lock(&self) -> Result<Lock> {
        let path = self.join("lock");
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|error| files::explain(error, "open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::busy(format!("lock {}: another tool-disk holds it", path.display()))
                    .with_notice("agent.already_running"))
            }
            Err(TryLockError::Error(error)) => Err(files::explain(error, "lock", &path)),
        }
    }

    /// The configuration; an error of kind `Denied` while the terminal is not enrolled.
    pub fn config(&self) -> Result<Config> {
        let path = self.join("config.toml");
        let Some(bytes) = files::read(&path, STATE_FILE_BYTES_MAX)? else {
            return Err(not_enrolled(&path));
        };
        let text = String::from_utf8(bytes).map_err(|e| bad_config(&path, &e))?;
        toml::from_str(&text).map_err(|e| bad_config(&path, &e))
    }

    /// Writes the configuration.
    pub fn save_config(&self, config: &Config) -> Result<()> {
        let text = toml::to_string_pretty(config).map_err(|e| Error::bug(format!("encode config: {e}")))?;
        files::replace(&self.join("config.toml"), text.as_bytes(), 0o644)
    }

    /// The terminal's secret.
    pub fn secret(&self) -> Result<Secret> {
        let path = self.join("secret");
        let bytes = files::read(&path, STATE_FILE_BYTES_MAX)?.ok_or_else(|| not_enrolled(&path))?;
        Secret::new(String::from_utf8_lossy(&bytes).trim())
    }

    /// Writes the terminal's secret, readable for nobody else.
    pub fn save_secret(&self, text: &str) -> Result<()> {
        files::replace(&self.join("secret"), text.as_bytes(), 0o600)
    }

    /// What is remembered of `center`; what was remembered of another one does not count, but for which file it was about.
    pub fn record(&self, center: &str) -> Result<Record> {
        let found: Record = self.json("state.json")?.unwrap_or_default();
        if found.center == center {
            return Ok(found);
        }
        Ok(Record { center: center.to_owned(), file: found.file, ..Record::default() })
    }

    /// Remembers.
    pub fn save_record(&self, record: &Record) -> Result<()> {
        self.save_json("state.json", record)
    }

    /// The update that waits for the disk.
    pub fn pending(&self) -> Result<Option<Pending>> {
        self.json("pending.json")
    }

    /// Notes the update that waits for the disk.
    pub fn save_pending(&self, pending: &Pending) -> Result<()> {
        self.save_json("pending.json", pending)
    }

    /// Forgets the update that waits for the disk.
    pub fn remove_pending(&self) -> Result<()> {
        files::remove(&self.join("pending.json"))
    }

    /// Forgets what is known of the content of the disk.
    pub fn clear_disk(&self) -> Result<()> {
        files::remove_directory(&self.join(DISK_STATE))
    }

    /// Forgets the update that lies ready, and all that was fetched for it.
    pub fn forget_pending(&self) -> Result<()> {
        self.remove_pending()?;
        self.clear_staging()
    }

    /// Forgets everything that was fetched.
    pub fn clear_staging(&self) -> Result<()> {
        files::remove_directory(&self.join("fetch"))?;
        files::remove_directory(&self.join("staging"))
    }

    /// Whether the key that opens the passwords of shared printers is here.
    pub fn has_printer_key(&self) -> bool {
        self.join("printer.key").exists()
    }

    /// Keeps that key, readable for nobody else.
    pub fn save_printer_key(&self, key: &str) -> Result<()> {
        files::replace(&self.join("printer.key"), key.as_bytes(), 0o600)
    }

    /// Forgets that key: another center has another one.
    pub fn remove_printer_key(&self) -> Result<()> {
        files::remove(&self.join("printer.key"))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let path = self.join(name);
        let Some(bytes) = files::read(&path, STATE_FILE_BYTES_MAX)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Error::corrupt(format!("read {}: {error}", path.display()))
                .with_notice("state.damaged")
                .with_value("path", path.display())
        })
    }

    pub(crate) fn save_json<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        let text = serde_json::to_vec_pretty(value).map_err(|e| Error::bug(format!("encode {name}: {e}")))?;
        files::replace(&self.join(name), &text, 0o644)
    }
}

fn not_enrolled(path: &Path) -> Error {
    Error::denied(format!("find {}: this terminal is not enrolled", path.display()))
        .with_notice("agent.not_enrolled")
}

fn bad_config(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::invalid(format!("read {}: {cause}", path.display()))
        .with_notice("agent.bad_config")
        .with_value("path", path.display())
        .with_value("cause", cause)
}

#[cfg(test)]
mod tests {
    use fault::Kind;

    use super::*;

    fn directory() -> (tempfile::TempDir, StateDir) {
        let temporary = tempfile::tempdir().unwrap();
        let state = StateDir::new(temporary.path().join("a/b"));
        state.create().unwrap();
        (temporary, state)
    }

    #[test]
    fn only_one_holds_the_lock() {
        let (_temporary, state) = directory();
        let held = state.lock().unwrap();
        assert_eq!(state.lock().unwrap_err().kind(), Kind::Busy);
        drop(held);
        state.lock().unwrap();
    }

    #[test]
    fn what_is_remembered_of_another_center_does_not_count() {
        let (_temporary, state) = directory();
        let newest = Some(Seen { version: 9, root: "r".into() });
        let record = Record { center: "a".into(), newest, ..Record::default() };
        state.save_record(&record).unwrap();
        assert_eq!(state.record("a").unwrap(), record);
        assert_eq!(state.record("b").unwrap().newest, None);
        // Which file the leaf table is about does not depend on the center.
        state.save_record(&Record { file: Some("/d".into()), ..record }).unwrap();
        let other = state.record("b").unwrap();
        assert!(other.is_about(Path::new("/d")) && !other.is_about(Path::new("/e")));
        std::fs::write(state.join("state.json"), "{\"center\":").unwrap();
        assert_eq!(state.record("a").unwrap_err().kind(), Kind::Corrupt);
    }

    #[test]
    fn what_lies_ready_is_of_one_center() {
        let seen = |version, root: &str| Seen { version, root: root.into() };
        let pending = |center: Option<&str>, to| Pending {
            center: center.map(str::to_owned),
            steps: vec![PendingStep { patch: "p".into(), to }],
        };
        let record = Record { center: "a".into(), newest: Some(seen(2, "r")), ..Record::default() };
        assert!(pending(Some("a"), seen(9, "x")).is_of(&record));
        assert!(!pending(Some("b"), seen(1, "x")).is_of(&record));
        // An earlier release: whatever contradicts is not believed.
        for (version, root, is_ours) in [(1, "x", true), (2, "r", true), (2, "x", false), (3, "x", false)] {
            assert_eq!(pending(None, seen(version, root)).is_of(&record), is_ours, "{version} {root}");
        }
        assert!(!pending(None, seen(1, "x")).is_of(&Record::default()));
        let former: Pending = serde_json::from_str(r#"{"steps":[]}"#).unwrap();
        assert_eq!(former.center, None);
    }

    #[test]
    fn a_terminal_without_configuration_is_not_enrolled() {
        let (_temporary, state) = directory();
        assert_eq!(state.config().unwrap_err().kind(), Kind::Denied);
        std::fs::write(state.join("config.toml"), "server = 1").unwrap();
        assert_eq!(state.config().unwrap_err().kind(), Kind::Invalid);
        let config = Config {
            server: "http://s".into(),
            center: "c".into(),
            public_key: "k".into(),
            terminal: "t".into(),
            disk: "/d".into(),
            ca_file: None,
            in_use_file: Some("/run/desktop".into()),
            in_use_command: vec!["pgrep".into(), "qemu".into()],
            mode_file: Some("/run/mode".into()),
            language: None,
        };
        state.save_config(&config).unwrap();
        assert_eq!(state.config().unwrap(), config);
    }
}
