//! `driver-center import`: sends files, follows their import, and sums up.

use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::interrupt::Interrupt;
use crate::cli::meter::Meter;
use crate::cli::table::{Side, Table};
use crate::cli::upload::Upload;
use crate::cli::words::{driver_type, duration, size, system};
use fault::{Error, Kind, Result, WireError};
use protocol::api::{DriverDetail, Job};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Which files.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Archives with drivers. 驱动文件
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What came of one file.
#[derive(Serialize)]
pub(super) struct Report<T> {
    file: String,
    bytes: u64,
    pub(super) seconds: f64,
    pub(super) driver: Option<T>,
    error: Option<Failure>,
    #[serde(skip)]
    warnings: Vec<String>,
}

/// Length of a file, what came of it, and what is odd about that.
type Imported<T> = (u64, T, Vec<String>);

#[derive(Serialize)]
struct Failure {
    kind: Kind,
    notice: Option<String>,
    message: String,
    detail: String,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let (reports, code) = import_all(context, &arguments.files, &|path, interrupt| {
        let (bytes, job) = send(context, path, "/thor/voi/driver/upload", interrupt)?;
        let detail: DriverDetail =
            context.client.get_json(&format!("/api/v1/drivers/{}", driver_of(&job)?))?;
        let warnings = detail.warnings.clone();
        Ok((bytes, detail, warnings))
    })?;
    let not_tried: Vec<_> =
        arguments.files[reports.len()..].iter().map(|path| path.display().to_string()).collect();
    let value = serde_json::json!({"imports": reports, "not_tried": not_tried});
    context.answer(&value, || summary(context, &reports, not_tried.len()))?;
    Ok(code)
}

/// Imports one file after another; answers what came of those that were tried, and the exit code.
pub(super) fn import_all<T>(
    context: &Context,
    files: &[PathBuf],
    import: &dyn Fn(&Path, &Interrupt) -> Result<Imported<T>>,
) -> Result<(Vec<Report<T>>, u8)> {
    let interrupt = Interrupt::watch(context)?;
    let mut reports = Vec::new();
    let mut code = OK;
    for path in files {
        let begun = Instant::now();
        let outcome = interrupt.check().and_then(|()| import(path, &interrupt));
        let ends_all = outcome.as_ref().is_err_and(concerns_all);
        if let (OK, Err(error)) = (code, &outcome) {
            code = error.kind().exit_code();
        }
        let report = report(context, path, outcome, begun);
        context.remark(&line(context, &report));
        reports.push(report);
        if ends_all {
            break;
        }
    }
    Ok((reports, code))
}

/// Whether the next file would fail in the same way.
fn concerns_all(error: &Error) -> bool {
    matches!(error.kind(), Kind::Denied | Kind::Unavailable | Kind::Cancelled | Kind::NoSpace)
}

/// Sends a file and follows its import; answers its length and the job.
pub(super) fn send(
    context: &Context,
    path: &Path,
    place: &'static str,
    interrupt: &Interrupt,
) -> Result<(u64, Job)> {
    let upload = Upload::open(context, path, place, interrupt)?;
    let job = upload.send(context)?;
    let title = format!("{} {}", context.pick("导入", "import"), upload.name());
    let mut meter = Meter::of_bytes(context, &title, 0, 0);
    let patience = interrupt.patience();
    let job = follow::job(context, &job, interrupt, &mut meter)?;
    drop((meter, patience));
    Ok((upload.length(), job))
}

/// The number of the driver that came of an import.
pub(super) fn driver_of(job: &Job) -> Result<i64> {
    let message = job.message.clone().unwrap_or_default();
    let cause = job.detail.as_ref().unwrap_or(&message);
    match (job.state.as_str(), job.driver_id) {
        ("succeeded", Some(id)) => Ok(id),
        ("succeeded", None) => {
            Err(Error::unavailable("import job without a driver").with_notice("net.not_driver_center"))
        }
        ("cancelled", _) => Err(Error::cancelled(cause).with_notice("job.cancelled")),
        // The cause names the file already.
        _ => Err(Error::invalid(cause).with_notice("server.failed").with_value("message", message)),
    }
}

