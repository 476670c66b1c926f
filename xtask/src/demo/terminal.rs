//! A terminal of the demonstration: the real agent with a directory of its own.

use super::site::{Program, Site, text};
use crate::run::output;
use fault::{Error, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An enrolled terminal.
pub(super) struct Terminal<'a> {
    agent: &'a Program,
    name: String,
    state: PathBuf,
}

impl<'a> Terminal<'a> {
    /// Makes a directory a terminal of `site`.
    pub(super) fn enrol(agent: &'a Program, directory: &Path, name: &str, site: &Site) -> Result<Self> {
        let terminal = Self { agent, name: name.to_owned(), state: directory.join(name) };
        let token = site.enrolment_token()?;
        let mut command = terminal.command(&["enrol", "--server", site.url(), "--name", name]);
        output(command.env("TOOL_DISK_TOKEN", token))?;
        Ok(terminal)
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its disk file.
    pub(super) fn disk(&self) -> PathBuf {
        self.state.join("tool-disk.qcow2")
    }

    /// Syncs; answers the version that it has then, and the bytes that it received for it.
    pub(super) fn sync(&mut self) -> Result<(u64, u64)> {
        let answer = self.ask(&["sync"])?;
        let number = |name: &str| answer[name].as_u64();
        match (answer["outcome"].as_str(), number("version"), number("bytes_fetched")) {
            (Some("updated"), Some(version), Some(bytes)) => Ok((version, bytes)),
            _ => Err(Error::corrupt(format!("{} did not update: {answer}", self.name))),
        }
    }

    /// The root of its disk, as it knows it.
    pub(super) fn root(&self) -> Result<String> {
        text(&self.ask(&["status"])?, "root")
    }

    /// Whether each leaf of its disk is as it must be.
    pub(super) fn is_good(&self) -> Result<bool> {
        Ok(self.ask(&["verify"])?["good"] == true)
    }

    fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let text = output(&mut self.command(arguments))?;
        serde_json::from_str(&text)
            .map_err(|error| Error::corrupt(format!("answer of {arguments:?}: {error}")))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let home = self.state.parent().unwrap_or(&self.state);
        let mut command = self.agent.command(home);
        command.arg("--state").arg(&self.state).arg("--json").args(arguments);
        command
    }
}
