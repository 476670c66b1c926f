//! Which terminals: from what people ask for to the condition of a statement.

use fault::{Error, Result};
use protocol::api::{TerminalFilter, TerminalProgram, TerminalShow};
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

use super::keys::{self, Needle};
use super::pages::Index;
use super::standing::Measure;
use crate::db::entities::terminal::{Column, Entity};
use crate::db::{DbContext, SoftDelete};
use crate::limits;

/// Comes after all that an id is written with.
const AFTER_DIGITS: char = 'g';

/// The live terminals that fit.
pub(super) async fn condition(
    db: &impl ConnectionTrait,
    filter: &TerminalFilter,
    measure: &Measure,
) -> Result<Condition> {
    let all = named(db, filter).await?;
    Ok(all.add_option(filter.show.map(|show| measure.stands(show))))
}

/// The same, however they stand.
pub(super) async fn named(db: &impl ConnectionTrait, filter: &TerminalFilter) -> Result<Condition> {
    let search = filter.search.as_deref().unwrap_or_default().trim();
    if search.chars().count() > limits::SEARCH_CHARS_MAX {
        return Err(Error::invalid("a search that is too long")
            .with_notice("terminal.search_too_long")
            .with_value("limit", limits::SEARCH_CHARS_MAX));
    }
    let version =
        filter.version.map(|version| Column::Version.eq(i64::try_from(version).unwrap_or(i64::MAX)));
    let found = match Needle::of(search) {
        Some(needle) => Some(found(db, &needle).await?),
        None => None,
    };
    Ok(Cond::all()
        .add(Entity::is_live())
        .add(runs(filter.program))
        .add_option(group_of(filter).map(|group| Column::GroupName.eq(group)))
        .add_option(filter.ungrouped.then(|| Column::GroupName.is_null()))
        .add_option(version)
        .add_option(found))
}

/// All that have a tool disk.
pub(crate) fn with_disk() -> Condition {
    Cond::all().add(Entity::is_live()).add(runs(None))
}

fn runs(program: Option<TerminalProgram>) -> SimpleExpr {
    Column::HasDisk.eq(program != Some(TerminalProgram::DriverClient))
}

/// No group has an empty name; forms send it where nothing is chosen. None has spaces around it, which one of the databases
/// would not see at its end.
pub(super) fn group_of(filter: &TerminalFilter) -> Option<&str> {
    filter.group.as_deref().map(str::trim).filter(|group| !group.is_empty())
}

/// Whether something is searched for.
pub(super) fn is_search(filter: &TerminalFilter) -> bool {
    filter.search.as_deref().is_some_and(|search| !search.trim().is_empty())
}

/// No character of a needle means anything but itself. (`INSTR` is a function of both databases.)
async fn found(db: &impl ConnectionTrait, needle: &Needle) -> Result<Condition> {
    let mut any = Cond::any();
    for part in &needle.parts {
        let place = Func::cust("INSTR").arg(searched(db.get_database_backend())).arg(part.as_str());
        any = any.add(SimpleExpr::from(place).gt(0));
    }
    match &needle.id {
        Some(digits) => Ok(any.add_option(with_id(db, digits).await?)),
        None => Ok(any),
    }
}

/// What is searched, to be compared byte by byte, which SQLite does by itself. MySQL would go through it by characters and their
/// weights, and a search is a look at each row.
fn searched(backend: DbBackend) -> SimpleExpr {
    match backend {
        DbBackend::MySql => Expr::col(Column::SearchText).cast_as("BINARY"),
        _ => Expr::col(Column::SearchText),
    }
}

/// Terminals whose ids begin so. They are looked for by the primary key, because there is hardly ever one, and then a search
/// need not compare the id of each row.
async fn with_id(db: &impl ConnectionTrait, digits: &str) -> Result<Option<SimpleExpr>> {
    let query = Entity::find().filter(begins_with(digits)).select_only().column(Column::Id);
    let few = limits::IDS_PER_STATEMENT as u64;
    let ids: Vec<String> =
        query.limit(few + 1).into_tuple().all(db).await.db_context(|| "look for the id of a terminal")?;
    Ok(match ids.len() as u64 {
        0 => None,
        count if count <= few => Some(Column::Id.is_in(ids)),
        _ => Some(begins_with(digits)),
    })
}

/// Terminals whose ids begin so; the text is digits and dashes only, as ids are.
pub(super) fn begins_with(digits: &str) -> SimpleExpr {
    Column::Id.gte(digits).and(Column::Id.lt(format!("{digits}{AFTER_DIGITS}")))
}

/// Those that are called so, whatever the case.
pub(super) fn is_called(name: &str) -> SimpleExpr {
    Column::NameKey.eq(keys::name_key(name.trim()))
}

/// The index in which those that fit lie closest together.
pub(super) fn closest(filter: &TerminalFilter) -> Index {
    match filter.show {
        _ if filter.ungrouped || group_of(filter).is_some() => Index::Group,
        _ if filter.version.is_some() => Index::Version,
        Some(TerminalShow::Error | TerminalShow::Busy) => Index::State,
        Some(TerminalShow::Offline) => Index::Seen,
        _ => Index::Name,
    }
}
