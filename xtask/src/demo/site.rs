//! The server of the demonstration, and its administrator, who uses the command line.

use super::children::Background;
use crate::run::{output, say};
use fault::{Context as _, Error, Result};
use serde_json::Value;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Time for the server to start; its first start makes keys and tables.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// The administrator's own password.
const PASSWORD: &str = "demonstration only";

/// A program that was built.
pub(super) struct Program(PathBuf);

impl Program {
    /// The program `name` in `directory`.
    pub(super) fn new(directory: &Path, name: &str) -> Result<Self> {
        let path = directory.join(name);
        if path.is_file() {
            Ok(Self(path))
        } else {
            Err(Error::not_found(format!("program {}", path.display())))
        }
    }

    /// A run of it that sees nothing of the developer's own settings.
    pub(super) fn command(&self, home: &Path) -> Command {
        let mut command = Command::new(&self.0);
        command.env_clear().env("HOME", home).env("LC_ALL", "en_US.UTF-8").current_dir(home);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }
}

/// The running server with what its administrator knows.
pub(super) struct Site {
    program: Program,
    directory: PathBuf,
    server: Background,
    url: String,
    one_time_password: String,
}

impl Site {
    /// Starts a server on a free port with an empty data directory.
    pub(super) fn start(program: &Program, directory: &Path) -> Result<Self> {
        let log = File::create(directory.join("log")).context(|| "make the log")?;
        let mut command = program.command(directory);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.join("data"))
            .stderr(log);
        let server = Background::start(&mut command)?;
        let mut one_time_password = String::new();
        let url = loop {
            let line = server.line(START_PATIENCE).map_err(|error| failed_start(error, directory))?;
            if let Some((_, rest)) = line.split_once("one-time password ") {
                one_time_password = rest.split(' ').next().unwrap_or_default().to_owned();
            }
            if let Some(at) = line.find("http://") {
                break line[at..].trim_end_matches('/').to_owned();
            }
        };
        Ok(Self {
            program: Program(program.0.clone()),
            directory: directory.to_owned(),
            server,
            url,
            one_time_password,
        })
    }

    /// Address of the server.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The disk file of the server.
    pub(super) fn base_file(&self) -> PathBuf {
        self.directory.join("data/disk/base.qcow2")
    }

    /// Ends the server; answers its log if that is wanted.
    pub(super) fn stop(&mut self, wants_log: bool) -> String {
        let ended = self.server.end();
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        match ended {
            Err(error) => format!("{log}\nthe server did not end well: {error}"),
            Ok(()) if wants_log => log,
            Ok(()) => String::new(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program.command(&self.directory);
        command.args(arguments).args(["--json", "--server", &self.url]);
        command
    }

    /// The answer of a command.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let text = output(&mut self.command(arguments))?;
        serde_json::from_str(&text)
            .map_err(|error| Error::corrupt(format!("answer of {arguments:?}: {error}")))
    }

    /// Signs in with the one-time password, and replaces it.
    pub(super) fn sign_in(&self) -> Result<()> {
        let mut command = self.command(&["login", "--name", "admin", "--password-stdin"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context(|| "start the sign-in")?;
        let mut input = child.stdin.take().ok_or_else(|| Error::bug("a child without input"))?;
        write!(input, "{}\n{PASSWORD}\n", self.one_time_password).context(|| "give the password")?;
        drop(input);
        let status = child.wait().context(|| "wait for the sign-in")?;
        if status.success() { Ok(()) } else { Err(Error::denied(format!("the sign-in ended with {status}"))) }
    }

    /// Imports files.
    pub(super) fn import(&self, files: &[&Path]) -> Result<()> {
        let names: Vec<_> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let mut arguments = vec!["import"];
        arguments.extend(names.iter().map(String::as_str));
        let answer = self.ask(&arguments)?;
        for import in answer["imports"].as_array().into_iter().flatten() {
            let (driver, bytes) = (&import["driver"]["driver"], &import["bytes"]);
            let infs = import["driver"]["infs"].as_array().map_or(0, Vec::len);
            say(&format!("imported {}: {bytes} bytes, {infs} INF files", driver["name"]));
        }
        Ok(())
    }

    /// Deletes the driver that came from a file.
    pub(super) fn delete(&self, file: &Path) -> Result<()> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        self.ask(&["delete", &name])?;
        say(&format!("deleted {name:?}"));
        Ok(())
    }

    /// Saves, and waits for the version.
    pub(super) fn save(&self, note: &str) -> Result<()> {
        let saved = self.ask(&["save", "--note", note])?;
        let version = &saved["version"];
        let (number, length, update) = (&version["number"], &version["length"], &version["update_bytes"]);
        say(&format!("saved version {number}: disk file of {length} bytes, update of {update} bytes"));
        Ok(())
    }

    /// A token with which a machine becomes a terminal.
    pub(super) fn enrolment_token(&self) -> Result<String> {
        let token = self.ask(&["enrolment-token", "create"])?;
        text(&token, "token")
    }
}

/// A member of an object that is text.
pub(super) fn text(value: &Value, name: &str) -> Result<String> {
    let found = value[name].as_str().map(str::to_owned);
    found.ok_or_else(|| Error::corrupt(format!("answer without {name}: {value}")))
}

fn failed_start(error: Error, directory: &Path) -> Error {
    let log = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
    error.in_context(format!("start the server:\n{log}"))
}