fn report<T>(context: &Context, path: &Path, outcome: Result<Imported<T>>, begun: Instant) -> Report<T> {
    let (file, seconds) = (path.display().to_string(), begun.elapsed().as_secs_f64());
    match outcome {
        Ok((bytes, driver, warnings)) => {
            Report { file, bytes, seconds, driver: Some(driver), error: None, warnings }
        }
        Err(error) => {
            let wire = WireError::from(&error);
            let notice = wire.notice.map(|notice| notice.id.into_owned());
            let message = context.explain(&error);
            let failure = Failure { kind: wire.kind, notice, message, detail: wire.text };
            Report { file, bytes: 0, seconds, driver: None, error: Some(failure), warnings: Vec::new() }
        }
    }
}

fn line<T>(context: &Context, report: &Report<T>) -> String {
    let file = wording::clean(&report.file);
    match (&report.driver, &report.error) {
        (Some(_), _) => {
            let warnings = report.warnings.iter().map(|warning| format!("\n  ! {}", wording::clean(warning)));
            format!("✓ {file}{}", warnings.collect::<String>())
        }
        (None, Some(failure)) => {
            format!("✗ {file}: {}\n  ({})", failure.message, wording::clean(&failure.detail))
        }
        (None, None) => format!("✗ {file}: {}", context.pick("未知", "unknown")),
    }
}

fn summary(context: &Context, reports: &[Report<DriverDetail>], not_tried: usize) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("类型", "Type"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("大小", "Size"), Side::Right),
        ("INF", Side::Right),
        (context.pick("用时", "Time"), Side::Right),
    ]);
    for (report, detail) in reports.iter().filter_map(|report| Some((report, report.driver.as_ref()?))) {
        let driver = &detail.driver;
        table.row([
            driver.id.to_string(),
            driver.name.clone(),
            driver_type(driver.kind, language),
            system(driver.os_type, language),
            size(report.bytes),
            detail.infs.len().to_string(),
            duration(report.seconds.round() as u64),
        ]);
    }
    let good = reports.iter().filter(|report| report.driver.is_some()).count();
    let all = reports.len() + not_tried;
    let counted = match language {
        crate::messages::Language::Chinese => format!("导入 {good} 个，共 {all} 个文件；保存后发布。"),
        crate::messages::Language::English => format!("{good} of {all} imported; save to publish."),
    };
    match good {
        0 => context.pick("没有导入任何文件。", "No file was imported.").to_owned(),
        _ => format!("{}\n{counted}", table.text("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(state: &str, driver_id: Option<i64>) -> Job {
        Job {
            id: "j".into(),
            kind: "import".into(),
            state: state.into(),
            subject: "a.tq".into(),
            done: 0,
            total: 0,
            message: Some("它已加密".into()),
            detail: Some("import a.tq: entry a: encrypted".into()),
            driver_id,
            created_by: "admin".into(),
            created_at: String::new(),
            finished_at: None,
        }
    }

    #[test]
    fn the_end_of_a_job_is_the_end_of_the_import() {
        assert_eq!(driver_of(&job("succeeded", Some(7))).unwrap(), 7);
        let kind = |job: &Job| driver_of(job).unwrap_err().kind();
        assert_eq!(kind(&job("cancelled", None)), Kind::Cancelled);
        assert_eq!(kind(&job("failed", None)), Kind::Invalid);
        assert_eq!(kind(&job("succeeded", None)), Kind::Unavailable);
        let failed = driver_of(&job("failed", None)).unwrap_err();
        assert_eq!(failed.notice().unwrap().values, [("message".into(), "它已加密".to_owned())]);
        assert_eq!(failed.to_string(), "import a.tq: entry a: encrypted");
    }

    #[test]
    fn one_bad_file_does_not_keep_the_others_out() {
        assert!(!concerns_all(&Error::invalid("encrypted")) && !concerns_all(&Error::conflict("name taken")));
        assert!(concerns_all(&Error::denied("who")) && concerns_all(&Error::cancelled("Ctrl-C")));
    }
}
