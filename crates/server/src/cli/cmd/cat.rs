//! `driver-center cat`: a file of the disk, to the standard output or whole into a file.

use crate::cli::context::{Context, OK};
use crate::cli::limits::FILE_BYTES_MAX;
use crate::cli::words::size;
use fault::{Context as _, Error, Result};
use protocol::client::with_query;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Which file, and where to.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// File of the disk. 磁盘中的文件
    path: String,
    /// Write to this file, when all of it came. 输出文件
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    get(context, "/api/v1/files/content", &arguments.path, arguments.output.as_deref())
}

/// Gets the file `path` of the disk from `address`, to the standard output or whole into `output`.
pub(super) fn get(context: &Context, address: &str, path: &str, output: Option<&Path>) -> Result<u8> {
    let address = with_query(address, &[("path", path)]);
    let Some(target) = output else {
        fetch(context, &address, &mut std::io::stdout().lock())?;
        return Ok(OK);
    };
    let part = part_of(target);
    let bytes = fetch_whole(context, &address, &part, target).inspect_err(|_| {
        // The failure that counts is the first one.
        let _removed = std::fs::remove_file(&part);
    })?;
    let value = json!({"path": path, "file": target, "bytes": bytes});
    context.answer(&value, || format!("{} ({})", target.display(), size(bytes)))?;
    Ok(OK)
}

fn fetch(context: &Context, path: &str, sink: &mut dyn Write) -> Result<u64> {
    let bytes = context.client.get_to(path, FILE_BYTES_MAX, sink, &mut |_| Ok(()))?;
    sink.flush().context(|| "write what was read")?;
    Ok(bytes)
}

/// A part of a file never stands under its name.
fn fetch_whole(context: &Context, path: &str, part: &Path, target: &Path) -> Result<u64> {
    let unwritable =
        |error: Error| error.with_notice("cli.not_writable").with_value("path", target.display());
    let mut file = File::create(part).context(|| format!("write {}", part.display())).map_err(unwritable)?;
    let bytes = fetch(context, path, &mut file)?;
    file.sync_all().context(|| format!("write {}", part.display())).map_err(unwritable)?;
    std::fs::rename(part, target).context(|| format!("write {}", target.display())).map_err(unwritable)?;
    Ok(bytes)
}

fn part_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}
