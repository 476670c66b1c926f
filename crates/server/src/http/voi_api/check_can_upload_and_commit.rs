//! `/voi_api/check_can_upload_and_commit`.

use crate::http::answer::{Answer, result};
use crate::http::extract::{Body, Query};
use axum::extract::State;
use center::Center;
use protocol::thor::{CommitCheck, ResultAnswer};

/// Whether the image at `source_path` can be registered and, where `destination_iid` names a registered Base, merged
/// into it: space, state, lineage.
#[utoipa::path(get, path = "/voi_api/check_can_upload_and_commit", tag = "platform",
    operation_id = "check_can_upload_and_commit",
    params(("source_path" = String, Query), ("destination_iid" = Option<String>, Query)),
    responses((status = 200, body = ResultAnswer<bool>)))]
pub(crate) async fn of_query(
    State(center): State<Center>,
    Query(check): Query<CommitCheck>,
) -> Answer<ResultAnswer<bool>> {
    answer(&center, &check).await
}

/// The same, asked with a body.
#[utoipa::path(post, path = "/voi_api/check_can_upload_and_commit", tag = "platform",
    operation_id = "check_can_upload_and_commit_post", request_body = CommitCheck,
    responses((status = 200, body = ResultAnswer<bool>)))]
pub(crate) async fn of_body(
    State(center): State<Center>,
    Body(check): Body<CommitCheck>,
) -> Answer<ResultAnswer<bool>> {
    answer(&center, &check).await
}

async fn answer(center: &Center, check: &CommitCheck) -> Answer<ResultAnswer<bool>> {
    let destination = check.destination_iid.as_deref().filter(|iid| !iid.is_empty());
    result(center.check_can_upload_and_commit(&check.source_path, destination).await?)
}
