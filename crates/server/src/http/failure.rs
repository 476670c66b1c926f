//! From an error to an answer: the only place that knows which status and which words a failure gets.
//!
//! Handlers and extractors return [`Refusal`]; it travels through the layers inside the response, and
//! [`render`], the outermost layer but one, turns it into the JSON form of [`Failure`] in the language of the
//! request. So a panic, an unknown address and a body that is no JSON look like every other failure.

use super::caller::Caller;
use super::thor::voi::driver::tus;
use crate::messages::{Language, text_of};
use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fault::{Error, Kind, WireError};
use protocol::thor::Failure;
use std::sync::Arc;

/// Seconds after which a client may try again when nothing better is known.
const RETRY_AFTER_SECONDS: &str = "5";

/// An error on its way to become an answer.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The error inside a response that [`render`] has not seen yet.
#[derive(Clone)]
struct Pending(Arc<Error>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0).into_response();
        response.extensions_mut().insert(Pending(Arc::new(self.0)));
        response
    }
}

/// The language that a request asks for.
pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.map(Language::of_header).unwrap_or_default()
}

/// Layer: gives every failure its form and its words.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(Pending(error)) = response.extensions_mut().remove() else { return response };
    let caller = response.extensions().get::<Caller>();
    let is_user = caller.is_some_and(|caller| caller.user_id().is_ok());
    log(&error, &method, &path);
    let mut rendered =
        (response.status(), Json(form(&error, response.status(), language, is_user))).into_response();
    rendered
        .headers_mut()
        .extend(response.headers().iter().map(|(name, value)| (name.clone(), value.clone())));
    dress(rendered.headers_mut(), &error, language);
    rendered
}

/// The technical chain is for operators: it may name paths of the server.
fn form(error: &Error, status: StatusCode, language: Language, is_user: bool) -> Failure {
    Failure {
        code: i32::from(status.as_u16()),
        message: text_of(error, language),
        notice: error.notice().map(|notice| notice.id.to_string()),
        detail: is_user.then(|| error.to_string()),
        kind: kind_name(error.kind()),
    }
}

fn dress(headers: &mut HeaderMap, error: &Error, language: Language) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    if status_of(error) == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if has_notice(error, "upload.protocol") {
        headers.insert(tus::VERSION, tus::PROTOCOL);
    }
    if error.kind().may_pass() || has_notice(error, "account.too_many_attempts") {
        let seconds = error.notice().and_then(|n| n.values.iter().find(|(name, _)| name == "seconds"));
        let value = seconds.and_then(|(_, value)| HeaderValue::from_str(value).ok());
        headers.insert(header::RETRY_AFTER, value.unwrap_or(HeaderValue::from_static(RETRY_AFTER_SECONDS)));
    }
}

fn log(error: &Error, method: &Method, path: &str) {
    match error.kind() {
        Kind::Bug => tracing::error!(target: "http", %method, path, %error, "failed"),
        Kind::Corrupt | Kind::Unavailable | Kind::NoSpace => {
            tracing::warn!(target: "http", %method, path, %error, "failed");
        }
        _ => tracing::debug!(target: "http", %method, path, %error, "refused"),
    }
}

fn kind_name(kind: Kind) -> Option<String> {
    let wire = WireError { kind, text: String::new(), notice: None };
    let value = serde_json::to_value(wire).ok()?;
    value.get("kind")?.as_str().map(str::to_owned)
}

fn has_notice(error: &Error, id: &str) -> bool {
    error.notice().is_some_and(|notice| notice.id == id)
}

