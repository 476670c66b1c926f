//! Backups: made beside everything else, and restored where nothing is.
//!
//! A center that came back is served and held against what was acknowledged when its backup was made. Now and then it
//! takes the place of the one that the terminals know, which is lost then.

use std::path::PathBuf;
use std::time::Duration;

use fault::{Error, Result};
use protocol::api::Backup;
use serde_json::Value;

use crate::actions::Action;
use crate::admin::Admin;
use crate::ledger::{Moment, Names};
use crate::proof::require;
use crate::server::Server;
use crate::task::Task;
use crate::trial::Trial;

/// Backups that each new one leaves.
const KEPT: usize = 3;
/// Where the backups lie in the room of the server.
const BACKUPS: &str = "backups";
/// Data directory of a center that comes back.
const RESTORED: &str = "restored";
/// How long a full disk is left to a backup.
const FULL: Duration = Duration::from_secs(2);

/// What runs beside a round.
pub(crate) struct Aside {
    pub(crate) task: Task,
    kind: Kind,
}

enum Kind {
    Create,
    /// Into the data directory of this server.
    Restore(String, Box<Server>),
}

impl Aside {
    /// Lets it meet a full disk; a center that has to be restored first would be waited for in vain.
    pub(crate) fn see_full_disk(&self) {
        self.task.wait(FULL);
    }
}

