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

use crate::center::{Center, blocking};
use crate::config::Config;
use crate::host::Host;
use crate::import::discard_file;
use crate::jobs::Progress;
use crate::space::require_space;

/// Name under which the confined reader is told of the file.
const FILE_NAME: &str = "printer.zip";
/// How the names of archives begin that are being made, in `work`.
pub(crate) const FRESH: &str = "printer-";

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
        let made = blocking(move || make(&config, host.as_ref(), &source, &configuration, &progress));
        let (made, fresh) = made.await?;
        self.keep_archive(&fresh.0, &made.sha256, made.size, file_name).await?;
        Ok(made)
    }
}

/// A file in `work` that is gone when nobody has taken it.
struct Fresh(PathBuf);

impl Drop for Fresh {
    fn drop(&mut self) {
        discard_file(&self.0);
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
) -> Result<(Made, Fresh)> {
    let length = source.metadata().context(|| format!("measure {}", source.display()))?.len();
    require_space(host, config, length)?;
    let fresh = Fresh(config.data_dir.work().join(format!("{FRESH}{}.zip", uuid::Uuid::new_v4())));
    let made = write(config, source, &fresh.0, configuration, progress)?;
    check(config, &fresh.0, configuration, progress)?;
    Ok((made, fresh))
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
