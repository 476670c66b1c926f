//! `/api/v1/tokens`: the caller's own API tokens.

use crate::http::answer::{Answer, done, plain, rfc3339};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{By, Caller};
use crate::http::extract::{Body, Path};
use axum::extract::State;
use center::Center;
use center::accounts::{self, system_random};
use center::db::now;
use chrono::{NaiveDateTime, TimeDelta};
use fault::{Error, Result};
use protocol::api::{ApiToken, NewToken, TokenRequest};
use protocol::thor::DoneAnswer;

/// The caller's tokens, newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "accounts", operation_id = "list_tokens",
    responses((status = 200, body = Vec<ApiToken>)))]
pub(crate) async fn list(State(center): State<Center>, caller: Caller) -> Answer<Vec<ApiToken>> {
    let rows = accounts::list_api_tokens(center.db(), caller.user_id()?).await?;
    let tokens = rows.into_iter().map(|row| ApiToken {
        id: row.id,
        name: row.name,
        created_at: rfc3339(row.created_at),
        last_used_at: row.last_used_at.map(rfc3339),
        expires_at: row.expires_at.map(rfc3339),
    });
    plain(tokens.collect())
}

/// Makes a token with the caller's role; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "accounts", operation_id = "create_token",
    request_body = TokenRequest, responses((status = 200, body = NewToken)))]
pub(crate) async fn create(
    State(center): State<Center>,
    caller: Caller,
    By(actor): By,
    Body(request): Body<TokenRequest>,
) -> Answer<NewToken> {
    let expires_at = end_after(request.days)?;
    let user = caller.user_id()?;
    let (row, token) =
        accounts::create_api_token(center.db(), user, &request.name, expires_at, now(), &mut system_random())
            .await?;
    audit::record(&center, &actor, "token.create", &row.name, &row.id).await;
    plain(NewToken { id: row.id, token: token.expose().to_owned() })
}

/// Withdraws one of the caller's tokens.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "accounts", operation_id = "revoke_token",
    params(("id" = i64, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    By(actor): By,
    Path(id): Path<i64>,
) -> Answer<DoneAnswer> {
    accounts::revoke_api_token(app.center.db(), caller.user_id()?, id, now()).await?;
    app.access_changed();
    audit::record(&app.center, &actor, "token.revoke", &id.to_string(), &()).await;
    done()
}

/// When a token ends that is good for `days`.
pub(super) fn end_after(days: Option<u32>) -> Result<Option<NaiveDateTime>> {
    let Some(days) = days else { return Ok(None) };
    let end = now().checked_add_signed(TimeDelta::days(days.into()));
    end.map(Some)
        .ok_or_else(|| Error::invalid(format!("token for {days} days")).with_notice("account.token_invalid"))
}
