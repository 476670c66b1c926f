//! `POST /api/v1/save`.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::api::{Operation, SaveRequest};

/// Begins to save the edit as a new version, or says at once why it cannot.
#[utoipa::path(post, path = "/api/v1/save", tag = "edit", operation_id = "save", request_body = SaveRequest,
    responses((status = 200, body = Operation)))]
pub(crate) async fn save(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<SaveRequest>,
) -> Answer<Operation> {
    let operation = center.save(&actor, request.note.clone()).await?;
    audit::record(&center, &actor, "disk.save", &operation.id.to_string(), &request).await;
    plain(operation)
}
