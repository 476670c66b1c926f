//! The main job from end to end: archives in, versions out, terminals identical; also when the server is killed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Client, Server, extracted_of, until};

const UPLOAD: &str = "/thor/voi/driver/upload";
const MOUNT: &str = "/thor/voi/driver/mount";

/// A real terminal in a directory of its own.
struct Terminal {
    directory: tempfile::TempDir,
}

impl Terminal {
    /// Enrols one at `client`'s server.
    fn enrol(admin: &Client, name: &str) -> Self {
        let terminal = Self { directory: tempfile::tempdir().expect("make a directory") };
        let request = json!({"name": name, "uses": 1, "hours": 1});
        let token = admin.post("/api/v1/enrolment-tokens", request).ok();
        let token = token["token"].as_str().expect("a token");
        let server = format!("http://{}", admin.address);
        let output = terminal.run(&["enrol", "--server", &server, "--token", token, "--name", name]);
        assert!(output.status.success(), "{}", text(&output));
        terminal
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_driver-center")).with_file_name("tool-disk");
        assert!(program.is_file(), "{} is missing: cargo build -p agent", program.display());
        let state = self.directory.path().join("state");
        Command::new(program)
            .arg("--state")
            .arg(state)
            .arg("--json")
            .args(arguments)
            .output()
            .expect("run tool-disk")
    }

    /// The server moved to another port: what DNS would do.
    fn follow(&self, admin: &Client) {
        let path = self.directory.path().join("state/config.toml");
        let config = std::fs::read_to_string(&path).expect("read the configuration");
        let server = config.lines().find(|line| line.starts_with("server =")).expect("a server").to_owned();
        let moved = config.replace(&server, &format!("server = \"http://{}\"", admin.address));
        std::fs::write(&path, moved).expect("write the configuration");
    }

    /// Syncs, and answers the version and the root of the disk.
    #[track_caller]
    fn sync(&self) -> (u64, String) {
        let output = self.run(&["sync"]);
        assert!(output.status.success(), "{}", text(&output));
        let status: Value = serde_json::from_slice(&self.run(&["status"]).stdout).expect("JSON");
        assert_eq!(status["may_be_opened"], true);
        (status["version"].as_u64().expect("a version"), status["root"].as_str().expect("a root").to_owned())
    }

    fn disk(&self) -> PathBuf {
        self.directory.path().join("state/tool-disk.qcow2")
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn upload(admin: &Client, name: &str, bytes: usize) -> i64 {
    let answer =
        admin.request("POST", &format!("{UPLOAD}?name={name}.tq")).body(extracted_of(bytes)).send().ok();
    answer["data"][0]["id"].as_i64().expect("an id")
}

/// Saves and waits for the new version.
#[track_caller]
fn save(admin: &Client) -> (u64, String) {
    admin.post(MOUNT, json!({"is_mounted": false})).ok();
    wait_for_normal(admin)
}

#[track_caller]
fn wait_for_normal(admin: &Client) -> (u64, String) {
    let mut status = Value::Null;
    until("state 1", || {
        status = admin.get("/api/v1/status").ok();
        assert_ne!(status["mount_status"], 3, "{status}");
        status["mount_status"] == 1
    });
    (status["version"].as_u64().expect("a version"), status["root"].as_str().expect("a root").to_owned())
}

fn base(server: &Server) -> PathBuf {
    server.data_dir().join("disk/base.qcow2")
}

fn same_bytes(a: &Path, b: &Path) -> bool {
    std::fs::read(a).expect("read") == std::fs::read(b).expect("read")
}

#[test]
fn two_terminals_are_identical_after_each_save() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminals = ["t1", "t2"].map(|name| Terminal::enrol(&admin, name));
    let early = terminals[0].run(&["sync"]);
    assert_eq!(early.status.code(), Some(10), "nothing was saved yet: {}", text(&early));

    let first = upload(&admin, "first", 3_000_000);
    let saved = save(&admin);
    for terminal in &terminals {
        assert_eq!(terminal.sync(), saved);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }

    admin.post("/thor/voi/driver", json!({"action": "delete", "ids": [first]})).ok();
    let deletion = admin.get("/api/v1/audit?limit=1").ok()["entries"][0]["subject"].clone();
    assert_eq!(deletion, "first");
    upload(&admin, "second", 1_000_000);
    let saved = save(&admin);
    assert_eq!(saved.0, 2);
    for terminal in &terminals {
        assert_eq!(terminal.sync(), saved);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }
    let listed = admin.get("/api/v1/terminals").ok();
    let listed = listed["terminals"].as_array().expect("a list").clone();
    assert!(listed.iter().all(|terminal| terminal["identical"] == true), "{listed:?}");
}

/// Rolls back and waits for the new version.
#[track_caller]
fn roll_back(admin: &Client, target: u64) -> (u64, String) {
    admin.post(&format!("/api/v1/versions/{target}/rollback"), json!({})).ok();
    wait_for_normal(admin)
}

/// Terminals at any version before follow, also one that has what comes back already.
#[test]
fn terminals_follow_a_rollback_forward() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminals = ["behind", "between", "current"].map(|name| Terminal::enrol(&admin, name));
    upload(&admin, "first", 1_000_000);
    let first = save(&admin);
    assert!(terminals.iter().all(|terminal| terminal.sync() == first));
    let second = upload(&admin, "second", 2_000_000);
    let between = save(&admin);
    assert!(terminals[1..].iter().all(|terminal| terminal.sync() == between));
    admin.post("/thor/voi/driver", json!({"action": "delete", "ids": [second]})).ok();
    upload(&admin, "third", 500_000);
    let third = save(&admin);
    assert_eq!(terminals[2].sync(), third);

