//! The rounds of a trial.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fault::{Context as _, Result};

use crate::actions::Action;
use crate::admin::Admin;
use crate::diary::Diary;
use crate::dice::Dice;
use crate::faults::Fault;
use crate::ledger::{Ledger, Outcome};
use crate::room::{Room, SmallDisk};
use crate::server::Server;
use crate::terminal::Terminal;

/// Size of a small file system of the server.
const SERVER_BYTES: u64 = 768 << 20;
/// Size of a small file system of a terminal.
const TERMINAL_BYTES: u64 = 96 << 20;
/// Rounds after which everything is read and compared.
const ROUNDS_BETWEEN_PROOFS: u32 = 40;

/// What a trial is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the programs lie.
    pub programs: PathBuf,
    /// An empty directory.
    pub directory: PathBuf,
    /// Makes the choices.
    pub seed: u64,
    /// How many terminals.
    pub terminals: usize,
    /// How long.
    pub length: Length,
    /// Whether disks get full: only where a [`SmallDisk`] can be mounted.
    pub has_small_disks: bool,
}

/// How long a trial is.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    /// So many rounds.
    Rounds(u32),
    /// As many rounds as fit.
    Time(Duration),
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Rounds in all.
    pub rounds: u32,
    /// How often what happened to what.
    pub faults: BTreeMap<(String, Fault), u32>,
    /// The newest version in the end.
    pub version: u64,
    /// Syncs of terminals that ran to their end.
    pub syncs: u32,
    /// Updates of terminals that were killed.
    pub killed_syncs: u32,
    /// Workers that were killed.
    pub killed_workers: u32,
    /// Backups that were made to their end.
    pub backups: u32,
    /// Backups that were killed while they were made or restored.
    pub killed_backups: u32,
    /// Centers that came back from a backup, were served and read.
    pub restored: u32,
    /// How often such a one had to take the place of the center that the terminals knew.
    pub lost: u32,
}

/// A trial under way.
pub(crate) struct Trial<'a> {
    pub(crate) diary: &'a Diary,
    pub(crate) dice: Dice,
    pub(crate) server: Server,
    pub(crate) admin: Admin,
    pub(crate) terminals: Vec<Terminal>,
    pub(crate) ledger: Ledger,
    pub(crate) report: Report,
    /// An empty directory in the beginning; archives, logs and answers lie here.
    pub(crate) place: PathBuf,
    /// How long each kind of action takes undisturbed.
    pub(crate) usual: BTreeMap<&'static str, Duration>,
    has_small_disks: bool,
}

/// Runs a trial to its end, and proves that nothing was lost.
pub fn run(plan: &Plan, diary: &Diary) -> Result<Report> {
    let mut trial = Trial::begin(plan, diary)?;
    let begun = Instant::now();
    let outcome = loop {
        let is_over = match plan.length {
            Length::Rounds(rounds) => trial.report.rounds >= rounds,
            Length::Time(time) => begun.elapsed() >= time,
        };
        if is_over {
            break trial.prove();
        }
        if let Err(error) = trial.round() {
            break Err(error);
        }
    };
    if outcome.is_err() {
        diary.write(&format!("the log of the server ends with\n{}", trial.server.log()));
    }
    outcome.context(|| format!("seed {}, round {}", plan.seed, trial.report.rounds))?;
    Ok(trial.report.clone())
}

