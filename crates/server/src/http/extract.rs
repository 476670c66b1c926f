//! Bodies, queries and paths of requests, refused in the form of every other failure when they do not fit.

use super::failure::{Refusal, language_of};
use crate::limits::{JSON_BYTES_MAX, PAGE_ROWS, PAGE_ROWS_MAX};
use crate::messages::Language;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use fault::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let limit = request.extensions().get().copied().unwrap_or(BytesMax(JSON_BYTES_MAX));
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(Refusal(of_json(&rejection, limit))),
        }
    }
}

/// How large the bodies of an address may be, where that is not [`JSON_BYTES_MAX`]; what holds to it is
/// [`axum::extract::DefaultBodyLimit`].
#[derive(Clone, Copy)]
pub(crate) struct BytesMax(pub(crate) usize);

fn of_json(rejection: &JsonRejection, limit: BytesMax) -> Error {
    let text = rejection.body_text();
    match rejection.status().as_u16() {
        413 => Error::invalid(text).with_notice("http.too_large").with_value("limit_bytes", limit.0),
        415 => Error::invalid(text).with_notice("http.media_type").with_value("expected", "application/json"),
        _ => Error::invalid(text.clone()).with_notice("http.bad_body").with_value("reason", text),
    }
}

/// The query of the address.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let error =
                    Error::invalid(text.clone()).with_notice("http.bad_query").with_value("reason", text);
                Err(Refusal(error))
            }
        }
    }
}

/// The variable parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let error =
                    Error::invalid(text.clone()).with_notice("http.bad_path").with_value("reason", text);
                Err(Refusal(error))
            }
        }
    }
}

/// The language that the request asks for.
pub(crate) struct Spoken(pub(crate) Language);

impl<S: Send + Sync> FromRequestParts<S> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(language_of(&parts.headers)))
    }
}

/// Which rows of a list are asked for.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// First row, from 0.
    #[serde(default)]
    pub(crate) offset: u64,
    /// Rows at most: 1 to 1000.
    #[serde(default = "page_rows")]
    pub(crate) limit: u64,
}

fn page_rows() -> u64 {
    PAGE_ROWS
}

impl Page {
    /// The page, if its bounds are kept.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if (1..=PAGE_ROWS_MAX).contains(&self.limit) {
            // Databases count to here; there are no rows beyond, either.
            return Ok(Self { offset: self.offset.min(i64::MAX as u64), ..self });
        }
        Err(Error::invalid(format!("limit {}", self.limit))
            .with_notice("http.page")
            .with_value("limit", PAGE_ROWS_MAX))
    }
}

/// Ids in a query: `[1,2]`, `["a","b"]`, or separated by commas.
pub(crate) fn id_list(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split(',').map(|id| id.trim().trim_matches('"')).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_bounds_that_every_database_can_count_to() {
        let checked = |offset, limit| Page { offset, limit }.checked().map(|page| page.offset).ok();
        assert_eq!(checked(u64::MAX, 1), Some(i64::MAX as u64));
        assert_eq!((checked(7, 1000), checked(7, 0), checked(7, 1001)), (Some(7), None, None));
    }

    #[test]
    fn ids_come_in_the_forms_that_clients_write() {
        let of = |text: &'static str| id_list(text).collect::<Vec<_>>();
        assert_eq!(of("[1, 2]"), ["1", "2"]);
        assert_eq!(of("1,2"), ["1", "2"]);
        assert_eq!(of("[\"a\",\"b\"]"), ["a", "b"]);
        assert!(of("[]").is_empty() && of("").is_empty());
    }
}
