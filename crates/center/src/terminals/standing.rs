//! How a terminal stands: whether its disk is the current version, whether it is heard, whether an update is under way.
//!
//! All of it follows from its row and the newest version, so that nothing has to be changed when a version is saved. Whether
//! it is heard is noted in its row by [`super::silence`]; only for running tasks the time itself counts. This is the one
//! place that says how, for statements and for rows.

use chrono::Duration;
use fault::Result;
use protocol::api;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait as _, DbErr, TryGetableMany};

use super::filter;
use super::pages::{self, Index};
use crate::center::Center;
use crate::db::entities::terminal::{self, Column, TerminalState};
use crate::db::{DateTime, DbContext};

/// States in which a terminal works on an update.
const UPDATING: [TerminalState; 2] = [TerminalState::Downloading, TerminalState::Applying];
/// The same, and those that have it ready.
const BUSY: [TerminalState; 3] =
    [TerminalState::Downloading, TerminalState::Applying, TerminalState::Waiting];

/// What rows are held against.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    /// Root of the newest version.
    root: String,
}

impl Measure {
    /// As it is now.
    pub(crate) async fn now(center: &Center) -> Result<Self> {
        Ok(Self { root: crate::versions::newest(&center.db).await?.root })
    }

    #[cfg(test)]
    pub(super) fn of(root: String) -> Self {
        Self { root }
    }

    /// Whether the disk of a row is provably the newest version.
    pub(crate) fn is_identical(&self, row: &terminal::Model) -> bool {
        row.root.as_deref() == Some(self.root.as_str())
    }

    fn identical(&self) -> SimpleExpr {
        Column::Root.eq(&self.root)
    }

    /// The condition that a row is counted there; [`Standings::counts`] counts in the same way.
    pub(super) fn stands(&self, show: api::TerminalShow) -> SimpleExpr {
        match show {
            api::TerminalShow::Identical => self.identical(),
            api::TerminalShow::Behind => Column::Root.ne(&self.root).or(Column::Root.is_null()),
            api::TerminalShow::Busy => Column::State.is_in(BUSY).and(Column::IsHeard.eq(true)),
            api::TerminalShow::Error => Column::State.eq(TerminalState::Error),
            api::TerminalShow::Offline => Column::IsHeard.eq(false),
        }
    }
}

/// Since when a terminal must have been heard: one that is silent for longer counts as vanished, so that it cannot keep
/// administrators from saving.
pub(super) fn heard_since(center: &Center) -> DateTime {
    center.host.now() - Duration::seconds(i64::from(center.config.task_timeout_seconds))
}

/// The condition that a terminal works on an update, and was heard lately.
pub(super) fn is_updating(center: &Center) -> SimpleExpr {
    Column::State.is_in(UPDATING).and(Column::LastSeenAt.gte(heard_since(center)))
}

/// How many terminals stand how.
#[derive(Clone, Debug, Default)]
pub struct Standings(Vec<Standing>);

/// Terminals that stand alike.
#[derive(Clone, Copy, Debug)]
struct Standing {
    state: TerminalState,
    is_identical: bool,
    is_heard: bool,
    count: u64,
}

impl Standings {
    fn count(&self, which: impl Fn(&Standing) -> bool) -> u64 {
        self.0.iter().filter(|standing| which(standing)).map(|standing| standing.count).sum()
    }

    /// By what they last said that they do.
    pub fn in_state(&self, state: api::TerminalState) -> u64 {
        self.count(|standing| standing.state == super::stored(state))
    }

    /// The numbers that people are shown.
    pub fn counts(&self) -> api::TerminalCounts {
        api::TerminalCounts {
            total: self.count(|_| true),
            identical: self.count(|standing| standing.is_identical),
            behind: self.count(|standing| !standing.is_identical),
            busy: self.count(|standing| standing.is_heard && BUSY.contains(&standing.state)),
            error: self.count(|standing| standing.state == TerminalState::Error),
            offline: self.count(|standing| !standing.is_heard),
            tally: self.tally(),
        }
    }

    fn tally(&self) -> api::TerminalTally {
        let mut tally = api::TerminalTally::default();
        for standing in &self.0 {
            *standing.place_in(&mut tally) += standing.count;
        }
        tally
    }
}

impl Standing {
    /// Where it counts, by what matters most about it.
    fn place_in<'a>(&self, tally: &'a mut api::TerminalTally) -> &'a mut u64 {
        match self {
            Self { state: TerminalState::Error, .. } => &mut tally.error,
            Self { is_heard: true, state, .. } if UPDATING.contains(state) => &mut tally.busy,
            Self { is_heard: true, state: TerminalState::Waiting, .. } => &mut tally.waiting,
            Self { is_identical: true, .. } => &mut tally.identical,
            Self { is_heard: false, .. } => &mut tally.offline,
            Self { .. } => &mut tally.behind,
        }
    }
}

