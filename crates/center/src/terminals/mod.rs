//! Terminals: how they are listed and stand, groups, pushes, their hardware, and whether an update is under way anywhere. What
//! they report is in [`crate::reports`].

use fault::{Error, Result};
use protocol::api;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::center::Center;
use crate::db::entities::terminal::{self, Program, TerminalState};
use crate::db::{DbContext, SoftDelete};
use crate::host::rfc3339;
use crate::reports::Part;

mod carry;
mod filter;
mod groups;
mod history;
mod inventory;
mod keys;
mod list;
mod orders;
mod pages;
mod silence;
mod standing;

pub(crate) use carry::carry_over;
pub(crate) use filter::with_disk;
pub(crate) use groups::Groups;
pub(crate) use keys::{name_key, search_text};
pub use list::TerminalQuery;
pub use orders::Chosen;
use standing::Measure;
pub use standing::Standings;

impl Center {
    /// Whether any terminal is being updated. One that has not reported for a while does not count, so that a
    /// vanished terminal cannot keep administrators from saving.
    pub async fn is_send_task(&self) -> Result<bool> {
        self.write_reports(Part::Running).await?;
        let busy = terminal::Entity::find()
            .filter(with_disk())
            .filter(standing::is_updating(self))
            .count(&self.db)
            .await
            .db_context(|| "look for running updates")?;
        Ok(busy > 0)
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
        offline: !row.is_heard,
        id: row.id,
        name: row.name,
        mac: row.mac,
        program: match row.program {
            // Nobody else reports.
            Program::Unsaid if row.last_seen_at.is_none() => None,
            Program::Unsaid | Program::ToolDisk => Some(api::TerminalProgram::ToolDisk),
            Program::DriverClient => Some(api::TerminalProgram::DriverClient),
        },
        address: row.address,
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
