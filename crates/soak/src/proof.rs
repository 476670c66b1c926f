//! What must hold: after each round, and in the end.

use fault::{Error, Result};

use crate::actions::Action;
use crate::archives::Sample;
use crate::ledger::{Names, Outcome};
use crate::trial::Trial;

impl Trial<'_> {
    /// Holds the center against what was acknowledged, and takes over what nobody could know.
    pub(crate) fn learn(&mut self, action: &Action, outcome: &Outcome) -> Result<()> {
        let status = self.admin.status()?;
        let listed: Names = self.admin.drivers()?.into_iter().map(|driver| driver.name).collect();
        let before = (self.ledger.listed.clone(), self.ledger.pending);
        let after = self.expected(action);
        let pending = status.edit.map_or(0, |edit| edit.changes.len());
        let found = (listed, pending);
        let newest = self.ledger.newest();
        if *action == Action::Save {
            let is_saved = status.version == newest + 1;
            require(is_saved || status.version == newest, || {
                format!("version {} after {newest}", status.version)
            })?;
            require(!is_saved || !matches!(outcome, Outcome::Refused(_)), || "a refused save".into())?;
            let expected = if is_saved { (before.0.clone(), 0) } else { before.clone() };
            require(found == expected, || format!("{found:?} instead of {expected:?}"))?;
            if is_saved {
                self.ledger.record_version(status.version, &status.root);
            }
            return Ok(());
        }
        require(status.version == newest, || format!("version {} instead of {newest}", status.version))?;
        let is_right = match outcome {
            Outcome::Done => found == after,
            Outcome::Refused(_) => found == before,
            Outcome::Unknown(_) => found == before || found == after,
        };
        require(is_right, || format!("{found:?}, it was {before:?}, and {after:?} was asked for"))?;
        (self.ledger.listed, self.ledger.pending) = found;
        Ok(())
    }

    /// A Base that could not be mended was made anew, as a version with the same packages.
    pub(crate) fn accept_rebuilt(&mut self) -> Result<()> {
        let status = self.admin.status()?;
        if status.version == self.ledger.newest() + 1 {
            self.diary.write(&format!("     Base was made anew as version {}", status.version));
            self.ledger.history.insert(status.version, self.ledger.saved.clone());
            self.ledger.roots.insert(status.version, status.root);
        }
        Ok(())
    }

    /// List and number of changes once the action is done.
    fn expected(&self, action: &Action) -> (Names, usize) {
        let (mut listed, pending) = (self.ledger.listed.clone(), self.ledger.pending);
        match action {
            Action::Import(sample) => drop(listed.insert(sample.name.clone())),
            Action::Delete(name) => drop(listed.remove(name)),
            Action::Discard => return (self.ledger.saved.clone(), 0),
            Action::Save | Action::Restore | Action::Sync => return (listed, pending),
        }
        (listed, pending + 1)
    }

    /// A disk that may be opened is a whole version, whatever happened to its terminal.
    pub(crate) fn check_terminals(&self, which: &[usize]) -> Result<()> {
        for terminal in which.iter().map(|index| &self.terminals[*index]) {
            let Some((version, root)) = terminal.status()? else { continue };
            let known = self.ledger.roots.get(&version);
            require(known == Some(&root), || format!("{}: version {version} with {root}", terminal.name))?;
            let bytes = terminal.root_of_bytes()?;
            require(bytes == root, || format!("{} says {root} and holds {bytes}", terminal.name))?;
        }
        Ok(())
    }

    /// Reads and compares everything.
    pub(crate) fn prove(&mut self) -> Result<()> {
        self.prove_contents()?;
        self.admin.restore()?;
        let status = self.admin.wait_idle()?;
        require(status.mount_status == 1, || format!("the center finds damage: {:?}", status.problem))?;
        require(status.version == self.ledger.newest(), || format!("version {}", status.version))?;
        let findings = self.admin.verify()?;
        require(findings.is_empty(), || format!("verify finds {findings:?}"))?;
        if status.version > 0 {
            self.prove_terminals(status.version, &status.root)?;
        }
        self.report.version = status.version;
        self.diary.write(&format!(
            "everything agrees: version {}, root {}, {} drivers, {} terminals",
            status.version,
            &status.root[..16.min(status.root.len())],
            self.ledger.listed.len(),
            self.terminals.len()
        ));
        Ok(())
    }

    /// Everything that was acknowledged is on the disk, byte for byte, and nothing else.
    fn prove_contents(&self) -> Result<()> {
        let directories = self.admin.directories("/sys/tq")?;
        let listed: Vec<String> = self.ledger.listed.iter().cloned().collect();
        require(directories == listed, || format!("on the disk {directories:?}, listed {listed:?}"))?;
        for name in &listed {
            let sample = Sample::named(name)?;
            let content = sample.content();
            let found = self.admin.file(&sample.file(), content.len() as u64)?;
            require(found == content, || format!("{} is another one", sample.file()))?;
        }
        Ok(())
    }

    fn prove_terminals(&mut self, version: u64, root: &str) -> Result<()> {
        let base = std::fs::read(self.server.base())?;
        for terminal in &self.terminals {
            let found = terminal.sync()?;
            self.report.syncs += 1;
            require(found == (version, root.to_owned()), || format!("{} has {found:?}", terminal.name))?;
            require(std::fs::read(terminal.disk())? == base, || format!("{} differs", terminal.name))?;
            let (code, verdict) = terminal.run(&["verify"])?;
            require(code == 0 && verdict["good"] == true, || format!("{}: {verdict}", terminal.name))?;
        }
        Ok(())
    }
}

fn require(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::corrupt(what())) }
}
