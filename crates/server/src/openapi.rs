//! The description of the HTTP interface, made from the handlers. `docs/openapi.json` is its committed copy.

use crate::http::failure::Refusal;
use crate::http::routes;
use crate::output;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fault::{Error, Result};
use protocol::api::Span;
use protocol::thor::Failure;
use std::process::ExitCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::Ref;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// The name of the session cookie.
pub(crate) const SESSION_COOKIE: &str = "driver_center_session";

/// What the description says beside the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Driver Center",
        description = "Success is HTTP 200; a failure has the fitting status and the form `Failure`, in the language \
            of `Accept-Language` (zh, en)."
    ),
    // Those that no body of a request or an answer names.
    components(schemas(Failure, Span)),
    security(("token" = []), ("session" = [])),
    modifiers(&Schemes)
)]
struct Header;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE)));
        components.add_security_scheme("token", token);
        components.add_security_scheme("session", cookie);
    }
}

/// The part of the description that no handler gives.
pub(crate) fn header() -> utoipa::openapi::OpenApi {
    Header::openapi()
}

/// Failures that any operation can answer with, as `Failure`: what the caller did, and what may pass. A 500 is none of them.
const FAILURES: [(&str, &str); 3] = [
    ("4XX", "The request cannot be done as it is: `notice` and `message` say why"),
    ("503", "Something that is needed does not answer; it may pass"),
    ("507", "There is not enough space"),
];

/// Says of every operation how it fails.
fn with_failures(mut description: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let operations = description.paths.paths.values_mut().flat_map(|item| {
        let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        let others = [&mut item.options, &mut item.head, &mut item.patch];
        methods.into_iter().chain(others).flatten()
    });
    for operation in operations {
        for (status, text) in FAILURES {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Failure"))).build();
            let response = ResponseBuilder::new().description(text).content("application/json", content);
            operation.responses.responses.entry(status.to_owned()).or_insert(response.build().into());
        }
    }
    description
}

/// The description as it is committed.
fn text() -> Result<String> {
    let description = with_failures(routes::described().into_openapi());
    let text =
        description.to_pretty_json().map_err(|e| Error::bug(format!("encode the description: {e}")))?;
    Ok(text + "\n")
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "state", operation_id = "openapi",
    responses((status = 200, body = Object)), security(()))]
pub(crate) async fn show() -> Result<Response, Refusal> {
    Ok(([(header::CONTENT_TYPE, "application/json")], text()?).into_response())
}

/// `driver-center openapi`.
pub(crate) fn run() -> ExitCode {
    match text() {
        Ok(text) => {
            output::line(text.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => output::failed(&error, crate::messages::Language::of_environment()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_description_is_current() {
        let committed = include_str!("../../../docs/openapi.json");
        assert!(
            text().unwrap() == committed,
            "docs/openapi.json is out of date: cargo run -p server -- openapi > docs/openapi.json"
        );
    }

    #[test]
    fn notes_are_as_long_as_the_center_takes_them() {
        let description: serde_json::Value = serde_json::from_str(&text().unwrap()).unwrap();
        for request in ["SaveRequest", "RollbackRequest", "GrowRequest"] {
            let note = &description["components"]["schemas"][request]["properties"]["note"];
            assert_eq!(note["maxLength"], center::limits::NOTE_CHARS_MAX, "{request}");
        }
    }
}
