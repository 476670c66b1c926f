//! `GET /`: a page that says what this is and how to begin. It needs no sign-in and shows no state.

use axum::http::header;
use axum::response::{Html, IntoResponse};

const PAGE: &str = include_str!("landing.html");
/// Nothing from elsewhere, and nobody may frame it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// The page.
pub(crate) async fn show() -> impl IntoResponse {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE))
}
