//! What is known of the terminals in memory: what each said last, what of it is not written yet, and whose secret has which
//! hash. It never touches the database; [`super`] says what may be lost with it.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fault::{Error, Result, WireError};
use tokio::sync::oneshot;

use crate::db::DateTime;
use crate::db::entities::terminal::TerminalState;

/// Hash of a terminal's secret, as it is stored.
pub(crate) type SecretHash = [u8; 32];

/// How often the database has changed in other ways than by reports: [`crate::db::Db::commits`].
pub(super) type Epoch = u64;

/// Whether a change was written.
pub(super) type Outcome = oneshot::Receiver<std::result::Result<(), WireError>>;

/// What a terminal says of itself that must not be lost once it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) version: i64,
    pub(super) root: Option<String>,
    pub(super) state: TerminalState,
    pub(super) message: Option<String>,
    /// None when it does not say: then it stays what it was.
    pub(super) mode: Option<&'static str>,
}

impl Said {
    /// Whether it counts as a running task.
    fn is_busy(&self) -> bool {
        matches!(self.state, TerminalState::Downloading | TerminalState::Applying)
    }
}

/// What it says beside that: the next report says it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passing {
    pub(super) done: i64,
    pub(super) total: i64,
    pub(super) address: Option<String>,
}

/// What a terminal is told to do, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) push_version: Option<i64>,
    pub(super) hg_notices: i64,
}

/// All of a terminal's row that reports change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) said: Said,
    pub(super) passing: Passing,
    pub(super) seen_at: DateTime,
    /// Whether it has what it was pushed to take.
    pub(super) has_pushed: bool,
}

/// A terminal as the database has it.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) said: Said,
    pub(super) passing: Passing,
    pub(super) has_reported: bool,
    pub(super) orders: Orders,
}

/// What becomes of a report.
#[derive(Debug)]
pub(super) enum Taken {
    /// The terminal, or what it is told, has to be read from the database first.
    Unknown,
    /// Nothing in it must be kept at once.
    Kept(Orders),
    /// It may be answered when it was written.
    Waits(Orders, Outcome),
    /// Whoever sent it was the terminal, but is not any more.
    Replaced,
}

/// What of the waiting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What somebody waits for.
    Changes,
    /// That, and all of terminals with a running task.
    Running,
    /// Everything.
    All,
}

/// What is written in one transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    changes: HashMap<String, Change>,
    progress: HashMap<String, Row>,
    pub(super) beats: HashMap<String, DateTime>,
}

#[derive(Debug)]
struct Change {
    number: u64,
    row: Row,
    told: oneshot::Sender<std::result::Result<(), WireError>>,
}

impl Batch {
    /// Rows that say something new, one for each terminal.
    pub(super) fn changed(&self) -> impl Iterator<Item = &Row> {
        self.changes.values().map(|change| &change.row)
    }

    /// Rows of others that say only how far they are.
    pub(super) fn progressed(&self) -> impl Iterator<Item = &Row> {
        self.progress.values()
    }

    /// One of the terminals that it is about; none when there is nothing to write.
    pub(super) fn any(&self) -> Option<String> {
        self.changed()
            .chain(self.progressed())
            .map(|row| &row.id)
            .next()
            .or_else(|| self.beats.keys().next())
            .cloned()
    }
}

/// The terminals in memory.
#[derive(Default)]
pub(crate) struct Roster(Mutex<State>);

#[derive(Default)]
struct State {
    entries: HashMap<String, Entry>,
    owners: HashMap<SecretHash, (Epoch, String)>,
    /// Goes up when entries are forgotten: what was read before may be older than what was written since.
    forgotten: u64,
    /// Since when a terminal that enrolled again has another secret: what was proved before is worth nothing.
    replaced: HashMap<String, Epoch>,
    /// Number of the last change.
    number: u64,
    waiting: Batch,
}

struct Entry {
    said: Said,
    passing: Passing,
    has_reported: bool,
    orders: (Epoch, Orders),
    /// Number of its last change while that is not written.
    unwritten: Option<u64>,
}

impl Roster {
    /// Whose secret this is, if that was read at `epoch`.
    pub(super) fn owner(&self, hash: &SecretHash, epoch: Epoch) -> Option<String> {
        let state = self.lock();
        state.owners.get(hash).filter(|(read_at, _)| *read_at == epoch).map(|(_, id)| id.clone())
    }

    pub(super) fn trust(&self, hash: SecretHash, epoch: Epoch, id: &str) {
        self.lock().owners.insert(hash, (epoch, id.to_owned()));
    }

    /// To be asked before a terminal is read.
    pub(super) fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// Takes what was read of a terminal; of one that is known only what it is told.
    pub(super) fn learn(&self, id: &str, read: Read, epoch: Epoch, forgotten: u64) {
        let mut state = self.lock();
        if let Some(entry) = state.entries.get_mut(id) {
            if entry.orders.0 < epoch {
                entry.orders = (epoch, read.orders);
            }
        } else if state.forgotten == forgotten {
            let Read { said, passing, has_reported, orders } = read;
            let entry = Entry { said, passing, has_reported, orders: (epoch, orders), unwritten: None };
            state.entries.insert(id.to_owned(), entry);
        }
    }

    /// The database does not have this terminal any more.
    pub(super) fn forget(&self, id: &str) {
        self.lock().forget(&HashSet::from([id.to_owned()]));
    }

    /// The terminal has another secret since `epoch`. What was said with the one of before, and is not written, is dropped.
    pub(super) fn replace(&self, id: &str, epoch: Epoch) {
        let mut state = self.lock();
        state.forget(&HashSet::from([id.to_owned()]));
        // Whoever waits for it hears that it was not written, and is refused when it asks again.
        state.waiting.changes.remove(id);
        state.replaced.insert(id.to_owned(), epoch);
    }

