//! What must hold: after each round, and in the end.

use fault::{Error, Result};
use protocol::api::AuditEntry;

use crate::actions::Action;
use crate::admin::Admin;
use crate::archives::Sample;
use crate::ledger::{Names, Outcome, VERSIONS_MIN};
use crate::trial::Trial;

impl Trial<'_> {
    /// Holds the center against what was acknowledged, and takes over what nobody could know.
    /// `is_calm` says that nothing stood against the action.
    pub(crate) fn learn(&mut self, action: &Action, outcome: &Outcome, is_calm: bool) -> Result<()> {
        let status = self.admin.status()?;
        let listed: Names = self.admin.drivers()?.into_iter().map(|driver| driver.name).collect();
        let before = (self.ledger.now.listed.clone(), self.ledger.now.pending);
        let after = self.expected(action);
        let pending = status.edit.map_or(0, |edit| edit.changes.len());
        let found = (listed, pending);
        let newest = self.ledger.newest();
        let makes_version = matches!(action, Action::Save | Action::Rollback(_));
        if makes_version && status.version == newest + 1 {
            require(!matches!(outcome, Outcome::Refused(_)), || "it was refused, and is there".into())?;
            require(found == after, || format!("{found:?} instead of {after:?}"))?;
            self.check_rolled_back(action, &status.root)?;
            self.ledger.record_version(status.version, &status.root, found.0);
            return Ok(());
        }
        require(status.version == newest, || format!("version {} instead of {newest}", status.version))?;
        require(!is_calm || !makes_version || *outcome != Outcome::Done, || "no version was made".into())?;
        let is_right = match outcome {
            // What has begun may have failed, and then it was undone.
            Outcome::Done if !makes_version => found == after,
            Outcome::Done | Outcome::Refused(_) => found == before,
            Outcome::Unknown(_) => found == before || (found == after && !makes_version),
        };
        require(is_right, || format!("{found:?}, it was {before:?}, and {after:?} was asked for"))?;
        (self.ledger.now.listed, self.ledger.now.pending) = found;
        Ok(())
    }

    /// What came back is byte for byte what it was.
    fn check_rolled_back(&self, action: &Action, root: &str) -> Result<()> {
        let Action::Rollback(version) = action else { return Ok(()) };
        let was = self.ledger.roots.get(version);
        require(was.is_none_or(|was| was == root), || format!("version {version} was {was:?} and is {root}"))
    }

    /// Takes over a version that a restore had to make anew, with the same packages.
    pub(crate) fn accept_rebuilt(&mut self) -> Result<()> {
        let status = self.admin.status()?;
        if status.version == self.ledger.newest() + 1 {
            self.diary.write(&format!("     Base was made anew as version {}", status.version));
            self.ledger.record_rebuilt(status.version, &status.root);
        }
        Ok(())
    }

    /// The versions to which one can go back: those that are promised are there, and are what they were.
    pub(crate) fn kept_versions(&self) -> Result<Vec<u64>> {
        let kept = self.admin.kept()?;
        let promised = self.ledger.now.unbroken.min(VERSIONS_MIN);
        require(kept.len() >= promised, || format!("only {} versions are kept", kept.len()))?;
        for version in &kept {
            let known = self.ledger.roots.get(&version.number);
            let is_it = known.is_none_or(|root| *root == version.root);
            require(is_it, || format!("version {} is kept as {}", version.number, version.root))?;
        }
        Ok(kept
            .into_iter()
            .map(|version| version.number)
            .filter(|kept| *kept != self.ledger.newest())
            .collect())
    }

    /// List and number of changes once the action is done.
    fn expected(&self, action: &Action) -> (Names, usize) {
        let (mut listed, pending) = (self.ledger.now.listed.clone(), self.ledger.now.pending);
        match action {
            Action::Import(sample) => drop(listed.insert(sample.name.clone())),
            Action::Delete(name) => drop(listed.remove(name)),
            Action::Discard => return (self.ledger.now.saved.clone(), 0),
            Action::Save => return (listed, 0),
            Action::Rollback(version) => return (self.ledger.packages(*version), 0),
            Action::Restore | Action::Backup | Action::ComeBack(_) | Action::Sync => {
                return (listed, pending);
            }
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
        self.prove_contents(&self.admin, &self.ledger.now.listed)?;
        self.prove_trail()?;
        self.admin.restore()?;
        let status = self.admin.wait_idle()?;
        require(status.mount_status == 1, || format!("the center finds damage: {:?}", status.problem))?;
        require(status.version == self.ledger.newest(), || format!("version {}", status.version))?;
        let mut findings = self.admin.verify()?;
        // A hint that is not worth the room in a backup; the next save makes it.
        findings.retain(|finding| self.report.lost == 0 || finding.id != "found.index");
        require(findings.is_empty(), || format!("verify finds {findings:?}"))?;
        if status.version > 0 {
            self.prove_terminals(status.version, &status.root)?;
        }
        self.report.version = status.version;
        self.diary.write(&format!(
            "everything agrees: version {}, root {}, {} drivers, {} terminals",
            status.version,
            &status.root[..16.min(status.root.len())],
            self.ledger.now.listed.len(),
            self.terminals.len()
        ));
        Ok(())
    }

    /// Everything that was acknowledged is on the disk, byte for byte, and nothing else.
    pub(crate) fn prove_contents(&self, admin: &Admin, listed: &Names) -> Result<()> {
        let directories = admin.directories("/sys/tq")?;
        let listed: Vec<String> = listed.iter().cloned().collect();
        require(directories == listed, || format!("on the disk {directories:?}, listed {listed:?}"))?;
        for name in &listed {
            let sample = Sample::named(name)?;
            let content = sample.content();
            let found = admin.file(&sample.file(), content.len() as u64)?;
            require(found == content, || format!("{} is another one", sample.file()))?;
        }
        Ok(())
    }

    /// Whatever ended the server, each import that came about is in the audit trail.
    fn prove_trail(&self) -> Result<()> {
        let imports = self.admin.imports()?;
        for driver in self.admin.drivers()? {
            let id = format!("\"id\":{},", driver.id);
            let is_it = |entry: &AuditEntry| entry.subject == driver.name && entry.detail.contains(&id);
            require(imports.iter().any(is_it), || format!("{} is not in the audit trail", driver.name))?;
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

pub(crate) fn require(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::corrupt(what())) }
}