impl<'a> Trial<'a> {
    fn begin(plan: &Plan, diary: &'a Diary) -> Result<Self> {
        std::fs::create_dir_all(plan.directory.join("archives"))
            .context(|| "make a directory for archives")?;
        let room = |name: &str, bytes| {
            let path = plan.directory.join(name);
            std::fs::create_dir_all(&path).context(|| "make a directory")?;
            match plan.has_small_disks {
                true => SmallDisk::mount(&path, bytes).map(Room::Small),
                false => Ok(Room::Directory(path)),
            }
        };
        let log = plan.directory.join("server.log");
        let (server, admin) = Server::start(&plan.programs, room("server", SERVER_BYTES)?, log, 1)?;
        let url = server.url();
        let mut terminals = Vec::new();
        for number in 1..=plan.terminals {
            let (name, token) = (format!("t{number}"), admin.enrolment_token()?);
            let room = room(&name, TERMINAL_BYTES)?;
            terminals.push(Terminal::enrol(&plan.programs, room, &name, &url, &token)?);
        }
        diary.write(&format!("seed {}, {} terminals", plan.seed, plan.terminals));
        Ok(Self {
            diary,
            dice: Dice(plan.seed),
            server,
            admin,
            terminals,
            ledger: Ledger::default(),
            report: Report::default(),
            place: plan.directory.clone(),
            usual: BTreeMap::new(),
            has_small_disks: plan.has_small_disks,
        })
    }

    fn round(&mut self) -> Result<()> {
        self.report.rounds += 1;
        let action = self.choose_action()?;
        let fault = self.choose_fault(&action);
        let is_wrecked = self.wreck_before(&action)? || fault == Fault::WreckBase;
        let before = self.ledger.now.clone();
        let syncing = self.begin_syncs(&action)?;
        let aside = self.begin_aside(&action)?;
        let (outcome, moment) = self.disturb(&action, fault, aside.as_ref())?;
        let codes = self.let_end(fault, &syncing, aside.as_ref())?;
        self.let_go_on(&outcome);
        let after = self.settle(is_wrecked)?;
        self.diary.write(&format!(
            "{:4} {} {fault:?} at {} ms: {outcome:?}; version {after}, {} listed, {} pending{codes}",
            self.report.rounds,
            action.name(),
            moment.as_millis(),
            self.ledger.now.listed.len(),
            self.ledger.now.pending,
        ));
        if is_wrecked {
            self.accept_rebuilt()?;
        }
        let is_calm = fault == Fault::None && !is_wrecked;
        self.learn(&action, &outcome, is_calm)?;
        if let Some(aside) = aside {
            self.end_aside(aside, before, is_calm)?;
        }
        self.check_terminals(&syncing)?;
        // A terminal that fell silent in the middle keeps the administrator from saving until it is heard again.
        match outcome {
            Outcome::Refused(_) if action.is_alone() => {
                self.calm(&(0..self.terminals.len()).collect::<Vec<_>>())?
            }
            _ if !codes.is_empty() => self.calm(&syncing)?,
            _ => {}
        }
        *self.report.faults.entry((action.name().to_owned(), fault)).or_default() += 1;
        if self.report.rounds.is_multiple_of(ROUNDS_BETWEEN_PROOFS) { self.prove() } else { Ok(()) }
    }

    fn choose_action(&mut self) -> Result<Action> {
        let kept = self.kept_versions()?;
        let mut done = BTreeMap::<String, u32>::new();
        for ((action, _), count) in &self.report.faults {
            *done.entry(action.clone()).or_default() += count;
        }
        Ok(Action::choose(&mut self.dice, &self.ledger, &kept, &done))
    }

    fn choose_fault(&mut self, action: &Action) -> Fault {
        let faults = Fault::of(action, self.has_small_disks, self.ledger.newest() > 0);
        let count = |fault: &Fault| self.report.faults.get(&(action.name().to_owned(), *fault));
        let is_kill =
            |fault: &Fault| matches!(fault, Fault::KillServer | Fault::KillWorker | Fault::KillAgent);
        let kills: Vec<Fault> = faults.iter().copied().filter(is_kill).collect();
        match self.dice.below(8) {
            0 => Fault::None,
            1..4 => *self.dice.pick(&kills),
            // What has met this action least, so that everything meets everything.
            _ => faults.iter().min_by_key(|fault| count(fault)).copied().unwrap_or(Fault::None),
        }
    }
}
