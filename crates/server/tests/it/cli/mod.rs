//! The administrator's commands against a real server: their answers, exit codes and what they keep.

mod history;
mod more;
mod people;
mod proxy;
mod terminals;

use crate::support::{Server, extracted, extracted_of, until};
use proxy::{Proxy, Trouble};
use serde_json::Value;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// An administrator at another machine: a home directory, and the address of the server.
struct Desk {
    home: TempDir,
    address: SocketAddr,
}

/// What a command did.
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new(server: &Server) -> Self {
        Self { home: tempfile::tempdir().expect("make a directory"), address: server.client().address }
    }

    /// Signed in as the first administrator.
    fn signed_in(server: &Server) -> Self {
        let desk = Self::new(server);
        let input = format!("{}\n{PASSWORD}\n", server.first_password());
        let done = desk.run_with(&["login", "--name", "admin", "--password-stdin"], &input);
        assert_eq!(done.code, Some(0), "{}", done.err);
        desk
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driver-center"));
        let url = format!("http://{}", self.address);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("LC_ALL", "en_US.UTF-8")
            .env("DRIVER_CENTER_URL", url);
        command.args(arguments).current_dir(self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self.command(arguments).spawn().expect("start driver-center");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("give the input");
        Done::of(child)
    }

    /// The JSON answer of a command that succeeds.
    #[track_caller]
    fn ask(&self, arguments: &[&str]) -> Value {
        let done = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(done.code, Some(0), "{arguments:?}: {}{}", done.out, done.err);
        assert_eq!(done.out.trim_end().lines().count(), 1, "{}", done.out);
        serde_json::from_str(&done.out).expect("JSON")
    }

    /// The notice of a command that fails with `code`.
    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let done = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(done.code, Some(code), "{arguments:?}: {}{}", done.out, done.err);
        let value: Value = serde_json::from_str(&done.out).expect("JSON");
        assert!(value["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{value}");
        value["error"]["notice"].as_str().unwrap_or_default().to_owned()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("write a file");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    fn token_file(&self) -> PathBuf {
        self.home.path().join(".config/driver-center/token")
    }
}

impl Done {
    fn of(child: Child) -> Self {
        let Output { status, stdout, stderr } = child.wait_with_output().expect("wait");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: status.code(), out: text(stdout), err: text(stderr) }
    }
}

