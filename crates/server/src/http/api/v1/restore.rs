//! `POST /api/v1/restore`.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use axum::extract::State;
use center::Center;
use protocol::api::Operation;

/// Begins to bring the center back to the normal state, with nothing lost.
#[utoipa::path(post, path = "/api/v1/restore", tag = "edit", operation_id = "restore",
    responses((status = 200, body = Operation)))]
pub(crate) async fn restore(State(center): State<Center>, By(actor): By) -> Answer<Operation> {
    let operation = center.restore(&actor).await?;
    audit::record(&center, &actor, "disk.restore", &operation.id.to_string(), &()).await;
    plain(operation)
}