impl Center {
    /// How many of the terminals with a tool disk stand how.
    pub async fn terminal_standings(&self) -> Result<Standings> {
        standings(self, filter::with_disk(), Index::Standing).await
    }
}

/// Which versions those that fit have.
pub(super) async fn versions(center: &Center, fitting: Condition) -> Result<Vec<api::TerminalVersion>> {
    let rows: Vec<(Option<i64>, i64)> = by(center, Column::Version, fitting, Index::Version).await?;
    let wire = |(version, count): (Option<i64>, i64)| {
        let (version, terminals) = (u64::try_from(version?).ok()?, u64::try_from(count).ok()?);
        Some(api::TerminalVersion { version, terminals })
    };
    Ok(rows.into_iter().filter_map(wire).collect())
}

/// How many of those that fit there are of each value of a column, by which the index is sorted.
pub(super) async fn by<T: TryGetableMany>(
    center: &Center,
    column: Column,
    fitting: Condition,
    index: Index,
) -> Result<Vec<T>> {
    let mut select = Query::select();
    select.column(column).expr(Expr::col(Column::Id).count()).from(terminal::Entity);
    select.cond_where(fitting).group_by_col(column).order_by(column, Order::Asc);
    read(center, index, &select).await
}

/// How many of those that fit stand how, from one walk through an index.
pub(super) async fn standings(center: &Center, fitting: Condition, index: Index) -> Result<Standings> {
    let select = counting(fitting, &Measure::now(center).await?);
    let rows: Vec<(TerminalState, bool, i64, i64)> = read(center, index, &select).await?;
    Ok(Standings(rows.into_iter().flat_map(apart).collect()))
}

pub(super) fn counting(fitting: Condition, measure: &Measure) -> SelectStatement {
    // Where it does not hold, this is NULL, which does not count.
    let identical = SimpleExpr::Case(Box::new(Expr::case(measure.identical(), 1)));
    let mut select = Query::select();
    select.columns([Column::State, Column::IsHeard]);
    select.expr(Expr::col(Column::Id).count()).expr(identical.count());
    select.from(terminal::Entity).cond_where(fitting);
    select.group_by_columns([Column::State, Column::IsHeard]).take()
}

/// From how many are alike, and how many of these are identical, to two numbers that do not overlap.
fn apart((state, is_heard, all, identical): (TerminalState, bool, i64, i64)) -> [Standing; 2] {
    [(true, identical), (false, all - identical)].map(|(is_identical, count)| {
        let count = u64::try_from(count).unwrap_or(0);
        Standing { state, is_identical, is_heard, count }
    })
}

async fn read<T: TryGetableMany>(center: &Center, index: Index, select: &SelectStatement) -> Result<Vec<T>> {
    let statement = pages::through(index, select, center.db.get_database_backend());
    let rows = center.db.query_all_raw(statement).await.db_context(|| "count terminals")?;
    rows.iter()
        .map(|row| T::try_get_many_by_index(row).map_err(DbErr::from).db_context(|| "count terminals"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: TerminalState, is_identical: bool, is_heard: bool, count: u64) -> Standing {
        Standing { state, is_identical, is_heard, count }
    }

    #[test]
    fn each_terminal_is_in_the_tally_once_by_what_matters_most() {
        use TerminalState::{Applying, Downloading, Error, Idle, Unknown, Waiting};
        let standings = Standings(vec![
            standing(Error, true, false, 1),
            standing(Error, false, true, 2),
            standing(Downloading, false, true, 4),
            standing(Applying, false, false, 8),
            standing(Waiting, false, true, 16),
            standing(Idle, true, false, 32),
            standing(Idle, true, true, 64),
            standing(Idle, false, true, 128),
            standing(Unknown, false, false, 256),
        ]);
        let counts = standings.counts();
        assert_eq!((counts.total, counts.identical, counts.behind), (511, 97, 414));
        assert_eq!((counts.busy, counts.error, counts.offline), (20, 3, 297));
        let (error, busy, waiting, identical, offline, behind) = (3, 4, 16, 96, 8 + 256, 128);
        let expected = api::TerminalTally { error, busy, waiting, identical, offline, behind };
        assert_eq!(counts.tally, expected);
        assert_eq!(standings.in_state(api::TerminalState::Idle), 32 + 64 + 128);
    }
}
