//! What can happen to the processes and to what is between them.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use fault::{Context as _, Result};

use crate::actions::Action;
use crate::dice::Dice;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing.
    None,
    /// `kill -9` of the server; its children end with it.
    KillServer,
    /// `kill -9` of the process that has an image open.
    KillWorker,
    /// `kill -9` of a terminal that is syncing.
    KillAgent,
    /// `kill -9` of a backup that is being made or restored.
    KillBackup,
    /// All connections break.
    Cut,
    /// The file system of the server is full.
    FillServer,
    /// The file system of a terminal is full.
    FillAgent,
    /// Base is damaged while nobody runs: overwritten in places, cut, or gone.
    WreckBase,
}

impl Fault {
    /// What can go wrong with an action, apart from nothing; a full disk only where it is small.
    pub(crate) fn of(action: &Action, has_small_disks: bool, is_saved: bool) -> Vec<Self> {
        let mut faults = vec![Self::KillServer, Self::KillWorker, Self::Cut];
        if has_small_disks {
            faults.push(Self::FillServer);
        }
        if matches!(action, Action::Backup | Action::ComeBack(_)) {
            faults.push(Self::KillBackup);
        }
        if !action.is_alone() && is_saved {
            faults.push(Self::KillAgent);
            faults.extend(has_small_disks.then_some(Self::FillAgent));
        }
        // Only while nothing changes Base: what was never acknowledged could not be told from what was lost.
        if *action == Action::Sync {
            faults.push(Self::WreckBase);
        }
        faults
    }
}

/// Damages a file, in one of the ways in which disks and people do it; says how.
pub(crate) fn wreck(path: &Path, dice: &mut Dice) -> Result<String> {
    let length = std::fs::metadata(path)?.len();
    if dice.below(5) == 0 {
        std::fs::remove_file(path)?;
        return Ok("gone".into());
    }
    let file = OpenOptions::new().write(true).open(path).context(|| "open Base to damage it")?;
    if dice.below(4) == 0 {
        let left = dice.below(length);
        file.set_len(left)?;
        return Ok(format!("cut to {left} of {length} bytes"));
    }
    let places = 1 + dice.below(20);
    for _ in 0..places {
        let garbage = vec![dice.below(256) as u8; 1 + dice.below(100_000) as usize];
        let offset = dice.below(length.saturating_sub(garbage.len() as u64));
        file.write_all_at(&garbage, offset)?;
    }
    file.sync_all()?;
    Ok(format!("overwritten in {places} places"))
}
