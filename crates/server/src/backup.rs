//! `driver-center backup`: the whole center in a directory, and back. It works on the machine of the server, with its
//! configuration, as the user who may read its data directory; the server may run meanwhile, but not while a backup is
//! restored.

use crate::config::{Config, Source};
use crate::messages::{Language, size};
use crate::output::Manner;
use crate::{output, serve};
use center::backup::{self, Target};
use center::{DataDir, Machine, db};
use fault::{Context as _, Error, Result};
use image_store::DirectoryStore;
use protocol::api::Backup;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// What `backup` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    manner: Manner,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Back up; only what the directory does not have is copied. 创建备份
    Create {
        /// The directory of the backups. 备份目录
        directory: PathBuf,
        /// Afterwards remove all but so many backups. 保留份数
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        keep: Option<u16>,
        #[command(flatten)]
        source: Source,
    },
    /// List the backups. 列出备份
    List {
        /// The directory of the backups. 备份目录
        directory: PathBuf,
    },
    /// Read everything of a backup and compare it. 校验备份
    Verify {
        /// The directory of the backups. 备份目录
        directory: PathBuf,
        /// Which; the newest without. 备份名称
        id: Option<String>,
    },
    /// Bring the center back, where nothing is. 恢复备份
    Restore {
        /// The directory of the backups. 备份目录
        directory: PathBuf,
        /// Which; the newest without. 备份名称
        id: Option<String>,
        /// A version that terminals have: the next one will be above it. 终端已有的最高版本
        #[arg(long, value_name = "VERSION")]
        above: Option<u64>,
        #[command(flatten)]
        source: Source,
    },
}

/// `driver-center backup`.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let manner = arguments.manner;
    // What a backup holds is worth as much as the center itself.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let answer = Answer { language: manner.language(), json: manner.json };
    match act(arguments.action, &answer) {
        Ok(code) => code,
        Err(error) => manner.failed(&error),
    }
}

fn act(action: Action, answer: &Answer) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context(|| "start the threads")?;
    match action {
        Action::Create { directory, keep, source } => {
            let made = runtime.block_on(create(&source.load()?, &directory))?;
            let removed = match keep {
                Some(keep) => backup::prune(&directory, usize::from(keep))?,
                None => Vec::new(),
            };
            answer.give(&json!({"backup": made, "removed": removed}), || answer.made(&made, &removed))
        }
        Action::List { directory } => {
            let backups = backup::list(&directory)?;
            answer.give(&backups, || answer.table(&backups))
        }
        Action::Verify { directory, id } => {
            let (checked, damaged) = backup::verify(&directory, id.as_deref(), &|_| Ok(()))?;
            answer.give(&json!({"backup": checked, "damaged": damaged}), || {
                answer.checked(&checked, &damaged)
            })?;
            Ok(if damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(5) })
        }
        Action::Restore { directory, id, above, source } => {
            let restored = runtime.block_on(restore(&source.load()?, &directory, id.as_deref(), above))?;
            answer.give(&json!({"backup": restored}), || answer.restored(&restored))
        }
    }
}

async fn create(config: &Config, directory: &std::path::Path) -> Result<Backup> {
    let source = backup::Source {
        config: serve::center_config(config)?,
        db: db::connect_as_it_is(&config.database()).await?,
        store: store(config)?,
        host: Arc::new(Machine),
    };
    backup::create(source, directory, &|_| Ok(())).await
}

async fn restore(
    config: &Config,
    directory: &std::path::Path,
    id: Option<&str>,
    above: Option<u64>,
) -> Result<Backup> {
    // Nothing is made for a directory without backups.
    backup::list(directory)?;
    let _lock = serve::lock(&config.data_dir)?;
    let target = Target {
        data_dir: DataDir::new(&config.data_dir),
        db: db::connect(&config.database()).await?,
        store: Arc::new(DirectoryStore::open(DataDir::new(&config.data_dir).images())?),
        host: Arc::new(Machine),
        above,
    };
    let restored = backup::restore(directory, id, &target, &|_| Ok(())).await?;
    target.db.close().await?;
    Ok(restored)
}

/// The registered images, as files: a running server holds the store itself.
fn store(config: &Config) -> Result<Arc<dyn image_store::ImageStore>> {
    DirectoryStore::open_to_read(DataDir::new(&config.data_dir).images()).map(|store| Arc::new(store) as _)
}

/// How to answer.
struct Answer {
    language: Language,
    json: bool,
}

impl Answer {
    fn give<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> Result<ExitCode> {
        if self.json {
            let text =
                serde_json::to_string(value).map_err(|e| Error::bug(format!("encode the answer: {e}")))?;
            output::line(&text);
        } else {
            output::line(&text());
        }
        Ok(ExitCode::SUCCESS)
    }

    fn made(&self, made: &Backup, removed: &[String]) -> String {
        let (id, added) = (&made.id, size(made.added_bytes));
        let mut text = match self.language {
            Language::Chinese => format!("已备份：{id}（版本 {}，新增 {added}）", made.version),
            Language::English => format!("backed up: {id} (version {}, {added} added)", made.version),
        };
        for id in removed {
            text += &format!("\n{}{id}", self.language.pick("已删除：", "removed: "));
        }
        text
    }

    fn table(&self, backups: &[Backup]) -> String {
        let line = |backup: &Backup| {
            let (version, added) = (backup.version, size(backup.added_bytes));
            match self.language {
                Language::Chinese => {
                    format!("{}  版本 {version}  {}  新增 {added}", backup.id, backup.created_at)
                }
                Language::English => {
                    format!("{}  version {version}  {}  {added} added", backup.id, backup.created_at)
                }
            }
        };
        match backups.is_empty() {
            true => self.language.pick("没有备份。", "There is no backup.").to_owned(),
            false => backups.iter().map(line).collect::<Vec<_>>().join("\n"),
        }
    }

    fn checked(&self, checked: &Backup, damaged: &[String]) -> String {
        let lines: Vec<String> = damaged.iter().map(|what| format!("✗ {what}")).collect();
        match damaged.is_empty() {
            true => {
                format!("✓ {}{}", checked.id, self.language.pick("：完整", ": all of it is as it must be"))
            }
            false => lines.join("\n"),
        }
    }

    fn restored(&self, restored: &Backup) -> String {
        match self.language {
            Language::Chinese => format!("已从备份 {} 恢复，可以启动服务器", restored.id),
            Language::English => format!("the center is back from {}; start the server", restored.id),
        }
    }
}
