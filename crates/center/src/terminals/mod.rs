//! Terminals: the list, groups, pushes, their hardware, and whether an update is under way anywhere. What they report is in
//! [`crate::reports`].

use fault::{Error, Result};
use protocol::api;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use crate::center::Center;
use crate::db::entities::terminal::{self, TerminalState};
use crate::db::{DbContext, SoftDelete, commit};
use crate::host::{Actor, rfc3339};
use crate::limits;
use crate::reports::Part;
use crate::versions;

mod standing;

use standing::Measure;
pub use standing::Standings;

impl Center {
    /// Tells whoever looks at the terminals that this one has joined.
    pub fn announce_terminal(&self, id: &str) {
        self.emit(api::Event::Terminal { id: id.to_owned() });
    }

    /// All terminals by name.
    pub async fn terminals(&self) -> Result<Vec<api::Terminal>> {
        let measure = Measure::now(self).await?;
        let rows = terminal::Entity::find_live()
            .order_by_asc(terminal::Column::Name)
            .all(&self.db)
            .await
            .db_context(|| "list terminals")?;
        Ok(rows.into_iter().map(|row| wire(row, &measure)).collect())
    }

    /// Puts terminals into a group, or out of theirs: all of them or none.
    pub async fn set_group(&self, actor: &Actor, ids: &[String], group: Option<&str>) -> Result<()> {
        require_count(ids)?;
        let group = group.map(str::trim).filter(|group| !group.is_empty());
        let is_bad = |name: &str| {
            name.chars().count() > limits::GROUP_NAME_CHARS_MAX || name.chars().any(char::is_control)
        };
        if group.is_some_and(is_bad) {
            return Err(Error::invalid("the name of a group")
                .with_notice("terminal.group_invalid")
                .with_value("limit", limits::GROUP_NAME_CHARS_MAX));
        }
        let txn = self.db.begin().await?;
        for id in ids {
            let changed = terminal::Entity::update_many()
                .col_expr(terminal::Column::GroupName, Expr::value(group.map(str::to_owned)))
                .filter(terminal::Column::Id.eq(id))
                .filter(terminal::Entity::is_live())
                .exec(&txn)
                .await
                .db_context(|| "put a terminal into a group")?;
            if changed.rows_affected == 0 {
                find_in(&txn, id).await?;
            }
        }
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, count = ids.len(), group, "grouped");
        for id in ids.iter().take(1) {
            self.emit(api::Event::Terminal { id: id.clone() });
        }
        Ok(())
    }

    /// Ids of the terminals in these groups.
    pub async fn terminals_of_groups(&self, groups: &[String]) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for group in groups {
            let rows = terminal::Entity::find_live()
                .filter(terminal::Column::GroupName.eq(group))
                .all(&self.db)
                .await
                .db_context(|| "list a group")?;
            if rows.is_empty() {
                return Err(Error::not_found(format!("terminals of group {group}"))
                    .with_notice("terminal.no_group")
                    .with_value("group", group));
            }
            ids.extend(rows.into_iter().map(|row| row.id));
        }
        Ok(ids)
    }

    /// Removes a terminal, whose secret is worth nothing from then on; its own copy of the disk stays as it is.
    pub async fn remove_terminal(&self, actor: &Actor, id: &str) -> Result<()> {
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
        Ok(())
    }

    /// Tells terminals to take the current version even while automatic updates are off.
    pub async fn push(&self, actor: &Actor, ids: &[String]) -> Result<()> {
        require_count(ids)?;
        let txn = self.db.begin().await?;
        let newest = versions::newest(&txn).await?;
        for id in ids {
            let changed = terminal::Entity::update_many()
                .col_expr(terminal::Column::PushVersion, Expr::value(newest.number))
                .filter(terminal::Column::Id.eq(id))
                .filter(terminal::Entity::is_live())
                .exec(&txn)
                .await
                .db_context(|| "push to a terminal")?;
            if changed.rows_affected == 0 {
                return Err(no_terminal(id));
            }
        }
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, count = ids.len(), "pushed");
        Ok(())
    }

    /// Keeps what a terminal says of its hardware.
    pub async fn take_inventory(&self, id: &str, inventory: &api::Inventory) -> Result<()> {
        let row = find(self, id).await?;
        let text =
            serde_json::to_string(inventory).map_err(|e| Error::bug(format!("encode an inventory: {e}")))?;
        if text.len() > limits::INVENTORY_BYTES_MAX || inventory.devices.len() > limits::INVENTORY_DEVICES_MAX
        {
            return Err(Error::invalid(format!("an inventory of {} bytes", text.len()))
                .with_notice("plan.inventory_too_large")
                .with_value("limit", limits::INVENTORY_DEVICES_MAX));
        }
        let change = terminal::ActiveModel {
            id: Set(row.id),
            inventory: Set(Some(text)),
            inventory_at: Set(Some(self.host.now())),
            ..Default::default()
        };
        change.update(&self.db).await.db_context(|| "keep an inventory")?;
        self.tell_of_terminals(Some(id.to_owned()));
        Ok(())
    }

    /// What a terminal has said of its hardware.
    pub async fn inventory(&self, id: &str) -> Result<api::Inventory> {
        let row = find(self, id).await?;
        let text = row.inventory.ok_or_else(|| {
            Error::not_found(format!("inventory of terminal {id}"))
                .with_notice("plan.no_inventory")
                .with_value("terminal", &row.name)
        })?;
        serde_json::from_str(&text).map_err(|e| Error::corrupt(format!("inventory of terminal {id}: {e}")))
    }

    /// Whether any terminal is being updated. One that has not reported for a while does not count, so that a
    /// vanished terminal cannot keep administrators from saving.
    pub async fn is_send_task(&self) -> Result<bool> {
        self.write_reports(Part::Running).await?;
        let busy = terminal::Entity::find_live()
            .filter(standing::is_updating(self))
            .count(&self.db)
            .await
            .db_context(|| "look for running updates")?;
        Ok(busy > 0)
    }
}

