//! `POST /api/v1/login`: from name and password to an API token, for command lines.

use crate::http::answer::{Answer, plain};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{Address, refuse_foreign_page};
use crate::http::extract::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use center::Actor;
use center::accounts::{self, PasswordChange, Principal, Secret, SignIn, system_random};
use center::db::now;
use fault::{Error, Result};
use protocol::api::{Login, NewToken};

/// Signs in and answers a new API token. With `new_password` it changes the password first, which is needed when that
/// is a one-time password: without, the failure has the notice `account.must_change_password`.
#[utoipa::path(post, path = "/api/v1/login", tag = "accounts", operation_id = "login", request_body = Login,
    responses((status = 200, body = NewToken)), security(()))]
pub(crate) async fn login(
    State(app): State<App>,
    address: Address,
    headers: HeaderMap,
    Body(request): Body<Login>,
) -> Answer<NewToken> {
    refuse_foreign_page(&headers, app.config.public_url.as_deref())?;
    let (db, mut random) = (app.center.db(), system_random());
    let password = Secret::from(request.password);
    let attempt = SignIn {
        name: &request.name,
        password: &password,
        address: address.0,
        user_agent: &request.token_name,
    };
    let session = accounts::sign_in(db, &app.limiter, attempt, now(), &mut random).await?;
    let outcome = async {
        let Principal::User { id, must_change, name, .. } = &session.principal else {
            return Err(Error::bug("a password of a terminal"));
        };
        match request.new_password.map(Secret::from) {
            Some(new) => change(&app, *id, &password, &new, address).await?,
            None if *must_change => return Err(must_change_first()),
            None => {}
        }
        let expires_at = super::tokens::end_after(request.days)?;
        let (row, token) =
            accounts::create_api_token(db, *id, &request.token_name, expires_at, now(), &mut random).await?;
        let actor = Actor { name: name.clone(), address: Some(address.0.to_string()) };
        audit::record(&app.center, &actor, "token.create", &row.name, &row.id).await;
        Ok(NewToken { id: row.id, token: token.expose().to_owned() })
    }
    .await;
    // The session was only the way to the token.
    accounts::end_session(db, &session.token).await?;
    plain(outcome?)
}

async fn change(app: &App, user_id: i64, current: &Secret, new: &Secret, address: Address) -> Result<()> {
    let change = PasswordChange { user_id, current, new, address: address.0, session: None };
    accounts::change_password(app.center.db(), &app.limiter, change, now(), &mut system_random()).await
}

fn must_change_first() -> Error {
    Error::denied("the password has to be changed first").with_notice("account.must_change_password")
}