    /// Takes a report of whoever was the terminal at `proved_at`.
    pub(super) fn take(
        &self,
        (id, proved_at): (&str, Epoch),
        (said, passing): (Said, Passing),
        seen_at: DateTime,
        epoch: Epoch,
    ) -> Taken {
        let mut state = self.lock();
        let State { entries, waiting, number, replaced, .. } = &mut *state;
        if replaced.get(id).is_some_and(|since| proved_at < *since) {
            return Taken::Replaced;
        }
        let Some(entry) = entries.get_mut(id).filter(|entry| entry.orders.0 >= epoch) else {
            return Taken::Unknown;
        };
        let said = Said { mode: said.mode.or(entry.said.mode), ..said };
        // What was pushed is done when the terminal has it, and does not stand for later versions.
        let has_pushed = entry.orders.1.push_version.is_some_and(|pushed| pushed <= said.version);
        let is_new = entry.said != said || entry.passing.address != passing.address || has_pushed;
        let is_change = !entry.has_reported || entry.unwritten.is_some() || is_new;
        let is_progress = said.is_busy() || entry.passing != passing || waiting.progress.contains_key(id);
        if has_pushed {
            entry.orders.1.push_version = None;
        }
        entry.has_reported = true;
        (entry.said, entry.passing) = (said.clone(), passing.clone());
        let row = Row { id: id.to_owned(), said, passing, seen_at, has_pushed };
        if is_change {
            *number += 1;
            entry.unwritten = Some(*number);
            return Taken::Waits(entry.orders.1, waiting.change(*number, row));
        }
        if is_progress {
            waiting.forget(id);
            waiting.progress.insert(row.id.clone(), row);
        } else {
            waiting.beats.insert(row.id, seen_at);
        }
        Taken::Kept(entry.orders.1)
    }

    /// Takes out what is to be written now. There is one batch at a time.
    pub(super) fn begin(&self, part: Part) -> Batch {
        let waiting = &mut self.lock().waiting;
        let mut batch = Batch { changes: std::mem::take(&mut waiting.changes), ..Batch::default() };
        if part != Part::Changes {
            batch.progress = std::mem::take(&mut waiting.progress);
        }
        if part == Part::All {
            batch.beats = std::mem::take(&mut waiting.beats);
        }
        batch
    }

    /// The batch is durable, but for terminals that the database does not have any more.
    pub(super) fn written(&self, batch: Batch, missing: &HashSet<String>) {
        let mut state = self.lock();
        for Change { number, row, told } in batch.changes.into_values() {
            if let Some(entry) = state.entries.get_mut(&row.id)
                && entry.unwritten == Some(number)
            {
                entry.unwritten = None;
            }
            let outcome = if missing.contains(&row.id) { Err(gone(&row.id)) } else { Ok(()) };
            // Whoever asked may have gone.
            let _asker = told.send(outcome.map_err(|error| WireError::from(&error)));
        }
        state.forget(missing);
    }

    /// Nothing of the batch was written. What somebody waits for has failed, and with it what came after; the rest is
    /// tried again.
    pub(super) fn failed(&self, batch: Batch, error: &Error) {
        let mut state = self.lock();
        let later = std::mem::take(&mut state.waiting.changes);
        let failed: Vec<Change> = batch.changes.into_values().chain(later.into_values()).collect();
        state.forget(&failed.iter().map(|change| change.row.id.clone()).collect());
        for change in failed {
            let _asker = change.told.send(Err(WireError::from(error)));
        }
        let State { entries, waiting, .. } = &mut *state;
        for (id, row) in batch.progress.into_iter().filter(|(id, _)| entries.contains_key(id)) {
            // What is newer may say only that it lives; then its time counts, and the rest of this.
            let seen_at = waiting.beats.remove(&id).unwrap_or(row.seen_at);
            waiting.progress.entry(id).or_insert(Row { seen_at, ..row });
        }
        for (id, seen_at) in batch.beats.into_iter().filter(|(id, _)| entries.contains_key(id)) {
            if !waiting.progress.contains_key(&id) {
                waiting.beats.entry(id).or_insert(seen_at);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    /// Takes a change in the place of all that its terminal has said before. Whoever still waits for that is told that it
    /// was not written: a terminal asks again when it has given up waiting, however often the database hangs.
    fn change(&mut self, number: u64, mut row: Row) -> Outcome {
        self.forget(&row.id);
        row.has_pushed |= self.changes.get(&row.id).is_some_and(|before| before.row.has_pushed);
        let (told, outcome) = oneshot::channel();
        self.changes.insert(row.id.clone(), Change { number, row, told });
        outcome
    }

    /// Drops what a newer report of the same terminal stands for.
    fn forget(&mut self, id: &str) {
        self.beats.remove(id);
        self.progress.remove(id);
    }
}

impl State {
    fn forget(&mut self, ids: &HashSet<String>) {
        if ids.is_empty() {
            return;
        }
        self.forgotten += 1;
        self.owners.retain(|_, (_, id)| !ids.contains(id));
        for id in ids {
            self.entries.remove(id);
            self.waiting.forget(id);
        }
    }
}

fn gone(id: &str) -> Error {
    Error::not_found(format!("terminal {id}")).with_notice("terminal.not_found").with_value("terminal", id)
}

/// What became of a change.
pub(super) fn heard(
    outcome: std::result::Result<std::result::Result<(), WireError>, oneshot::error::RecvError>,
) -> Result<()> {
    match outcome {
        Ok(outcome) => outcome.map_err(Error::from),
        Err(_) => Err(not_written()),
    }
}

pub(super) fn not_written() -> Error {
    Error::unavailable("record a report: it was not written")
}
