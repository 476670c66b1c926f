//! `GET /api/v1/status`.

use crate::http::answer::{Answer, plain};
use crate::http::caller::{By, Caller, Role};
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
    caller: Caller,
    By(actor): By,
    Spoken(language): Spoken,
) -> Answer<Status> {
    let mut status = center.status(&actor, &|error| text_of(error, language)).await?;
    for action in &mut status.allowed_actions {
        // The role comes first, as it does where the action is tried.
        if let Err(error) = caller.principal.require(role_for(&action.action)) {
            action.allowed = false;
            action.reason = Some(text_of(&error, language));
        }
    }
    plain(status)
}

/// What the addresses of an action need.
fn role_for(action: &str) -> Role {
    match action {
        "take_over" => Role::Administrator,
        _ => Role::Operator,
    }
}
