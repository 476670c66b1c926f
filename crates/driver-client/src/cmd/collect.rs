//! `driver-client collect`: a printer driver as a `.zip`, to be carried or looked at.

use clap::Args;
use fault::{Error, Result};
use serde_json::json;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::Context;
use crate::files;
use crate::source::Source;
use wording::size;

/// What, and where to.
#[derive(Debug, Args)]
pub(crate) struct Collect {
    #[command(flatten)]
    source: Source,
    /// The new file 输出文件 [default: named after the driver]
    #[arg(long, short, value_name = "FILE.zip")]
    output: Option<PathBuf>,
}

impl Collect {
    /// Packs it.
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let ui = &context.ui;
        let archive = self.source.archive(None, ui)?;
        let output = self.output.unwrap_or_else(|| PathBuf::from(&archive.name));
        // Another file of that name stays as it is.
        let mut target = std::fs::File::create_new(&output).map_err(|e| not_made(&output, e))?;
        let mut source = files::open(&archive.path)?;
        let copied =
            std::io::copy(&mut source, &mut target).and_then(|bytes| target.sync_all().map(|()| bytes));
        let bytes = copied.map_err(|error| {
            // A part of an archive is of no use; the failure that counts is the first one.
            let _left = std::fs::remove_file(&output);
            files::unwritable(&output, error.into())
        })?;
        let files = archive.files.unwrap_or(1);
        let path = output.display().to_string();
        let values = [("files", &*files.to_string()), ("size", &*size(bytes)), ("path", &*path)];
        let value = json!({"file": path, "bytes": bytes, "files": archive.files});
        ui.result(&value, &ui.text("collect.done", &values));
        Ok(())
    }
}

fn not_made(path: &Path, error: std::io::Error) -> Error {
    if error.kind() != ErrorKind::AlreadyExists {
        return files::unwritable(path, error.into());
    }
    Error::conflict(format!("write {}: it is there", path.display()))
        .with_notice("client.exists")
        .with_value("path", path.display())
}
