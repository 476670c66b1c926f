//! `/api/v1/audit`: who changed what.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::extract::{Page, Query};
use axum::extract::State;
use center::Center;
use protocol::api::AuditPage;
use serde::Deserialize;

/// Whose changes are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// Only those of this user or terminal.
    #[serde(default)]
    actor: Option<String>,
}

/// The changes that were made, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "accounts", operation_id = "list_audit", params(Page, Whose),
    responses((status = 200, body = AuditPage)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Query(page): Query<Page>,
    Query(whose): Query<Whose>,
) -> Answer<AuditPage> {
    plain(audit::list(&center, page.checked()?, whose.actor.as_deref()).await?)
}
