//! `driver-center printer list`.

use crate::cli::context::Context;
use crate::cli::resolve::all_printers;
use crate::cli::table::{Side, Table};
use crate::cli::words::{paper, printer_place, printer_type, since, system};
use fault::Result;
use protocol::thor::PrinterDriver;

pub(super) fn run(context: &Context) -> Result<()> {
    let printers = all_printers(context)?;
    context.answer(&printers, || table(context, &printers))
}

fn table(context: &Context, printers: &[PrinterDriver]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("连接", "Connection"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("纸张", "Paper"), Side::Left),
        (context.pick("来源", "From"), Side::Left),
        (context.pick("终端数", "Terminals"), Side::Right),
        (context.pick("导入时间", "Imported"), Side::Left),
    ]);
    for printer in printers {
        let console = || context.pick("控制台", "console").to_owned();
        table.row([
            printer.id.to_string(),
            printer.name.clone(),
            printer_type(printer.kind, language),
            printer_place(printer),
            system(printer.environment, language),
            paper(&printer.paper.to_string()),
            printer.client_name.clone().unwrap_or_else(console),
            printer.client_nums.to_string(),
            since(Some(&printer.create_at), language),
        ]);
    }
    table.text(context.pick("没有打印机驱动。", "There is no printer driver."))
}
