//! The forms of successful answers.

use super::failure::Refusal;
use axum::Json;
use chrono::{NaiveDateTime, SecondsFormat};
use protocol::thor::{DataAnswer, DoneAnswer, ResultAnswer};

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Refusal>;

/// Plain JSON, as under `/api/v1`.
pub(crate) fn plain<T>(value: T) -> Answer<T> {
    Ok(Json(value))
}

/// `{"code":0,"data":…}`.
pub(crate) fn data<T>(data: T) -> Answer<DataAnswer<T>> {
    Ok(Json(DataAnswer { code: 0, data }))
}

/// `{"code":0,"result":…}`.
pub(crate) fn result<T>(result: T) -> Answer<ResultAnswer<T>> {
    Ok(Json(ResultAnswer { code: 0, result }))
}

/// `{"code":0}`.
pub(crate) fn done() -> Answer<DoneAnswer> {
    Ok(Json(DoneAnswer { code: 0 }))
}

/// A time as it travels under `/api/v1`: RFC 3339, UTC.
pub(crate) fn rfc3339(time: NaiveDateTime) -> String {
    time.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
}
