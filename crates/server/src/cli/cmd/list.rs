//! `driver-center list`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve::all_drivers;
use crate::cli::table::{Side, Table};
use crate::cli::words::{driver_type, since, size, system};
use fault::Result;
use protocol::thor::SystemDriver;

/// Nothing to say.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(context: &Context, _: Arguments) -> Result<u8> {
    let drivers = all_drivers(context)?;
    context.answer(&drivers, || table(context, &drivers))?;
    Ok(OK)
}

fn table(context: &Context, drivers: &[SystemDriver]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        (context.pick("模板", "Templates"), Side::Right),
        (context.pick("导入时间", "Imported"), Side::Left),
        (context.pick("描述", "Description"), Side::Left),
    ]);
    for driver in drivers {
        table.row([
            driver.id.to_string(),
            driver.name.clone(),
            driver_type(driver.kind, language),
            system(driver.os_type, language),
            size(driver.size.max(0) as u64),
            driver.tpl_num.to_string(),
            since(Some(&driver.create_at), language),
            driver.describe.clone().unwrap_or_default(),
        ]);
    }
    table.text(context.pick("没有系统驱动。", "There is no system driver."))
}
