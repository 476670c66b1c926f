//! `/api/v1/restore`: out of the error state, and what that would take.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::{Body, Path, Spoken};
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use protocol::api::{Job, Operation, RestorePlan, RestoreReport, RestoreRequest};

/// Begins to bring the center back to the normal state, with nothing lost.
#[utoipa::path(post, path = "/api/v1/restore", tag = "edit", operation_id = "restore",
    request_body = RestoreRequest, responses((status = 200, body = Operation)))]
pub(crate) async fn restore(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<RestoreRequest>,
) -> Answer<Operation> {
    let operation = center.restore_with(&actor, request.accept_loss).await?;
    audit::record(&center, &actor, "disk.restore", &operation.id.to_string(), &request).await;
    plain(operation)
}

/// Begins to work out what a restore would find and do. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/restore/plan", tag = "edit", operation_id = "plan_restore",
    responses((status = 200, body = Job)))]
pub(crate) async fn plan(
    State(center): State<Center>,
    By(actor): By,
    Spoken(language): Spoken,
) -> Answer<Job> {
    let (id, _goes_on) = center.start_restore_plan(&actor).await?;
    plain(center.job(&id, &|error| text_of(error, language)).await?)
}

/// The last plan that was worked out.
#[utoipa::path(get, path = "/api/v1/restore/plan", tag = "edit", operation_id = "get_restore_plan",
    responses((status = 200, body = RestorePlan)))]
pub(crate) async fn show_plan(State(center): State<Center>, Spoken(language): Spoken) -> Answer<RestorePlan> {
    plain(center.restore_plan(&|error| text_of(error, language)).await?)
}

/// What a restore has found and done.
#[utoipa::path(get, path = "/api/v1/operations/{id}/report", tag = "edit", operation_id = "get_restore_report",
    params(("id" = i64, Path)), responses((status = 200, body = RestoreReport)))]
pub(crate) async fn report(
    State(center): State<Center>,
    Spoken(language): Spoken,
    Path(id): Path<i64>,
) -> Answer<RestoreReport> {
    plain(center.restore_report(id, &|error| text_of(error, language)).await?)
}
