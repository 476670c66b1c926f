//! `GET /api/v1/status`.

use crate::http::answer::{Answer, plain};
use crate::http::failure::language_of;
use crate::messages::text_of;
use axum::extract::State;
use axum::http::HeaderMap;
use center::Center;
use protocol::api::Status;

/// The state of the center in one answer: what it is, what is going on, what may be done and why not.
#[utoipa::path(get, path = "/api/v1/status", tag = "state", operation_id = "get_status",
    responses((status = 200, body = Status)))]
pub(crate) async fn show(State(center): State<Center>, headers: HeaderMap) -> Answer<Status> {
    let language = language_of(&headers);
    plain(center.status(&|error| text_of(error, language)).await?)
}