/// The status of an error: by its kind, and within a kind by its notice.
pub(crate) fn status_of(error: &Error) -> StatusCode {
    let notice = error.notice().map_or("", |notice| notice.id.as_ref());
    match (error.kind(), notice) {
        (_, "account.too_many_attempts") => StatusCode::TOO_MANY_REQUESTS,
        (_, "http.method_not_allowed") => StatusCode::METHOD_NOT_ALLOWED,
        (Kind::Invalid, "package.wrong_type" | "http.media_type") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (Kind::Invalid, "http.too_large" | "upload.too_large" | "package.too_large") => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        (Kind::Invalid, "upload.protocol") => StatusCode::PRECONDITION_FAILED,
        (Kind::Invalid, notice) if notice.starts_with("package.") => StatusCode::UNPROCESSABLE_ENTITY,
        (Kind::Invalid, _) => StatusCode::BAD_REQUEST,
        (Kind::Denied, notice) if is_unknown_caller(notice) => StatusCode::UNAUTHORIZED,
        (Kind::Denied, _) => StatusCode::FORBIDDEN,
        (Kind::NotFound, _) => StatusCode::NOT_FOUND,
        (Kind::Conflict | Kind::Cancelled, _) => StatusCode::CONFLICT,
        (Kind::Busy, _) => StatusCode::LOCKED,
        (Kind::NoSpace, _) => StatusCode::INSUFFICIENT_STORAGE,
        (Kind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Kind::Corrupt, notice) if notice.starts_with("package.") || notice.starts_with("upload.") => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        (Kind::Corrupt | Kind::Bug, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether signing in (again) may help.
fn is_unknown_caller(notice: &str) -> bool {
    matches!(
        notice,
        "account.sign_in_required"
            | "account.wrong_password"
            | "account.signed_out"
            | "account.token_refused"
            | "account.terminal_unknown"
            | "account.enrolment_refused"
    )
}

/// Answers a request for an address that does not exist.
pub(crate) async fn no_such_address(request: Request) -> Refusal {
    let path = request.uri().path();
    Refusal(Error::not_found(path).with_notice("http.not_found").with_value("path", path))
}

/// Answers a request with a method that the address does not take.
pub(crate) async fn no_such_method(matched: Option<MatchedPath>, request: Request) -> Refusal {
    let path = matched.as_ref().map_or(request.uri().path(), MatchedPath::as_str);
    let error = Error::invalid(format!("{} {path}", request.method()))
        .with_notice("http.method_not_allowed")
        .with_value("method", request.method())
        .with_value("path", path);
    Refusal(error)
}

/// Answers after a panic; what it said goes to the log, not to the client.
pub(crate) fn after_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Refusal(Error::bug(format!("panic: {said}"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_status() {
        let cases = [
            (Error::invalid("x"), 400),
            (Error::invalid("x").with_notice("package.wrong_type"), 415),
            (Error::invalid("x").with_notice("package.too_large"), 413),
            (Error::invalid("x").with_notice("package.encrypted"), 422),
            (Error::denied("x").with_notice("account.sign_in_required"), 401),
            (Error::denied("x").with_notice("account.not_allowed"), 403),
            (Error::not_found("x"), 404),
            (Error::conflict("x"), 409),
            (Error::cancelled("x"), 409),
            (Error::busy("x"), 423),
            (Error::no_space("x"), 507),
            (Error::unavailable("x"), 503),
            (Error::corrupt("x").with_notice("package.damaged"), 422),
            (Error::corrupt("x"), 500),
            (Error::bug("x"), 500),
        ];
        for (error, status) in cases {
            assert_eq!(status_of(&error).as_u16(), status, "{error:?}");
        }
    }

    #[test]
    fn the_technical_cause_is_for_users_who_are_signed_in() {
        let error = Error::busy("worker 7 holds /data/disk").with_notice("center.busy");
        let shown = |is_user| form(&error, StatusCode::LOCKED, Language::Chinese, is_user);
        assert_eq!(shown(false).detail, None);
        assert_eq!(shown(true).detail.as_deref(), Some("worker 7 holds /data/disk"));
        assert_eq!(shown(true).message, "驱动中心正忙，请稍后再试");
        assert_eq!(shown(true).kind.as_deref(), Some("busy"));
    }

    #[test]
    fn a_panic_is_a_failure_like_others() {
        let response = after_panic(Box::new("index out of bounds"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let Pending(error) = response.extensions().get().unwrap();
        assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Bug, "panic: index out of bounds"));
    }
}
