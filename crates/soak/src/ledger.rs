//! What was acknowledged, and what may or may not have come about.

use std::collections::{BTreeMap, BTreeSet};

/// The names of the drivers that are listed.
pub(crate) type Names = BTreeSet<String>;

/// What the center must know.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The list as it must be.
    pub(crate) listed: Names,
    /// The list as it was at the last save.
    pub(crate) saved: Names,
    /// How many changes the open edit has.
    pub(crate) pending: usize,
    /// The packages of each version.
    pub(crate) history: BTreeMap<u64, Names>,
    /// The root of each version.
    pub(crate) roots: BTreeMap<u64, String>,
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
        self.history.keys().next_back().copied().unwrap_or(0)
    }

    /// Takes a version over, with what is listed now.
    pub(crate) fn record_version(&mut self, version: u64, root: &str) {
        self.saved.clone_from(&self.listed);
        self.pending = 0;
        self.history.insert(version, self.listed.clone());
        self.roots.insert(version, root.to_owned());
    }
}
