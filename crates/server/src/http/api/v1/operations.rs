//! `GET /api/v1/operations/{id}`.

use crate::http::answer::{Answer, plain};
use crate::http::app::App;
use crate::http::extract::{Path, Query, Spoken};
use crate::limits::OPERATION_WAIT_SECONDS_MAX;
use crate::messages::text_of;
use axum::extract::State;
use protocol::api::Operation;
use serde::Deserialize;
use std::time::Duration;

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wait {
    /// Seconds to wait for the end of the operation, 55 at most.
    #[serde(default)]
    wait: u64,
}

/// A save, discard, restore or rollback: how far it is, or why it failed.
#[utoipa::path(get, path = "/api/v1/operations/{id}", tag = "edit", operation_id = "get_operation",
    params(("id" = i64, Path), Wait), responses((status = 200, body = Operation)))]
pub(crate) async fn show(
    State(app): State<App>,
    Spoken(language): Spoken,
    Path(id): Path<i64>,
    Query(query): Query<Wait>,
) -> Answer<Operation> {
    let patience = Duration::from_secs(query.wait.min(OPERATION_WAIT_SECONDS_MAX));
    tokio::select! {
        _ = tokio::time::timeout(patience, app.center.wait_operation(id)) => {}
        () = app.stopping() => {}
    }
    plain(app.center.operation(id, &|error| text_of(error, language)).await?)
}
