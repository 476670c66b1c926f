//! `/api/v1/sync`: what a terminal reads to become identical.

use crate::http::answer::{Answer, plain};
use crate::http::app::App;
use crate::http::bandwidth;
use crate::http::extract::{Path, Query};
use crate::http::failure::Refusal;
use crate::limits::SEND_BUFFER_BYTES;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fault::{Context as _, Error, Result};
use futures_util::StreamExt as _;
use protocol::sync::{HEAD_WAIT_SECONDS_MAX, LEAVES_PER_REQUEST_MAX, SignedHead};
use serde::Deserialize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::io::ReaderStream;

/// Which head the terminal has, and how long it waits for another.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeadQuery {
    /// Answer at once unless this is the current version.
    #[serde(default)]
    after: u64,
    /// Seconds to wait for a new version, 55 at most.
    #[serde(default)]
    wait: u64,
}

/// The signed head: which version is current. Where too many wait already, it is answered at once.
#[utoipa::path(get, path = "/api/v1/sync/head", tag = "terminals", operation_id = "get_head", params(HeadQuery),
    responses((status = 200, body = SignedHead)))]
pub(crate) async fn head(State(app): State<App>, Query(query): Query<HeadQuery>) -> Answer<SignedHead> {
    let place = app.places.wait();
    let patience = place.as_ref().map_or(0, |_| query.wait.min(HEAD_WAIT_SECONDS_MAX));
    let patience = Duration::from_secs(patience);
    tokio::select! {
        head = app.center.wait_head(query.after, patience) => plain(head?),
        () = app.stopping() => plain(app.center.head().await?),
    }
}

/// An immutable object by its name: manifest, leaf table, patch, pack. 423 while the bandwidth for updates is used up.
#[utoipa::path(get, path = "/api/v1/sync/objects/{digest}", tag = "terminals", operation_id = "get_object",
    params(("digest" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn object(State(app): State<App>, Path(digest): Path<String>) -> Result<Response, Refusal> {
    let path = app.center.object_path(&digest)?;
    let file = tokio::fs::File::open(&path).await.context(|| format!("object {digest}"))?;
    let length = file.metadata().await.context(|| format!("object {digest}"))?.len();
    let metrics = app.metrics.clone();
    let pieces = ReaderStream::with_capacity(file, SEND_BUFFER_BYTES).inspect(move |piece| {
        let bytes = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        metrics.sync_bytes.fetch_add(bytes, Ordering::Relaxed);
    });
    let body = bandwidth::body(&app, pieces)?;
    let headers = [
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        // Named by its content: it never changes, and any cache may carry it.
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, body).into_response())
}

/// A range of leaves of the current disk file, packed; 409 when `root` is not current any more, 423
/// while the bandwidth for updates is used up.
#[utoipa::path(get, path = "/api/v1/sync/base/{root}/{range}", tag = "terminals", operation_id = "get_leaves",
    params(("root" = String, Path), ("range" = String, Path, description = "first-last, both included")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn base(
    State(app): State<App>,
    Path((root, range)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (first, last) = leaves(&range)?;
    let bytes = app.center.base_leaves(&root, first, last).await?;
    let length = bytes.len() as u64;
    let body = bandwidth::body(&app, bandwidth::pieces(bytes, SEND_BUFFER_BYTES))?;
    app.metrics.sync_bytes.fetch_add(length, Ordering::Relaxed);
    let headers = [
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

fn leaves(range: &str) -> Result<(u64, u64)> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    range
        .split_once('-')
        .and_then(|(first, last)| Some((number(first)?, number(last)?)))
        .filter(|(first, last): &(u64, u64)| first <= last && last - first < LEAVES_PER_REQUEST_MAX)
        .ok_or_else(|| {
            let reason = format!("{range} is no range of at most {LEAVES_PER_REQUEST_MAX} leaves");
            Error::invalid(reason.clone()).with_notice("http.bad_path").with_value("reason", reason)
        })
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn ranges_include_both_ends_and_are_bounded() {
        assert_eq!(leaves("0-0").unwrap(), (0, 0));
        assert_eq!(leaves("5-68").unwrap(), (5, 68));
        for bad in ["5-69", "2-1", "1", "-1", "+1-2", "1-", "0-18446744073709551616"] {
            assert!(leaves(bad).is_err(), "{bad}");
        }
    }
}
