//! Resumable uploads of printer drivers: the same as those of system drivers, at their own address.

use super::super::driver::tus;
use crate::http::app::App;
use crate::http::caller::By;
use crate::http::extract::Path;
use crate::http::failure::Refusal;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

/// What of tus this server speaks.
#[utoipa::path(options, path = "/thor/voi/printer/upload", tag = "uploads", operation_id = "printer_tus_options",
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size")))]
pub(crate) async fn options(state: State<App>) -> Response {
    tus::options(state).await
}

/// How far a resumable upload is.
#[utoipa::path(head, path = "/thor/voi/printer/upload/{id}", tag = "uploads", operation_id = "printer_tus_head",
    params(("id" = String, Path)), responses((status = 200, description = "Upload-Offset, Upload-Length")))]
pub(crate) async fn look(
    state: State<App>,
    by: By,
    id: Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    tus::look(state, by, id, headers).await
}

/// The next bytes of a resumable upload.
#[utoipa::path(patch, path = "/thor/voi/printer/upload/{id}", tag = "uploads", operation_id = "printer_tus_patch",
    params(("id" = String, Path), ("Upload-Offset" = u64, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Upload-Offset; after the last byte Driver-Center-Job")))]
pub(crate) async fn append(
    state: State<App>,
    by: By,
    id: Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    tus::append(state, by, id, request).await
}

/// Gives a resumable upload up.
#[utoipa::path(delete, path = "/thor/voi/printer/upload/{id}", tag = "uploads", operation_id = "printer_tus_delete",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn terminate(
    state: State<App>,
    by: By,
    id: Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    tus::terminate(state, by, id, headers).await
}
