//! `driver-center template list`, `… images`.

use crate::cli::context::Context;
use crate::cli::resolve::{all_drivers, all_templates};
use crate::cli::table::{Side, Table};
use crate::cli::words::{size, system, template_type, yes};
use fault::Result;
use protocol::api::StoreImage;
use protocol::thor::{SystemDriver, Template};

pub(super) fn list(context: &Context) -> Result<()> {
    let templates = all_templates(context)?;
    let drivers = if context.json { Vec::new() } else { all_drivers(context)? };
    context.answer(&templates, || table(context, &templates, &drivers))
}

fn table(context: &Context, templates: &[Template], drivers: &[SystemDriver]) -> String {
    let language = context.language;
    let name = |id: Option<i64>| {
        let known = drivers.iter().find(|driver| Some(driver.id) == id);
        known.map_or_else(|| "-".to_owned(), |driver| driver.name.clone())
    };
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("异构", "Heterogeneous"), Side::Left),
        (context.pick("异构版本", "hg_version"), Side::Right),
        (context.pick("万能驱动", "Universal"), Side::Left),
        (context.pick("提取驱动", "Extracted"), Side::Left),
    ]);
    for template in templates {
        table.row([
            template.id.to_string(),
            template.name.clone(),
            template_type(template.kind, language),
            system(template.os_type, language),
            yes(template.is_allow_heterogeneous, language),
            template.hg_version.to_string(),
            name(template.universal_driver_id),
            name(template.extractive_driver_id),
        ]);
    }
    table.text(context.pick("没有模板。", "There is no template."))
}

pub(super) fn images(context: &Context) -> Result<()> {
    let images: Vec<StoreImage> = context.client.get_json("/api/v1/store-images")?;
    context.answer(&images, || {
        let mut table = Table::new([
            (context.pick("镜像", "Image"), Side::Left),
            (context.pick("名称", "Name"), Side::Left),
            (context.pick("大小", "Size"), Side::Right),
            (context.pick("模板", "Template"), Side::Right),
        ]);
        for image in &images {
            let template = image.template.map_or_else(|| "-".to_owned(), |id| id.to_string());
            table.row([image.uuid.clone(), image.name.clone(), size(image.size), template]);
        }
        table.text(context.pick("镜像库中没有其他镜像。", "The image store has no other images."))
    })
}
