//! Walks through the indexes of the list: a page of ids, or a number.
//!
//! Both databases would sort 100,000 rows now and then rather than walk an index that has them in order, so each statement
//! names its index. What the indexes hold is in the migration that made them, and a filter that looks at more would read
//! each row.

use fault::{Error, Result};
use protocol::api::TerminalSort;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use crate::db::entities::terminal::{Column, Entity};
use crate::db::{Db, DbContext};

/// An index of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Name,
    Version,
    Seen,
    State,
    Group,
    /// For counting all of them by how they stand, and nothing else.
    Standing,
}

impl Index {
    pub(super) fn of(sort: TerminalSort) -> Self {
        match sort {
            TerminalSort::Name => Self::Name,
            TerminalSort::Version => Self::Version,
            TerminalSort::LastSeen => Self::Seen,
            TerminalSort::State => Self::State,
            TerminalSort::Group => Self::Group,
        }
    }

    /// As the migrations call it.
    fn name(self) -> &'static str {
        match self {
            Self::Name => "terminals_listed_by_name",
            Self::Version => "terminals_listed_by_version",
            Self::Seen => "terminals_listed_by_seen",
            Self::State => "terminals_listed_by_state",
            Self::Group => "terminals_listed_by_group",
            Self::Standing => "terminals_by_standing",
        }
    }

    /// The columns by which it is sorted, all of them, so that the order is the same each time.
    fn columns(self) -> &'static [Column] {
        match self {
            Self::Name => &[Column::NameKey, Column::Id],
            Self::Version => &[Column::Version, Column::NameKey, Column::Id],
            Self::Seen => &[Column::IsHeard, Column::LastSeenAt, Column::Id],
            Self::State => &[Column::State, Column::Id],
            Self::Group => &[Column::GroupName, Column::NameKey, Column::Id],
            Self::Standing => &[Column::State, Column::IsHeard, Column::Root, Column::Id],
        }
    }
}

/// Some of the rows that fit, in an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    /// Whose order.
    pub(super) index: Index,
    /// Whether from the last to the first.
    pub(super) desc: bool,
    pub(super) offset: u64,
    pub(super) limit: u64,
}

impl Slice {
    /// The same rows, the last first, counted from the other end of `total` rows.
    fn turned(self, total: u64) -> Self {
        let limit = Ord::min(self.limit, total.saturating_sub(self.offset));
        Self { desc: !self.desc, offset: total.saturating_sub(self.offset + limit), limit, ..self }
    }
}

/// The ids of a slice. Where it is known how many rows fit, the walk begins at the end that is closer.
pub(super) async fn ids(
    db: &Db,
    fitting: &Condition,
    slice: Slice,
    total: Option<u64>,
) -> Result<Vec<String>> {
    match total {
        Some(total) if slice.offset >= total => Ok(Vec::new()),
        Some(total) if slice.offset > total / 2 => {
            let mut ids = walk(db, fitting, slice.turned(total)).await?;
            ids.reverse();
            Ok(ids)
        }
        _ => walk(db, fitting, slice).await,
    }
}

async fn walk(db: &Db, fitting: &Condition, slice: Slice) -> Result<Vec<String>> {
    let select = listing(fitting, slice);
    let rows = db.query_all_raw(through(slice.index, &select, db.get_database_backend())).await;
    let rows = rows.db_context(|| "list terminals")?;
    rows.iter().map(|row| row.try_get_by_index(0).db_context(|| "read an id")).collect()
}

fn listing(fitting: &Condition, slice: Slice) -> SelectStatement {
    let order = if slice.desc { Order::Desc } else { Order::Asc };
    let mut select = Query::select();
    select.column(Column::Id).from(Entity).cond_where(fitting.clone());
    for column in slice.index.columns() {
        select.order_by(*column, order.clone());
    }
    select.limit(slice.limit).offset(slice.offset).take()
}

/// How many rows fit; no more than `most`, where that is given.
pub(super) async fn count(db: &Db, fitting: &Condition, index: Index, most: Option<u64>) -> Result<u64> {
    let select = counting(fitting, most);
    let row = db.query_one_raw(through(index, &select, db.get_database_backend())).await;
    let number = first_number(row.db_context(|| "count terminals")?)?;
    u64::try_from(number).map_err(|_| Error::bug("count terminals: less than none"))
}

fn counting(fitting: &Condition, most: Option<u64>) -> SelectStatement {
    let mut fits = Query::select().from(Entity).cond_where(fitting.clone()).take();
    let Some(most) = most else { return fits.expr(Expr::col(Column::Id).count()).take() };
    let (some, id) = (Alias::new("some"), Alias::new("id"));
    let some = (fits.column(Column::Id).limit(most).take(), some);
    Query::select().expr(Expr::col(id).count()).from_subquery(some.0, some.1).take()
}

