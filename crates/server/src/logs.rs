//! Where log lines go: standard error, as text or as one JSON object per line.
//!
//! The target of a line names the part that wrote it: `voi_drive_img_manage`, `voi_drive_file_manage`,
//! `voi_drive_heterogeneous_manage`, `voi_drive_backups_manage`, and `http` for requests.

use clap::ValueEnum;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for collectors.
    Json,
}

/// Begins logging. `filter` is in the form of `tracing_subscriber::EnvFilter`, such as `info,http=debug`.
pub(crate) fn start(format: LogFormat, filter: &str) -> fault::Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|e| {
        fault::Error::invalid(format!("log filter {filter:?}: {e}")).with_notice("config.invalid")
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
