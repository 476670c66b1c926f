//! The rounds of a trial.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fault::{Context as _, Error, Result};

use crate::actions::Action;
use crate::diary::Diary;
use crate::dice::Dice;
use crate::faults::{Fault, wreck};
use crate::ledger::{Ledger, Outcome};
use crate::room::{Room, SmallDisk};
use crate::server::{Admin, Server};
use crate::terminal::Terminal;

/// Size of a small file system of the server.
const SERVER_BYTES: u64 = 512 << 20;
/// Size of a small file system of a terminal.
const TERMINAL_BYTES: u64 = 96 << 20;
/// Most that a full file system still has.
const LEFT_BYTES_MAX: u64 = 12 << 20;
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
    archives: PathBuf,
    faults: Vec<Fault>,
    /// How long each kind of action takes undisturbed.
    usual: BTreeMap<&'static str, Duration>,
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
        let archives = plan.directory.join("archives");
        std::fs::create_dir_all(&archives).context(|| "make a directory for archives")?;
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
            archives,
            faults: Fault::all(plan.has_small_disks),
            usual: BTreeMap::new(),
        })
    }

    fn round(&mut self) -> Result<()> {
        self.report.rounds += 1;
        let action = Action::choose(&mut self.dice, &self.ledger);
        let fault = self.choose_fault(&action);
        let syncing = self.begin_syncs(&action)?;
        let (outcome, moment) = self.disturb(&action, fault)?;
        let codes = self.let_end(fault, &syncing)?;
        let after = self.settle()?;
        self.diary.write(&format!(
            "{:4} {} {fault:?} at {} ms: {outcome:?}; version {after}, {} listed, {} pending{codes}",
            self.report.rounds,
            action.name(),
            moment.as_millis(),
            self.ledger.listed.len(),
            self.ledger.pending,
        ));
        if fault == Fault::WreckBase {
            self.accept_rebuilt()?;
        }
        self.learn(&action, &outcome)?;
        self.check_terminals(&syncing)?;
        // A terminal that fell silent in the middle keeps the administrator from saving until it is heard again.
        match outcome {
            Outcome::Refused(_) if action == Action::Save => {
                self.calm(&(0..self.terminals.len()).collect::<Vec<_>>())?
            }
            _ if !codes.is_empty() => self.calm(&syncing)?,
            _ => {}
        }
        *self.report.faults.entry((action.name().to_owned(), fault)).or_default() += 1;
        if self.report.rounds.is_multiple_of(ROUNDS_BETWEEN_PROOFS) { self.prove() } else { Ok(()) }
    }

    fn choose_fault(&mut self, action: &Action) -> Fault {
        match self.dice.below(6) {
            0 => Fault::None,
            // Only while nothing changes Base: what was never acknowledged could not be told from what was lost.
            1 if *action == Action::Sync && self.ledger.newest() > 0 => Fault::WreckBase,
            _ => *self.dice.pick(&self.faults.clone()),
        }
    }

    /// Terminals that sync meanwhile; never during a save, which would be refused.
    fn begin_syncs(&mut self, action: &Action) -> Result<Vec<usize>> {
        let count = match action {
            Action::Save | Action::Restore => 0,
            Action::Sync => 1 + self.dice.below(self.terminals.len() as u64),
            _ => self.dice.below(3).min(self.terminals.len() as u64),
        };
        let mut chosen: Vec<usize> = (0..self.terminals.len()).collect();
        while chosen.len() > count as usize {
            let out = self.dice.below(chosen.len() as u64) as usize;
            chosen.swap_remove(out);
        }
        if self.ledger.history.is_empty() {
            chosen.clear();
        }
        for index in &chosen {
            if self.dice.below(12) == 0 {
                self.terminals[*index].lose_disk()?;
            }
            self.terminals[*index].begin_sync()?;
        }
        Ok(chosen)
    }

    /// Does the action, and lets the fault happen at some moment of it.
    fn disturb(&mut self, action: &Action, fault: Fault) -> Result<(Outcome, Duration)> {
        let usual = self.usual.get(action.name()).copied().unwrap_or_else(|| action.usual());
        let moment = Duration::from_micros(self.dice.below(usual.as_micros() as u64 * 11 / 10));
        // Mostly next to nothing.
        let left = self.dice.below(LEFT_BYTES_MAX) >> (4 * self.dice.below(5));
        let (admin, archives) = (self.admin.clone(), self.archives.clone());
        let begun = Instant::now();
        let (outcome, took) = std::thread::scope(|scope| {
            let acting = scope.spawn(move || (action.perform(&admin, &archives), begun.elapsed()));
            std::thread::sleep(moment);
            let struck = self.strike(fault, left);
            let done = acting.join().map_err(|_| Error::bug("an action panicked"));
            struck.and(done)
        })?;
        if fault == Fault::None && outcome == Outcome::Done && took > Duration::from_millis(5) {
            let usual = self.usual.entry(action.name()).or_insert(took);
            *usual = (*usual * 3 + took) / 4;
        }
        Ok((outcome, moment))
    }

    fn strike(&mut self, fault: Fault, left: u64) -> Result<()> {
        match fault {
            Fault::None => {}
            Fault::KillServer => self.server.kill(),
            Fault::KillWorker => drop(self.server.kill_workers()),
            Fault::Cut => drop(self.server.proxy.cut()),
            Fault::KillAgent => {
                let killed = self.terminals.iter_mut().map(Terminal::kill).filter(|killed| *killed).count();
                self.report.killed_syncs += killed as u32;
            }
            Fault::WreckBase => {
                self.server.kill();
                let how = wreck(&self.server.base(), &mut self.dice)?;
                self.diary.write(&format!("     Base is {how}"));
            }
            Fault::FillServer => fill(&self.server.room, left)?,
            Fault::FillAgent => {
                for terminal in &self.terminals {
                    fill(&terminal.room, left)?;
                }
            }
        }
        Ok(())
    }

    /// Syncs go on by themselves when the server comes back, but see a full disk to its end.
    fn let_end(&mut self, fault: Fault, syncing: &[usize]) -> Result<String> {
        if matches!(fault, Fault::FillServer | Fault::FillAgent) {
            let codes = self.end_syncs(syncing)?;
            self.mend(fault)?;
            return Ok(codes);
        }
        self.mend(fault)?;
        self.end_syncs(syncing)
    }

    /// Whoever was killed is started again, and full disks get room: sometimes in this order.
    fn mend(&mut self, fault: Fault) -> Result<()> {
        if fault == Fault::FillServer && self.dice.below(3) == 0 {
            self.server.kill();
            // It may find no room to start in.
            let _tried = self.server.launch();
        }
        for room in self.terminals.iter().map(|terminal| &terminal.room).chain([&self.server.room]) {
            room.small().map_or(Ok(()), SmallDisk::empty)?;
        }
        if !self.server.is_alive() {
            self.server.kill();
            self.server.launch()?;
        }
        if fault == Fault::WreckBase {
            // It may not look wrong from outside.
            self.settle()?;
            self.admin.restore()?;
        }
        Ok(())
    }

    /// Waits until nothing runs and restores where that is offered; answers the version then.
    fn settle(&mut self) -> Result<u64> {
        for _ in 0..3 {
            let status = self.admin.wait_idle()?;
            if status.mount_status == 1 {
                return Ok(status.version);
            }
            self.diary.write(&format!("     restore: {}", status.problem.unwrap_or_default()));
            self.admin.restore()?;
        }
        Err(Error::corrupt("the center does not get back to normal by restoring"))
    }

    /// Waits for the syncs; answers how those ended that failed.
    fn end_syncs(&mut self, syncing: &[usize]) -> Result<String> {
        let mut failed = String::new();
        for index in syncing {
            match self.terminals[*index].end_sync()? {
                Some(0) => self.report.syncs += 1,
                Some(code) => failed += &format!(", {} ends with {code}", self.terminals[*index].name),
                None => failed += &format!(", {} was killed", self.terminals[*index].name),
            }
        }
        Ok(failed)
    }

    fn calm(&mut self, syncing: &[usize]) -> Result<()> {
        for index in syncing {
            self.terminals[*index].sync()?;
            self.report.syncs += 1;
        }
        Ok(())
    }
}

fn fill(room: &Room, left: u64) -> Result<()> {
    room.small().map_or(Ok(()), |disk| disk.fill(left))
}
