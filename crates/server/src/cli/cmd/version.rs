//! `driver-center version`: one version, and the difference of two.

use super::{cat, files};
use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table, pairs};
use crate::cli::words::{driver_type, short, since, size, system, word, yes};
use fault::Result;
use protocol::api::{
    ChangeKind, FileChange, FileDiff, FileEntry, InfChange, PackageChange, Version, VersionDiff,
    VersionPackage,
};
use protocol::client::with_query;
use serde_json::json;
use std::path::PathBuf;
use wording::number_of;

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Show a version and its packages. 显示版本及其驱动
    Show {
        /// Its number. 版本号
        #[arg(value_name = "VERSION")]
        number: u64,
    },
    /// Show what is different in the second version: packages, INF files, devices. 比较两个版本
    Diff(Diff),
    /// List a directory of the disk as it was. 浏览该版本的磁盘
    Files {
        /// Number of the version. 版本号
        #[arg(value_name = "VERSION")]
        number: u64,
        /// Directory of the disk. 目录
        #[arg(default_value = "/")]
        path: String,
    },
    /// Read a file of the disk as it was. 读取该版本的文件
    Cat {
        /// Number of the version. 版本号
        #[arg(value_name = "VERSION")]
        number: u64,
        /// File of the disk. 磁盘中的文件
        path: String,
        /// Write to this file, when all of it came. 输出文件
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(clap::Args)]
struct Diff {
    /// The version to compare with. 对照版本
    from: u64,
    /// The version to look at. 查看版本
    to: u64,
    /// Compare file by file (both must be kept). 逐个文件比较
    #[arg(long)]
    files: bool,
    /// Only below this directory of the disk. 目录
    #[arg(long, default_value = "/", requires = "files")]
    path: String,
    /// Files to list at most. 最多列出的文件数
    #[arg(long, default_value_t = 1000, requires = "files")]
    limit: u64,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::Show { number } => show(context, number),
        Action::Diff(diff) if diff.files => diff_files(context, &diff),
        Action::Diff(diff) => diff_packages(context, &diff),
        Action::Files { number, path } => {
            let path = with_query(&format!("/api/v1/versions/{number}/files"), &[("path", &path)]);
            let entries: Vec<FileEntry> = context.client.get_json(&path)?;
            context.answer(&entries, || files::table(context, &entries))?;
            Ok(OK)
        }
        Action::Cat { number, path, output } => {
            cat::get(context, &format!("/api/v1/versions/{number}/files/content"), &path, output.as_deref())
        }
    }
}

fn show(context: &Context, number: u64) -> Result<u8> {
    let version: Version = context.client.get_json(&format!("/api/v1/versions/{number}"))?;
    let packages: Vec<VersionPackage> =
        context.client.get_json(&format!("/api/v1/versions/{number}/packages"))?;
    let value = json!({"version": version, "packages": packages});
    context.answer(&value, || format!("{}\n{}", overview(context, &version), table(context, &packages)))?;
    Ok(OK)
}

fn overview(context: &Context, version: &Version) -> String {
    let language = context.language;
    pairs(&[
        (context.pick("版本", "Version"), version.number.to_string()),
        (context.pick("类型", "Kind"), word(&version.kind, language)),
        (
            context.pick("内容同版本", "Same as version"),
            version.target.map(|number| number.to_string()).unwrap_or_default(),
        ),
        (context.pick("时间", "When"), since(Some(&version.created_at), language)),
        (context.pick("用户", "Who"), version.created_by.clone()),
        (context.pick("备注", "Note"), version.note.clone().unwrap_or_default()),
        ("root", version.root.clone()),
        ("md5", version.md5.clone().unwrap_or_default()),
        (context.pick("磁盘文件", "Disk file"), size(version.length)),
        (context.pick("虚拟大小", "Virtual size"), version.virtual_bytes.map(size).unwrap_or_default()),
        (context.pick("终端更新量", "Update"), size(version.update_bytes)),
        (context.pick("可浏览和回滚", "Kept"), yes(version.kept, language)),
        (context.pick("新增", "Added"), version.added.join(", ")),
        (context.pick("变更", "Changed"), version.changed.join(", ")),
        (context.pick("删除", "Removed"), version.removed.join(", ")),
    ])
}

