//! How terminals introduce themselves, and how they are known afterwards.
//!
//! A terminal that enrols again is a new one: nothing that it says about itself (name, network address) proves
//! that it is the same.

use chrono::TimeDelta;
use fault::{Error, Result};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::secret::{Kind, Random, Secret};
use super::{Principal, limits, names};
use crate::db::entities::{enrolment_token, terminal};
use crate::db::{DateTime, Db, DbContext, SoftDelete, commit};
use crate::terminals;

/// What an enrolment token is to be good for.
#[derive(Clone, Copy, Debug)]
pub struct NewEnrolmentToken<'a> {
    /// What it is for.
    pub name: &'a str,
    /// How many terminals may use it.
    pub uses: u32,
    /// How long it is good.
    pub lifetime: TimeDelta,
    /// Who makes it.
    pub created_by: &'a str,
}

/// What a terminal keeps from its enrolment.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

/// Makes an enrolment token; the secret is shown this once.
pub async fn create_enrolment_token(
    db: &Db,
    new: NewEnrolmentToken<'_>,
    now: DateTime,
    random: Random<'_>,
) -> Result<(enrolment_token::Model, Secret)> {
    let invalid = || {
        Error::invalid("make an enrolment token without uses or time").with_notice("account.token_invalid")
    };
    let uses = i32::try_from(new.uses).ok().filter(|_| (1..=limits::ENROLMENT_USES_MAX).contains(&new.uses));
    let expires_at = now.checked_add_signed(new.lifetime).filter(|end| *end > now);
    let secret = Secret::generate(Kind::Enrolment, random);
    let row = enrolment_token::ActiveModel {
        id: NotSet,
        token_hash: Set(secret.stored().ok_or_else(|| Error::bug("make an enrolment token: too long"))?),
        name: Set(names::label(new.name)?),
        created_by: Set(new.created_by.to_owned()),
        created_at: Set(now),
        expires_at: Set(expires_at.ok_or_else(invalid)?),
        uses_left: Set(uses.ok_or_else(invalid)?),
    };
    Ok((row.insert(db).await.db_context(|| "make an enrolment token")?, secret))
}

/// All enrolment tokens that are still good, the newest first.
pub async fn list_enrolment_tokens(db: &Db, now: DateTime) -> Result<Vec<enrolment_token::Model>> {
    let query = enrolment_token::Entity::find()
        .filter(enrolment_token::Column::ExpiresAt.gt(now))
        .filter(enrolment_token::Column::UsesLeft.gt(0))
        .order_by_desc(enrolment_token::Column::Id);
    query.all(db).await.db_context(|| "list enrolment tokens")
}

/// Withdraws an enrolment token.
pub async fn delete_enrolment_token(db: &Db, id: i64) -> Result<()> {
    let delete = enrolment_token::Entity::delete_by_id(id);
    let done = delete.exec(db).await.db_context(|| format!("withdraw enrolment token {id}"))?;
    super::require_token(id, done.rows_affected)
}

/// Takes in a new terminal that has an enrolment token.
pub async fn enrol_terminal(
    db: &Db,
    token: &Secret,
    name: &str,
    mac: &str,
    now: DateTime,
    random: Random<'_>,
) -> Result<Enrolled> {
    let refused = || Error::denied("use this enrolment token").with_notice("account.enrolment_refused");
    let hash = token.stored().filter(|_| token.kind() == Kind::Enrolment).ok_or_else(refused)?;
    let secret = Secret::generate(Kind::Terminal, random);
    let id = random_uuid(random);
    let (name, mac) = (names::label(name)?, plain_mac(mac)?);
    let row = terminal::ActiveModel {
        id: Set(id.clone()),
        name_key: Set(Some(terminals::name_key(&name))),
        search_text: Set(Some(terminals::search_text(&name, &mac, None))),
        name: Set(name),
        mac: Set(mac),
        secret_hash: Set(secret.stored().ok_or_else(|| Error::bug("make a terminal's secret: too long"))?),
        enrolled_at: Set(now),
        state: Set(terminal::TerminalState::Unknown),
        progress_done: Set(0),
        progress_total: Set(0),
        // SQLite would keep the defaults of columns that were added later, but not return them.
        hg_notices: Set(0),
        is_heard: Set(false),
        ..Default::default()
    };
    let txn = db.begin().await?;
    // One statement that both looks and takes, so that a last use is not taken twice.
    let taken = enrolment_token::Entity::update_many()
        .col_expr(enrolment_token::Column::UsesLeft, Expr::col(enrolment_token::Column::UsesLeft).sub(1))
        .filter(enrolment_token::Column::TokenHash.eq(hash))
        .filter(enrolment_token::Column::UsesLeft.gt(0))
        .filter(enrolment_token::Column::ExpiresAt.gt(now))
        .exec(&txn)
        .await
        .db_context(|| "use an enrolment token")?;
    if taken.rows_affected == 0 {
        return Err(refused());
    }
    row.insert(&txn).await.db_context(|| "record a new terminal")?;
    commit(txn).await?;
    Ok(Enrolled { id, secret })
}

/// The terminal whose secret this is.
pub(super) async fn authenticate(db: &Db, secret: &Secret) -> Result<Principal> {
    let unknown =
        || Error::denied("find the terminal of this secret").with_notice("account.terminal_unknown");
    let hash = secret.stored().ok_or_else(unknown)?;
    let query = terminal::Entity::find_live().filter(terminal::Column::SecretHash.eq(hash));
    let query = query.select_only().column(terminal::Column::Id);
    let id: Option<String> = query.into_tuple().one(db).await.db_context(|| "find a terminal")?;
    Ok(Principal::Terminal { id: id.ok_or_else(unknown)? })
}

/// Twelve hex digits in lower case from any usual way of writing them; empty stays empty.
fn plain_mac(text: &str) -> Result<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    if digits.is_empty() || digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_lowercase());
    }
    Err(Error::invalid(format!(
        "network address {:?}: not twelve hex digits",
        text.chars().take(40).collect::<String>()
    )))
}

fn random_uuid(random: Random<'_>) -> String {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_address_has_one_form() {
        for text in ["00:1A:2b:3C:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "001A2B3C4D5E"] {
            assert_eq!(plain_mac(text).unwrap(), "001a2b3c4d5e");
        }
        assert_eq!(plain_mac("").unwrap(), "");
        for bad in ["00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5g", "００1a2b3c4d5e"] {
            assert!(plain_mac(bad).is_err(), "{bad}");
        }
    }
}
