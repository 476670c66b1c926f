//! The list of terminals, a page at a time.

use std::collections::HashMap;

use fault::{Error, Result};
use protocol::api::{self, TerminalFilter, TerminalSort};
use sea_orm::sea_query::{Cond, Condition};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::groups::Groups;
use super::pages::{self, Index, Slice};
use super::standing::{self, Measure};
use super::{filter, find, keys, wire};
use crate::center::Center;
use crate::db::entities::terminal;
use crate::db::{Db, DbContext};
use crate::limits;

/// Which terminals are asked for, in which order.
#[derive(Clone, Debug)]
pub struct TerminalQuery {
    /// Those that fit.
    pub filter: TerminalFilter,
    /// Of these, those that are called so, whatever the case.
    pub name: Option<String>,
    /// Of these, those whose ids begin so.
    pub id: Option<String>,
    /// The order.
    pub sort: TerminalSort,
    /// Turns the order round.
    pub desc: bool,
    /// The page, from 1.
    pub page: u64,
    /// Rows of a page.
    pub per_page: u64,
}

impl TerminalQuery {
    async fn condition(&self, db: &Db, measure: &Measure) -> Result<Condition> {
        let by_id = self.id.as_deref().map(|id| {
            // What is no beginning of an id is that of none.
            keys::id_beginning(id)
                .map_or_else(|| terminal::Column::Id.is_null(), |id| filter::begins_with(&id))
        });
        Ok(filter::condition(db, &self.filter, measure)
            .await?
            .add_option(self.name.as_deref().map(filter::is_called))
            .add_option(by_id))
    }

    /// Rows of a group, or of a version, lie in their index in the order of their names.
    fn index(&self) -> Index {
        match (self.sort, filter::closest(&self.filter)) {
            (TerminalSort::Name, closest @ (Index::Group | Index::Version)) => closest,
            (sort, _) => Index::of(sort),
        }
    }

    fn slice(&self) -> Result<Slice> {
        let is_page = self.page >= 1 && (1..=limits::TERMINALS_PAGE_MAX).contains(&self.per_page);
        if !is_page {
            return Err(Error::invalid(format!("page {} of {} rows", self.page, self.per_page))
                .with_notice("terminal.page")
                .with_value("limit", limits::TERMINALS_PAGE_MAX));
        }
        // Databases count to here; there are no rows beyond, either.
        let offset = (self.page - 1).saturating_mul(self.per_page).min(i64::MAX as u64);
        Ok(Slice { index: self.index(), desc: self.desc, offset, limit: self.per_page })
    }
}

impl Center {
    /// A page of the terminals.
    pub async fn list_terminals(&self, query: &TerminalQuery) -> Result<api::TerminalPage> {
        let slice = query.slice()?;
        let measure = Measure::now(self).await?;
        let fitting = query.condition(&self.db, &measure).await?;
        let (ids, total) = match slice.offset {
            0 => self.first_page(query, &fitting, slice).await?,
            _ => self.later_page(query, &fitting, slice).await?,
        };
        let terminals = self.rows_of(ids).await?.into_iter().map(|row| wire(row, &measure)).collect();
        Ok(api::TerminalPage { terminals, total: total.number, is_total_exact: total.is_exact })
    }

    /// One terminal.
    pub async fn terminal(&self, id: &str) -> Result<api::Terminal> {
        let row = find(self, id).await?;
        Ok(wire(row, &Measure::now(self).await?))
    }

    /// How the terminals that fit stand, and all groups; and, if that is asked for, which versions they have.
    pub async fn terminal_overview(
        &self,
        filter: &TerminalFilter,
        with_versions: bool,
    ) -> Result<api::TerminalOverview> {
        let fitting = filter::named(&self.db, filter).await?;
        let index = match filter::closest(filter) {
            Index::Name | Index::State | Index::Seen if !filter::is_search(filter) => Index::Standing,
            closest => closest,
        };
        let standings = standing::standings(self, fitting.clone(), index);
        let groups = Groups::of(self);
        let versions =
            async { if with_versions { standing::versions(self, fitting).await } else { Ok(Vec::new()) } };
        let (standings, groups, versions) = tokio::try_join!(standings, groups, versions)?;
        let (groups, ungrouped) = groups.wire();
        Ok(api::TerminalOverview { counts: standings.counts(), groups, ungrouped, versions })
    }

    /// Most searches are for a few: then the first page says how many there are.
    async fn first_page(
        &self,
        query: &TerminalQuery,
        fitting: &Condition,
        slice: Slice,
    ) -> Result<(Vec<String>, Total)> {
        let ids = pages::ids(&self.db, fitting, slice, None).await?;
        let total = match ids.len() as u64 {
            all if all < slice.limit => Total { number: all, is_exact: true },
            _ => self.total(query, fitting).await?,
        };
        Ok((ids, total))
    }

    async fn later_page(
        &self,
        query: &TerminalQuery,
        fitting: &Condition,
        slice: Slice,
    ) -> Result<(Vec<String>, Total)> {
        let is_near = slice.offset <= Groups::of(self).await?.all() / 2;
        if is_near {
            // The walk would not begin at the other end but for filters that few fit; so it need not wait for the number.
            let (total, ids) =
                tokio::try_join!(self.total(query, fitting), pages::ids(&self.db, fitting, slice, None))?;
            return Ok((ids, total));
        }
        let total = self.total(query, fitting).await?;
        let known = total.is_exact.then_some(total.number);
        Ok((pages::ids(&self.db, fitting, slice, known).await?, total))
    }

    async fn total(&self, query: &TerminalQuery, fitting: &Condition) -> Result<Total> {
        if query.name.is_none()
            && query.id.is_none()
            && let Some(number) = Groups::of(self).await?.fitting(&query.filter)
        {
            return Ok(Total { number, is_exact: true });
        }
        let most = filter::is_search(&query.filter).then_some(limits::TERMINALS_COUNTED_MAX);
        let index = if query.name.is_some() { Index::Name } else { filter::closest(&query.filter) };
        let number = pages::count(&self.db, fitting, index, most.map(|most| most + 1)).await?;
        Ok(match most {
            Some(most) if number > most => Total { number: most, is_exact: false },
            _ => Total { number, is_exact: true },
        })
    }

    /// Rows in the order of their ids here; one that has gone meanwhile is left out.
    async fn rows_of(&self, ids: Vec<String>) -> Result<Vec<terminal::Model>> {
        let mut rows = HashMap::new();
        for ids in ids.chunks(limits::IDS_PER_STATEMENT) {
            let these = terminal::Column::Id.is_in(ids.iter().map(String::as_str));
            let found = terminal::Entity::find().filter(Cond::all().add(these)).all(&self.db).await;
            let found = found.db_context(|| "read terminals")?;
            rows.extend(found.into_iter().map(|row| (row.id.clone(), row)));
        }
        Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
    }
}

/// How many rows fit.
#[derive(Clone, Copy, Debug)]
struct Total {
    number: u64,
    is_exact: bool,
}
