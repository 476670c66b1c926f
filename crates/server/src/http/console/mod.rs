//! The web console: its files, and the page that every address of the console answers.
//!
//! A release has the files inside; a debug build reads `console/dist` as it is at that moment. Without them (the
//! console was not built) a plain page says what this server is. Nothing here needs a sign-in or shows state: the
//! files are the same for everybody.

mod files;

use super::failure::{Refusal, no_such_address};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{Html, IntoResponse, Response};
use files::File;

/// Where people get to who open a server without the console.
const LANDING: &str = include_str!("landing.html");
/// The document of the console; the browser's address decides which page it shows.
const DOCUMENT: &str = "index.html";
/// First parts of addresses that belong to programs: there, an unknown address is a failure and no page.
const PROGRAMS: [&str; 6] = ["api", "thor", "voi_api", "healthz", "metrics", "openapi.json"];

/// Scripts and data come from this server alone, and nobody may frame the console. Styles are made while it runs (Ant
/// Design), hence `unsafe-inline` for them; pictures may be within a style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";
/// The plain page has one style within and nothing else.
const LANDING_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// Answers what no other address is for: files of the console, its document, or that there is nothing.
pub(crate) async fn serve(request: Request) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path().trim_start_matches('/');
    if !is_read || PROGRAMS.contains(&path.split('/').next().unwrap_or_default()) {
        return absent(request).await;
    }
    if let Some(file) = files::find(path) {
        return answer(&file, request.headers());
    }
    // The start is for everybody, other pages only for browsers. Files have a dot in the name; pages do not.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file || !(path.is_empty() || wants_page(request.headers())) {
        return absent(request).await;
    }
    match files::find(DOCUMENT) {
        Some(file) => answer(&file, request.headers()),
        None if path.is_empty() => dressed(LANDING_POLICY, Html(LANDING)),
        None => absent(request).await,
    }
}

async fn absent(request: Request) -> Response {
    let refusal: Refusal = no_such_address(request).await;
    refusal.into_response()
}

fn answer(file: &File, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH);
    let tag = HeaderValue::from_str(&file.tag()).ok();
    let mut response = match &tag {
        Some(tag) if known == Some(tag) => axum::http::StatusCode::NOT_MODIFIED.into_response(),
        _ => body(file, accepts_gzip(headers)),
    };
    let answered = response.headers_mut();
    answered.extend(tag.map(|tag| (header::ETAG, tag)));
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.caching()));
    answered.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    dressed(POLICY, response)
}

fn body(file: &File, gzip: bool) -> Response {
    let kind = [(header::CONTENT_TYPE, file.media_type())];
    match file.packed().filter(|_| gzip) {
        Some(packed) => (kind, [(header::CONTENT_ENCODING, "gzip")], packed).into_response(),
        None => (kind, file.bytes()).into_response(),
    }
}

/// Whether whoever asks can show a page; programs get told that the address does not exist.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|kinds| kinds.contains("text/html"))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let header =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(',').any(|coding| coding.trim() == "gzip" || coding.trim().starts_with("gzip;q=1"))
}

fn dressed(policy: &'static str, inner: impl IntoResponse) -> Response {
    let guards = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (guards, inner).into_response()
}
