//! `driver-center show`: a driver, its INF files, or the devices of one of them.

use crate::cli::context::{Context, OK};
use crate::cli::limits::PAGE_ROWS;
use crate::cli::resolve;
use crate::cli::table::{Side, Table, pairs};
use crate::cli::words::{driver_type, since, size, system, yes};
use fault::Result;
use protocol::api::{Device, DevicePage, DriverDetail, Inf};
use protocol::client::with_query;
use wording::number_of;

/// What of which driver.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Number or name of the driver. 编号或名称
    driver: String,
    /// List its INF files. 列出 INF 文件
    #[arg(long, conflicts_with = "devices")]
    infs: bool,
    /// List the devices of the INF file with this number (see --infs). 列出该 INF 的设备
    #[arg(long, value_name = "INF")]
    devices: Option<i64>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let driver = resolve::drivers(context, std::slice::from_ref(&arguments.driver))?;
    let id = driver.first().map(|driver| driver.id).unwrap_or_default();
    let detail: DriverDetail = context.client.get_json(&format!("/api/v1/drivers/{id}"))?;
    match arguments.devices {
        Some(inf) => {
            let devices = all_devices(context, inf)?;
            context.answer(&devices, || device_table(context, &devices))?;
        }
        None if arguments.infs => context.answer(&detail.infs, || inf_table(context, &detail.infs))?,
        None => context.answer(&detail, || overview(context, &detail))?,
    }
    Ok(OK)
}

fn all_devices(context: &Context, inf: i64) -> Result<Vec<Device>> {
    let mut devices = Vec::new();
    loop {
        let place = [("offset", devices.len().to_string()), ("limit", PAGE_ROWS.to_string())];
        let query: Vec<_> = place.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page: DevicePage =
            context.client.get_json(&with_query(&format!("/api/v1/infs/{inf}/devices"), &query))?;
        let is_last = page.devices.is_empty();
        devices.extend(page.devices);
        if is_last || devices.len() as u64 >= page.page.total {
            return Ok(devices);
        }
    }
}

fn overview(context: &Context, detail: &DriverDetail) -> String {
    let (driver, language) = (&detail.driver, context.language);
    let systems: Vec<_> = detail.os_types.iter().map(|number| system(*number, language)).collect();
    let pending = context.pick("是，等待保存", "yes: it waits for the next save");
    let mut text = pairs(&[
        (context.pick("编号", "ID"), driver.id.to_string()),
        (context.pick("名称", "Name"), driver.name.clone()),
        (context.pick("描述", "Description"), driver.describe.clone().unwrap_or_default()),
        (context.pick("类型", "Type"), driver_type(driver.kind, language)),
        (context.pick("系统", "System"), system(driver.os_type, language)),
        (context.pick("支持的系统", "Supported systems"), systems.join(", ")),
        (context.pick("模板", "Templates"), driver.tpl_num.to_string()),
        (
            context.pick("文件", "Archive"),
            format!("{} ({})", detail.archive_name, size(driver.size.max(0) as u64)),
        ),
        ("sha256", detail.archive_sha256.clone()),
        (context.pick("目录", "Directory"), detail.directory.clone()),
        (context.pick("内容", "Content"), content(context, detail)),
        (context.pick("导入时间", "Imported"), since(Some(&driver.create_at), language)),
        (
            context.pick("未保存", "Not saved"),
            if detail.pending { pending.to_owned() } else { String::new() },
        ),
    ]);
    for warning in &detail.warnings {
        text.push_str(&format!("\n! {}", wording::clean(warning)));
    }
    text
}

fn content(context: &Context, detail: &DriverDetail) -> String {
    let (files, infs, bytes) = (detail.files, detail.infs.len(), size(detail.unpacked_bytes));
    match context.language {
        crate::messages::Language::Chinese => format!("{files} 个文件，{bytes}，{infs} 个 INF"),
        crate::messages::Language::English => format!(
            "{}, {bytes}, {}",
            number_of(files, "file", "files"),
            number_of(infs as u64, "INF file", "INF files")
        ),
    }
}

fn inf_table(context: &Context, infs: &[Inf]) -> String {
    let mut table = Table::new([
        ("INF", Side::Right),
        (context.pick("类别", "Class"), Side::Left),
        (context.pick("厂商", "Provider"), Side::Left),
        (context.pick("版本", "Version"), Side::Left),
        (context.pick("日期", "Date"), Side::Left),
        (context.pick("设备", "Devices"), Side::Right),
        (context.pick("签名文件", "Catalog"), Side::Left),
        (context.pick("路径", "Path"), Side::Left),
    ]);
    for inf in infs {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        table.row([
            inf.id.to_string(),
            text(&inf.class),
            text(&inf.provider),
            text(&inf.driver_version),
            text(&inf.driver_date),
            inf.devices.to_string(),
            yes(inf.catalog_present, context.language),
            inf.path.clone(),
        ]);
    }
    table.text(context.pick("没有 INF 文件。", "There is no INF file."))
}

fn device_table(context: &Context, devices: &[Device]) -> String {
    let mut table = Table::new([
        (context.pick("硬件 ID", "Hardware ID"), Side::Left),
        (context.pick("描述", "Description"), Side::Left),
        (context.pick("厂商", "Manufacturer"), Side::Left),
        (context.pick("目标系统", "Target"), Side::Left),
        (context.pick("安装节", "Section"), Side::Left),
    ]);
    for device in devices {
        table.row([
            device.hardware_id.clone().unwrap_or_else(|| "-".to_owned()),
            device.description.clone(),
            device.manufacturer.clone(),
            device.decoration.clone(),
            device.install_section.clone(),
        ]);
    }
    table.text(context.pick("没有设备。", "There is no device."))
}
