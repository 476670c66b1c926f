//! `GET /api/v1/status`.

use crate::http::answer::{Answer, plain};
use crate::http::caller::By;
use crate::http::extract::Spoken;
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use protocol::api::Status;

/// The state of the center in one answer: what it is, what is going on, what may be done and why not.
#[utoipa::path(get, path = "/api/v1/status", tag = "state", operation_id = "get_status",
    responses((status = 200, body = Status)))]
pub(crate) async fn show(
    State(center): State<Center>,
    By(actor): By,
    Spoken(language): Spoken,
) -> Answer<Status> {
    plain(center.status(&actor, &|error| text_of(error, language)).await?)
}
