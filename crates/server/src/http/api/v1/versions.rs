//! `/api/v1/versions`: the history of the disk, what older versions hold, how they differ, and the way back.

use super::files::{Place, root, streamed};
use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::{Body, Page, Path, Query};
use crate::http::failure::Refusal;
use axum::extract::State;
use axum::response::Response;
use center::Center;
use protocol::api::{
    FileDiff, FileEntry, Operation, RollbackPlan, RollbackRequest, Version, VersionDiff, VersionPackage,
};
use serde::Deserialize;

/// Files that are listed when no number is asked for.
const FILES: u64 = 1000;

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

/// The packages in a version.
#[utoipa::path(get, path = "/api/v1/versions/{number}/packages", tag = "versions",
    operation_id = "list_version_packages", params(("number" = u64, Path)),
    responses((status = 200, body = Vec<VersionPackage>)))]
pub(crate) async fn packages(
    State(center): State<Center>,
    Path(number): Path<u64>,
) -> Answer<Vec<VersionPackage>> {
    plain(center.version_packages(number).await?)
}

/// Entries of a directory of the disk as it was in a kept version, whatever is being edited or saved.
#[utoipa::path(get, path = "/api/v1/versions/{number}/files", tag = "versions", operation_id = "list_version_files",
    params(("number" = u64, Path), Place), responses((status = 200, body = Vec<FileEntry>)))]
pub(crate) async fn files(
    State(center): State<Center>,
    Path(number): Path<u64>,
    Query(place): Query<Place>,
) -> Answer<Vec<FileEntry>> {
    plain(center.list_version_files(number, &place.path).await?)
}

/// The bytes of a file of the disk as it was in a kept version.
#[utoipa::path(get, path = "/api/v1/versions/{number}/files/content", tag = "versions",
    operation_id = "read_version_file", params(("number" = u64, Path), Place),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn content(
    State(center): State<Center>,
    Path(number): Path<u64>,
    Query(place): Query<Place>,
) -> Result<Response, Refusal> {
    let file = center.read_version_file(number, &place.path).await?;
    Ok(streamed(file, &place.path))
}

/// What to compare a version with.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct With {
    /// The other version; the one before when it is left out.
    from: Option<u64>,
}

/// What is different in a version: packages, INF files, devices.
#[utoipa::path(get, path = "/api/v1/versions/{number}/diff", tag = "versions", operation_id = "diff_versions",
    params(("number" = u64, Path), With), responses((status = 200, body = VersionDiff)))]
pub(crate) async fn diff(
    State(center): State<Center>,
    Path(number): Path<u64>,
    Query(with): Query<With>,
) -> Answer<VersionDiff> {
    let from = with.from.unwrap_or(number.saturating_sub(1));
    plain(center.compare_versions(from, number).await?)
}

/// Which files to compare.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Below {
    /// The other version; the one before when it is left out.
    from: Option<u64>,
    /// Directory on the disk.
    #[serde(default = "root")]
    path: String,
    /// Files to list at most: 1 to 10,000.
    #[serde(default = "files_listed")]
    limit: u64,
}

fn files_listed() -> u64 {
    FILES
}

/// What is different in a version, file by file; both must be kept.
#[utoipa::path(get, path = "/api/v1/versions/{number}/diff/files", tag = "versions", operation_id = "diff_files",
    params(("number" = u64, Path), Below), responses((status = 200, body = FileDiff)))]
pub(crate) async fn diff_files(
    State(center): State<Center>,
    Path(number): Path<u64>,
    Query(below): Query<Below>,
) -> Answer<FileDiff> {
    let from = below.from.unwrap_or(number.saturating_sub(1));
    plain(center.compare_files(from, number, &below.path, below.limit).await?)
}

/// What a rollback to this version would change; refused where the rollback itself would be.
#[utoipa::path(get, path = "/api/v1/versions/{number}/rollback", tag = "versions", operation_id = "plan_rollback",
    params(("number" = u64, Path)), responses((status = 200, body = RollbackPlan)))]
pub(crate) async fn plan_rollback(
    State(center): State<Center>,
    Path(number): Path<u64>,
) -> Answer<RollbackPlan> {
    plain(center.plan_rollback(number).await?)
}

/// Begins to bring this version back as a new one, or says at once why it cannot.
#[utoipa::path(post, path = "/api/v1/versions/{number}/rollback", tag = "versions", operation_id = "rollback",
    params(("number" = u64, Path)), request_body = RollbackRequest, responses((status = 200, body = Operation)))]
pub(crate) async fn rollback(
    State(center): State<Center>,
    By(actor): By,
    Path(number): Path<u64>,
    Body(request): Body<RollbackRequest>,
) -> Answer<Operation> {
    let operation = center.rollback(&actor, number, request.note.clone()).await?;
    audit::record(&center, &actor, "disk.rollback", &number.to_string(), &request).await;
    plain(operation)
}
