//! `driver-center printer`: printer drivers.

mod import;
mod list;
mod set;
mod show;

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::thor::{DoneAnswer, DriverAction, PrinterDriver, PrinterDuplicate, ResultAnswer};
use serde_json::json;
use wording::clean;

const PATH: &str = "/thor/voi/printer";

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Bring printer drivers (.zip) in. A broken upload goes on where it stopped. 导入
    Import(import::Files),
    /// List them. 列表
    List,
    /// Show one: its settings and the models inside. 查看
    Show(show::Printer),
    /// Change how one is connected and prints. 修改
    Set(Box<set::Change>),
    /// Copy one, to be set differently. 复制
    Duplicate {
        /// Number or name of the printer driver. 编号或名称
        printer: String,
    },
    /// Delete them: all that are named, or none. 删除
    Delete {
        /// Numbers or names of the printer drivers. 编号或名称
        #[arg(required = true, value_name = "PRINTER")]
        printers: Vec<String>,
    },
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::Import(files) => return import::run(context, &files),
        Action::List => list::run(context)?,
        Action::Show(printer) => show::run(context, &printer)?,
        Action::Set(change) => set::run(context, *change)?,
        Action::Duplicate { printer } => duplicate(context, &printer)?,
        Action::Delete { printers } => delete(context, &printers)?,
    }
    Ok(OK)
}

fn duplicate(context: &Context, asked: &str) -> Result<()> {
    let id = resolve::printer(context, asked)?.id;
    let place = format!("{PATH}/duplicate");
    let answer: ResultAnswer<Vec<PrinterDriver>> =
        context.client.post_json(&place, &PrinterDuplicate { id })?;
    context.answer(&answer.result, || {
        let lines = answer.result.iter().map(|copy| {
            format!("{} {} {}", context.pick("已复制为", "copied as"), copy.id, clean(&copy.name))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn delete(context: &Context, asked: &[String]) -> Result<()> {
    let mut printers = resolve::printers(context, asked)?;
    printers.sort_by_key(|printer| printer.id);
    printers.dedup_by_key(|printer| printer.id);
    let ids: Vec<i64> = printers.iter().map(|printer| printer.id).collect();
    let action = DriverAction { action: "delete".to_owned(), ids: ids.clone() };
    context.client.post_json::<_, DoneAnswer>(PATH, &action)?;
    context.answer(&json!({"deleted": ids}), || {
        let lines = printers.iter().map(|printer| {
            format!("{} {} {}", context.pick("已删除", "deleted"), printer.id, clean(&printer.name))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}
