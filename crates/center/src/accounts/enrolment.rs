//! How terminals introduce themselves, and how they are known afterwards.
//!
//! A PC whose state was lost enrols again. With an enrolment token, the program `tool-disk` and the MAC address of one that is
//! known by that program it is taken for the same: it gets that one's row, and the secret of before is worth nothing. The MAC
//! address proves nothing; the enrolment token does, so whoever has one could also push a terminal out of its place. That is
//! written down, and the terminal enrols again.
//!
//! Never taken over are: what an administrator has removed; `driver-client` (each user of a PC may have one); who has neither
//! said its program nor reported; an address that is not one card's by the rules of IEEE 802 (none, zero, of a group,
//! locally administered); an address of which two terminals are heard at the same time.

use chrono::TimeDelta;
use fault::{Error, Result};
use protocol::api::TerminalProgram;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::secret::{Kind, Random, Secret};
use super::{Principal, limits, names};
use crate::db::entities::{enrolment_token, terminal};
use crate::db::{DateTime, Db, DbContext, SoftDelete, Transaction, commit};
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

/// What a program says of itself that wants to be a terminal.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    /// An enrolment token.
    pub token: Secret,
    /// What it is to be called.
    pub name: String,
    /// Whether one that enrols again keeps the name that it has.
    pub keep_name: bool,
    /// Its network address; may be empty.
    pub mac: String,
    /// What it is, if it says so.
    pub program: Option<TerminalProgram>,
}

impl NewTerminal {
    /// One that says no more than it must.
    pub fn new(token: &Secret, name: &str, mac: &str) -> Self {
        let (token, name, mac) = (token.clone(), name.to_owned(), mac.to_owned());
        Self { token, name, keep_name: false, mac, program: None }
    }
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
    /// What it is called.
    pub name: String,
    /// What its enrolment token is for.
    pub token_name: String,
    /// What was known of it, if it enrols again.
    pub former: Option<Former>,
}

/// A terminal before it enrolled again.
#[derive(Clone, Debug)]
pub struct Former {
    /// What it was called.
    pub name: String,
    /// When it was last heard.
    pub last_seen_at: Option<DateTime>,
    /// From where.
    pub address: Option<String>,
}

impl Former {
    fn of(row: terminal::Model) -> Self {
        Self { name: row.name, last_seen_at: row.last_seen_at, address: row.address }
    }
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

/// Takes in a terminal that has an enrolment token.
pub async fn enrol_terminal(
    db: &Db,
    new: NewTerminal,
    now: DateTime,
    random: Random<'_>,
) -> Result<Enrolled> {
    let new = NewTerminal { name: names::label(&new.name)?, mac: plain_mac(&new.mac)?, ..new };
    let secret = Secret::generate(Kind::Terminal, random);
    let program = stored(new.program);
    let row = terminal::ActiveModel {
        secret_hash: Set(secret.stored().ok_or_else(|| Error::bug("make a terminal's secret: too long"))?),
        enrolled_at: Set(now),
        program: Set(program),
        has_disk: Set(program.has_disk()),
        ..with_nothing_said()
    };
    let new_id = random_uuid(random);
    let txn = db.begin().await?;
    let token_name = use_token(&txn, &new.token, now).await?;
    let known = match new.program {
        Some(TerminalProgram::ToolDisk) if is_of_one_card(&new.mac) => known_by(&txn, &new.mac).await?,
        _ => None,
    };
    let (id, name) = match &known {
        Some(known) => take_over(&txn, known, row, &new).await?,
        None => add(&txn, new_id, row, &new).await?,
    };
    commit(txn).await?;
    Ok(Enrolled { id, secret, name, token_name, former: known.map(Former::of) })
}

async fn add(
    txn: &Transaction,
    id: String,
    row: terminal::ActiveModel,
    new: &NewTerminal,
) -> Result<(String, String)> {
    let row = terminal::ActiveModel {
        id: Set(id.clone()),
        mac: Set(new.mac.clone()),
        // SQLite would keep the defaults of columns that were added later, but not return them.
        hg_notices: Set(0),
        is_heard: Set(false),
        ..called(row, &new.name, &new.mac, None)
    };
    row.insert(txn).await.db_context(|| "record a new terminal")?;
    Ok((id, new.name.clone()))
}

async fn take_over(
    txn: &Transaction,
    known: &terminal::Model,
    row: terminal::ActiveModel,
    new: &NewTerminal,
) -> Result<(String, String)> {
    let name = if new.keep_name { &known.name } else { &new.name };
    let named = called(row, name, &new.mac, known.address.as_deref());
    let row = terminal::ActiveModel { id: Set(known.id.clone()), ..named };
    row.update(txn).await.db_context(|| "record a terminal that enrols again")?;
    Ok((known.id.clone(), name.clone()))
}

/// Uses a token once; answers its name.
async fn use_token(txn: &Transaction, token: &Secret, now: DateTime) -> Result<String> {
    let refused = || Error::denied("use this enrolment token").with_notice("account.enrolment_refused");
    let hash = token.stored().filter(|_| token.kind() == Kind::Enrolment).ok_or_else(refused)?;
    // One statement that both looks and takes, so that a last use is not taken twice.
    let taken = enrolment_token::Entity::update_many()
        .col_expr(enrolment_token::Column::UsesLeft, Expr::col(enrolment_token::Column::UsesLeft).sub(1))
        .filter(enrolment_token::Column::TokenHash.eq(&hash))
        .filter(enrolment_token::Column::UsesLeft.gt(0))
        .filter(enrolment_token::Column::ExpiresAt.gt(now))
        .exec(txn)
        .await
        .db_context(|| "use an enrolment token")?;
    if taken.rows_affected == 0 {
        return Err(refused());
    }
    let row = enrolment_token::Entity::find().filter(enrolment_token::Column::TokenHash.eq(hash)).one(txn);
    Ok(row.await.db_context(|| "read an enrolment token")?.ok_or_else(refused)?.name)
}

/// The terminal with a tool disk that has this address. Of several, which earlier releases have left, it is the one that was
/// heard last; but two that are heard now are two PCs.
async fn known_by(txn: &Transaction, mac: &str) -> Result<Option<terminal::Model>> {
    use terminal::{Column, Program};
    let has_reported = Column::Program.eq(Program::Unsaid).and(Column::LastSeenAt.is_not_null());
    let query = terminal::Entity::find_live()
        .filter(Column::Mac.eq(mac))
        .filter(Column::Program.eq(Program::ToolDisk).or(has_reported))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::EnrolledAt)
        .order_by_desc(Column::Id)
        .limit(2);
    let mut found = query.all(txn).await.db_context(|| "look for a terminal by its network address")?;
    if found.len() == 2 && found.iter().all(|row| row.is_heard) {
        return Ok(None);
    }
    found.truncate(1);
    Ok(found.pop())
}

