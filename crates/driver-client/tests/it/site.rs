//! A server of a test's own, and a user's desk beside it.

use protocol::client::{Client, Credentials, Secret};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// A running server. It is killed when dropped.
pub(crate) struct Site {
    child: Child,
    _directory: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) admin: Client,
}

/// A user at a machine: a home directory, and the address of the server.
pub(crate) struct Desk {
    pub(crate) home: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Site {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().expect("make a directory");
        let config = directory.path().join("config.toml");
        let data = directory.path().join("data");
        let text = format!(
            "listen = '127.0.0.1:0'\ndata_dir = '{}'\n[disk]\nvirtual_size_gib = 1\n",
            data.display()
        );
        std::fs::write(&config, text).expect("write the configuration");
        let log = std::fs::File::create(directory.path().join("log")).expect("open a log");
        let mut child = Command::new(beside("driver-center"))
            .args(["serve", "--config"])
            .arg(&config)
            .env("LC_ALL", "en_US.UTF-8")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("start driver-center");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut line = || lines.next().expect("a greeting").expect("text");
        let password = line();
        let password = password.split("one-time password ").nth(1).and_then(|rest| rest.split(' ').next());
        let address = line().split("://").nth(1).expect("an address").trim_end_matches('/').parse();
        let address: SocketAddr = address.expect("an address");
        let admin = sign_in(address, "admin", password.expect("a password"));
        Self { child, _directory: directory, address, admin }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token that makes a machine a terminal.
    pub(crate) fn enrolment_token(&self) -> String {
        let request = json!({"name": "desk", "uses": 5, "hours": 1});
        let made: Value = self.admin.post_json("/api/v1/enrolment-tokens", &request).expect("a token");
        made["token"].as_str().expect("a token").to_owned()
    }

    /// A token of a new user who may only look.
    pub(crate) fn viewers_token(&self) -> String {
        let request = json!({"name": "viewer", "role": "viewer"});
        let made: Value = self.admin.post_json("/api/v1/users", &request).expect("a user");
        let client = sign_in(self.address, "viewer", made["password"].as_str().expect("a password"));
        let request = json!({"name": "tests", "days": 1});
        let made: Value = client.post_json("/api/v1/tokens", &request).expect("a token");
        made["token"].as_str().expect("a token").to_owned()
    }

    /// The printer drivers, as the console lists them.
    pub(crate) fn printers(&self) -> Vec<Value> {
        let answer: Value = self.admin.get_json("/thor/voi/printer").expect("the list");
        answer["result"].as_array().expect("a list").clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended already.
        drop((self.child.kill(), self.child.wait()));
    }
}

fn sign_in(address: SocketAddr, name: &str, password: &str) -> Client {
    let url = format!("http://{address}");
    let client = Client::new(&url, Credentials::None).expect("a client");
    let request =
        json!({"name": name, "password": password, "new_password": PASSWORD, "token_name": "tests"});
    let answer: Value = client.post_json("/api/v1/login", &request).expect("sign in");
    let token = Secret::new(answer["token"].as_str().expect("a token")).expect("a token");
    client.with_credentials(Credentials::Bearer(token))
}

/// A program beside the one under test.
fn beside(name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_driver-client")).with_file_name(name);
    assert!(program.is_file(), "{} is missing: cargo build --workspace", program.display());
    program
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("make a directory") }
    }

    /// Connected as a terminal of the site, perhaps by another address.
    pub(crate) fn connected(site: &Site, url: &str) -> Self {
        let desk = Self::new();
        let token = site.enrolment_token();
        let done = desk.run(&["connect", "--server", url, "--enrolment-token", &token, "--name", "前台"]);
        assert_eq!(done.code, Some(0), "{done:?}");
        desk
    }

    /// The program, with nothing of this machine's but its home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driver-client"));
        command.env_clear().env("HOME", self.home.path()).env("LC_ALL", "en_US.UTF-8");
        command.env("PATH", self.home.path().join("bin"));
        command.args(arguments).current_dir(self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self.command(arguments).spawn().expect("start driver-client");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("give the input");
        let output = child.wait_with_output().expect("wait");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The JSON answer of a command that succeeds.
    #[track_caller]
    pub(crate) fn ask(&self, arguments: &[&str]) -> Value {
        let done = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(done.code, Some(0), "{arguments:?}: {done:?}");
        assert_eq!((done.out.trim_end().lines().count(), &*done.err), (1, ""), "{done:?}");
        serde_json::from_str(&done.out).expect("JSON")
    }

    /// The notice of a command that fails with `code`.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str], code: i32) -> String {
        let done = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(done.code, Some(code), "{arguments:?}: {done:?}");
        let value: Value = serde_json::from_str(&done.out).expect("JSON");
        assert!(value["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{value}");
        value["error"]["notice"].as_str().unwrap_or_default().to_owned()
    }

    /// A folder with a printer driver and a file of `bytes` that do not compress.
    pub(crate) fn driver(&self, name: &str, bytes: usize) -> String {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(folder.join("amd64")).expect("make a folder");
        std::fs::write(folder.join("lp.inf"), INF).expect("write");
        std::fs::write(folder.join("amd64/lp.dll"), noise(bytes)).expect("write");
        folder.to_str().expect("a path").to_owned()
    }
}

/// An INF file of one printer.
const INF: &str = "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Printer\r\nProvider=Lantern\r\n\
    [Manufacturer]\r\nLantern=Models,NTamd64.10.0\r\n[Models.NTamd64.10.0]\r\n\
    \"Lantern LP-1\"=Install,USBPRINT\\LanternLP-1\r\n[Install]\r\n";

/// Bytes without a pattern, the same at each run (xorshift64).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
