//! Groups, and how many of the terminals with a tool disk are in each.
//!
//! No report changes that, so it is counted once after each transaction, and tells lists without a search how long they are.

use std::sync::Arc;

use fault::Result;
use protocol::api::{TerminalFilter, TerminalGroup, TerminalProgram};

use super::filter;
use super::pages::Index;
use super::standing::by;
use crate::center::Center;
use crate::db::entities::terminal::Column;

/// All groups by name, and the terminals that are in none.
#[derive(Clone, Debug)]
pub(crate) struct Groups(Arc<Vec<(Option<String>, u64)>>);

impl Groups {
    /// As they are now.
    pub(super) async fn of(center: &Center) -> Result<Self> {
        center.groups.get(&center.db, Self::read(center)).await
    }

    async fn read(center: &Center) -> Result<Self> {
        let rows: Vec<(Option<String>, i64)> =
            by(center, Column::GroupName, filter::with_disk(), Index::Group).await?;
        let counted = |(name, count)| (name, u64::try_from(count).unwrap_or(0));
        Ok(Self(Arc::new(rows.into_iter().map(counted).collect())))
    }

    /// The groups, and how many terminals are in none.
    pub(super) fn wire(&self) -> (Vec<TerminalGroup>, u64) {
        let named = |(name, terminals): &(Option<String>, u64)| {
            Some(TerminalGroup { name: name.clone()?, terminals: *terminals })
        };
        (self.0.iter().filter_map(named).collect(), self.count(|name| name.is_none()))
    }

    /// How many terminals there are.
    pub(super) fn all(&self) -> u64 {
        self.count(|_| true)
    }

    /// How many terminals fit, if the filter is about groups only.
    pub(super) fn fitting(&self, filter: &TerminalFilter) -> Option<u64> {
        let TerminalFilter { search: _, group: _, ungrouped, show, program, version } = filter;
        let is_of_groups = !filter::is_search(filter)
            && show.is_none()
            && version.is_none()
            && *program != Some(TerminalProgram::DriverClient);
        let group = filter::group_of(filter);
        is_of_groups
            .then(|| self.count(|name| (group.is_none() || name == group) && (!ungrouped || name.is_none())))
    }

    fn count(&self, which: impl Fn(Option<&str>) -> bool) -> u64 {
        self.0.iter().filter(|(name, _)| which(name.as_deref())).map(|(_, count)| count).sum()
    }
}
