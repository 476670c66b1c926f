//! People and what they may do.

use fault::{Error, Kind, Result};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::secret::{Random, Secret};
use super::{Role, names, password, sessions};
use crate::db::entities::user;
use crate::db::{DateTime, Db, DbContext, Transaction, commit};

/// Makes an administrator where there is no user at all, and gives the password, which must be changed.
pub async fn create_first_administrator(
    db: &Db,
    name: &str,
    now: DateTime,
    random: Random<'_>,
) -> Result<Option<Secret>> {
    if any_user(db).await? {
        return Ok(None);
    }
    let (row, password) = new_user(name, Role::Administrator, now, random).await?;
    let txn = db.begin().await?;
    if any_user(&txn).await? {
        return Ok(None);
    }
    insert(&txn, row).await?;
    commit(txn).await?;
    Ok(Some(password))
}

/// Makes a user, and gives the password, which must be changed.
pub async fn create_user(
    db: &Db,
    name: &str,
    role: Role,
    now: DateTime,
    random: Random<'_>,
) -> Result<(user::Model, Secret)> {
    let (row, password) = new_user(name, role, now, random).await?;
    Ok((insert(db, row).await?, password))
}

async fn any_user(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(user::Entity::find().count(db).await.db_context(|| "count users")? > 0)
}

async fn new_user(
    name: &str,
    role: Role,
    now: DateTime,
    random: Random<'_>,
) -> Result<(user::ActiveModel, Secret)> {
    let name = names::user_name(name)?;
    let password = Secret::generate_password(random);
    let row = user::ActiveModel {
        id: NotSet,
        name: Set(name),
        role: Set(role),
        password_hash: Set(password::hash(&password, random).await?),
        must_change: Set(true),
        created_at: Set(now),
        disabled_at: Set(None),
        locale: Set(None),
    };
    Ok((row, password))
}

async fn insert(db: &impl ConnectionTrait, row: user::ActiveModel) -> Result<user::Model> {
    let name = row.name.as_ref().clone();
    let inserted = row.insert(db).await.db_context(|| format!("make user {name}"));
    inserted.map_err(|error| match error.kind() {
        Kind::Conflict => error.with_notice("account.name_taken").with_value("name", name),
        _ => error,
    })
}

/// All users by name, also those whose account is closed.
pub async fn list_users(db: &Db) -> Result<Vec<user::Model>> {
    user::Entity::find().order_by_asc(user::Column::Name).all(db).await.db_context(|| "list users")
}

/// A user by number.
pub async fn find_user(db: &impl ConnectionTrait, id: i64) -> Result<user::Model> {
    let found = user::Entity::find_by_id(id).one(db).await.db_context(|| format!("find user {id}"))?;
    found.ok_or_else(|| Error::not_found(format!("find user {id}")).with_notice("account.user_missing"))
}

/// Gives a user a new password, which must be changed, and ends all sessions.
pub async fn reset_password(db: &Db, id: i64, random: Random<'_>) -> Result<Secret> {
    find_user(db, id).await?;
    let password = Secret::generate_password(random);
    let hash = password::hash(&password, random).await?;
    let txn = db.begin().await?;
    let mut row = find_user(&txn, id).await?.into_active_model();
    (row.password_hash, row.must_change) = (Set(hash), Set(true));
    row.update(&txn).await.db_context(|| format!("reset the password of user {id}"))?;
    sessions::end_sessions(&txn, id, None).await?;
    commit(txn).await?;
    Ok(password)
}

/// Gives a user another role, at once also in sessions that have begun.
pub async fn set_role(db: &Db, id: i64, role: Role) -> Result<()> {
    let txn = db.begin().await?;
    let user = find_user(&txn, id).await?;
    if role != Role::Administrator {
        keep_an_administrator(&txn, &user).await?;
    }
    let mut row = user.into_active_model();
    row.role = Set(role);
    row.update(&txn).await.db_context(|| format!("change the role of user {id}"))?;
    commit(txn).await
}

/// Closes an account and ends its sessions, or opens it again.
pub async fn set_disabled(db: &Db, id: i64, disabled: bool, now: DateTime) -> Result<()> {
    let txn = db.begin().await?;
    let user = find_user(&txn, id).await?;
    if user.disabled_at.is_some() == disabled {
        return Ok(());
    }
    if disabled {
        keep_an_administrator(&txn, &user).await?;
        sessions::end_sessions(&txn, id, None).await?;
    }
    let mut row = user.into_active_model();
    row.disabled_at = Set(disabled.then_some(now));
    row.update(&txn).await.db_context(|| format!("close or open the account of user {id}"))?;
    commit(txn).await
}

/// Remembers the language of a user, such as `zh-CN`.
pub async fn set_locale(db: &Db, id: i64, locale: Option<&str>) -> Result<()> {
    if locale.is_some_and(|tag| {
        tag.len() > 16 || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    }) {
        return Err(Error::invalid("take a language tag of more than 16 letters, digits and hyphens"));
    }
    let mut row = find_user(db, id).await?.into_active_model();
    row.locale = Set(locale.map(str::to_owned));
    row.update(db).await.db_context(|| format!("remember the language of user {id}")).map(drop)
}

/// Refuses what would take away the last one who can administrate.
async fn keep_an_administrator(txn: &Transaction, user: &user::Model) -> Result<()> {
    if user.role != Role::Administrator || user.disabled_at.is_some() {
        return Ok(());
    }
    let others = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Administrator))
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::Id.ne(user.id))
        .count(txn)
        .await
        .db_context(|| "count administrators")?;
    if others == 0 {
        let error = Error::conflict(format!("take the administrator {}: there is no other", user.name));
        return Err(error.with_notice("account.last_administrator"));
    }
    Ok(())
}
