//! What an administrator or a terminal does in a round.

use std::path::Path;
use std::time::Duration;

use fault::{Error, Result};

use crate::archives::Sample;
use crate::dice::Dice;
use crate::ledger::{Ledger, Outcome};
use crate::server::Admin;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Import(Sample),
    Delete(String),
    Discard,
    Save,
    Restore,
    /// Terminals sync, and nothing else happens.
    Sync,
}

impl Action {
    /// Something that makes sense now: the disk neither stays empty nor grows without end.
    pub(crate) fn choose(dice: &mut Dice, ledger: &Ledger) -> Self {
        let absent = (0..12).map(Sample::of).filter(|sample| !ledger.listed.contains(&sample.name));
        let absent: Vec<Sample> = absent.collect();
        let present: Vec<String> = ledger.listed.iter().cloned().collect();
        match dice.below(20) {
            0..5 if !absent.is_empty() => Self::Import(dice.pick(&absent).clone()),
            5..9 if present.len() > 2 => Self::Delete(dice.pick(&present).clone()),
            9 => Self::Discard,
            10..15 if ledger.pending > 0 => Self::Save,
            15 => Self::Restore,
            _ if ledger.history.is_empty() && ledger.pending > 0 => Self::Save,
            _ if ledger.history.is_empty() => Self::Import(dice.pick(&absent).clone()),
            _ => Self::Sync,
        }
    }

    /// What the diary calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Delete(_) => "delete",
            Self::Discard => "discard",
            Self::Save => "save",
            Self::Restore => "restore",
            Self::Sync => "sync",
        }
    }

    /// How long it takes, as long as nobody has measured it.
    pub(crate) fn usual(&self) -> Duration {
        match self {
            Self::Import(_) | Self::Save => Duration::from_millis(400),
            Self::Restore => Duration::from_millis(200),
            Self::Delete(_) | Self::Discard | Self::Sync => Duration::from_millis(120),
        }
    }

    /// Does it, and waits until whatever it began has ended.
    pub(crate) fn perform(&self, admin: &Admin, archives: &Path) -> Outcome {
        let done = match self {
            Self::Import(sample) => sample.archive(archives).and_then(|archive| admin.import(&archive)),
            Self::Delete(name) => delete(admin, name),
            Self::Discard => admin.discard(),
            Self::Save => admin.save().map(|_| wait(admin)),
            Self::Restore => admin.restore().map(|_| wait(admin)),
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
