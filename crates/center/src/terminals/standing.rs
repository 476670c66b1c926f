//! How a terminal stands: whether its disk is the current version, whether it is heard, whether an update is under way.
//!
//! All of it follows from its row, the newest version and the time, so that nothing has to be changed when a version is
//! saved or a terminal falls silent. This is the one place that says how, for statements and for rows.

use chrono::Duration;
use fault::Result;
use protocol::api;
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait, QuerySelect as _};

use crate::center::Center;
use crate::db::entities::terminal::{self, Column, TerminalState};
use crate::db::{DateTime, DbContext, SoftDelete};
use crate::versions;

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
    /// A terminal that was not heard since is offline.
    heard_since: DateTime,
}

impl Measure {
    /// As it is now.
    pub(crate) async fn now(center: &Center) -> Result<Self> {
        let root = versions::newest(&center.db).await?.root;
        Ok(Self { root, heard_since: heard_since(center) })
    }

    /// Whether the disk of a row is provably the newest version.
    pub(crate) fn is_identical(&self, row: &terminal::Model) -> bool {
        row.root.as_deref() == Some(self.root.as_str())
    }

    /// Whether a row was not heard for too long.
    pub(crate) fn is_offline(&self, row: &terminal::Model) -> bool {
        row.last_seen_at.is_none_or(|seen| seen < self.heard_since)
    }

    fn identical(&self) -> SimpleExpr {
        Column::Root.eq(&self.root)
    }

    fn heard(&self) -> SimpleExpr {
        Column::LastSeenAt.gte(self.heard_since)
    }
}

/// Since when a terminal must have been heard: one that is silent for longer counts as vanished, so that it cannot keep
/// administrators from saving.
fn heard_since(center: &Center) -> DateTime {
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
        let is_busy = |standing: &Standing| standing.is_heard && BUSY.contains(&standing.state);
        api::TerminalCounts {
            total: self.count(|_| true),
            identical: self.count(|standing| standing.is_identical),
            behind: self.count(|standing| !standing.is_identical),
            busy: self.count(is_busy),
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
            Self { is_heard: true, state, .. } if BUSY.contains(state) => &mut tally.busy,
            Self { is_identical: true, .. } => &mut tally.identical,
            Self { is_heard: false, .. } => &mut tally.offline,
            Self { .. } => &mut tally.behind,
        }
    }
}

impl Center {
    /// How many terminals stand how, from one statement.
    pub async fn terminal_standings(&self) -> Result<Standings> {
        let measure = Measure::now(self).await?;
        let rows: Vec<(TerminalState, i64, i64, i64)> = terminal::Entity::find_live()
            .select_only()
            .column(Column::State)
            .column_as(flag(measure.identical()), "is_identical")
            .column_as(flag(measure.heard()), "is_heard")
            .column_as(Expr::col(Column::Id).count(), "terminals")
            .group_by(Expr::col(Column::State))
            // By their names: values that are bound twice are two different expressions to MySQL.
            .group_by(Expr::col("is_identical"))
            .group_by(Expr::col("is_heard"))
            .into_tuple()
            .all(&self.db)
            .await
            .db_context(|| "count terminals")?;
        let standing = |(state, is_identical, is_heard, count): (_, i64, i64, i64)| Standing {
            state,
            is_identical: is_identical != 0,
            is_heard: is_heard != 0,
            count: u64::try_from(count).unwrap_or(0),
        };
        Ok(Standings(rows.into_iter().map(standing).collect()))
    }
}

/// 1 where the condition holds; 0 where it does not, or where nothing is known.
fn flag(condition: SimpleExpr) -> SimpleExpr {
    Expr::case(condition, 1).finally(0).into()
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
        let expected =
            api::TerminalTally { error: 3, busy: 20, identical: 96, offline: 8 + 256, behind: 128 };
        assert_eq!(counts.tally, expected);
        assert_eq!(standings.in_state(api::TerminalState::Idle), 32 + 64 + 128);
    }
}
