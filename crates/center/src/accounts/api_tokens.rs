//! Tokens with which programs act for a user, with that user's role.

use fault::{Error, Result};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::secret::{Kind, Random, Secret};
use super::{Principal, limits, names};
use crate::db::entities::{api_token, user};
use crate::db::{DateTime, Db, DbContext};

/// Makes a token for `user_id`; the secret is shown this once.
pub async fn create_api_token(
    db: &Db,
    user_id: i64,
    name: &str,
    expires_at: Option<DateTime>,
    now: DateTime,
    random: Random<'_>,
) -> Result<(api_token::Model, Secret)> {
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Error::invalid("make a token that has ended").with_notice("account.token_invalid"));
    }
    let secret = Secret::generate(Kind::Api, random);
    let row = api_token::ActiveModel {
        id: NotSet,
        name: Set(names::label(name)?),
        token_hash: Set(secret.stored().ok_or_else(|| Error::bug("make an API token: too long"))?),
        user_id: Set(user_id),
        created_at: Set(now),
        last_used_at: Set(None),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
    };
    Ok((row.insert(db).await.db_context(|| "make an API token")?, secret))
}

/// The tokens of a user that were not withdrawn, the newest first.
pub async fn list_api_tokens(db: &Db, user_id: i64) -> Result<Vec<api_token::Model>> {
    let query = api_token::Entity::find()
        .filter(api_token::Column::UserId.eq(user_id))
        .filter(api_token::Column::RevokedAt.is_null())
        .order_by_desc(api_token::Column::Id);
    query.all(db).await.db_context(|| "list API tokens")
}

/// Withdraws a token of `user_id`.
pub async fn revoke_api_token(db: &Db, user_id: i64, id: i64, now: DateTime) -> Result<()> {
    let update = api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(now))
        .filter(api_token::Column::Id.eq(id))
        .filter(api_token::Column::UserId.eq(user_id))
        .filter(api_token::Column::RevokedAt.is_null());
    let done = update.exec(db).await.db_context(|| format!("withdraw API token {id}"))?;
    super::require_token(id, done.rows_affected)
}

/// The user for whom a token acts. A password that must be changed stops tokens too.
pub(super) async fn authenticate(db: &Db, secret: &Secret, now: DateTime) -> Result<Principal> {
    let refused = || Error::denied("use this API token").with_notice("account.token_refused");
    let hash = secret.stored().ok_or_else(refused)?;
    let row = api_token::Entity::find().filter(api_token::Column::TokenHash.eq(hash)).one(db).await;
    let row = row.db_context(|| "find an API token")?;
    let is_good =
        |row: &api_token::Model| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end);
    let row = row.filter(is_good).ok_or_else(refused)?;
    let user =
        user::Entity::find_by_id(row.user_id).one(db).await.db_context(|| "find the user of a token")?;
    let principal = super::active(user).ok_or_else(refused)?;
    if row.last_used_at.is_none_or(|last| now - last >= limits::LAST_USE) {
        let update = api_token::Entity::update_many()
            .col_expr(api_token::Column::LastUsedAt, Expr::value(now))
            .filter(api_token::Column::Id.eq(row.id));
        update.exec(db).await.db_context(|| "record the use of an API token")?;
    }
    Ok(principal)
}
