//! Waiting for what the server does: jobs and operations, also through a short outage or a restart of the server.

use super::context::Context;
use super::interrupt::Interrupt;
use super::limits::{OUTAGE_MAX, POLL};
use super::meter::Meter;
use super::words::word;
use fault::{Error, Kind, Result};
use protocol::api::{Job, Operation, Status, Version};
use protocol::thor::DoneAnswer;
use serde_json::json;
use std::time::Instant;

/// Repeats `ask` while the server is out of reach, for a while.
pub(super) fn patiently<T>(mut ask: impl FnMut() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        match ask() {
            Err(error) if error.kind() == Kind::Unavailable && begun.elapsed() < OUTAGE_MAX => {
                std::thread::sleep(POLL)
            }
            outcome => return outcome,
        }
    }
}

/// Waits for the end of a job. Ctrl-C asks the server to stop it; the job then ends as the server says.
pub(super) fn job(context: &Context, id: &str, interrupt: &Interrupt, meter: &mut Meter) -> Result<Job> {
    let path = format!("/api/v1/jobs/{id}");
    let mut is_cancelled = false;
    loop {
        let job: Job = patiently(|| context.client.get_json(&path))?;
        if job.state != "running" {
            return Ok(job);
        }
        meter.set(job.done, job.total);
        if interrupt.is_asked() && !is_cancelled {
            is_cancelled = true;
            meter.remark(context.pick("正在取消……", "cancelling …"));
            cancel(context, id)?;
        }
        std::thread::sleep(POLL);
    }
}

/// Asks the server to stop a job. One that has just ended is no failure.
fn cancel(context: &Context, id: &str) -> Result<()> {
    match context.client.post_json::<_, DoneAnswer>(&format!("/api/v1/jobs/{id}/cancel"), &json!({})) {
        Err(error) if error.kind() != Kind::Conflict => Err(error),
        _ => Ok(()),
    }
}

/// Whether an operation has ended well; fails when it has failed.
fn is_complete(operation: &Operation) -> Result<bool> {
    match &operation.error {
        Some(cause) => {
            let detail = operation.detail.as_ref().unwrap_or(cause);
            Err(Error::conflict(format!("{} {}: {detail}", operation.kind, operation.id))
                .with_notice("cli.operation_failed")
                .with_value("cause", cause))
        }
        None => Ok(operation.steps_done >= operation.steps_total),
    }
}

/// The version that is the newest one now.
pub(super) fn newest_version(context: &Context) -> Result<Version> {
    let number = patiently(|| context.client.get_json::<Status>("/api/v1/status"))?.version;
    patiently(|| context.client.get_json(&format!("/api/v1/versions/{number}")))
}

/// Shows the steps of an operation until it has ended. The server goes on with it whether anybody looks or not.
pub(super) fn operation(context: &Context, begun: Operation) -> Result<Operation> {
    let title = word(&begun.kind, context.language);
    let meter = Meter::of_steps(context, &title, begun.steps_total.into());
    let path = format!("/api/v1/operations/{}", begun.id);
    let mut shown = None;
    let mut operation = begun;
    while !is_complete(&operation)? {
        if shown.as_ref() != Some(&operation.step) {
            meter.step(operation.steps_done.into(), &word(&operation.step, context.language));
            shown = Some(operation.step);
        }
        std::thread::sleep(POLL);
        operation = patiently(|| context.client.get_json(&path))?;
    }
    Ok(operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_ends_with_its_last_step_or_with_its_error() {
        let operation = |steps_done, error: Option<&str>| Operation {
            id: 1,
            kind: "save".into(),
            step: "seal".into(),
            steps_done,
            steps_total: 7,
            created_by: "admin".into(),
            created_at: String::new(),
            error: error.map(str::to_owned),
            detail: None,
        };
        assert!(!is_complete(&operation(6, None)).unwrap());
        assert!(is_complete(&operation(7, None)).unwrap());
        assert!(is_complete(&operation(3, Some("disk full"))).is_err());
    }

    #[test]
    fn only_a_server_out_of_reach_is_waited_for() {
        let mut answers = vec![Err(Error::not_found("x")), Err(Error::unavailable("x"))];
        let outcome: Result<()> = patiently(|| answers.pop().unwrap());
        assert_eq!(outcome.unwrap_err().kind(), Kind::NotFound);
        assert!(answers.is_empty());
    }
}
