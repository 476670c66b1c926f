//! The file of a printer driver with other settings, as a new kept archive.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::driver_package::printer::Configuration;
use ::driver_package::{PackageReport, reader};
use fault::{Context, Error, Result};
use protocol::sync::hex;
use sha2::{Digest, Sha256};

use crate::archives;
use crate::center::{Center, blocking, sync_directory};
use crate::config::Config;
use crate::host::Host;
use crate::import::discard_file;
use crate::jobs::Progress;
use crate::space::require_space;

/// Name under which the confined reader is told of the file.
const FILE_NAME: &str = "printer.zip";

/// A new kept archive.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) sha256: String,
    pub(super) size: u64,
}

impl Center {
    /// Puts `configuration` into the archive at `source` and keeps the result. The caller holds the gate.
    pub(super) async fn make_printer(
        &self,
        source: PathBuf,
        configuration: Configuration,
        file_name: &str,
        progress: &Arc<Progress>,
    ) -> Result<Made> {
        let (config, host, progress) = (self.config.clone(), self.host.clone(), progress.clone());
        let made = blocking(move || make(&config, host.as_ref(), &source, &configuration, &progress)).await?;
        archives::record(&self.db, self.host.now(), &made.sha256, made.size, file_name).await?;
        Ok(made)
    }
}

/// What an archive holds, from its first to its last byte.
pub(super) fn inspect(config: &Config, path: &Path, progress: &Progress) -> Result<PackageReport> {
    reader::inspect(&config.reader, path, FILE_NAME, &config.limits, progress.cancel_flag())
}

fn make(
    config: &Config,
    host: &dyn Host,
    source: &Path,
    configuration: &Configuration,
    progress: &Progress,
) -> Result<Made> {
    let length = source.metadata().context(|| format!("measure {}", source.display()))?.len();
    require_space(host, config, length)?;
    let fresh = config.data_dir.work().join(format!("printer-{}.zip", uuid::Uuid::new_v4()));
    let made = write(config, source, &fresh, configuration, progress).and_then(|made| {
        check(config, &fresh, configuration, progress)?;
        let kept = config.data_dir.kept_archive(&made.sha256);
        std::fs::rename(&fresh, kept).context(|| "keep the archive")?;
        sync_directory(&config.data_dir.kept())?;
        Ok(made)
    });
    if made.is_err() {
        discard_file(&fresh);
    }
    made
}

fn write(
    config: &Config,
    source: &Path,
    fresh: &Path,
    configuration: &Configuration,
    progress: &Progress,
) -> Result<Made> {
    let file = File::create_new(fresh).context(|| format!("make {}", fresh.display()))?;
    let mut out = Hashing { file, digest: Sha256::new() };
    let cancel = progress.cancel_flag();
    let size = reader::configure(&config.reader, source, configuration, &config.limits, cancel, &mut out)?;
    out.file.sync_all().context(|| format!("sync {}", fresh.display()))?;
    Ok(Made { sha256: hex(&out.digest.finalize()), size })
}

/// What was made must be a whole archive that says what it was made to say.
fn check(config: &Config, fresh: &Path, configuration: &Configuration, progress: &Progress) -> Result<()> {
    let found = inspect(config, fresh, progress)?.configuration;
    match found.is_some_and(|found| found.settings == configuration.settings) {
        true => Ok(()),
        false => Err(Error::corrupt("the new archive does not have the configuration that it was given")),
    }
}

/// Writes and hashes.
struct Hashing {
    file: File,
    digest: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