fn require_count(ids: &[String]) -> Result<()> {
    match (1..=limits::PUSH_MAX).contains(&ids.len()) {
        true => Ok(()),
        false => {
            Err(Error::invalid(format!("{} terminals at once", ids.len())).with_notice("terminal.push_count"))
        }
    }
}

async fn find(center: &Center, id: &str) -> Result<terminal::Model> {
    find_in(&center.db, id).await
}

async fn find_in(db: &impl ConnectionTrait, id: &str) -> Result<terminal::Model> {
    terminal::Entity::find_live()
        .filter(terminal::Column::Id.eq(id))
        .one(db)
        .await
        .db_context(|| "read a terminal")?
        .ok_or_else(|| no_terminal(id))
}

pub(crate) fn mode_name(mode: api::TerminalMode) -> &'static str {
    match mode {
        api::TerminalMode::Rest => "rest",
        api::TerminalMode::Maintenance => "maintenance",
        api::TerminalMode::Windows => "windows",
    }
}

pub(crate) fn mode_of(name: &str) -> Option<api::TerminalMode> {
    [api::TerminalMode::Rest, api::TerminalMode::Maintenance, api::TerminalMode::Windows]
        .into_iter()
        .find(|mode| mode_name(*mode) == name)
}

pub(crate) fn no_terminal(id: &str) -> Error {
    Error::not_found(format!("terminal {id}")).with_notice("terminal.not_found").with_value("terminal", id)
}

pub(crate) fn stored(state: api::TerminalState) -> TerminalState {
    match state {
        api::TerminalState::Unknown => TerminalState::Unknown,
        api::TerminalState::Idle => TerminalState::Idle,
        api::TerminalState::Downloading => TerminalState::Downloading,
        api::TerminalState::Applying => TerminalState::Applying,
        api::TerminalState::Waiting => TerminalState::Waiting,
        api::TerminalState::Error => TerminalState::Error,
    }
}

fn wire(row: terminal::Model, measure: &Measure) -> api::Terminal {
    api::Terminal {
        identical: measure.is_identical(&row),
        offline: measure.is_offline(&row),
        id: row.id,
        name: row.name,
        mac: row.mac,
        enrolled_at: rfc3339(row.enrolled_at),
        last_seen_at: row.last_seen_at.map(rfc3339),
        version: row.version.map(|version| version as u64),
        state: match row.state {
            TerminalState::Unknown => api::TerminalState::Unknown,
            TerminalState::Idle => api::TerminalState::Idle,
            TerminalState::Downloading => api::TerminalState::Downloading,
            TerminalState::Applying => api::TerminalState::Applying,
            TerminalState::Waiting => api::TerminalState::Waiting,
            TerminalState::Error => api::TerminalState::Error,
        },
        done: row.progress_done.max(0) as u64,
        total: row.progress_total.max(0) as u64,
        message: row.message,
        mode: row.mode.as_deref().and_then(mode_of),
        inventory_at: row.inventory_at.map(rfc3339),
        group: row.group_name,
    }
}
