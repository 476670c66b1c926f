//! `/api/v1/disk`: how large the disk is as a computer sees it, and making it larger.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::api::{Disk, GrowRequest, Operation};

/// How large the disk is, and how large it may become.
#[utoipa::path(get, path = "/api/v1/disk", tag = "versions", operation_id = "get_disk",
    responses((status = 200, body = Disk)))]
pub(crate) async fn show(State(center): State<Center>) -> Answer<Disk> {
    plain(center.disk().await?)
}

/// Begins to make the disk larger, with the volume on it, as a new version; or says at once why it cannot.
#[utoipa::path(post, path = "/api/v1/disk/grow", tag = "versions", operation_id = "grow_disk",
    request_body = GrowRequest, responses((status = 200, body = Operation)))]
pub(crate) async fn grow(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<GrowRequest>,
) -> Answer<Operation> {
    let operation = center.grow(&actor, request.virtual_bytes, request.note.clone()).await?;
    audit::record(&center, &actor, "disk.grow", &request.virtual_bytes.to_string(), &request).await;
    plain(operation)
}
