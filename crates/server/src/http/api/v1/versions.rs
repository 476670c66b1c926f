//! `/api/v1/versions`: the history of the disk.

use crate::http::answer::{Answer, plain};
use crate::http::extract::{Page, Path, Query};
use axum::extract::State;
use center::Center;
use protocol::api::Version;

/// The versions, newest first.
#[utoipa::path(get, path = "/api/v1/versions", tag = "versions", operation_id = "list_versions", params(Page),
    responses((status = 200, body = Vec<Version>)))]
pub(crate) async fn list(State(center): State<Center>, Query(page): Query<Page>) -> Answer<Vec<Version>> {
    let page = page.checked()?;
    plain(center.versions(page.offset, page.limit).await?)
}

/// One version.
#[utoipa::path(get, path = "/api/v1/versions/{number}", tag = "versions", operation_id = "get_version",
    params(("number" = u64, Path)), responses((status = 200, body = Version)))]
pub(crate) async fn show(State(center): State<Center>, Path(number): Path<u64>) -> Answer<Version> {
    plain(center.version(number).await?)
}