#[test]
fn signing_in_keeps_a_token_that_only_its_owner_can_read() {
    let server = Server::start();
    let desk = Desk::new(&server);
    assert_eq!(desk.refused(&["status"], 3), "account.sign_in_required");
    let one_time = format!("{}\n", server.first_password());
    let done = desk.run_with(&["login", "--name", "admin", "--password-stdin"], &one_time);
    assert_eq!(done.code, Some(3), "a one-time password alone must not do: {}", done.err);
    let wrong = desk.run_with(&["login", "--name", "admin", "--password-stdin"], "wrong\n");
    assert_eq!(wrong.code, Some(3));
    assert!(!desk.token_file().exists());

    let desk = Desk::signed_in(&server);
    assert_eq!(desk.token_file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(desk.ask(&["status"])["version"], 0);
    assert_eq!(desk.ask(&["logout"])["signed_out"], true);
    assert_eq!(std::fs::read_to_string(desk.token_file()).unwrap(), "");
    assert_eq!(desk.refused(&["status"], 3), "account.sign_in_required");
}

#[test]
fn a_password_is_not_asked_for_without_a_terminal() {
    let server = Server::start();
    let desk = Desk::new(&server);
    let mut command = Command::new("setsid");
    let program = env!("CARGO_BIN_EXE_driver-center");
    let url = format!("http://{}", desk.address);
    command.args(["--wait", program, "login", "--name", "admin", "--json", "--server", &url]);
    let output = command.stdin(Stdio::null()).output().expect("run setsid");
    assert!(String::from_utf8_lossy(&output.stdout).contains("cli.no_terminal"), "{output:?}");
}

#[test]
fn a_driver_goes_in_becomes_a_version_and_can_be_looked_into() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let file = desk.file("灯 lamp.tq", &extracted());
    let imported = desk.ask(&["import", &file]);
    let driver = &imported["imports"][0]["driver"];
    assert_eq!(
        (driver["driver"]["name"].as_str(), driver["pending"].as_bool()),
        (Some("灯 lamp"), Some(true))
    );

    desk.ask(&["set", "灯 lamp", "--describe", "走廊", "--system", "Windows10_64"]);
    let rows = desk.ask(&["list"]);
    assert_eq!((rows[0]["describe"].as_str(), rows[0]["os_type"].as_i64()), (Some("走廊"), Some(4)));
    let infs = desk.ask(&["show", "灯 lamp", "--infs"]);
    let inf = infs[0]["id"].to_string();
    let devices = desk.ask(&["show", "灯 lamp", "--devices", &inf]);
    assert_eq!(devices[0]["hardware_id"], "PCI\\VEN_1234&DEV_5678");

    let saved = desk.ask(&["save", "--note", "first"]);
    assert_eq!((&saved["version"]["number"], &saved["version"]["added"][0]), (&1.into(), &"灯 lamp".into()));
    assert_eq!(saved["version"]["root"], desk.ask(&["status"])["root"]);
    assert_eq!(desk.ask(&["versions"])[0]["note"], "first");
    assert_eq!(desk.ask(&["edit"])["editing"], true);
    assert_eq!(desk.ask(&["save"])["version"], Value::Null);

    let names = desk.ask(&["files", "/sys/tq/灯 lamp/lamp"]);
    assert!(names.as_array().unwrap().iter().any(|entry| entry["name"] == "lamp.cat"), "{names}");
    assert_eq!(desk.run(&["cat", "/sys/tq/灯 lamp/lamp/lamp.cat"]).out, "catalog");
    desk.ask(&["cat", "/sys/tq/灯 lamp/lamp/lamp.cat", "-o", "copy"]);
    assert_eq!(std::fs::read(desk.home.path().join("copy")).unwrap(), b"catalog");

    desk.ask(&["delete", "灯 lamp"]);
    desk.ask(&["discard"]);
    assert_eq!(desk.ask(&["list"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn each_failure_has_its_exit_code() {
    let mut server = Server::start();
    server.admin();
    let viewer = server.user("looker", "viewer");
    let desk = Desk::new(&server);
    drop(viewer);
    let sign_in = |name: &str| {
        let done = desk.run_with(&["login", "--name", name, "--password-stdin"], &format!("{PASSWORD}\n"));
        assert_eq!(done.code, Some(0), "{}", done.err);
    };
    let file = desk.file("lamp.tq", &extracted());
    sign_in("looker");
    assert_eq!(desk.refused(&["edit"], 3), "account.not_allowed");
    let report: Value = serde_json::from_str(&desk.run(&["import", &file, "--json"]).out).unwrap();
    assert_eq!(report["imports"][0]["error"]["notice"], "account.not_allowed");

    sign_in("admin");
    desk.ask(&["import", &file]);
    let again = desk.run(&["import", &file, "/no/such/file", "--json"]);
    let report: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        (again.code, &report["imports"][0]["error"]["notice"]),
        (Some(7), &"driver.name_taken".into())
    );
    assert_eq!(report["imports"][1]["error"]["notice"], "cli.file_unreadable");
    assert_eq!(desk.run(&["import", &desk.file("text.tq", b"no archive"), "--json"]).code, Some(2));
    assert_eq!(desk.refused(&["show", "nothing"], 9), "cli.no_driver");
    assert_eq!(desk.refused(&["cat", "/nothing"], 9), "disk.not_found");
    assert_eq!(desk.refused(&["push", "nobody"], 9), "cli.no_terminal_called");
    assert_eq!(desk.refused(&["list", "--server", "http://127.0.0.1:1"], 4), "net.unreachable");
    assert_eq!(desk.refused(&["list", "--server", "ftp://x"], 2), "net.bad_url");
    assert_eq!(desk.run(&["set", "lamp"]).code, Some(2));
    desk.ask(&["save"]);
    assert_eq!(desk.refused(&["save"], 7), "center.not_editing");
}

#[test]
fn messages_follow_the_language_of_the_user() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let said = |arguments: &[&str]| desk.run(arguments).err;
    assert!(said(&["save", "--lang", "zh"]).contains("当前不在编辑状态"));
    assert!(said(&["save", "--lang", "en"]).contains("Nothing is being edited"));
    assert!(said(&["show", "x", "--lang", "zh"]).contains("没有名为“x”的驱动"));
    let mut chinese = desk.command(&["list"]);
    let out = chinese.env("LC_ALL", "zh_CN.UTF-8").output().unwrap().stdout;
    assert_eq!(String::from_utf8(out).unwrap(), "没有系统驱动。\n");
}

#[test]
fn a_token_goes_to_no_other_server() {
    let here = Server::start();
    let desk = Desk::signed_in(&here);
    let other = Server::start();
    let url = format!("http://{}", other.client().address);
    assert_eq!(desk.refused(&["status", "--server", &url], 3), "account.sign_in_required");
}

#[test]
fn tokens_let_scripts_and_terminals_in_until_they_are_withdrawn() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let made = desk.ask(&["token", "create", "monitoring", "--days", "1"]);
    let machine = Desk::new(&server);
    let mut script = machine.command(&["metrics"]);
    let page = script.env("DRIVER_CENTER_TOKEN", made["token"].as_str().unwrap()).output().unwrap();
    assert!(String::from_utf8_lossy(&page.stdout).contains("driver_center_version 0"), "{page:?}");
    let id = made["id"].to_string();
    desk.ask(&["token", "revoke", &id]);
    let refused = script.output().unwrap();
    assert_eq!(refused.status.code(), Some(3));

    let token = desk.run(&["enrolment-token", "create", "--name", "lab"]);
    assert_eq!(token.out.lines().count(), 1, "only the token goes to the standard output: {}", token.out);
    let known = desk.ask(&["enrolment-token", "list"]);
    assert_eq!((&known[0]["name"], &known[0]["uses_left"]), (&"lab".into(), &1.into()));
    desk.ask(&["enrolment-token", "revoke", &known[0]["id"].to_string()]);
    assert_eq!(desk.ask(&["enrolment-token", "list"]).as_array().map(Vec::len), Some(0));
    assert_eq!(desk.ask(&["auto-update", "off"])["is_auto_update"], false);
    assert_eq!(desk.ask(&["push", "--all"])["pushed"], serde_json::json!([]));
}

/// Bytes of a driver that takes a moment to send, and where its connection breaks.
const LARGE: usize = 24 << 20;
const BREAK: u64 = 12 << 20;
/// What may pass twice: what is on the way when the connection breaks, and the heads of requests.
const ON_THE_WAY: u64 = 9 << 20;

#[test]
fn an_import_goes_on_after_its_connection_was_cut() {
    let server = Server::start();
    let mut desk = Desk::signed_in(&server);
    let file = desk.file("large.tq", &extracted_of(LARGE));
    let size = Path::new(&file).metadata().unwrap().len();
    let proxy = Proxy::start(desk.address, Trouble::Cut, BREAK);
    let token = std::fs::read_to_string(desk.token_file()).unwrap();
    std::fs::write(desk.token_file(), token.replace(&desk.address.to_string(), &proxy.address.to_string()))
        .unwrap();
    desk.address = proxy.address;
    let done = desk.run(&["import", &file]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(proxy.is_over() && done.err.contains("trying again"), "{}", done.err);
    assert!((size..size + ON_THE_WAY).contains(&proxy.passed()), "{} of {size} passed", proxy.passed());
    assert_eq!(desk.ask(&["list"])[0]["size"], size);
}

#[test]
fn an_import_goes_on_where_ctrl_c_has_ended_it() {
    let server = Server::start();
    let mut desk = Desk::signed_in(&server);
    let file = desk.file("large.tq", &extracted_of(LARGE));
    let size = Path::new(&file).metadata().unwrap().len();
    let proxy = Proxy::start(desk.address, Trouble::Hang, BREAK);
    let token = std::fs::read_to_string(desk.token_file()).unwrap();
    std::fs::write(desk.token_file(), token.replace(&desk.address.to_string(), &proxy.address.to_string()))
        .unwrap();
    desk.address = proxy.address;
    let child = desk.command(&["import", &file]).spawn().expect("start driver-center");
    until("the upload hangs", || proxy.is_over());
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("run kill").success());
    let done = Done::of(child);
    assert_eq!(done.code, Some(130), "{}", done.err);
    proxy.release();

    let imported = desk.run(&["import", &file]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    assert!(imported.err.contains("goes on at"), "{}", imported.err);
    assert!(proxy.passed() < size + ON_THE_WAY, "{} of {size} passed", proxy.passed());
    let memory = std::fs::read_dir(desk.home.path().join(".local/state/driver-center/uploads")).unwrap();
    assert_eq!(memory.count(), 0, "what is done is forgotten");
}
