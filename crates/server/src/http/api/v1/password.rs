//! `POST /api/v1/password`.

use crate::http::answer::{Answer, done};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{Address, By, Caller};
use crate::http::extract::Body;
use axum::extract::State;
use center::accounts::{self, Secret, system_random};
use center::db::now;
use protocol::api::PasswordChange;
use protocol::thor::{DoneAnswer, Failure};

/// Changes the caller's own password. All other sessions of the caller end.
#[utoipa::path(post, path = "/api/v1/password", tag = "accounts", operation_id = "change_password",
    request_body = PasswordChange, responses(
        (status = 200, body = DoneAnswer),
        (status = 403, body = Failure, description = "The present password is wrong (`account.wrong_present_password`)")
    ))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    By(actor): By,
    address: Address,
    Body(request): Body<PasswordChange>,
) -> Answer<DoneAnswer> {
    let (current, new) = (Secret::from(request.current), Secret::from(request.new));
    let change = accounts::PasswordChange {
        user_id: caller.user_id()?,
        current: &current,
        new: &new,
        address: address.0,
        session: caller.session.as_ref(),
    };
    accounts::change_password(app.center.db(), &app.limiter, change, now(), &mut system_random()).await?;
    app.access_changed();
    audit::record(&app.center, &actor, "password.change", &actor.name, &()).await;
    done()
}
