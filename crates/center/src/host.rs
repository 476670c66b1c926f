//! What the center asks of its surroundings where behaviour depends on the answer: time, free space, and whether an
//! operation comes through its next step.

use std::path::Path;

use chrono::NaiveDateTime;
use fault::{Context, Error, Result};

/// Time, space and fate, passed in so that tests can set them.
pub trait Host: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> NaiveDateTime;
    /// Bytes that an unprivileged process may still write on the file system of `path`.
    fn free_bytes(&self, path: &Path) -> Result<u64>;
    /// What happens to an operation at this point. On a real machine this is not known beforehand.
    fn at_step(&self, _point: &StepPoint<'_>) -> Fate {
        Fate::GoOn
    }
}

/// A point in the list of steps of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPoint<'a> {
    /// What runs, as [`protocol::api::Operation::kind`]; `backup` and `backup-restore` are no operations of a server.
    pub operation: &'a str,
    /// The step.
    pub step: &'a str,
    /// Before its work, or after it.
    pub moment: Moment,
}

/// Before or after the work of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing of the step is done.
    Before,
    /// All of it is done, but the cursor still names it.
    After,
}

/// What happens to an operation at a point.
#[derive(Debug)]
pub enum Fate {
    /// Nothing special.
    GoOn,
    /// The step that is done is run a second time.
    Again,
    /// The step fails.
    Fail(Error),
    /// Nothing happens any more, as if the process had ended.
    End,
}

/// What the surroundings let happen at a point; whether the step that is done is to be run again.
pub(crate) async fn meet(host: &dyn Host, point: &StepPoint<'_>) -> Result<bool> {
    match host.at_step(point) {
        Fate::GoOn => Ok(false),
        Fate::Again => Ok(true),
        Fate::Fail(error) => Err(error),
        Fate::End => std::future::pending().await,
    }
}

/// The machine that we run on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Host for Machine {
    fn now(&self) -> NaiveDateTime {
        crate::db::now()
    }

    fn free_bytes(&self, path: &Path) -> Result<u64> {
        let stat = rustix::fs::statvfs(path)
            .map_err(std::io::Error::from)
            .context(|| format!("ask for the free space of {}", path.display()))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// Who does something, for the history and the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Name of the user, or of the part of the center that acts by itself.
    pub name: String,
    /// From where.
    pub address: Option<String>,
}

impl Actor {
    /// The center itself.
    pub fn center() -> Self {
        Self { name: "driver-center".into(), address: None }
    }
}

/// A time as it travels under `/api/v1`: RFC 3339, UTC.
pub(crate) fn rfc3339(time: NaiveDateTime) -> String {
    time.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A time as the platform shows it: UTC, whole seconds, a space in the middle.
pub(crate) fn platform_time(time: NaiveDateTime) -> String {
    use chrono::Timelike as _;
    time.with_nanosecond(0).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_shows_whole_seconds() {
        let time = chrono::DateTime::from_timestamp(1_700_000_000, 999_999_000).unwrap().naive_utc();
        assert_eq!(platform_time(time), "2023-11-14 22:13:20");
    }
}
