//! What went wrong, as the error that the rest of the program understands.

use std::io::Read;

use fault::{Error, Kind};
use ureq::Body;
use ureq::http::{Response, StatusCode};

use crate::thor::Failure;

/// Most of a failure's body that is read.
const FAILURE_BYTES_MAX: u64 = 64 * 1024;

/// A request that got no complete answer.
pub(super) fn of_transport(url: &str, error: ureq::Error) -> Error {
    use std::io::ErrorKind as Io;
    let (kind, notice) = match &error {
        ureq::Error::Timeout(_) => (Kind::Unavailable, "net.timeout"),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => (Kind::Unavailable, "net.tls"),
        ureq::Error::Io(cause) if is_tls(cause) => (Kind::Unavailable, "net.tls"),
        ureq::Error::Io(cause) if cause.kind() == Io::TimedOut => (Kind::Unavailable, "net.timeout"),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => (Kind::Invalid, "net.bad_url"),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            (Kind::Unavailable, "net.not_driver_center")
        }
        _ => (Kind::Unavailable, "net.unreachable"),
    };
    Error::new(kind, format!("reach {url}")).with_notice(notice).with_value("url", url).with_source(error)
}

/// TLS failures arrive wrapped in those of the socket.
fn is_tls(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidData && error.get_ref().is_some()
}

/// A complete answer that says no.
pub(super) fn of_answer(url: &str, response: Response<Body>) -> Error {
    let status = response.status();
    let mut text = Vec::new();
    let mut reader = response.into_body().into_with_config().limit(FAILURE_BYTES_MAX + 1).reader();
    // A failure whose text cannot be read completely is told by its status alone.
    let read = reader.by_ref().take(FAILURE_BYTES_MAX).read_to_end(&mut text);
    match read.ok().and_then(|_| serde_json::from_slice::<Failure>(&text).ok()) {
        Some(failure) => of_failure(url, status, failure),
        None => of_status(url, status, kind_of_another(status)),
    }
}

/// An answer to `HEAD` that says no: it has no body, whoever gives it.
pub(super) fn of_head(url: &str, response: &Response<Body>) -> Error {
    let status = response.status();
    of_status(url, status, kind_of(status))
}

fn of_status(url: &str, status: StatusCode, kind: Kind) -> Error {
    Error::new(kind, format!("use {url}: it answers {status}"))
        .with_notice("net.not_driver_center")
        .with_value("url", url)
}

fn of_failure(url: &str, status: StatusCode, failure: Failure) -> Error {
    let kind = failure
        .kind
        .and_then(|name| serde_json::from_value(serde_json::Value::String(name)).ok())
        .unwrap_or_else(|| kind_of(status));
    let detail = failure.detail.unwrap_or_else(|| failure.message.clone());
    let notice = failure.notice.unwrap_or_else(|| "server.failed".to_owned());
    Error::new(kind, format!("use {url}: it answers {}: {detail}", status.as_u16()))
        .with_notice(notice)
        .with_value("message", failure.message)
}

/// The kind that fits a status when the body does not say it.
fn kind_of(status: StatusCode) -> Kind {
    match status.as_u16() {
        401 | 403 => Kind::Denied,
        404 | 410 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        423 | 429 => Kind::Busy,
        507 => Kind::NoSpace,
        400..=499 => Kind::Invalid,
        _ => Kind::Unavailable,
    }
}

/// The kind of an answer that is none of a driver center: a proxy before it says nothing of what the center would say,
/// and may be put right. A body that is too large for it stays so.
fn kind_of_another(status: StatusCode) -> Kind {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Kind::Invalid,
        _ => Kind::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_that_the_server_names_wins_over_the_status() {
        let failure = |kind: Option<&str>| Failure {
            code: 409,
            message: "驱动中心正忙，请稍后再试".into(),
            notice: Some("center.busy".into()),
            detail: Some("save is running".into()),
            kind: kind.map(str::to_owned),
        };
        let named = of_failure("http://s/a", StatusCode::CONFLICT, failure(Some("busy")));
        assert_eq!((named.kind(), named.notice().unwrap().id.as_ref()), (Kind::Busy, "center.busy"));
        assert_eq!(named.to_string(), "use http://s/a: it answers 409: save is running");
        for unnamed in [None, Some("of another time")] {
            let error = of_failure("http://s/a", StatusCode::CONFLICT, failure(unnamed));
            assert_eq!(error.kind(), Kind::Conflict);
        }
    }
}
