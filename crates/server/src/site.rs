//! `driver-center site`: the whole site to other backends, and back from its images alone. It works on the machine of the
//! server, with its configuration, while the server does not run.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `site.needs_glance` | – | the configuration names no Glance |

use crate::config::{Config, Source};
use crate::messages::{Language, size};
use crate::output::Manner;
use crate::{glance, output, serve};
use center::backup::Target;
use center::moving::{self, Rows};
use center::rescue::{self, Rescued};
use center::{Center, DataDir, Machine, Mirrored, db};
use fault::{Context as _, Error, Result};
use image_store::{DirectoryStore, GlanceStore};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use wording::number_of;

/// What `site` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    manner: Manner,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Copy the database to another, empty one, and compare both row by row. 迁移数据库
    MoveDatabase {
        /// The new database, such as `mysql://user:password@host/name`. 新数据库
        #[arg(long, value_name = "URL", env = "DRIVER_CENTER_MOVE_TO", hide_env_values = true)]
        to: String,
        #[command(flatten)]
        source: Source,
    },
    /// Bring all registered images to Glance, and compare both by checksum. 将映像迁移到 Glance
    MoveImages {
        /// To the Glance that the configuration names. 目标为配置中的 Glance
        #[arg(long, required = true)]
        to_glance: bool,
        #[command(flatten)]
        source: Source,
    },
    /// Bring a lost center back, where nothing is, from its images in Glance alone. 仅凭 Glance 中的映像恢复
    RestoreFromGlance {
        /// Which center, where Glance has images of several. 驱动中心编号
        #[arg(long, value_name = "ID")]
        center: Option<String>,
        /// No version after this one, where the images of later ones are not all there. 只恢复到此版本
        #[arg(long, value_name = "VERSION")]
        up_to: Option<u64>,
        /// A version that terminals have: the next one will be above it. 终端已有的最高版本
        #[arg(long, value_name = "VERSION")]
        above: Option<u64>,
        #[command(flatten)]
        source: Source,
    },
}

/// `driver-center site`.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let manner = arguments.manner;
    // What is made here is the server's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let teller = Teller { language: manner.language(), json: manner.json };
    match act(arguments.action, &teller) {
        Ok((value, text)) => {
            output::line(if teller.json { value } else { text }.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => manner.failed(&error),
    }
}

/// The answer in JSON, and in words.
type Answer = (String, String);

fn act(action: Action, teller: &Teller) -> Result<Answer> {
    let runtime = tokio::runtime::Runtime::new().context(|| "start the threads")?;
    let (value, text) = match action {
        Action::MoveDatabase { to, source } => {
            let name = without_password(&to);
            let rows = runtime.block_on(move_database(&source.load()?, &to, &name, teller))?;
            teller.database_moved(&rows, &name)
        }
        Action::MoveImages { source, .. } => {
            let images = runtime.block_on(move_images(source.load()?))?;
            teller.images_moved(&images)
        }
        Action::RestoreFromGlance { center, up_to, above, source } => {
            let rescued = runtime.block_on(restore(&source.load()?, (center, up_to), above, teller))?;
            teller.rescued(&rescued)
        }
    };
    Ok((value.to_string(), text))
}

async fn move_database(config: &Config, to: &str, name: &str, teller: &Teller) -> Result<Rows> {
    let _lock = serve::lock(&config.data_dir)?;
    let (from, to) = (config.database(), &that_may_be_made(to));
    if from == *to {
        return Err(Error::invalid("old and new are the same database").with_notice("move.same"));
    }
    // Nothing of the old one changes before all of it was compared; not its schema, either.
    let (old, new) = (db::connect_as_it_is(&from).await?, db::connect(to).await?);
    let work = DataDir::new(&config.data_dir).work();
    let rows = moving::move_database(&old, &new, name, &work, &mut |table| teller.remark(table)).await?;
    old.close().await?;
    new.close().await?;
    Ok(rows)
}

/// The address of a database, which is made where it is a file that is not there.
fn that_may_be_made(url: &str) -> String {
    match url.starts_with("sqlite:") && !url.contains('?') {
        true => format!("{url}?mode=rwc"),
        false => url.to_owned(),
    }
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => url.to_owned(),
    }
}

async fn move_images(config: Config) -> Result<Vec<Mirrored>> {
    let _lock = serve::lock(&config.data_dir)?;
    let glance = glance_of(&config)?;
    let store = DirectoryStore::open(DataDir::new(&config.data_dir).images())?;
    let db = db::connect(&config.database()).await?;
    moving::refuse_moved(&db).await?;
    let center = Center::open(serve::center_config(&config)?, db, Arc::new(store), Arc::new(Machine)).await?;
    let images = center.mirror_all(Arc::new(glance)).await;
    center.close().await;
    images
}