/// Nothing that was said of a disk holds for the next one, until it is said again.
fn with_nothing_said() -> terminal::ActiveModel {
    terminal::ActiveModel {
        version: Set(None),
        root: Set(None),
        state: Set(terminal::TerminalState::Unknown),
        progress_done: Set(0),
        progress_total: Set(0),
        message: Set(None),
        mode: Set(None),
        ..Default::default()
    }
}

fn called(row: terminal::ActiveModel, name: &str, mac: &str, address: Option<&str>) -> terminal::ActiveModel {
    terminal::ActiveModel {
        name: Set(name.to_owned()),
        name_key: Set(Some(terminals::name_key(name))),
        search_text: Set(Some(terminals::search_text(name, mac, address))),
        ..row
    }
}

fn stored(program: Option<TerminalProgram>) -> terminal::Program {
    match program {
        None => terminal::Program::Unsaid,
        Some(TerminalProgram::ToolDisk) => terminal::Program::ToolDisk,
        Some(TerminalProgram::DriverClient) => terminal::Program::DriverClient,
    }
}

/// The terminal whose secret this is.
pub(super) async fn authenticate(db: &Db, secret: &Secret) -> Result<Principal> {
    let hash = secret.stored().ok_or_else(unknown_terminal)?;
    let query = terminal::Entity::find_live().filter(terminal::Column::SecretHash.eq(hash));
    let query = query.select_only().column(terminal::Column::Id);
    let id: Option<String> = query.into_tuple().one(db).await.db_context(|| "find a terminal")?;
    Ok(Principal::Terminal { id: id.ok_or_else(unknown_terminal)? })
}

/// No terminal has this secret, or none any more.
pub(crate) fn unknown_terminal() -> Error {
    Error::denied("find the terminal of this secret").with_notice("account.terminal_unknown")
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

/// Whether a plain address is one that the maker of a card gave to it alone: neither of a group nor made up by software,
/// which are the two lowest bits of its first byte.
fn is_of_one_card(mac: &str) -> bool {
    let first = mac.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    first.is_some_and(|byte| byte & 0b11 == 0) && mac.bytes().any(|digit| digit != b'0')
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
    fn only_what_a_maker_gave_tells_cards_apart() {
        for good in ["001a2b3c4d5e", "f4a4d6000001", "000000000001"] {
            assert!(is_of_one_card(good), "{good}");
        }
        for bad in ["", "000000000000", "ffffffffffff", "01005e000001", "02fc00000001", "525400123456"] {
            assert!(!is_of_one_card(bad), "{bad}");
        }
    }

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
