//! What an administrator or a terminal does in a round.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use fault::{Error, Result};

use crate::admin::Admin;
use crate::archives::Sample;
use crate::dice::Dice;
use crate::ledger::{Ledger, Outcome};
use crate::task::Task;

/// Changes after which an edit is saved or dropped, and not made larger.
const CHANGES_MAX: usize = 6;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Import(Sample),
    Delete(String),
    Discard,
    Save,
    /// Back to this version.
    Rollback(u64),
    Restore,
    /// A backup is made.
    Backup,
    /// This backup is restored where nothing is.
    ComeBack(String),
    /// Terminals sync, and nothing else happens.
    Sync,
}

impl Action {
    /// Something that makes sense now: the disk neither stays empty nor grows without end. `kept` are the versions to
    /// which one can go back, and `done` says how often what was done.
    pub(crate) fn choose(
        dice: &mut Dice,
        ledger: &Ledger,
        kept: &[u64],
        done: &BTreeMap<String, u32>,
    ) -> Self {
        let possible = Self::possible(dice, ledger, kept);
        let count = |action: &Self| done.get(action.name()).copied().unwrap_or(0);
        // Now and then what was done least, so that everything is done.
        if dice.below(4) == 0
            && let Some((_, rarest)) = possible.iter().min_by_key(|(_, action)| count(action))
        {
            return rarest.clone();
        }
        let mut left = dice.below(possible.iter().map(|(weight, _)| weight).sum());
        for (weight, action) in possible {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return action,
            }
        }
        Self::Sync
    }

    /// One of each kind, with how likely it is.
    fn possible(dice: &mut Dice, ledger: &Ledger, kept: &[u64]) -> Vec<(u64, Self)> {
        let now = &ledger.now;
        let absent: Vec<Sample> =
            (0..12).map(Sample::of).filter(|sample| !now.listed.contains(&sample.name)).collect();
        let present: Vec<String> = now.listed.iter().cloned().collect();
        let mut possible = vec![(1, Self::Discard), (2, Self::Restore), (2, Self::Backup)];
        if !absent.is_empty() && now.pending < CHANGES_MAX {
            possible.push((5, Self::Import(dice.pick(&absent).clone())));
        }
        if present.len() > 2 && now.pending < CHANGES_MAX {
            possible.push((4, Self::Delete(dice.pick(&present).clone())));
        }
        if now.pending > 0 {
            possible.push((5, Self::Save));
        }
        if ledger.newest() > 0 {
            possible.push((5, Self::Sync));
        }
        // An open edit is a reason to refuse it; that is tried, too, but seldom.
        if !kept.is_empty() && (now.pending == 0 || dice.below(8) == 0) {
            possible.push((5, Self::Rollback(*dice.pick(kept))));
        }
        if !ledger.backups.is_empty() {
            possible.push((1, Self::ComeBack(dice.pick(&ledger.backups).0.clone())));
        }
        possible
    }

    /// What the diary calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Delete(_) => "delete",
            Self::Discard => "discard",
            Self::Save => "save",
            Self::Rollback(_) => "rollback",
            Self::Restore => "restore",
            Self::Backup => "backup",
            Self::ComeBack(_) => "come back",
            Self::Sync => "sync",
        }
    }

    /// How long it takes, as long as nobody has measured it.
    pub(crate) fn usual(&self) -> Duration {
        match self {
            Self::Import(_) | Self::Save | Self::Rollback(_) => Duration::from_millis(400),
            Self::Restore | Self::Backup | Self::ComeBack(_) => Duration::from_millis(300),
            Self::Delete(_) | Self::Discard | Self::Sync => Duration::from_millis(120),
        }
    }

    /// Whether terminals keep still: a change of the disk is refused while they update.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self, Self::Save | Self::Restore | Self::Rollback(_))
    }

    /// Does it, and waits until whatever it began has ended; `aside` is the program that was begun for it.
    pub(crate) fn perform(&self, admin: &Admin, archives: &Path, aside: Option<&Task>) -> Outcome {
        let done = match self {
            Self::Import(sample) => sample.archive(archives).and_then(|archive| admin.import(&archive)),
            Self::Delete(name) => delete(admin, name),
            Self::Discard => admin.discard(),
            Self::Save => admin.save().map(|_| wait(admin)),
            Self::Rollback(version) => admin.rollback(*version).map(|_| wait(admin)),
            Self::Restore => admin.restore().map(|_| wait(admin)),
            // What came of it is looked at later.
            Self::Backup | Self::ComeBack(_) => aside.map_or(Ok(()), |task| task.end().map(drop)),
            Self::Sync => Ok(()),
        };
        match done {
            Ok(()) => Outcome::Done,
            Err(error) if is_answer(&error) => Outcome::Refused(error.to_string()),
            Err(error) => Outcome::Unknown(error.to_string()),
        }
    }
}

fn delete(admin: &Admin, name: &str) -> Result<()> {
    let drivers = admin.drivers()?;
    let driver = drivers.iter().find(|driver| driver.name == name);
    let driver = driver.ok_or_else(|| Error::bug(format!("{name} is not listed any more")))?;
    admin.delete(driver.id)
}

/// Whoever waits may lose the server on the way; what was begun is looked at later.
fn wait(admin: &Admin) {
    let _seen_later = admin.wait_idle();
}

/// Whether the server has answered: then it is known what came of it.
fn is_answer(error: &Error) -> bool {
    error.notice().is_some_and(|notice| !notice.id.starts_with("net."))
}
