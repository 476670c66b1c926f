//! `driver-center files`.

use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table};
use crate::cli::words::{since, size};
use fault::Result;
use protocol::api::FileEntry;
use protocol::client::with_query;

/// Which directory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Directory of the disk. 目录
    #[arg(default_value = "/")]
    path: String,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let path = with_query("/api/v1/files", &[("path", &arguments.path)]);
    let entries: Vec<FileEntry> = context.client.get_json(&path)?;
    context.answer(&entries, || table(context, &entries))?;
    Ok(OK)
}

pub(super) fn table(context: &Context, entries: &[FileEntry]) -> String {
    let mut table = Table::new([
        (context.pick("大小", "Size"), Side::Right),
        (context.pick("修改时间", "Modified"), Side::Left),
        (context.pick("名称", "Name"), Side::Left),
    ]);
    for entry in entries {
        let (bytes, slash) = if entry.is_directory { ("-".to_owned(), "/") } else { (size(entry.size), "") };
        let modified = since(entry.modified.as_deref(), context.language);
        table.row([bytes, modified, format!("{}{slash}", entry.name)]);
    }
    table.text(context.pick("目录为空。", "The directory is empty."))
}
