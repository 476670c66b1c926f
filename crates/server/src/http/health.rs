//! `/healthz` and `/metrics`: for the machines that watch this one.

use super::answer::{Answer, done};
use super::app::App;
use super::failure::Refusal;
use super::metrics::Page;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fault::Result;
use protocol::api::{Status, TerminalState};
use protocol::thor::DoneAnswer;

/// 200 while the server and its database answer.
#[utoipa::path(get, path = "/healthz", tag = "state", operation_id = "healthz",
    responses((status = 200, body = DoneAnswer)), security(()))]
pub(crate) async fn healthz(State(app): State<App>) -> Answer<DoneAnswer> {
    app.center.mount().await?;
    done()
}

/// Measurements for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "state", operation_id = "metrics",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, Refusal> {
    let mut page = Page::default();
    write_status(&mut page, &app.center.status(&center::Actor::center(), &ToString::to_string).await?);
    write_terminals(&app, &mut page).await?;
    let running = app.center.count_running_jobs().await?;
    page.gauge("driver_center_jobs_running", "Jobs that are running.", running);
    app.metrics.write(&mut page);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], page.into_text()).into_response())
}

fn write_status(page: &mut Page, status: &Status) {
    let help = "1 normal, 2 merging, 3 error, 4 restoring.";
    page.gauge("driver_center_mount_status", help, status.mount_status);
    page.gauge("driver_center_version", "Version that is published.", status.version);
    page.gauge("driver_center_editing", "1 while an edit is open.", u8::from(status.edit.is_some()));
    page.gauge("driver_center_disk_bytes", "Length of the disk file.", status.length);
    page.gauge("driver_center_free_bytes", "Free space for the data directory.", status.free_bytes);
}

async fn write_terminals(app: &App, page: &mut Page) -> Result<()> {
    let terminals = app.center.terminal_standings().await?;
    page.family("driver_center_terminals", "gauge", "Terminals by what they are doing.");
    let states = [
        (TerminalState::Unknown, "unknown"),
        (TerminalState::Idle, "idle"),
        (TerminalState::Downloading, "downloading"),
        (TerminalState::Applying, "applying"),
        (TerminalState::Waiting, "waiting"),
        (TerminalState::Error, "error"),
    ];
    for (state, name) in states {
        let labels = format!("state=\"{name}\"");
        page.labelled("driver_center_terminals", &labels, terminals.in_state(state));
    }
    let counts = terminals.counts();
    let help = "Terminals that provably have the current version.";
    page.gauge("driver_center_terminals_identical", help, counts.identical);
    let help = "Terminals that were not heard for a while, or never.";
    page.gauge("driver_center_terminals_offline", help, counts.offline);
    Ok(())
}
