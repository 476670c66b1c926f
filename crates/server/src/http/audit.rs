//! The audit trail, as handlers write it and people read it.

use super::answer::rfc3339;
use super::extract::Page;
use center::db::entities::audit::{Column, Entity, Model};
use center::db::{DateTime, now};
use center::{Actor, Center};
use fault::{Error, Result};
use protocol::api::{AuditEntry, AuditPage, PageInfo};
use sea_orm::sea_query::{Condition, LikeExpr};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

/// Records a change that has been made. It has been made: that it cannot be recorded goes to the log, and the
/// caller is not told that the change had failed.
pub(crate) async fn record(
    center: &Center,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: &impl Serialize,
) {
    if let Err(error) = center::audit::record(center.db(), now(), actor, action, subject, detail).await {
        tracing::error!(target: "http", %error, actor = actor.name, action, subject, "change not in the audit trail");
    }
}

/// Which changes are asked for: those that fit all that is given.
pub(crate) struct Filter<'a> {
    /// Whose.
    pub(crate) actor: Option<&'a str>,
    /// An action, or what stands before the dot of several.
    pub(crate) action: Option<&'a str>,
    /// From when on.
    pub(crate) since: Option<DateTime>,
}

impl Filter<'_> {
    fn condition(&self) -> Condition {
        let since = self.since.map(|time| Column::CreatedAt.gte(time));
        Condition::all()
            .add_option(self.actor.map(|name| Column::Actor.eq(name)))
            .add_option(self.action.map(of_action))
            .add_option(since)
    }
}

fn of_action(action: &str) -> Condition {
    // Databases differ in whether case counts; actions have none.
    let action = action.to_lowercase();
    let escaped = action.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let kind = LikeExpr::new(format!("{escaped}.%")).escape('!');
    Condition::any().add(Column::Action.eq(action)).add(Column::Action.like(kind))
}

/// A page of the trail, newest first.
pub(crate) async fn list(center: &Center, page: Page, filter: Filter<'_>) -> Result<AuditPage> {
    let query = Entity::find().filter(filter.condition());
    let unread = |error: DbErr| Error::unavailable(format!("read the audit trail: {error}"));
    let total = query.clone().count(center.db()).await.map_err(unread)?;
    let newest = query.order_by_desc(Column::Id).offset(page.offset).limit(page.limit);
    let rows = newest.all(center.db()).await.map_err(unread)?;
    let page = PageInfo { total, offset: page.offset, limit: page.limit };
    Ok(AuditPage { page, entries: rows.into_iter().map(wire).collect() })
}

/// Names of what the numbers mean, for whoever reads the trail when the things are gone; a number that none has stays.
pub(crate) fn names<'a>(known: impl Iterator<Item = (i64, &'a str)> + Clone, ids: &[i64]) -> String {
    let name = |id: &i64| {
        known
            .clone()
            .find(|(known, _)| known == id)
            .map_or_else(|| format!("#{id}"), |(_, name)| name.to_owned())
    };
    ids.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn wire(row: Model) -> AuditEntry {
    AuditEntry {
        id: row.id,
        created_at: rfc3339(row.created_at),
        actor: row.actor,
        address: row.address,
        action: row.action,
        subject: row.subject,
        // Nothing to tell is written as JSON's null.
        detail: if row.detail == "null" { String::new() } else { row.detail },
    }
}
