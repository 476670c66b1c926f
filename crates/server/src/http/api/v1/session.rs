//! `/api/v1/session`: signing in and out with a browser.

use crate::http::answer::{Answer, plain};
use crate::http::app::App;
use crate::http::caller::{Address, Caller, refuse_foreign_page};
use crate::http::extract::Body;
use crate::http::failure::Refusal;
use crate::openapi::SESSION_COOKIE;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use center::accounts::{self, Principal, Secret, limits::SESSION_TOTAL, system_random};
use center::db::now;
use protocol::api::{SignIn, Who};
use protocol::thor::DoneAnswer;

/// Signs in and sets the session cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "accounts", operation_id = "sign_in", request_body = SignIn,
    responses((status = 200, body = Who)), security(()))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    address: Address,
    headers: HeaderMap,
    Body(request): Body<SignIn>,
) -> Result<Response, Refusal> {
    refuse_foreign_page(&headers, app.config.public_url.as_deref())?;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let password = Secret::from(request.password);
    let attempt =
        accounts::SignIn { name: &request.name, password: &password, address: address.0, user_agent: agent };
    let signed_in =
        accounts::sign_in(app.center.db(), &app.limiter, attempt, now(), &mut system_random()).await?;
    let cookie = cookie(signed_in.token.expose(), SESSION_TOTAL.num_seconds(), app.config.is_secure());
    Ok(([(header::SET_COOKIE, cookie)], Json(who(&signed_in.principal))).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "accounts", operation_id = "get_session",
    responses((status = 200, body = Who)))]
pub(crate) async fn show(caller: Caller) -> Answer<Who> {
    plain(who(&caller.principal))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "accounts", operation_id = "sign_out",
    responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    if let Some(token) = &caller.session {
        accounts::end_session(app.center.db(), token).await?;
        app.access_changed();
    }
    let gone = cookie("", 0, app.config.is_secure());
    Ok(([(header::SET_COOKIE, gone)], Json(DoneAnswer { code: 0 })).into_response())
}

fn cookie(token: &str, seconds: i64, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

fn who(principal: &Principal) -> Who {
    Who {
        name: principal.name().to_owned(),
        role: principal.role_name().to_owned(),
        must_change_password: matches!(principal, Principal::User { must_change: true, .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let plain = "driver_center_session=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=9";
        assert_eq!(cookie("t", 9, false), plain);
        assert_eq!(cookie("t", 9, true), format!("{plain}; Secure"));
    }
}
