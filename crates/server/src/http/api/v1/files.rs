//! `/api/v1/files`: looking into the disk.

use crate::http::answer::{Answer, plain};
use crate::http::extract::Query;
use crate::http::failure::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use center::{Center, FileStream};
use futures_util::StreamExt as _;
use protocol::api::FileEntry;
use serde::Deserialize;

/// Which file or directory.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Place {
    /// Path on the disk, such as `/sys/wang`.
    #[serde(default = "root")]
    pub(crate) path: String,
}

pub(crate) fn root() -> String {
    "/".to_owned()
}

/// Entries of a directory of the disk.
#[utoipa::path(get, path = "/api/v1/files", tag = "files", operation_id = "list_files", params(Place),
    responses((status = 200, body = Vec<FileEntry>)))]
pub(crate) async fn list(State(center): State<Center>, Query(place): Query<Place>) -> Answer<Vec<FileEntry>> {
    plain(center.list_files(&place.path).await?)
}

/// The bytes of a file of the disk.
///
/// When reading fails on the way the connection is cut, so that a part is never taken for the whole.
#[utoipa::path(get, path = "/api/v1/files/content", tag = "files", operation_id = "read_file", params(Place),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn content(
    State(center): State<Center>,
    Query(place): Query<Place>,
) -> Result<Response, Refusal> {
    let file = center.read_file(&place.path).await?;
    Ok(streamed(file, &place.path))
}

/// The answer that carries a file.
pub(crate) fn streamed((size, pieces): FileStream, path: &str) -> Response {
    let pieces = futures_util::stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece.map(Bytes::from), pieces))
    });
    let body = Body::from_stream(pieces.map(|piece| {
        piece.inspect_err(
            |error| tracing::warn!(target: "voi_drive_file_manage", %error, "reading a file broke off"),
        )
    }));
    let headers = [
        (header::CONTENT_LENGTH, HeaderValue::from(size)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, attachment(path)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}

/// `attachment` with the last part of `path` as the name (RFC 8187: percent-encoded UTF-8).
fn attachment(path: &str) -> HeaderValue {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut text = String::from("attachment; filename*=UTF-8''");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => text.push(char::from(byte)),
            _ => text += &format!("%{byte:02X}"),
        }
    }
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_add_nothing_to_the_header() {
        assert_eq!(attachment("/pri/a\"\r\n;b.zip"), "attachment; filename*=UTF-8''a%22%0D%0A%3Bb.zip");
        assert_eq!(attachment("/万"), "attachment; filename*=UTF-8''%E4%B8%87");
    }
}
