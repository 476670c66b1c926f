//! `/api/v1/verify`: whether everything that the center keeps is what it must be.

use crate::http::answer::{Answer, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::{Body, Query, Spoken};
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use protocol::api::{Job, VerifyReport, VerifyRequest};
use serde::Deserialize;

/// Begins to read and compare everything. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/verify", tag = "state", operation_id = "verify",
    request_body = VerifyRequest, responses((status = 200, body = Job)))]
pub(crate) async fn verify(
    State(center): State<Center>,
    By(actor): By,
    Spoken(language): Spoken,
    Body(request): Body<VerifyRequest>,
) -> Answer<Job> {
    let (id, _goes_on) = center.start_verify(&actor, request.deep).await?;
    audit::record(&center, &actor, "disk.verify", &id, &request).await;
    plain(center.job(&id, &|error| text_of(error, language)).await?)
}

/// Which of them.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The job; without it, the last one that ended.
    #[serde(default)]
    job: Option<String>,
}

/// What a verify has found.
#[utoipa::path(get, path = "/api/v1/verify", tag = "state", operation_id = "get_verify_report",
    params(Which), responses((status = 200, body = VerifyReport)))]
pub(crate) async fn report(
    State(center): State<Center>,
    Spoken(language): Spoken,
    Query(which): Query<Which>,
) -> Answer<VerifyReport> {
    plain(center.verify_report(which.job.as_deref(), &|error| text_of(error, language)).await?)
}
