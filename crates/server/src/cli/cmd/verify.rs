//! `driver-center verify`: whether everything that the center keeps is what it must be.

use crate::cli::context::{Context, OK};
use crate::cli::follow;
use crate::cli::interrupt::Interrupt;
use crate::cli::meter::Meter;
use crate::config::Source;
use fault::{Error, Kind, Result};
use protocol::api::{Damage, Job, VerifyReport, VerifyRequest};
use protocol::client::with_query;
use serde::Serialize;
use std::path::PathBuf;
use wording::clean;

/// What to verify, and where.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Compare every file of every package with its archive, too. 逐文件比对
    #[arg(long)]
    deep: bool,
    /// Verify this data directory here and without a server, which must be stopped. 离线校验数据目录
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
    /// The same for that of this configuration file, with its database. 离线校验该配置的数据目录
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Arguments {
    /// Whether no server is asked.
    pub(in crate::cli) fn is_offline(&self) -> bool {
        self.data_dir.is_some() || self.config.is_some()
    }
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    if arguments.is_offline() {
        let data_dir = arguments.data_dir.map(std::path::absolute).transpose()?;
        let source = Source::of(arguments.config, data_dir);
        return answer(context, &crate::verify::offline(&source, arguments.deep, context.language)?);
    }
    let request = VerifyRequest { deep: arguments.deep };
    let job = job_of(context, "/api/v1/verify", &request, context.pick("校验", "verify"))?;
    let report: VerifyReport = context.client.get_json(&with_query("/api/v1/verify", &[("job", &job.id)]))?;
    answer(context, &report)
}

/// Shows a report; the exit code says whether something needs mending.
fn answer(context: &Context, report: &VerifyReport) -> Result<u8> {
    context.answer(report, || {
        let lines = lines_of(context, &report.findings);
        let end = match report.findings.is_empty() {
            true => context.pick("没有发现问题。", "Everything is as it must be."),
            false => "",
        };
        format!("{lines}{end}").trim_end().to_owned()
    })?;
    let is_damaged = report.findings.iter().any(|finding| finding.mended_by != "none");
    Ok(if is_damaged { Kind::Corrupt.exit_code() } else { OK })
}

/// One line for each finding, and how it is mended below.
pub(super) fn lines_of(_context: &Context, findings: &[Damage]) -> String {
    let line = |finding: &Damage| {
        let mark = if finding.mended_by == "none" { '!' } else { '✗' };
        format!("{mark} {}\n    → {}\n", clean(&finding.text), clean(&finding.mend))
    };
    findings.iter().map(line).collect()
}

/// Starts a job by a `POST` to `path` and waits for its end; Ctrl-C asks the server to stop it.
pub(super) fn job_of<B: Serialize>(context: &Context, path: &str, body: &B, title: &str) -> Result<Job> {
    let interrupt = Interrupt::watch(context)?;
    let job: Job = context.client.post_json(path, body)?;
    let mut meter = Meter::of_bytes(context, title, 0, 0);
    let patience = interrupt.patience();
    let job = follow::job(context, &job.id, &interrupt, &mut meter)?;
    drop((meter, patience));
    let message = job.message.clone().unwrap_or_default();
    let cause = job.detail.clone().unwrap_or_else(|| message.clone());
    match job.state.as_str() {
        "succeeded" => Ok(job),
        "cancelled" => Err(Error::cancelled(cause).with_notice("job.cancelled")),
        _ => Err(Error::unavailable(cause).with_notice("server.failed").with_value("message", message)),
    }
}
