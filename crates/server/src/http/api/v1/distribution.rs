//! `/api/v1/distribution`: when terminals take versions by themselves, and how fast.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::api::{Distribution, DistributionState};

/// The rules, and what they come to now.
#[utoipa::path(get, path = "/api/v1/distribution", tag = "terminals", operation_id = "get_distribution",
    responses((status = 200, body = DistributionState)))]
pub(crate) async fn show(State(center): State<Center>) -> Answer<DistributionState> {
    plain(center.distribution())
}

/// Sets the rules, all of them; answers what they come to now.
#[utoipa::path(put, path = "/api/v1/distribution", tag = "terminals", operation_id = "set_distribution",
    request_body = Distribution, responses((status = 200, body = DistributionState)))]
pub(crate) async fn change(
    State(center): State<Center>,
    By(actor): By,
    Body(rules): Body<Distribution>,
) -> Answer<DistributionState> {
    center.set_distribution(&actor, rules.clone()).await?;
    audit::record(&center, &actor, "settings.distribution", "", &rules).await;
    plain(center.distribution())
}
