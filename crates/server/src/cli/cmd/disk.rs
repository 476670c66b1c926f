//! `driver-center disk`: how large the disk is as a computer sees it, and making it larger.

use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::prompt::confirm;
use crate::cli::table::pairs;
use crate::cli::words::size;
use fault::Result;
use protocol::api::{Disk, GrowRequest, Operation, Version};
use serde_json::json;

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Say how large it is, and how large it may become. 显示虚拟大小
    Show,
    /// Make it larger, with the volume on it, as a new version. 扩容
    Grow(Growing),
}

/// To which size, and how.
#[derive(clap::Args)]
struct Growing {
    /// The size that it gets, such as 512G or 1T; K, M, G and T are powers of 1024. 新的大小
    #[arg(value_name = "SIZE", value_parser = bytes_of)]
    size: u64,
    /// A note for the history. 备注
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Do not ask. 不询问
    #[arg(long, short)]
    yes: bool,
    /// Answer as soon as it has begun. 不等待
    #[arg(long)]
    no_wait: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::Show => show(context),
        Action::Grow(growing) => grow(context, growing),
    }
}

fn disk(context: &Context) -> Result<Disk> {
    context.client.get_json("/api/v1/disk")
}

fn show(context: &Context) -> Result<u8> {
    let disk = disk(context)?;
    context.answer(&disk, || {
        pairs(&[
            (context.pick("虚拟大小", "Virtual size"), size(disk.virtual_bytes)),
            (context.pick("最大可为", "At most"), size(disk.largest_bytes)),
        ])
    })?;
    Ok(OK)
}

fn grow(context: &Context, growing: Growing) -> Result<u8> {
    if !growing.yes {
        confirm(
            context,
            &plan(context, disk(context)?.virtual_bytes, growing.size),
            context.pick("现在扩容？[y/N] ", "Grow now? [y/N] "),
        )?;
    }
    let request = GrowRequest { virtual_bytes: growing.size, note: growing.note };
    let begun: Operation = context.client.post_json("/api/v1/disk/grow", &request)?;
    if growing.no_wait {
        let text = context.pick("已开始扩容。", "Growing has begun.");
        context.answer(&json!({"operation": begun}), || text.to_owned())?;
        return Ok(OK);
    }
    let operation = follow::operation(context, begun)?;
    let made = follow::newest_version(context)?;
    context.answer(&json!({"operation": operation, "version": made}), || done(context, &made))?;
    Ok(OK)
}

fn plan(context: &Context, before: u64, after: u64) -> String {
    let text = pairs(&[
        (context.pick("当前虚拟大小", "Virtual size now"), size(before)),
        (context.pick("扩容后", "Afterwards"), size(after)),
    ]);
    let remark = context.pick(
        "将产生一个新版本；磁盘不能再缩小，只能回滚到扩容前的版本。",
        "This makes a new version. The disk cannot be made smaller again, except by a rollback to a version before.",
    );
    format!("{text}\n{remark}")
}

fn done(context: &Context, made: &Version) -> String {
    pairs(&[
        (context.pick("版本", "Version"), made.number.to_string()),
        (context.pick("虚拟大小", "Virtual size"), made.virtual_bytes.map(size).unwrap_or_default()),
        ("root", made.root.clone()),
        (context.pick("磁盘文件", "Disk file"), size(made.length)),
        (context.pick("终端更新量", "Update"), size(made.update_bytes)),
    ])
}

/// Bytes of a size such as `512G`, `512 GiB`, `1TB` or plain bytes.
fn bytes_of(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let shift = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("use a whole number with K, M, G or T, such as 512G".to_owned()),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| "use a whole number with K, M, G or T, such as 512G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for text in ["512G", "512g", "512GB", "512GiB", "512 GiB", "549755813888"] {
            assert_eq!(bytes_of(text), Ok(512 << 30), "{text}");
        }
        assert_eq!((bytes_of("1T"), bytes_of("300M")), (Ok(1 << 40), Ok(300 << 20)));
        for text in ["", "G", "1.5T", "-1G", "1P", "99999999999T", "512GG", "12i"] {
            assert!(bytes_of(text).is_err(), "{text}");
        }
    }
}