fn first_number(row: Option<QueryResult>) -> Result<i64> {
    let row = row.ok_or_else(|| Error::bug("count terminals: no answer"))?;
    row.try_get_by_index(0).db_context(|| "count terminals")
}

/// The statement with the name of its index. Values are no part of its text, so it names the table itself where it reads it.
pub(super) fn through(index: Index, select: &SelectStatement, backend: DbBackend) -> Statement {
    let mut statement = backend.build(select);
    let (table, hint) = match backend {
        DbBackend::MySql => ("FROM `terminals`", format!("FORCE INDEX ({})", index.name())),
        _ => ("FROM \"terminals\"", format!("INDEXED BY {}", index.name())),
    };
    statement.sql = statement.sql.replacen(table, &format!("{table} {hint}"), 1);
    statement
}

#[cfg(test)]
mod tests {
    use protocol::api::{TerminalFilter, TerminalProgram, TerminalShow};

    use super::*;
    use crate::terminals::filter;
    use crate::terminals::standing::{self, Measure};

    const INDEXES: [Index; 5] = [Index::Name, Index::Version, Index::Seen, Index::State, Index::Group];

    /// Every combination of what can be asked for.
    fn filters() -> Vec<TerminalFilter> {
        let shows = [
            None,
            Some(TerminalShow::Identical),
            Some(TerminalShow::Behind),
            Some(TerminalShow::Busy),
            Some(TerminalShow::Error),
            Some(TerminalShow::Offline),
        ];
        let mut all = Vec::new();
        for show in shows {
            for bits in 0..32 {
                let given = |bit: u32| bits & (1 << bit) != 0;
                all.push(TerminalFilter {
                    search: given(0).then(|| "1a:2b".into()),
                    group: given(1).then(|| "lab".into()),
                    ungrouped: given(2),
                    version: given(3).then_some(7),
                    program: given(4).then_some(TerminalProgram::DriverClient),
                    show,
                });
            }
        }
        all
    }

    async fn plan(db: &Db, mut statement: Statement) -> String {
        statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        let rows = db.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap() + "; ").collect()
    }

    #[tokio::test]
    async fn no_list_reads_rows_or_sorts_them() {
        let db = crate::db::connect("sqlite::memory:").await.unwrap();
        let measure = Measure::of("0".repeat(64));
        for filter in filters() {
            let fitting = filter::condition(&db, &filter, &measure).await.unwrap();
            for index in INDEXES {
                let slice = Slice { index, desc: false, offset: 9, limit: 9 };
                for select in [listing(&fitting, slice), listing(&fitting, slice.turned(99))] {
                    let plan = plan(&db, through(index, &select, DbBackend::Sqlite)).await;
                    assert!(plan.contains("COVERING INDEX") && !plan.contains("TEMP"), "{plan} {filter:?}");
                }
            }
            for most in [None, Some(9)] {
                let select = counting(&fitting, most);
                let plan = plan(&db, through(filter::closest(&filter), &select, DbBackend::Sqlite)).await;
                assert!(plan.contains("COVERING INDEX"), "{plan} {filter:?}");
            }
        }
    }

    #[tokio::test]
    async fn all_are_counted_in_the_order_of_an_index() {
        let db = crate::db::connect("sqlite::memory:").await.unwrap();
        let select = standing::counting(filter::with_disk(), &Measure::of("0".repeat(64)));
        let plan = plan(&db, through(Index::Standing, &select, DbBackend::Sqlite)).await;
        assert!(plan.contains("COVERING INDEX") && !plan.contains("TEMP"), "{plan}");
    }

    #[test]
    fn a_slice_that_is_turned_has_the_same_rows() {
        let rows: Vec<u64> = (0..11).collect();
        let of = |rows: &[u64], slice: Slice| -> Vec<u64> {
            rows.iter().copied().skip(slice.offset as usize).take(slice.limit as usize).collect()
        };
        let backwards: Vec<u64> = rows.iter().copied().rev().collect();
        for (offset, limit) in [(6, 3), (8, 3), (9, 50), (10, 1), (11, 4), (0, 11), (u64::MAX - 60, 50)] {
            let slice = Slice { index: Index::Name, desc: false, offset, limit };
            let mut turned = of(&backwards, slice.turned(11));
            turned.reverse();
            assert_eq!(turned, of(&rows, slice), "{offset}, {limit}");
        }
    }
}
