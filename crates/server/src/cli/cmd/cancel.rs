//! `driver-center cancel`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Which job.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The job, or the beginning of its id. 任务
    job: String,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let job = resolve::job(context, &arguments.job)?;
    context.client.post_json::<_, DoneAnswer>(&format!("/api/v1/jobs/{}/cancel", job.id), &json!({}))?;
    let text = context.pick("已请求取消。", "The job was asked to stop.");
    context.answer(&json!({"cancelling": job.id}), || text.to_owned())?;
    Ok(OK)
}
