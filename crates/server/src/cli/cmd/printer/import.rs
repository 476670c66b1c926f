//! `driver-center printer import`.

use crate::cli::cmd::import::{Report, driver_of, import_all, send};
use crate::cli::context::Context;
use crate::cli::table::{Side, Table};
use crate::cli::words::{duration, printer_type, size, system};
use crate::messages::Language;
use fault::Result;
use protocol::api::PrinterDetail;
use std::path::PathBuf;

/// Which files.
#[derive(clap::Args)]
pub(super) struct Files {
    /// Packages of printer drivers. 打印机驱动文件
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(context: &Context, files: &Files) -> Result<u8> {
    let (reports, code) = import_all(context, &files.files, &|path, interrupt| {
        let (bytes, job) = send(context, path, "/thor/voi/printer/upload", interrupt)?;
        let detail: PrinterDetail =
            context.client.get_json(&format!("/api/v1/printers/{}", driver_of(&job)?))?;
        let warnings = detail.warnings.clone();
        Ok((bytes, detail, warnings))
    })?;
    let not_tried: Vec<_> =
        files.files[reports.len()..].iter().map(|path| path.display().to_string()).collect();
    let value = serde_json::json!({"imports": reports, "not_tried": not_tried});
    context.answer(&value, || summary(context, &reports, not_tried.len()))?;
    Ok(code)
}

fn summary(context: &Context, reports: &[Report<PrinterDetail>], not_tried: usize) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        (context.pick("型号", "Models"), Side::Right),
        (context.pick("用时", "Time"), Side::Right),
    ]);
    for (report, detail) in reports.iter().filter_map(|report| Some((report, report.driver.as_ref()?))) {
        let printer = &detail.printer;
        table.row([
            printer.id.to_string(),
            printer.name.clone(),
            printer_type(printer.kind, language),
            system(printer.environment, language),
            size(printer.size.max(0) as u64),
            (detail.models.len() as u64 + detail.models_left_out).to_string(),
            duration(report.seconds.round() as u64),
        ]);
    }
    let good = reports.iter().filter(|report| report.driver.is_some()).count();
    let all = reports.len() + not_tried;
    let counted = match language {
        Language::Chinese => format!("导入 {good} 个，共 {all} 个文件；保存后发布。"),
        Language::English => format!("{good} of {all} imported; save to publish."),
    };
    match good {
        0 => context.pick("没有导入任何文件。", "No file was imported.").to_owned(),
        _ => format!("{}\n{counted}", table.text("")),
    }
}
