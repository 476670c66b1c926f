//! `/api/v1/audit`: who changed what.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::extract::{Page, Query};
use axum::extract::State;
use center::Center;
use center::db::DateTime;
use chrono::Datelike as _;
use fault::{Error, Result};
use protocol::api::AuditPage;
use serde::Deserialize;

/// Which changes are asked for: those that fit all that is given.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those of this user or terminal.
    #[serde(default)]
    actor: Option<String>,
    /// Only those of this action, such as `driver.delete`, or of all of a kind, such as `driver`.
    #[serde(default)]
    action: Option<String>,
    /// Only those from this time on: RFC 3339, in the years 1970 to 9999.
    #[serde(default)]
    since: Option<String>,
}

/// The changes that were made, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "accounts", operation_id = "list_audit", params(Page, Which),
    responses((status = 200, body = AuditPage)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Query(page): Query<Page>,
    Query(which): Query<Which>,
) -> Answer<AuditPage> {
    let filter = audit::Filter {
        actor: which.actor.as_deref(),
        action: which.action.as_deref(),
        since: which.since.as_deref().map(moment).transpose()?,
    };
    plain(audit::list(&center, page.checked()?, filter).await?)
}

/// Databases know no other years.
fn moment(text: &str) -> Result<DateTime> {
    let time = chrono::DateTime::parse_from_rfc3339(text).map(|time| time.naive_utc());
    time.ok().filter(|time| (1970..=9999).contains(&time.year())).ok_or_else(|| {
        let error = Error::invalid(format!("since {text:?} is no time"));
        error.with_notice("http.bad_query").with_value("reason", "since: RFC 3339")
    })
}
