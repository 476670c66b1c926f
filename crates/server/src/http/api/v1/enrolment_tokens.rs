//! `/api/v1/enrolment-tokens`: what lets machines become terminals of this center.

use crate::http::answer::{Answer, done, plain, rfc3339};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::{Body, Path};
use axum::extract::State;
use center::Center;
use center::accounts::{self, NewEnrolmentToken, system_random};
use center::db::now;
use chrono::TimeDelta;
use protocol::api::{EnrolmentToken, EnrolmentTokenRequest, NewToken};
use protocol::thor::DoneAnswer;

/// The tokens that are still good, newest first.
#[utoipa::path(get, path = "/api/v1/enrolment-tokens", tag = "terminals", operation_id = "list_enrolment_tokens",
    responses((status = 200, body = Vec<EnrolmentToken>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<Vec<EnrolmentToken>> {
    let rows = accounts::list_enrolment_tokens(center.db(), now()).await?;
    let tokens = rows.into_iter().map(|row| EnrolmentToken {
        id: row.id,
        name: row.name,
        created_by: row.created_by,
        created_at: rfc3339(row.created_at),
        expires_at: rfc3339(row.expires_at),
        uses_left: row.uses_left.max(0) as u32,
    });
    plain(tokens.collect())
}

/// Makes a token; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/enrolment-tokens", tag = "terminals", operation_id = "create_enrolment_token",
    request_body = EnrolmentTokenRequest, responses((status = 200, body = NewToken)))]
pub(crate) async fn create(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<EnrolmentTokenRequest>,
) -> Answer<NewToken> {
    let new = NewEnrolmentToken {
        name: &request.name,
        uses: request.uses,
        lifetime: TimeDelta::hours(request.hours.into()),
        created_by: &actor.name,
    };
    let (row, token) =
        accounts::create_enrolment_token(center.db(), new, now(), &mut system_random()).await?;
    audit::record(&center, &actor, "enrolment_token.create", &row.name, &request).await;
    plain(NewToken { id: row.id, token: token.expose().to_owned() })
}

/// Withdraws a token; terminals that it has introduced stay.
#[utoipa::path(delete, path = "/api/v1/enrolment-tokens/{id}", tag = "terminals",
    operation_id = "delete_enrolment_token", params(("id" = i64, Path)),
    responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn remove(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<i64>,
) -> Answer<DoneAnswer> {
    accounts::delete_enrolment_token(center.db(), id).await?;
    audit::record(&center, &actor, "enrolment_token.delete", &id.to_string(), &()).await;
    done()
}
