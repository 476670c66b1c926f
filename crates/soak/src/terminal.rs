//! A terminal: a directory, and runs of the program in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use disk_patch::{FileStore, LeafTable, unwatched};
use fault::{Context as _, Error, Result};
use serde_json::Value;

use crate::room::Room;

/// Nothing was saved yet.
const NO_DISK: i32 = 10;
/// An update was begun and is not finished.
const UPDATING: i32 = 9;

/// A terminal that is enrolled.
pub struct Terminal {
    pub(crate) name: String,
    program: PathBuf,
    pub(crate) room: Room,
    running: Option<Child>,
}

impl Terminal {
    /// Makes one known to the server.
    pub fn enrol(programs: &Path, room: Room, name: &str, server: &str, token: &str) -> Result<Self> {
        let terminal =
            Self { name: name.to_owned(), program: programs.join("tool-disk"), room, running: None };
        let (code, answer) =
            terminal.run(&["enrol", "--server", server, "--token", token, "--name", name])?;
        if code == 0 {
            Ok(terminal)
        } else {
            Err(Error::unavailable(format!("enrol {name}: {code} {answer}")))
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.room.command(&self.program);
        command.arg("--state").arg(self.room.inside().join("state")).args(["--lang", "en", "--json"]);
        command.args(arguments).stdin(Stdio::null()).env_remove("TOOL_DISK_STATE");
        command
    }

    /// Runs the program to its end: exit code, and what it says.
    pub fn run(&self, arguments: &[&str]) -> Result<(i32, Value)> {
        let output = self.command(arguments).output().context(|| "start tool-disk")?;
        let value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ok((output.status.code().unwrap_or(-1), value))
    }

    /// Its disk is a new one.
    pub(crate) fn lose_disk(&self) -> Result<()> {
        match std::fs::remove_file(self.disk()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Begins to sync.
    pub fn begin_sync(&mut self) -> Result<()> {
        let mut command = self.command(&["sync"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.running = Some(child.context(|| "start tool-disk")?);
        Ok(())
    }

    /// `kill -9` of the sync; whether one was running.
    pub(crate) fn kill(&mut self) -> bool {
        let Some(mut child) = self.running.take() else { return false };
        let was_running = matches!(child.try_wait(), Ok(None));
        let _ended = (child.kill(), child.wait());
        was_running
    }

    /// The process of the sync that was begun.
    pub fn process(&self) -> Option<u32> {
        self.running.as_ref().map(Child::id)
    }

    /// Waits for the sync; answers its exit code.
    pub fn end_sync(&mut self) -> Result<Option<i32>> {
        let Some(mut child) = self.running.take() else { return Ok(None) };
        Ok(child.wait().context(|| "wait for tool-disk")?.code())
    }

    /// Syncs once, undisturbed; answers version and root.
    pub fn sync(&self) -> Result<(u64, String)> {
        let (code, answer) = self.run(&["sync"])?;
        if code != 0 {
            return Err(Error::unavailable(format!("sync {}: {code} {answer}", self.name)));
        }
        self.status()?.ok_or_else(|| Error::corrupt(format!("{} synced and has no disk", self.name)))
    }

    /// Version and root, if the disk may be opened.
    pub fn status(&self) -> Result<Option<(u64, String)>> {
        let (code, status) = self.run(&["status"])?;
        match (code, status["version"].as_u64(), status["root"].as_str()) {
            (NO_DISK | UPDATING, ..) => Ok(None),
            (0, Some(version), Some(root)) => Ok(Some((version, root.to_owned()))),
            _ => Err(Error::corrupt(format!("status of {}: {code} {status}", self.name))),
        }
    }

    /// The root of the disk as its bytes say.
    pub fn root_of_bytes(&self) -> Result<String> {
        let file = FileStore::open_read_only(self.disk())?;
        Ok(LeafTable::of_store(&file, &mut unwatched())?.root().to_string())
    }

    /// The disk file, as it is seen here.
    pub fn disk(&self) -> PathBuf {
        self.room.outside().join("state/tool-disk.qcow2")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}