async fn restore(
    config: &Config,
    (center, up_to): (Option<String>, Option<u64>),
    above: Option<u64>,
    teller: &Teller,
) -> Result<Rescued> {
    let store = Arc::new(glance_of(config)?);
    let _lock = serve::lock(&config.data_dir)?;
    let target = Target {
        data_dir: DataDir::new(&config.data_dir),
        db: db::connect(&config.database()).await?,
        store: Arc::new(DirectoryStore::open(DataDir::new(&config.data_dir).images())?),
        host: Arc::new(Machine),
        above,
    };
    let source = rescue::Source { store, center, up_to };
    let config = serve::center_config(config)?;
    let rescued = rescue::rescue(source, config, &target, &mut |image| teller.remark(image)).await?;
    target.db.close().await?;
    Ok(rescued)
}

fn glance_of(config: &Config) -> Result<GlanceStore> {
    let missing = || Error::invalid("the configuration has no [glance]").with_notice("site.needs_glance");
    glance::store(config.glance.as_ref().ok_or_else(missing)?)
}

/// How to answer.
struct Teller {
    language: Language,
    json: bool,
}

impl Teller {
    /// What is under way.
    fn remark(&self, what: &str) {
        if !self.json {
            output::note(&format!("… {what}"));
        }
    }

    fn database_moved(&self, rows: &Rows, name: &str) -> (Value, String) {
        let total: u64 = rows.iter().map(|(_, rows)| rows).sum();
        let tables: serde_json::Map<String, Value> =
            rows.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
        // A file has none.
        let password = match name.starts_with("sqlite:") {
            true => "",
            false => self.language.pick("（含密码）", " (with its password)"),
        };
        let text = match self.language {
            Language::Chinese => format!(
                "已迁移并逐行核对：{} 张表，{total} 行。\n请在配置中将 database_url 设为 {name}{password}，再启动服务器；旧数据库保持原样，不再使用。",
                rows.len()
            ),
            Language::English => format!(
                "moved, and compared row by row: {}, {}.\nSet database_url to {name}{password} in the configuration and start \
                 the server; the old database stays as it is and is not used any more.",
                number_of(rows.len() as u64, "table", "tables"),
                number_of(total, "row", "rows")
            ),
        };
        (json!({"tables": tables, "rows": total, "to": name}), text)
    }

    fn images_moved(&self, images: &[Mirrored]) -> (Value, String) {
        let bytes = images.iter().map(|image| image.bytes).sum();
        let list: Vec<Value> = images
            .iter()
            .map(|image| json!({"id": image.id, "kind": image.kind, "version": image.version, "bytes": image.bytes}))
            .collect();
        let text = match self.language {
            Language::Chinese => {
                format!("Glance 中有 {} 个映像（{}），校验和全部一致。", images.len(), size(bytes))
            }
            Language::English => {
                let images = number_of(images.len() as u64, "image", "images");
                format!("In Glance: {images} ({}); all checksums agree.", size(bytes))
            }
        };
        (json!({"images": list, "bytes": bytes}), text)
    }

    fn rescued(&self, rescued: &Rescued) -> (Value, String) {
        let (drivers, printers) = (rescued.drivers.len(), rescued.printers.len());
        let mut text = match self.language {
            Language::Chinese => format!(
                "已恢复版本 {} 的磁盘（root 一致），现为版本 {}；列出 {drivers} 个系统驱动、{printers} 个打印机驱动。\n\
                 可以启动服务器。终端需要重新注册；共享打印机的密码需要重新填写。",
                rescued.version, rescued.number
            ),
            Language::English => format!(
                "the disk of version {} is back (its root agrees) as version {}, with {} and {}.\nStart the server. \
                 Terminals enrol again, and passwords of shared printers are entered again.",
                rescued.version,
                rescued.number,
                number_of(drivers as u64, "system driver", "system drivers"),
                number_of(printers as u64, "printer driver", "printer drivers")
            ),
        };
        for path in &rescued.left_out {
            text += &format!("\n{}{path}", self.language.pick("未列出：", "not listed: "));
        }
        let value = json!({
            "center": rescued.center, "version": rescued.version, "number": rescued.number, "root": rescued.root,
            "drivers": rescued.drivers, "printers": rescued.printers, "left_out": rescued.left_out,
        });
        (value, text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, Teller, that_may_be_made, without_password};

    #[test]
    fn a_file_that_is_not_there_is_made() {
        assert_eq!(that_may_be_made("sqlite:///a/b.db"), "sqlite:///a/b.db?mode=rwc");
        for whole in ["sqlite:///a/b.db?mode=rw", "mysql://u:p@host/name"] {
            assert_eq!(that_may_be_made(whole), whole);
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("mysql://u:p@ss@host:3306/name"), "mysql://host:3306/name");
        assert_eq!(without_password("sqlite:///a/b.db?mode=rwc"), "sqlite:///a/b.db?mode=rwc");
    }

    #[test]
    fn a_password_is_remembered_only_where_there_can_be_one() {
        let said =
            |language, name| Teller { language, json: false }.database_moved(&vec![("user", 2)], name).1;
        let mysql = said(Language::English, "mysql://db/center");
        assert!(mysql.contains("1 table, 2 rows") && mysql.contains("(with its password)"), "{mysql}");
        assert!(said(Language::Chinese, "mysql://db/center").contains("含密码"));
        assert!(!said(Language::English, "sqlite:///center.db").contains("password"));
    }
}
