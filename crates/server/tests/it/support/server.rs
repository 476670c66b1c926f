//! The program, started and stopped.

use super::{Client, database};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// The password that tests give the first administrator.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server with a data directory of its own. It is killed when dropped.
pub(crate) struct Server {
    child: Child,
    directory: TempDir,
    address: SocketAddr,
    /// What the first start printed.
    first_password: Option<String>,
    token: Option<String>,
}

/// The program under test, beside which its workers lie.
pub(crate) fn program() -> PathBuf {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_driver-center"));
    for worker in ["disk-worker", "package-reader"] {
        assert!(
            program.with_file_name(worker).is_file(),
            "{worker} is missing beside {}; build it: cargo build -p disk-image -p driver-package",
            program.display()
        );
    }
    program
}

/// Writes the configuration of a server whose database is empty.
fn configure(directory: &Path, more: &str) {
    let database = database::new().map(|url| format!("database_url = '{url}'\n")).unwrap_or_default();
    let text = format!(
        "listen = '127.0.0.1:0'\ndata_dir = '{}'\n{database}{more}\n[disk]\nvirtual_size_gib = 1\n",
        directory.join("data").display()
    );
    std::fs::write(directory.join("config.toml"), text).expect("write the configuration");
}

impl Server {
    /// A new server.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// A new server with more lines in its configuration.
    pub(crate) fn start_with(configuration: &str) -> Self {
        Self::start_under(configuration, None)
    }

    /// A new server that may have no more than so many open files, and is given few of them at first.
    pub(crate) fn start_with_files(files: u32) -> Self {
        Self::start_under("", Some(files))
    }

    fn start_under(configuration: &str, files: Option<u32>) -> Self {
        let directory = tempfile::tempdir().expect("make a directory");
        configure(directory.path(), configuration);
        let (child, address, first_password) = launch(directory.path(), files);
        Self { child, directory, address, first_password, token: None }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.directory.path().join("config.toml")
    }

    /// The one-time password; only after the first start.
    pub(crate) fn first_password(&self) -> &str {
        self.first_password.as_deref().expect("the first start")
    }

    pub(crate) fn was_first_start(&self) -> bool {
        self.first_password.is_some()
    }

    /// A client without credentials.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address).with("accept-language", "zh-CN")
    }

    /// A client of the administrator, whose password is [`PASSWORD`] afterwards.
    pub(crate) fn admin(&mut self) -> Client {
        if self.token.is_none() {
            let request = json!({"name": "admin", "password": self.first_password(), "new_password": PASSWORD,
                "token_name": "tests"});
            let answer = self.client().post("/api/v1/login", request).ok();
            self.token = answer["token"].as_str().map(str::to_owned);
        }
        self.client().with_token(self.token.as_deref().expect("a token"))
    }

    /// A client of a new user with `role`.
    pub(crate) fn user(&mut self, name: &str, role: &str) -> Client {
        let made = self.admin().post("/api/v1/users", json!({"name": name, "role": role})).ok();
        let request = json!({"name": name, "password": made["password"], "new_password": PASSWORD,
            "token_name": "tests"});
        let answer = self.client().post("/api/v1/login", request).ok();
        self.client().with_token(answer["token"].as_str().expect("a token"))
    }

    /// A client of a new terminal.
    pub(crate) fn terminal(&mut self, name: &str) -> (String, Client) {
        let request = json!({"name": "lab", "uses": 1, "hours": 1});
        let token = self.admin().post("/api/v1/enrolment-tokens", request).ok();
        let request = json!({"token": token["token"], "name": name, "mac": "00:11:22:33:44:55"});
        let enrolled: Value = self.client().post("/api/v1/terminals/enrol", request).ok();
        let id = enrolled["terminal"].as_str().expect("an id").to_owned();
        (id, self.client().with_token(enrolled["secret"].as_str().expect("a secret")))
    }

    /// Ends it, and loses all that it has; its configuration, without more lines, names an empty database now.
    pub(crate) fn lose(&mut self) {
        self.terminate();
        std::fs::remove_dir_all(self.data_dir()).expect("lose the data directory");
        configure(self.directory.path(), "");
    }

    /// Ends it as an operator does, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.terminate();
        self.relaunch();
    }

    /// Ends it and starts it again, with uploads that nobody has touched since a year long ago.
    pub(crate) fn restart_years_later(&mut self) {
        self.terminate();
        database::change(self.directory.path(), "UPDATE uploads SET updated_at = '2020-01-01 00:00:00'");
        for entry in std::fs::read_dir(self.data_dir().join("uploads")).expect("list the uploads") {
            let file = std::fs::File::options().write(true).open(entry.expect("an entry").path());
            file.and_then(|file| file.set_modified(std::time::UNIX_EPOCH)).expect("set its time");
        }
        self.relaunch();
    }

    /// Ends it as a power cut does, and starts it again.
    pub(crate) fn crash(&mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("wait");
        self.relaunch();
    }

    fn relaunch(&mut self) {
        let (child, address, first_password) = launch(self.directory.path(), None);
        (self.child, self.address, self.first_password) = (child, address, first_password);
    }

    /// Sends SIGTERM and waits for the end; answers the exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("run kill").success());
        self.child.wait().expect("wait").code()
    }

    /// What it wrote to standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).expect("read the log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop((self.child.kill(), self.child.wait()));
        if std::thread::panicking() {
            show(&self.log());
        }
    }
}

#[expect(clippy::print_stderr, reason = "shown by the test harness where a test fails")]
fn show(log: &str) {
    eprintln!("--- log of the server\n{log}");
}

fn launch(directory: &Path, files: Option<u32>) -> (Child, SocketAddr, Option<String>) {
    let log =
        std::fs::File::options().create(true).append(true).open(directory.join("log")).expect("open a log");
    let limit = files.map(|files| format!("ulimit -Sn 64 && ulimit -Hn {files} &&")).unwrap_or_default();
    let mut child = Command::new("sh")
        .args(["-c", &format!("{limit} exec \"$0\" \"$@\"")])
        .arg(program())
        .args(["serve", "--log", "info,http=debug", "--config"])
        .arg(directory.join("config.toml"))
        .env_remove("LANG")
        .env("LC_ALL", "en_US.UTF-8")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("start driver-center");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    match greeting(out) {
        Some((address, password)) => (child, address, password),
        None => {
            drop((child.kill(), child.wait()));
            panic!(
                "the server did not start: {}",
                std::fs::read_to_string(directory.join("log")).unwrap_or_default()
            )
        }
    }
}

/// The address and, at the first start, the password.
fn greeting(out: BufReader<ChildStdout>) -> Option<(SocketAddr, Option<String>)> {
    let mut password = None;
    for line in out.lines() {
        let line = line.expect("a line of text");
        if let Some((_, rest)) = line.split_once("one-time password ") {
            password = rest.split(' ').next().map(str::to_owned);
        }
        if let Some((_, rest)) = line.split_once("://") {
            return Some((rest.trim_end_matches('/').parse().expect("an address"), password));
        }
    }
    None
}
