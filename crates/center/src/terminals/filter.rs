//! Which terminals: from what people ask for to the condition of a statement.

use fault::{Error, Result};
use protocol::api::{TerminalFilter, TerminalProgram, TerminalShow};
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{ColumnTrait, DbBackend};

use super::keys::{self, Needle};
use super::pages::Index;
use super::standing::Measure;
use crate::db::SoftDelete;
use crate::db::entities::terminal::{Column, Entity};
use crate::limits;

/// The live terminals that fit.
pub(super) fn condition(filter: &TerminalFilter, measure: &Measure, backend: DbBackend) -> Result<Condition> {
    let all = named(filter, backend)?;
    Ok(all.add_option(filter.show.map(|show| measure.stands(show))))
}

/// The same, however they stand.
pub(super) fn named(filter: &TerminalFilter, backend: DbBackend) -> Result<Condition> {
    let search = filter.search.as_deref().unwrap_or_default().trim();
    if search.chars().count() > limits::SEARCH_CHARS_MAX {
        return Err(Error::invalid("a search that is too long")
            .with_notice("terminal.search_too_long")
            .with_value("limit", limits::SEARCH_CHARS_MAX));
    }
    let version =
        filter.version.map(|version| Column::Version.eq(i64::try_from(version).unwrap_or(i64::MAX)));
    Ok(Cond::all()
        .add(Entity::is_live())
        .add(runs(filter.program))
        .add_option(group_of(filter).map(|group| Column::GroupName.eq(group)))
        .add_option(filter.ungrouped.then(|| Column::GroupName.is_null()))
        .add_option(version)
        .add_option(Needle::of(search).map(|needle| found(&needle, backend))))
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
fn found(needle: &Needle, backend: DbBackend) -> Condition {
    let mut any = Cond::any();
    for part in &needle.parts {
        let place = Func::cust("INSTR").arg(bytes(Column::SearchText, backend)).arg(part.as_str());
        any = any.add(SimpleExpr::from(place).gt(0));
    }
    any.add_option(needle.id.as_deref().map(|digits| begins_with(digits, backend)))
}

/// Terminals whose ids begin so; the text is digits and dashes only.
pub(super) fn begins_with(digits: &str, backend: DbBackend) -> SimpleExpr {
    bytes(Column::Id, backend).like(format!("{digits}%"))
}

/// A text to be compared byte by byte, which SQLite does by itself. MySQL would go through it by characters and their weights,
/// and a search is a look at each row.
fn bytes(column: Column, backend: DbBackend) -> SimpleExpr {
    match backend {
        DbBackend::MySql => Expr::col(column).cast_as("BINARY"),
        _ => Expr::col(column),
    }
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