    let back = roll_back(&admin, 1);
    assert_eq!(back, (4, first.1));
    for terminal in &terminals {
        assert_eq!(terminal.sync(), back);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }
    let again = roll_back(&admin, 2);
    assert_eq!(again, (5, between.1));
    for terminal in &terminals {
        assert_eq!(terminal.sync(), again);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }
    upload(&admin, "fourth", 300_000);
    let saved = save(&admin);
    assert!(terminals.iter().all(|terminal| terminal.sync() == saved));
    assert!(same_bytes(&terminals[0].disk(), &base(&server)));
}

#[test]
fn while_automatic_updates_are_off_a_terminal_takes_only_what_is_pushed() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminal = Terminal::enrol(&admin, "t1");
    admin.post(MOUNT, json!({"is_auto_update": false})).ok();
    upload(&admin, "first", 100_000);
    let saved = save(&admin);

    let output = terminal.run(&["sync"]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(!terminal.disk().exists());
    let listed = admin.get("/api/v1/terminals").ok();
    let listed = listed["terminals"].as_array().expect("a list").clone();
    admin.post("/api/v1/terminals/push", json!({"terminals": [listed[0]["id"]]})).ok();
    assert_eq!(terminal.sync(), saved);
}

/// Kills the server at moments spread over a save, and once more at the restart; what was acknowledged is there, the
/// save ends as a version, and a terminal that was at the version before becomes identical by a patch.
#[test]
fn a_server_killed_in_a_save_ends_it_after_its_restart() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminal = Terminal::enrol(&admin, "t1");
    upload(&admin, "ground", 2_000_000);
    save(&admin);
    terminal.sync();

    for (round, delay_ms) in [0_u64, 40, 90, 150, 220, 300].into_iter().enumerate() {
        let admin = server.admin();
        let name = format!("round{round}");
        upload(&admin, &name, 4_000_000 + round * 100_000);
        admin.post(MOUNT, json!({"is_mounted": false})).ok();
        let moment = Instant::now() + Duration::from_millis(delay_ms);
        while Instant::now() < moment {
            std::thread::yield_now();
        }
        server.crash();
        server.crash();
        let admin = server.admin();
        let saved = wait_for_normal(&admin);
        assert_eq!(saved.0, round as u64 + 2, "the save of {name} became a version");
        let files = admin.get(&format!("/api/v1/files?path=/sys/tq/{name}/lamp")).ok();
        assert!(files.to_string().contains("lamp.sys"), "{files}");
        terminal.follow(&admin);
        assert_eq!(terminal.sync(), saved);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }
    let drivers = server.admin().get("/thor/voi/driver").ok();
    assert_eq!(drivers["data"].as_array().expect("a list").len(), 7);
}

