//! What administrators do with terminals: put them into groups, have them take the current version, remove them. Groups and
//! pushes are for those with a tool disk.

use std::collections::{BTreeSet, HashSet};

use fault::{Error, Result};
use protocol::api;
use sea_orm::sea_query::{Cond, Condition, Expr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::standing::Measure;
use super::{filter, find_in, no_terminal};
use crate::center::Center;
use crate::db::entities::terminal::{self, Column, Entity};
use crate::db::{DbContext, SoftDelete, Transaction, commit};
use crate::host::Actor;
use crate::{limits, versions};

/// Which terminals something is done with.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// These, all of them or none, and all of these groups.
    Named {
        /// Ids.
        terminals: Vec<String>,
        /// Groups, each of which has terminals.
        groups: Vec<String>,
    },
    /// All that fit.
    Fitting(api::TerminalFilter),
}

impl Chosen {
    /// As a request says it: a filter stands alone.
    pub fn of(
        terminals: Vec<String>,
        groups: Vec<String>,
        filter: Option<api::TerminalFilter>,
    ) -> Result<Self> {
        let named = terminals.len() + groups.len();
        match filter {
            Some(filter) if named == 0 => Ok(Self::Fitting(filter)),
            None if (1..=limits::PUSH_MAX).contains(&named) => Ok(Self::Named { terminals, groups }),
            _ => Err(Error::invalid(format!("{named} terminals at once")).with_notice("terminal.push_count")),
        }
    }
}

impl Center {
    /// Puts terminals into a group, or out of theirs; answers how many.
    pub async fn set_group(&self, actor: &Actor, chosen: &Chosen, group: Option<&str>) -> Result<u64> {
        let group = group.map(str::trim).filter(|group| !group.is_empty());
        require_name(group)?;
        let txn = self.db.begin().await?;
        let value = Expr::value(group.map(str::to_owned));
        let count = self.set(&txn, chosen, filter::with_disk(), (Column::GroupName, value)).await?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, count, group, "grouped");
        self.tell_of_list(chosen);
        Ok(count)
    }

    /// Tells terminals to take the current version even while automatic updates are off; answers how many.
    pub async fn push(&self, actor: &Actor, chosen: &Chosen) -> Result<u64> {
        let txn = self.db.begin().await?;
        let newest = versions::newest(&txn).await?;
        let change = (Column::PushVersion, Expr::value(newest.number));
        let count = self.set(&txn, chosen, filter::with_disk(), change).await?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, count, "pushed");
        Ok(count)
    }

    /// Removes a terminal, whose secret is worth nothing from then on; its own copy of the disk stays as it is. Answers its
    /// name.
    pub async fn remove_terminal(&self, actor: &Actor, id: &str) -> Result<String> {
        let txn = self.db.begin().await?;
        let row = find_in(&txn, id).await?;
        let gone = terminal::ActiveModel {
            id: Set(row.id),
            deleted_at: Set(Some(self.host.now())),
            ..Default::default()
        };
        gone.update(&txn).await.db_context(|| "remove a terminal")?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, terminal = id, name = %row.name, "removed");
        self.emit(api::Event::Terminal { id: id.to_owned() });
        Ok(row.name)
    }

    /// Removes all of them or, where they are more than somebody was told, none; answers how many.
    pub async fn remove_terminals(
        &self,
        actor: &Actor,
        chosen: &Chosen,
        at_most: Option<u64>,
    ) -> Result<u64> {
        let txn = self.db.begin().await?;
        let change = (Column::DeletedAt, Expr::value(self.host.now()));
        let all = Cond::all().add(Entity::is_live());
        let count = self.set(&txn, chosen, all, change).await?;
        require_at_most(count, at_most)?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, count, "removed");
        self.tell_of_list(chosen);
        Ok(count)
    }

    /// Those that are named have to be `among` these.
    async fn set(
        &self,
        txn: &Transaction,
        chosen: &Chosen,
        among: Condition,
        change: (Column, SimpleExpr),
    ) -> Result<u64> {
        let Chosen::Named { terminals, groups } = chosen else {
            let Chosen::Fitting(filter) = chosen else { return Ok(0) };
            let fitting = filter::condition(txn, filter, &Measure::now(self).await?).await?;
            return set_where(txn, fitting, change).await;
        };
        let mut ids: BTreeSet<String> = terminals.iter().cloned().collect();
        ids.extend(of_groups(txn, groups).await?);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for ids in ids.chunks(limits::IDS_PER_STATEMENT) {
            let these = among.clone().add(Column::Id.is_in(ids.iter().copied()));
            if set_where(txn, these.clone(), change.clone()).await? < ids.len() as u64 {
                require_all(txn, these, ids).await?;
            }
        }
        Ok(ids.len() as u64)
    }

    fn tell_of_list(&self, chosen: &Chosen) {
        let id = match chosen {
            Chosen::Named { terminals, .. } => terminals.first().cloned().unwrap_or_default(),
            Chosen::Fitting(_) => String::new(),
        };
        self.emit(api::Event::Terminal { id });
    }
}

async fn set_where(
    txn: &Transaction,
    condition: Condition,
    (column, value): (Column, SimpleExpr),
) -> Result<u64> {
    let update = Entity::update_many().col_expr(column, value).filter(condition);
    Ok(update.exec(txn).await.db_context(|| "change terminals")?.rows_affected)
}

/// Fails for the first that is not there. MySQL may also count only rows that were something else before.
async fn require_all(txn: &Transaction, these: Condition, ids: &[&str]) -> Result<()> {
    let query = Entity::find().filter(these).select_only().column(Column::Id);
    let found: Vec<String> = query.into_tuple().all(txn).await.db_context(|| "look for terminals")?;
    let found: HashSet<&str> = found.iter().map(String::as_str).collect();
    ids.iter().find(|id| !found.contains(**id)).map_or(Ok(()), |missing| Err(no_terminal(missing)))
}

/// Ids of the terminals in these groups.
async fn of_groups(db: &impl ConnectionTrait, groups: &[String]) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for group in groups {
        let these = filter::with_disk().add(Column::GroupName.eq(group));
        let query = Entity::find().filter(these).select_only().column(Column::Id);
        let found: Vec<String> = query.into_tuple().all(db).await.db_context(|| "list a group")?;
        if found.is_empty() {
            return Err(Error::not_found(format!("terminals of group {group}"))
                .with_notice("terminal.no_group")
                .with_value("group", group));
        }
        ids.extend(found);
    }
    Ok(ids)
}

/// What was dropped before its commit has not happened.
fn require_at_most(count: u64, at_most: Option<u64>) -> Result<()> {
    match at_most.is_some_and(|at_most| count > at_most) {
        false => Ok(()),
        true => Err(Error::conflict(format!("{count} terminals fit, not {at_most:?}"))
            .with_notice("terminal.more_fit")
            .with_value("count", count)),
    }
}

fn require_name(group: Option<&str>) -> Result<()> {
    let is_bad = |name: &str| {
        name.chars().count() > limits::GROUP_NAME_CHARS_MAX || name.chars().any(char::is_control)
    };
    match group.is_some_and(is_bad) {
        false => Ok(()),
        true => Err(Error::invalid("the name of a group")
            .with_notice("terminal.group_invalid")
            .with_value("limit", limits::GROUP_NAME_CHARS_MAX)),
    }
}
