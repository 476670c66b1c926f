//! One round: terminals sync, something is done, something goes wrong, and all of it ends.

use std::time::{Duration, Instant};

use fault::{Error, Result};

use crate::actions::Action;
use crate::backups::Aside;
use crate::faults::{Fault, wreck};
use crate::ledger::Outcome;
use crate::room::{Room, SmallDisk};
use crate::terminal::Terminal;
use crate::trial::Trial;

/// Most that a full file system still has.
const LEFT_BYTES_MAX: u64 = 12 << 20;

/// Time for what the server does for a caller who is gone.
const UNTOLD: Duration = Duration::from_millis(300);

impl Trial<'_> {
    /// Damages Base before a restore sometimes, so that there is something to do for it.
    pub(crate) fn wreck_before(&mut self, action: &Action) -> Result<bool> {
        if *action != Action::Restore || self.ledger.newest() == 0 || self.dice.below(3) == 0 {
            return Ok(false);
        }
        self.wreck_base()?;
        self.server.launch()?;
        Ok(true)
    }

    fn wreck_base(&mut self) -> Result<()> {
        self.server.kill();
        let how = wreck(&self.server.base(), &mut self.dice)?;
        self.diary.write(&format!("     Base is {how}"));
        Ok(())
    }

    /// Terminals that sync meanwhile; never during a save, which would be refused.
    pub(crate) fn begin_syncs(&mut self, action: &Action) -> Result<Vec<usize>> {
        let count = match action {
            _ if action.is_alone() => 0,
            Action::Sync => 1 + self.dice.below(self.terminals.len() as u64),
            _ => self.dice.below(3).min(self.terminals.len() as u64),
        };
        let mut chosen: Vec<usize> = (0..self.terminals.len()).collect();
        while chosen.len() > count as usize {
            let out = self.dice.below(chosen.len() as u64) as usize;
            chosen.swap_remove(out);
        }
        if self.ledger.newest() == 0 {
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
    pub(crate) fn disturb(
        &mut self,
        action: &Action,
        fault: Fault,
        aside: Option<&Aside>,
    ) -> Result<(Outcome, Duration)> {
        let usual = self.usual.get(action.name()).copied().unwrap_or_else(|| action.usual());
        let moment = Duration::from_micros(self.dice.below(usual.as_micros() as u64 * 11 / 10));
        // Mostly next to nothing.
        let left = self.dice.below(LEFT_BYTES_MAX) >> (4 * self.dice.below(5));
        let (admin, archives) = (self.admin.clone(), self.place.join("archives"));
        let task = aside.map(|aside| aside.task.clone());
        let begun = Instant::now();
        let (outcome, took) = std::thread::scope(|scope| {
            let acting =
                scope.spawn(move || (action.perform(&admin, &archives, task.as_ref()), begun.elapsed()));
            std::thread::sleep(moment);
            let struck = self.strike(fault, left, aside);
            let done = acting.join().map_err(|_| Error::bug("an action panicked"));
            struck.and(done)
        })?;
        if fault == Fault::None && outcome == Outcome::Done && took > Duration::from_millis(5) {
            let usual = self.usual.entry(action.name()).or_insert(took);
            *usual = (*usual * 3 + took) / 4;
        }
        Ok((outcome, moment))
    }

    fn strike(&mut self, fault: Fault, left: u64, aside: Option<&Aside>) -> Result<()> {
        match fault {
            Fault::None => {}
            Fault::KillServer => self.server.kill(),
            Fault::KillWorker => self.report.killed_workers += self.server.kill_workers() as u32,
            Fault::KillBackup => {
                let is_killed = aside.is_some_and(|aside| aside.task.kill());
                self.report.killed_backups += u32::from(is_killed);
            }
            Fault::Cut => drop(self.server.proxy.cut()),
            Fault::KillAgent => {
                let killed = self.terminals.iter_mut().map(Terminal::kill).filter(|killed| *killed).count();
                self.report.killed_syncs += killed as u32;
            }
            Fault::WreckBase => self.wreck_base()?,
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
    pub(crate) fn let_end(
        &mut self,
        fault: Fault,
        syncing: &[usize],
        aside: Option<&Aside>,
    ) -> Result<String> {
        if matches!(fault, Fault::FillServer | Fault::FillAgent) {
            if let Some(aside) = aside {
                aside.see_full_disk();
            }
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
        for room in self.terminals.iter().map(|terminal| &terminal.room).chain([self.server.room.as_ref()]) {
            room.small().map_or(Ok(()), SmallDisk::empty)?;
        }
        if !self.server.is_alive() {
            self.server.kill();
            self.server.launch()?;
        }
        Ok(())
    }

    /// A server whose caller is gone goes on with what it was asked for, and nobody is told when that has ended.
    pub(crate) fn let_go_on(&self, outcome: &Outcome) {
        if matches!(outcome, Outcome::Unknown(_)) {
            std::thread::sleep(UNTOLD);
        }
    }

    /// Waits until nothing runs and restores where that is offered; answers the version then. A Base that was damaged is
    /// restored in any case: it may not look wrong from outside.
    pub(crate) fn settle(&mut self, is_wrecked: bool) -> Result<u64> {
        if is_wrecked {
            self.settle(false)?;
            self.admin.restore()?;
        }
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
    pub(crate) fn end_syncs(&mut self, syncing: &[usize]) -> Result<String> {
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

    pub(crate) fn calm(&mut self, syncing: &[usize]) -> Result<()> {
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