fn table(context: &Context, packages: &[VersionPackage]) -> String {
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        (context.pick("目录", "Directory"), Side::Left),
        (context.pick("描述", "Description"), Side::Left),
    ]);
    for package in packages {
        table.row([
            package.driver_id.to_string(),
            package.name.clone(),
            package.kind.map(|kind| driver_type(kind, context.language)).unwrap_or_default(),
            package.os_type.map(|number| system(number, context.language)).unwrap_or_default(),
            package.size.map(|bytes| size(bytes.max(0) as u64)).unwrap_or_default(),
            package.directory.clone(),
            package.describe.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有驱动。", "There is no package."))
}

fn diff_packages(context: &Context, asked: &Diff) -> Result<u8> {
    let address = format!("/api/v1/versions/{}/diff", asked.to);
    let diff: VersionDiff =
        context.client.get_json(&with_query(&address, &[("from", &asked.from.to_string())]))?;
    context.answer(&diff, || {
        let mut text = changes(context, &diff.packages);
        if !diff.infs.is_empty() {
            text.push('\n');
            text.push_str(&inf_table(context, &diff.infs));
        }
        text
    })?;
    Ok(OK)
}

/// Packages that differ.
pub(super) fn changes(context: &Context, packages: &[PackageChange]) -> String {
    let mut table = Table::new([
        (context.pick("变化", "Change"), Side::Left),
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        ("sha256", Side::Left),
        (context.pick("描述", "Description"), Side::Left),
    ]);
    for package in packages {
        let sides = (package.before.as_ref(), package.after.as_ref());
        let both = |shown: &dyn Fn(&VersionPackage) -> String| arrow(sides.0.map(shown), sides.1.map(shown));
        table.row([
            kind(context, package.change),
            both(&|package| package.driver_id.to_string()),
            both(&|package| package.name.clone()),
            both(&|package| package.os_type.map(|os| system(os, context.language)).unwrap_or_default()),
            both(&|package| package.size.map(|bytes| size(bytes.max(0) as u64)).unwrap_or_default()),
            both(&|package| short(&package.sha256)),
            both(&|package| package.describe.clone().unwrap_or_default()),
        ]);
    }
    table.text(context.pick("驱动没有变化。", "The packages are the same."))
}

fn kind(context: &Context, change: ChangeKind) -> String {
    let name = match change {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
    };
    word(name, context.language)
}

/// What it was and what it is; one of them where they are the same, or only one is.
fn arrow(before: Option<String>, after: Option<String>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.or(before).unwrap_or_default(),
    }
}

fn inf_table(context: &Context, infs: &[InfChange]) -> String {
    let mut table = Table::new([
        (context.pick("变化", "Change"), Side::Left),
        (context.pick("驱动", "Package"), Side::Left),
        (context.pick("类别", "Class"), Side::Left),
        (context.pick("版本", "Version"), Side::Left),
        (context.pick("设备", "Devices"), Side::Left),
        (context.pick("路径", "Path"), Side::Left),
    ]);
    for inf in infs {
        let sides = (inf.before.as_ref(), inf.after.as_ref());
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        table.row([
            kind(context, inf.change),
            inf.package.clone(),
            arrow(sides.0.map(|inf| text(&inf.class)), sides.1.map(|inf| text(&inf.class))),
            arrow(sides.0.map(|inf| text(&inf.driver_version)), sides.1.map(|inf| text(&inf.driver_version))),
            format!("+{} -{}", inf.devices_added, inf.devices_removed),
            sides.1.or(sides.0).map(|inf| inf.path.clone()).unwrap_or_default(),
        ]);
    }
    table.text("")
}

fn diff_files(context: &Context, asked: &Diff) -> Result<u8> {
    let address = format!("/api/v1/versions/{}/diff/files", asked.to);
    let query =
        [("from", asked.from.to_string()), ("path", asked.path.clone()), ("limit", asked.limit.to_string())];
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let diff: FileDiff = context.client.get_json(&with_query(&address, &query))?;
    context.answer(&diff, || format!("{}\n{}", file_table(context, &diff.files), totals(context, &diff)))?;
    Ok(OK)
}

fn file_table(context: &Context, files: &[FileChange]) -> String {
    let mut table = Table::new([
        (context.pick("变化", "Change"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        (context.pick("路径", "Path"), Side::Left),
    ]);
    for file in files {
        let bytes = |entry: &Option<FileEntry>| entry.as_ref().map(|entry| size(entry.size));
        table.row([
            kind(context, file.change),
            arrow(bytes(&file.before), bytes(&file.after)),
            file.path.clone(),
        ]);
    }
    table.text(context.pick("文件没有变化。", "The files are the same."))
}

fn totals(context: &Context, diff: &FileDiff) -> String {
    let sizes = format!("{} → {}", size(diff.bytes_before), size(diff.bytes_after));
    let mut text = match context.language {
        crate::messages::Language::Chinese => {
            format!("新增 {}，变更 {}，删除 {}；{sizes}", diff.added, diff.changed, diff.removed)
        }
        crate::messages::Language::English => {
            format!("{} added, {} changed, {} removed; {sizes}", diff.added, diff.changed, diff.removed)
        }
    };
    if diff.is_truncated {
        text.push_str(context.pick("（未全部列出）", " (not all are listed)"));
    }
    if diff.compared_by_time > 0 {
        text.push('\n');
        text.push_str(&match context.language {
            crate::messages::Language::Chinese => {
                format!("{} 个大小相同的文件只比较了修改时间", diff.compared_by_time)
            }
            crate::messages::Language::English => {
                let files = number_of(
                    diff.compared_by_time,
                    "file of the same size was",
                    "files of the same size were",
                );
                format!("{files} compared by time alone")
            }
        });
    }
    text
}