/// An image of ours, looked at by programs that are not ours.
#[test]
fn foreign_programs_find_the_disk_in_order() {
    let mut server = Server::start();
    let admin = server.admin();
    upload(&admin, "first", 500_000);
    save(&admin);
    let check = Command::new("qemu-img")
        .args(["check", "-f", "qcow2"])
        .arg(base(&server))
        .output()
        .expect("qemu-img");
    assert!(check.status.success(), "{}", text(&check));
    let raw = server.data_dir().join("base.raw");
    let convert =
        Command::new("qemu-img").args(["convert", "-O", "raw"]).arg(base(&server)).arg(&raw).output();
    assert!(convert.expect("qemu-img").status.success());
    let listing = Command::new("7zz").args(["l", "-ba"]).arg(&raw).output().expect("7zz");
    let listing = text(&listing).replace('\\', "/");
    for path in ["DOS/COMMAND.COM", "sys/wang", "sys/tq/first/lamp/lamp.inf"] {
        assert!(listing.contains(path), "{path} is not in\n{listing}");
    }
    let fix = Command::new("ntfsfix").arg("-n").arg(&raw).output().expect("ntfsfix");
    assert!(fix.status.success(), "{}", text(&fix));
}

/// Runs `driver-center backup …` on the machine of the server.
#[track_caller]
fn backup(server: &Server, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driver-center"));
    command.arg("backup").args(arguments).arg("--json");
    if matches!(arguments[0], "create" | "restore") {
        command.arg("--config").arg(server.config());
    }
    let output = command.output().expect("run driver-center");
    assert!(output.status.success(), "{}", text(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_server_that_is_lost_comes_back_from_its_backup_and_terminals_go_on() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminals = ["behind", "ahead"].map(|name| Terminal::enrol(&admin, name));
    upload(&admin, "first", 1_000_000);
    let saved = save(&admin);
    assert_eq!(terminals.each_ref().map(Terminal::sync), [saved.clone(), saved.clone()]);
    let directory = tempfile::tempdir().expect("make a directory");
    let backups = directory.path().join("backups").display().to_string();
    let made = backup(&server, &["create", &backups, "--keep", "3"]);
    assert_eq!(made["backup"]["version"], 1);
    upload(&admin, "second", 1_000_000);
    let later = save(&admin);
    assert_eq!(terminals[1].sync(), later);
    assert_eq!(backup(&server, &["verify", &backups])["damaged"], json!([]));
    assert_eq!(backup(&server, &["list", &backups]).as_array().expect("a list").len(), 1);

    server.lose();
    backup(&server, &["restore", &backups]);
    server.crash();
    let admin = server.admin();
    let back = wait_for_normal(&admin);
    assert_eq!(
        (back.0, &back.1),
        (2000, &saved.1),
        "the content of the backup, under a number above all others"
    );
    for terminal in &terminals {
        terminal.follow(&admin);
        assert_eq!(terminal.sync(), back);
        assert!(same_bytes(&terminal.disk(), &base(&server)));
    }
    upload(&admin, "third", 1_000_000);
    let next = save(&admin);
    assert_eq!(next.0, 2001);
    for terminal in &terminals {
        assert_eq!(terminal.sync(), next);
    }
}

/// The data file is pulled out from under a running server.
#[test]
fn a_disk_file_that_is_pulled_out_comes_back_and_says_so() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminal = Terminal::enrol(&admin, "t1");
    upload(&admin, "first", 1_000_000);
    let saved = save(&admin);
    terminal.sync();
    let whole = std::fs::read(base(&server)).expect("read");
    std::fs::remove_file(base(&server)).expect("remove");

    let job = |path: &str, body: Value| {
        let id = admin.post(path, body).ok()["id"].as_str().expect("an id").to_owned();
        until("the end of the job", || {
            let job = admin.get(&format!("/api/v1/jobs/{id}")).ok();
            assert_ne!(job["state"], "failed", "{job}");
            job["state"] == "succeeded"
        });
        id
    };
    let id = job("/api/v1/verify", json!({}));
    let report = admin.get(&format!("/api/v1/verify?job={id}")).ok();
    assert_eq!(report["findings"][0]["id"], "found.base_missing", "{report}");
    assert_eq!(report["findings"][0]["text"], "驱动盘文件不存在");
    job("/api/v1/restore/plan", json!({}));
    assert_eq!(admin.get("/api/v1/restore/plan").ok()["action"], "reassemble");
    admin.post(MOUNT, json!({"is_init": true})).ok();
    assert_eq!(wait_for_normal(&admin), saved);
    assert!(std::fs::read(base(&server)).expect("read") == whole);
    assert_eq!(terminal.sync(), saved);
}
