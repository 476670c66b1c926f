//! `/api/v1/edit`: the open edit.

use crate::http::answer::{Answer, done, plain};
use crate::http::audit;
use crate::http::caller::By;
use axum::extract::State;
use center::Center;
use protocol::api::Change;
use protocol::thor::DoneAnswer;

/// What the open edit has changed so far.
#[utoipa::path(get, path = "/api/v1/edit", tag = "edit", operation_id = "list_changes",
    responses((status = 200, body = Vec<Change>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<Vec<Change>> {
    plain(center.changes().await?)
}

/// Enters the editing state; in it already, nothing happens.
#[utoipa::path(post, path = "/api/v1/edit", tag = "edit", operation_id = "begin_edit",
    responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn begin(State(center): State<Center>, By(actor): By) -> Answer<DoneAnswer> {
    center.begin_edit(&actor).await?;
    audit::record(&center, &actor, "disk.edit", "", &()).await;
    done()
}

/// Takes the open edit over from whoever is editing, with all that was changed in it.
#[utoipa::path(post, path = "/api/v1/edit/take-over", tag = "edit", operation_id = "take_edit_over",
    responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn take_over(State(center): State<Center>, By(actor): By) -> Answer<DoneAnswer> {
    let before = center.take_edit_over(&actor).await?;
    audit::record(&center, &actor, "disk.take_over", &before, &()).await;
    done()
}

/// Leaves the editing state and brings back the last saved state.
#[utoipa::path(delete, path = "/api/v1/edit", tag = "edit", operation_id = "discard_edit",
    responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn discard(State(center): State<Center>, By(actor): By) -> Answer<DoneAnswer> {
    center.discard(&actor).await?;
    audit::record(&center, &actor, "disk.discard", "", &()).await;
    done()
}
