//! `driver-center printer show`.

use crate::cli::context::Context;
use crate::cli::resolve;
use crate::cli::table::{Side, Table, pairs};
use crate::cli::words::{duplex, paper, printer_place, printer_type, since, size, system, yes};
use fault::Result;
use protocol::api::{PrinterDetail, PrinterModel};
use wording::clean;

/// What of which printer driver.
#[derive(clap::Args)]
pub(super) struct Printer {
    /// Number or name of the printer driver. 编号或名称
    printer: String,
    /// List the models inside. 列出型号
    #[arg(long)]
    models: bool,
}

pub(super) fn run(context: &Context, asked: &Printer) -> Result<()> {
    let id = resolve::printer(context, &asked.printer)?.id;
    let detail: PrinterDetail = context.client.get_json(&format!("/api/v1/printers/{id}"))?;
    match asked.models {
        true => context.answer(&detail.models, || models(context, &detail.models)),
        false => context.answer(&detail, || overview(context, &detail)),
    }
}

fn overview(context: &Context, detail: &PrinterDetail) -> String {
    let (printer, language) = (&detail.printer, context.language);
    let systems: Vec<_> = detail.os_types.iter().map(|number| system(*number, language)).collect();
    let pending = context.pick("是，等待保存", "yes: it waits for the next save");
    let password = match printer.kind {
        2 => yes(printer.has_password, language),
        _ => String::new(),
    };
    let mut text = pairs(&[
        (context.pick("编号", "ID"), printer.id.to_string()),
        (context.pick("名称", "Name"), printer.name.clone()),
        (context.pick("描述", "Description"), printer.describe.clone().unwrap_or_default()),
        (context.pick("类型", "Type"), printer_type(printer.kind, language)),
        (context.pick("连接", "Connection"), printer_place(printer)),
        (context.pick("账户", "Account"), printer.accounts.clone()),
        (context.pick("已存密码", "Password kept"), password),
        (context.pick("纸张", "Paper"), paper(&printer.paper.to_string())),
        (context.pick("单双面", "Sides"), duplex(printer.duplex_print, language)),
        (context.pick("系统", "System"), system(printer.environment, language)),
        (context.pick("支持的系统", "Supported systems"), systems.join(", ")),
        (context.pick("架构", "Architectures"), detail.architectures.join(", ")),
        (context.pick("型号", "Models"), (detail.models.len() as u64 + detail.models_left_out).to_string()),
        (context.pick("上传终端", "Uploaded by"), printer.client_name.clone().unwrap_or_default()),
        ("MAC", printer.client_mac.clone().unwrap_or_default()),
        (context.pick("终端数", "Terminals"), printer.client_nums.to_string()),
        (
            context.pick("文件", "Archive"),
            format!("{} ({})", detail.archive_name, size(printer.size.max(0) as u64)),
        ),
        ("sha256", detail.archive_sha256.clone()),
        (context.pick("路径", "Path"), detail.path.clone()),
        (context.pick("导入时间", "Imported"), since(Some(&printer.create_at), language)),
        (
            context.pick("未保存", "Not saved"),
            if detail.pending { pending.to_owned() } else { String::new() },
        ),
    ]);
    for warning in &detail.warnings {
        text.push_str(&format!("\n! {}", clean(warning)));
    }
    text
}

fn models(context: &Context, models: &[PrinterModel]) -> String {
    let mut table = Table::new([
        (context.pick("型号", "Model"), Side::Left),
        (context.pick("厂商", "Manufacturer"), Side::Left),
        (context.pick("系统", "Systems"), Side::Left),
        (context.pick("硬件 ID", "Hardware ID"), Side::Left),
        ("INF", Side::Left),
    ]);
    for model in models {
        let systems: Vec<_> = model.os_types.iter().map(|number| system(*number, context.language)).collect();
        table.row([
            model.name.clone(),
            model.manufacturer.clone(),
            systems.join(", "),
            model.ids.first().cloned().unwrap_or_else(|| "-".to_owned()),
            model.inf.clone(),
        ]);
    }
    table.text(context.pick("没有型号。", "There is no model."))
}
