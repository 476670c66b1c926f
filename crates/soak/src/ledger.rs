//! What was acknowledged, and what may or may not have come about.

use std::collections::{BTreeMap, BTreeSet};

use fault::{Error, Result};

/// The names of the drivers that are listed.
pub(crate) type Names = BTreeSet<String>;

/// Versions that retention leaves in any case.
pub(crate) const VERSIONS_MIN: usize = 4;

/// What the center must know.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The list, and what it was at the last save.
    pub(crate) now: Moment,
    /// The packages of each version.
    pub(crate) history: BTreeMap<u64, Names>,
    /// The root of each version.
    pub(crate) roots: BTreeMap<u64, String>,
    /// The backups that there are, oldest first, each with the moments of which it may be.
    pub(crate) backups: Vec<(String, Vec<Moment>)>,
}

/// The center at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The list as it must be.
    pub(crate) listed: Names,
    /// The list as it was at the last save.
    pub(crate) saved: Names,
    /// How many changes the open edit has.
    pub(crate) pending: usize,
    /// The newest version that was acknowledged.
    pub(crate) version: u64,
    /// How many of the newest versions were made one from the other, none of them anew.
    pub(crate) unbroken: usize,
}

/// How the list may look after something that was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was acknowledged: exactly this.
    Done,
    /// It was refused: as before.
    Refused(String),
    /// Nobody knows: one or the other.
    Unknown(String),
}

impl Ledger {
    /// The newest version that was acknowledged.
    pub(crate) fn newest(&self) -> u64 {
        self.now.version
    }

    /// The packages of a version; there are none before the first save.
    pub(crate) fn packages(&self, version: u64) -> Names {
        self.history.get(&version).cloned().unwrap_or_default()
    }

    /// Takes a version over, with what is listed then; nothing of an edit is left.
    pub(crate) fn record_version(&mut self, version: u64, root: &str, names: Names) {
        self.now.unbroken += 1;
        self.now.pending = 0;
        self.now.listed.clone_from(&names);
        self.take_version(version, root, names);
    }

    /// Takes over a version that was made anew: nobody goes back across it. Changes that were not saved stay.
    pub(crate) fn record_rebuilt(&mut self, version: u64, root: &str) {
        self.now.unbroken = 1;
        self.take_version(version, root, self.now.saved.clone());
    }

    /// The center came back from a backup as this version, whatever it was before.
    pub(crate) fn go_back(&mut self, moment: Moment, version: u64, root: &str) {
        let unbroken = moment.unbroken + 1;
        let saved = moment.saved.clone();
        self.now = Moment { unbroken, ..moment };
        self.take_version(version, root, saved);
    }

    fn take_version(&mut self, version: u64, root: &str, names: Names) {
        self.now.version = version;
        self.now.saved.clone_from(&names);
        self.history.insert(version, names);
        self.roots.insert(version, root.to_owned());
    }

    /// Holds the backups that are found against those that must be there: all, but for those that were to make room
    /// for newer ones. One that nobody knew of is of one of these moments.
    pub(crate) fn learn_backups(&mut self, found: &[String], keep: usize, moments: &[Moment]) -> Result<()> {
        let known: Vec<&String> = self.backups.iter().map(|(id, _)| id).collect();
        let newer = found.iter().filter(|id| !known.contains(id)).count();
        let lost = known.iter().rev().take(keep.saturating_sub(newer)).find(|id| !found.contains(id));
        if let Some(id) = lost {
            return Err(Error::corrupt(format!("backup {id} is lost; there are {found:?}")));
        }
        let of = |id: &String| {
            let known = self.backups.iter().find(|(known, _)| known == id);
            (id.clone(), known.map_or_else(|| moments.to_vec(), |(_, moments)| moments.clone()))
        };
        self.backups = found.iter().map(of).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_backup_may_only_go_when_newer_ones_are_there() {
        let mut ledger = Ledger::default();
        let moments = [Moment::default()];
        ledger.learn_backups(&ids(&["a", "b", "c"]), 3, &moments).unwrap();
        ledger.learn_backups(&ids(&["b", "c", "d"]), 3, &moments).unwrap();
        assert_eq!(ledger.backups.len(), 3);
        ledger.learn_backups(&ids(&["b", "d"]), 3, &moments).unwrap_err();
        ledger.learn_backups(&ids(&["b", "c", "d", "e"]), 3, &moments).unwrap();
        ledger.learn_backups(&ids(&["c", "d", "e"]), 3, &moments).unwrap();
        ledger.learn_backups(&ids(&["d", "e"]), 3, &moments).unwrap_err();
    }
}
