//! Signed-in browsers.

use fault::{Error, Result};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::secret::{Kind, Random, Secret};
use super::{Principal, limits};
use crate::db::entities::{session, user};
use crate::db::{DateTime, Db, DbContext};

/// Where a browser is and what it calls itself.
pub(super) struct Browser<'a> {
    pub(super) address: String,
    pub(super) user_agent: &'a str,
}

/// Makes a session of a user who has just proved who they are.
pub(super) async fn create(
    db: &impl ConnectionTrait,
    user_id: i64,
    browser: Browser<'_>,
    now: DateTime,
    random: Random<'_>,
) -> Result<(Secret, DateTime)> {
    let token = Secret::generate(Kind::Session, random);
    let expires_at = now + limits::SESSION_IDLE;
    let row = session::ActiveModel {
        token_hash: Set(token.stored().ok_or_else(|| Error::bug("make a session token: too long"))?),
        user_id: Set(user_id),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(expires_at),
        user_agent: Set(browser.user_agent.chars().take(limits::USER_AGENT_CHARS).collect()),
        address: Set(browser.address),
    };
    session::Entity::insert(row).exec_without_returning(db).await.db_context(|| "begin a session")?;
    drop_surplus(db, user_id).await?;
    Ok((token, expires_at))
}

async fn drop_surplus(db: &impl ConnectionTrait, user_id: i64) -> Result<()> {
    let surplus = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .order_by_desc(session::Column::LastUsedAt)
        .offset(limits::SESSIONS_PER_USER)
        .limit(limits::SESSIONS_PER_USER)
        .all(db)
        .await
        .db_context(|| "list sessions")?;
    let surplus: Vec<_> = surplus.into_iter().map(|row| row.token_hash).collect();
    if surplus.is_empty() {
        return Ok(());
    }
    let delete = session::Entity::delete_many().filter(session::Column::TokenHash.is_in(surplus));
    delete.exec(db).await.db_context(|| "end old sessions").map(drop)
}

/// The user of a session; the session lives on.
pub(super) async fn authenticate(db: &Db, token: &Secret, now: DateTime) -> Result<Principal> {
    let signed_out = || Error::denied("use a session that has ended").with_notice("account.signed_out");
    let hash = token.stored().ok_or_else(signed_out)?;
    let row = session::Entity::find_by_id(hash).one(db).await.db_context(|| "find a session")?;
    let row = row.filter(|row| now < row.expires_at).ok_or_else(signed_out)?;
    let user =
        user::Entity::find_by_id(row.user_id).one(db).await.db_context(|| "find the user of a session")?;
    let principal = super::active(user).ok_or_else(signed_out)?;
    prolong(db, row, now).await?;
    Ok(principal)
}

async fn prolong(db: &Db, row: session::Model, now: DateTime) -> Result<()> {
    if now - row.last_used_at < limits::LAST_USE {
        return Ok(());
    }
    let change = session::ActiveModel {
        last_used_at: Set(now),
        expires_at: Set((now + limits::SESSION_IDLE).min(row.created_at + limits::SESSION_TOTAL)),
        ..Default::default()
    };
    // Not by `update`, which fails where the session was ended meanwhile.
    let this = session::Column::TokenHash.eq(row.token_hash);
    let update = session::Entity::update_many().set(change).filter(this);
    update.exec(db).await.db_context(|| "prolong a session").map(drop)
}

/// Ends the session of this token, if there is one.
pub async fn end_session(db: &Db, token: &Secret) -> Result<()> {
    let Some(hash) = token.stored() else { return Ok(()) };
    session::Entity::delete_by_id(hash).exec(db).await.db_context(|| "end a session").map(drop)
}

/// Ends all sessions of a user, but for the one of `except`.
pub async fn end_sessions(db: &impl ConnectionTrait, user_id: i64, except: Option<&Secret>) -> Result<()> {
    let mut delete = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id));
    if let Some(hash) = except.and_then(Secret::stored) {
        delete = delete.filter(session::Column::TokenHash.ne(hash));
    }
    delete.exec(db).await.db_context(|| "end sessions").map(drop)
}

/// The sessions of a user, the last used first.
pub async fn list_sessions(db: &Db, user_id: i64, now: DateTime) -> Result<Vec<session::Model>> {
    let query = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::LastUsedAt);
    query.all(db).await.db_context(|| "list sessions")
}

/// Forgets sessions that have ended.
pub async fn remove_expired_sessions(db: &Db, now: DateTime) -> Result<()> {
    let delete = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now));
    delete.exec(db).await.db_context(|| "remove old sessions").map(drop)
}
