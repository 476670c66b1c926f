//! Proving who one is by a password, and changing it.

use std::net::IpAddr;

use fault::{Error, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::secret::{Random, Secret};
use super::sessions::{self, Browser};
use super::{Principal, SignInLimiter, names, password, users};
use crate::db::entities::user;
use crate::db::{DateTime, Db, DbContext, commit};

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// Name of the user, in any case.
    pub name: &'a str,
    /// The password.
    pub password: &'a Secret,
    /// Where the request comes from.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub user_agent: &'a str,
}

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The token of the session.
    pub token: Secret,
    /// Who signed in.
    pub principal: Principal,
    /// When the session ends unless it is used before.
    pub expires_at: DateTime,
}

/// Signs a user in. The time it takes does not tell whether there is such a user.
pub async fn sign_in(
    db: &Db,
    limiter: &SignInLimiter,
    attempt: SignIn<'_>,
    now: DateTime,
    random: Random<'_>,
) -> Result<SignedIn> {
    // A name that nobody can have is a wrong one like others; all such names count as one.
    let name = names::user_name(attempt.name).unwrap_or_default();
    limiter.admit(&name, attempt.address, now)?;
    let found = user::Entity::find().filter(user::Column::Name.eq(&name)).one(db).await;
    // A database may take other names for this one, and the limit counts each by itself.
    let found = found.db_context(|| "find a user")?.filter(|user| user.name == name);
    let stored = found.as_ref().map(|user| user.password_hash.as_str());
    if !password::verify(stored, attempt.password).await? {
        return Err(wrong_password());
    }
    limiter.succeeded(&name, attempt.address);
    let disabled = || Error::denied("sign in with a closed account").with_notice("account.disabled");
    let user_id = found.as_ref().map_or(0, |user| user.id);
    let principal = super::active(found).ok_or_else(disabled)?;
    let browser = Browser { address: attempt.address.to_string(), user_agent: attempt.user_agent };
    let txn = db.begin().await?;
    let (token, expires_at) = sessions::create(&txn, user_id, browser, now, random).await?;
    commit(txn).await?;
    Ok(SignedIn { token, principal, expires_at })
}

/// A user's wish for another password.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// The user.
    pub user_id: i64,
    /// The present password.
    pub current: &'a Secret,
    /// The wanted one.
    pub new: &'a Secret,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The session that goes on; the user's others end.
    pub session: Option<&'a Secret>,
}

/// Changes the password of a user who knows the present one.
pub async fn change_password(
    db: &Db,
    limiter: &SignInLimiter,
    change: PasswordChange<'_>,
    now: DateTime,
    random: Random<'_>,
) -> Result<()> {
    let user = users::find_user(db, change.user_id).await?;
    limiter.admit(&user.name, change.address, now)?;
    if !password::verify(Some(&user.password_hash), change.current).await? {
        return Err(wrong_present_password());
    }
    limiter.succeeded(&user.name, change.address);
    password::check(change.new)?;
    if change.new.expose() == change.current.expose() {
        return Err(Error::invalid("keep the same password").with_notice("account.password_unchanged"));
    }
    let hash = password::hash(change.new, random).await?;
    let txn = db.begin().await?;
    let updated = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::MustChange, Expr::value(false))
        .filter(user::Column::Id.eq(user.id))
        .filter(user::Column::PasswordHash.eq(user.password_hash))
        .exec(&txn)
        .await
        .db_context(|| "change a password")?;
    if updated.rows_affected == 0 {
        // It was changed by somebody else since it was compared.
        return Err(wrong_present_password());
    }
    sessions::end_sessions(&txn, user.id, change.session).await?;
    commit(txn).await
}

fn wrong_password() -> Error {
    Error::denied("sign in with this name and password").with_notice("account.wrong_password")
}

/// Of somebody who is known already, so the name is not in question, nor whether to sign in (again).
fn wrong_present_password() -> Error {
    Error::denied("change a password without the present one").with_notice("account.wrong_present_password")
}