impl Trial<'_> {
    /// Begins what the action is about; beside other actions a backup now and then.
    pub(crate) fn begin_aside(&mut self, action: &Action) -> Result<Option<Aside>> {
        let kind = match action {
            Action::ComeBack(id) => Kind::Restore(id.clone(), Box::new(self.server.beside(RESTORED)?)),
            Action::Backup => Kind::Create,
            _ if self.dice.below(8) == 0 => Kind::Create,
            _ => return Ok(None),
        };
        let task = self.begin_backup(&kind)?;
        Ok(Some(Aside { task, kind }))
    }

    fn begin_backup(&self, kind: &Kind) -> Result<Task> {
        let mut command = self.server.command();
        command.arg("backup").arg("--json");
        match kind {
            Kind::Create => {
                command.arg("create").arg(self.backups()).args(["--keep", &KEPT.to_string()]);
                command.arg("--config").arg(self.server.configuration());
            }
            Kind::Restore(id, server) => {
                command.arg("restore").arg(self.backups()).arg(id);
                command.args(["--above", &self.ledger.newest().to_string()]);
                command.arg("--config").arg(server.configuration());
            }
        }
        Task::begin(&mut command, &self.place.join("backup.json"), &self.place.join("backup.log"))
    }

    /// The directory of the backups, as the programs know it.
    fn backups(&self) -> PathBuf {
        self.server.room.inside().join(BACKUPS)
    }

    /// Looks at what has come of it. `before` is what the center was when it began; `is_calm`, whether nothing stood
    /// against it.
    pub(crate) fn end_aside(&mut self, aside: Aside, before: Moment, is_calm: bool) -> Result<()> {
        let (code, answer) = aside.task.end()?;
        require(!is_calm || code == Some(0), || format!("a backup ended with {code:?}: {answer}"))?;
        match aside.kind {
            Kind::Create => {
                self.learn_backups(before)?;
                let id = answer["backup"]["id"].as_str().unwrap_or_default();
                let is_there = self.ledger.backups.iter().any(|(known, _)| known == id);
                require(code != Some(0) || is_there, || format!("backup {id} is not listed"))?;
                self.report.backups += u32::from(code == Some(0));
                self.check_backup()
            }
            Kind::Restore(id, server) => {
                let kind = Kind::Restore(id, server);
                if code != Some(0) {
                    self.restore_again(&kind)?;
                }
                let Kind::Restore(id, server) = kind else { return Ok(()) };
                self.look_at_restored(&id, *server)
            }
        }
    }

    /// The same command once more, which finds an end that the first only did not come to tell.
    fn restore_again(&self, kind: &Kind) -> Result<()> {
        let Kind::Restore(_, server) = kind else { return Ok(()) };
        let is_begun = server.data().join("restoring-a-backup").exists();
        let (code, answer) = self.begin_backup(kind)?.end()?;
        let is_refused = answer["error"]["notice"] == "backup.not_empty";
        require(code == Some(0) || (is_refused && !is_begun), || format!("restored again: {code:?} {answer}"))
    }

    fn learn_backups(&mut self, before: Moment) -> Result<()> {
        let (code, answer) = self.ask_backups(&["list"])?;
        // One that was ended before it had made the directory has left none.
        let found: Vec<Backup> = match code {
            Some(0) => serde_json::from_value(answer).map_err(|e| Error::bug(format!("list: {e}")))?,
            _ if self.ledger.backups.is_empty() => return Ok(()),
            _ => return Err(Error::corrupt(format!("list the backups: {code:?} {answer}"))),
        };
        let ids: Vec<String> = found.into_iter().map(|backup| backup.id).collect();
        let moments = [before, self.ledger.now.clone()];
        self.ledger.learn_backups(&ids, KEPT, &moments)
    }

    /// Reads all of one backup.
    fn check_backup(&mut self) -> Result<()> {
        if self.ledger.backups.is_empty() {
            return Ok(());
        }
        let id = self.dice.pick(&self.ledger.backups).0.clone();
        let (code, answer) = self.ask_backups(&["verify", &id])?;
        require(code == Some(0), || format!("verify backup {id}: {code:?} {answer}"))
    }

    fn ask_backups(&self, arguments: &[&str]) -> Result<(Option<i32>, Value)> {
        let mut command = self.server.command();
        command.args(["backup", "--json"]).arg(arguments[0]).arg(self.backups()).args(&arguments[1..]);
        Task::begin(&mut command, &self.place.join("backups.json"), &self.place.join("backup.log"))?.end()
    }

    /// Serves what came back, reads all of it, and lets it take over sometimes.
    fn look_at_restored(&mut self, id: &str, mut server: Server) -> Result<()> {
        server.launch()?;
        let admin = self.admin.at(&server)?;
        let moment = self.moment_of_restored(id, &admin)?;
        self.prove_contents(&admin, &moment.listed)?;
        let mut findings = admin.verify()?;
        // A hint that is not worth the room in a backup; the next save makes it.
        findings.retain(|finding| finding.id != "found.index");
        require(findings.is_empty(), || format!("verify of a restored center finds {findings:?}"))?;
        self.report.restored += 1;
        if moment.version > 0 && self.dice.below(2) == 0 {
            return self.take_over(server, moment, &admin.status()?.root);
        }
        server.kill();
        std::fs::remove_dir_all(server.data()).map_err(Error::from)
    }

    /// At which of the moments of which the backup may be it was made.
    fn moment_of_restored(&self, id: &str, admin: &Admin) -> Result<Moment> {
        let status = admin.wait_idle()?;
        require(status.mount_status == 1, || format!("a restored center is not well: {status:?}"))?;
        let listed: Names = admin.drivers()?.into_iter().map(|driver| driver.name).collect();
        let pending = status.edit.map_or(0, |edit| edit.changes.len());
        let known = self.ledger.backups.iter().find(|(known, _)| known == id);
        let moments = known.map(|(_, moments)| moments.clone()).unwrap_or_default();
        let newest = self.ledger.newest();
        let is_it = |moment: &&Moment| match moment.version {
            0 => status.version == 0,
            version => status.version > newest && self.ledger.roots.get(&version) == Some(&status.root),
        };
        let fitting = moments.iter().filter(is_it);
        let mut fitting = fitting.filter(|moment| moment.listed == listed && moment.pending == pending);
        fitting.next().cloned().ok_or_else(|| {
            let (version, root) = (status.version, &status.root);
            Error::corrupt(format!("{id} came back as {version} {root} {listed:?} {pending}: {moments:?}"))
        })
    }

    /// The center that the terminals know is lost while some of them sync, and this one is there instead.
    fn take_over(&mut self, server: Server, moment: Moment, root: &str) -> Result<()> {
        let version = self.admin.at(&server)?.status()?.version;
        let syncing = self.begin_syncs(&Action::Sync)?;
        self.server.inherit(server)?;
        self.ledger.go_back(moment, version, root);
        self.report.lost += 1;
        let codes = self.end_syncs(&syncing)?;
        self.diary.write(&format!("     the center is lost and back as version {version}{codes}"));
        self.check_terminals(&syncing)?;
        self.calm(&syncing)
    }
}
