//! Drivers to import: small, all different, and known byte by byte.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fault::{Context as _, Error, Result};

/// Drivers that there may be at the same time.
const NAMES: u64 = 12;

/// What the name of a driver says about its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    pub(crate) name: String,
    bytes: usize,
}

impl Sample {
    /// The sample with this number; there are [`NAMES`] of them.
    pub(crate) fn of(number: u64) -> Self {
        let number = number % NAMES;
        Self { name: format!("driver{number:02}"), bytes: 150_000 + number as usize * 230_000 }
    }

    /// The sample of this name.
    pub(crate) fn named(name: &str) -> Result<Self> {
        let number = name.strip_prefix("driver").and_then(|number| number.parse().ok());
        number.map(Self::of).ok_or_else(|| Error::bug(format!("no sample {name}")))
    }

    /// The one file in it that is large, as a path in the disk.
    pub(crate) fn file(&self) -> String {
        format!("/sys/tq/{0}/{0}/device.sys", self.name)
    }

    /// What that file holds.
    pub(crate) fn content(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.bytes];
        let mut noise = blake3::Hasher::new().update(self.name.as_bytes()).finalize_xof();
        // Half of it compresses, as code does.
        noise.fill(&mut bytes[..self.bytes / 2]);
        bytes
    }

    /// The archive, made once.
    pub(crate) fn archive(&self, directory: &Path) -> Result<PathBuf> {
        let archive = directory.join(format!("{}.tq", self.name));
        if archive.is_file() {
            return Ok(archive);
        }
        let folder = directory.join(&self.name);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("device.inf"), self.inf())?;
        std::fs::write(folder.join("device.sys"), self.content())?;
        let mut command = Command::new("7zz");
        command.args(["a", "-bd", "-t7z", "-mx1"]).arg(&archive).arg(&folder).stdout(Stdio::null());
        let status = command.status().context(|| "start 7zz")?;
        if status.success() { Ok(archive) } else { Err(Error::unavailable(format!("7zz: {status}"))) }
    }

    fn inf(&self) -> String {
        format!(
            "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Net\r\nProvider=\"Lantern\"\r\n\
             DriverVer=01/02/2024,1.2.3.4\r\n[Manufacturer]\r\n\"Lantern\"=Models,NTamd64.10.0\r\n\
             [Models.NTamd64.10.0]\r\n\"{}\"=Install,PCI\\VEN_1234&DEV_5678\r\n",
            self.name
        )
    }
}
