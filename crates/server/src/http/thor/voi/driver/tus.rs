//! Resumable uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>): core, creation, expiration and
//! termination. The last `PATCH` answers the import's job in `Driver-Center-Job`.

use crate::http::app::App;
use crate::http::caller::By;
use crate::http::extract::Path;
use crate::http::failure::Refusal;
use crate::uploads::{Progress, of_tus_metadata};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use center::{Actor, Target};
use fault::{Error, Result};

/// The protocol's version; its presence in a `POST` asks for a resumable upload.
pub(crate) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// The import's job.
pub(crate) const JOB: HeaderName = HeaderName::from_static("driver-center-job");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub(crate) const VERSION: HeaderName = HeaderName::from_static("tus-version");
const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(crate) const PROTOCOL: HeaderValue = HeaderValue::from_static("1.0.0");
const BODY_TYPE: &str = "application/offset+octet-stream";

/// What of tus this server speaks.
#[utoipa::path(options, path = "/thor/voi/driver/upload", tag = "uploads", operation_id = "tus_options",
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size")))]
pub(crate) async fn options(State(app): State<App>) -> Response {
    let headers = [
        (RESUMABLE, PROTOCOL),
        (VERSION, PROTOCOL),
        (EXTENSION, HeaderValue::from_static("creation,expiration,termination")),
        (MAX_SIZE, HeaderValue::from(app.uploads.bytes_max())),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begins a resumable upload below `path`.
pub(in super::super) async fn begin(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    path: &str,
    target: Target,
) -> Result<Response, Refusal> {
    require_protocol(headers)?;
    let length = number(headers, &LENGTH)?;
    let upload = app.uploads.begin(actor, metadata(headers, "filename"), length, &target).await?;
    let location = format!("{path}/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], described(&upload)).into_response())
}

/// A value of the metadata that a resumable upload begins with.
pub(in super::super) fn metadata(headers: &HeaderMap, key: &str) -> Option<String> {
    of_tus_metadata(headers.get(METADATA)?.to_str().ok()?, key)
}

/// How far a resumable upload is.
#[utoipa::path(head, path = "/thor/voi/driver/upload/{id}", tag = "uploads", operation_id = "tus_head",
    params(("id" = String, Path)), responses((status = 200, description = "Upload-Offset, Upload-Length")))]
pub(crate) async fn look(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    require_protocol(&headers)?;
    let upload = app.uploads.look(&actor, &id).await?;
    let length = [
        (LENGTH, HeaderValue::from(upload.length)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, length, described(&upload)).into_response())
}

/// The next bytes of a resumable upload.
#[utoipa::path(patch, path = "/thor/voi/driver/upload/{id}", tag = "uploads", operation_id = "tus_patch",
    params(("id" = String, Path), ("Upload-Offset" = u64, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Upload-Offset; after the last byte Driver-Center-Job")))]
pub(crate) async fn append(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    require_protocol(request.headers())?;
    let kind = request.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != BODY_TYPE) {
        let error = Error::invalid("content type of a part").with_notice("http.media_type");
        return Err(error.with_value("expected", BODY_TYPE).into());
    }
    let offset = number(request.headers(), &OFFSET)?;
    // What came in is recorded even when the connection breaks and this request is dropped.
    let task = tokio::spawn(async move {
        app.uploads.append(&actor, &id, offset, request.into_body().into_data_stream()).await
    });
    let upload = task.await.map_err(|e| Error::bug(format!("upload task: {e}")))??;
    Ok((StatusCode::NO_CONTENT, described(&upload)).into_response())
}

/// Gives a resumable upload up.
#[utoipa::path(delete, path = "/thor/voi/driver/upload/{id}", tag = "uploads", operation_id = "tus_delete",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn terminate(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    require_protocol(&headers)?;
    app.uploads.terminate(&actor, &id).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, PROTOCOL)]).into_response())
}

fn described(upload: &Progress) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(RESUMABLE, PROTOCOL);
    headers.insert(OFFSET, HeaderValue::from(upload.received));
    let expires = upload.expires.map(|time| time.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let expires = expires.and_then(|time| HeaderValue::from_str(&time).ok());
    headers.extend(expires.map(|value| (EXPIRES, value)));
    let job = upload.job.as_deref().and_then(|job| HeaderValue::from_str(job).ok());
    headers.extend(job.map(|value| (JOB, value)));
    headers
}

fn require_protocol(headers: &HeaderMap) -> Result<()> {
    if headers.get(RESUMABLE) == Some(&PROTOCOL) {
        return Ok(());
    }
    Err(Error::invalid("not tus 1.0.0").with_notice("upload.protocol"))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let number =
        text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())).and_then(|text| text.parse().ok());
    number.filter(|number| i64::try_from(*number).is_ok()).ok_or_else(|| bad_header(name))
}

fn bad_header(name: &HeaderName) -> Error {
    Error::invalid(format!("header {name}")).with_notice("http.bad_header").with_value("name", name)
}
