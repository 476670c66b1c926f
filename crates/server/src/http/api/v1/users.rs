//! `/api/v1/users`: the people who may use the center.

use crate::http::answer::{Answer, done, plain, rfc3339};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{By, Role};
use crate::http::extract::{Body, Path};
use axum::extract::State;
use center::Center;
use center::accounts::{self, system_random};
use center::db::now;
use fault::{Error, Result};
use protocol::api::{NewPassword, NewUser, User, UserChange};
use protocol::thor::DoneAnswer;

/// All users, also those whose account is closed.
#[utoipa::path(get, path = "/api/v1/users", tag = "accounts", operation_id = "list_users",
    responses((status = 200, body = Vec<User>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<Vec<User>> {
    let rows = accounts::list_users(center.db()).await?;
    let users = rows.into_iter().map(|row| User {
        id: row.id,
        name: row.name,
        role: role_name(row.role).to_owned(),
        must_change_password: row.must_change,
        created_at: rfc3339(row.created_at),
        disabled_at: row.disabled_at.map(rfc3339),
    });
    plain(users.collect())
}

/// Makes a user; the one-time password is shown this once.
#[utoipa::path(post, path = "/api/v1/users", tag = "accounts", operation_id = "create_user", request_body = NewUser,
    responses((status = 200, body = NewPassword)))]
pub(crate) async fn create(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<NewUser>,
) -> Answer<NewPassword> {
    let role = role(&request.role)?;
    let (row, password) =
        accounts::create_user(center.db(), &request.name, role, now(), &mut system_random()).await?;
    audit::record(&center, &actor, "user.create", &row.name, &request).await;
    plain(NewPassword { id: row.id, password: password.expose().to_owned() })
}

/// Gives a user another role, or closes or opens the account; what is not given stays.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "accounts", operation_id = "change_user",
    params(("id" = i64, Path)), request_body = UserChange, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn change(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<i64>,
    Body(request): Body<UserChange>,
) -> Answer<DoneAnswer> {
    let db = app.center.db();
    let user = accounts::find_user(db, id).await?;
    if let Some(name) = &request.role {
        accounts::set_role(db, id, role(name)?).await?;
    }
    if let Some(disabled) = request.disabled {
        accounts::set_disabled(db, id, disabled, now()).await?;
    }
    app.access_changed();
    audit::record(&app.center, &actor, "user.change", &user.name, &request).await;
    done()
}

/// Gives a user a new one-time password, shown this once, and ends all sessions of the user.
#[utoipa::path(post, path = "/api/v1/users/{id}/password", tag = "accounts", operation_id = "reset_password",
    params(("id" = i64, Path)), responses((status = 200, body = NewPassword)))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<i64>,
) -> Answer<NewPassword> {
    let user = accounts::find_user(app.center.db(), id).await?;
    let password = accounts::reset_password(app.center.db(), id, &mut system_random()).await?;
    app.access_changed();
    audit::record(&app.center, &actor, "user.reset_password", &user.name, &()).await;
    plain(NewPassword { id, password: password.expose().to_owned() })
}

const ROLES: [(Role, &str); 3] =
    [(Role::Viewer, "viewer"), (Role::Operator, "operator"), (Role::Administrator, "administrator")];

fn role(name: &str) -> Result<Role> {
    let found = ROLES.iter().find(|(_, known)| *known == name);
    found.map(|(role, _)| *role).ok_or_else(|| {
        Error::invalid(format!("role {name:?}")).with_notice("account.unknown_role").with_value("role", name)
    })
}

fn role_name(role: Role) -> &'static str {
    ROLES.iter().find(|(known, _)| *known == role).map_or("", |(_, name)| name)
}
