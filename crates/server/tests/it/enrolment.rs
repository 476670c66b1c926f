//! PCs that enrol again, with the real `tool-disk`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Client, Server};

const MAC: &str = "00:1a:2b:3c:4d:5e";

/// Runs the terminal's program on a state directory.
fn tool_disk(state: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    tool_disk_in(Path::new("/"), state, arguments)
}

/// The same, begun in a directory.
fn tool_disk_in(directory: &Path, state: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_driver-center")).with_file_name("tool-disk");
    assert!(program.is_file(), "{} is missing: cargo build -p agent", program.display());
    let mut command = Command::new(program);
    command.current_dir(directory).arg("--state").arg(state).args(arguments);
    let output = command.output().expect("run tool-disk");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn token(admin: &Client) -> String {
    let made = admin.post("/api/v1/enrolment-tokens", json!({"name": "lab", "uses": 9, "hours": 1})).ok();
    made["token"].as_str().expect("a token").to_owned()
}

#[test]
fn a_pc_whose_state_was_lost_takes_its_place_again_beside_its_driver_client() {
    let mut server = Server::start();
    let (admin, directory) = (server.admin(), tempfile::tempdir().expect("make a directory"));
    let (token, address) = (token(&admin), format!("http://{}", admin.address));
    let enrol = |state: &str, options: &[&str]| {
        let given = ["enrol", "--server", &address, "--token", &token, "--mac", MAC];
        tool_disk(&directory.path().join(state), &[options, &given].concat())
    };
    let (_, said) = enrol("one", &["--json"]);
    let first: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(first["again"], false);
    let id = first["terminal"].as_str().expect("an id");
    let request = json!({"token": token, "name": "uploads", "mac": MAC, "program": "driver_client"});
    let client = server.client().post("/api/v1/terminals/enrol", request).ok();
    assert_eq!(client["again"], false);
    admin.post("/api/v1/terminals/group", json!({"terminals": [id], "group": "lab"})).ok();
    let sync = |state: &str| tool_disk(&directory.path().join(state), &["--json", "sync"]).0;
    assert_eq!(sync("one"), Some(10), "nothing was saved yet");

    let (code, said) = enrol("two", &["--lang", "zh"]);
    assert_eq!(code, Some(0));
    assert!(said.contains("重新注册为原来的终端") && said.contains(id), "{said}");
    assert_eq!((sync("one"), sync("two")), (Some(3), Some(10)), "a clone of the former disk is refused");
    let list = admin.get("/api/v1/terminals").ok();
    assert_eq!((&list["total"], &list["terminals"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(list["terminals"][0]["group"], "lab");
    assert_eq!(list["terminals"][0]["program"], "tool_disk");

    let clients = admin.get("/api/v1/terminals?program=driver_client").ok();
    assert_eq!((&clients["total"], &clients["terminals"][0]["name"]), (&json!(1), &json!("uploads")));
    let uploads = server.client().with_token(client["secret"].as_str().expect("a secret"));
    assert_eq!(uploads.get("/api/v1/sync/head").status, 404, "it is still known; nothing was saved");

    let audit = admin.get("/api/v1/audit?action=terminal.enrol_again").ok();
    let entry = &audit["entries"][0];
    assert_eq!((&entry["subject"], &entry["address"]), (&list["terminals"][0]["name"], &json!("127.0.0.1")));
    let detail = entry["detail"].as_str().expect("particulars");
    assert!(detail.contains(&format!("\"terminal\":\"{id}\"")), "{detail}");
    assert!(detail.contains("\"enrolment_token\":\"lab\"") && detail.contains("last_seen_at"), "{detail}");
}

#[test]
fn files_that_were_named_from_where_one_was_are_found_from_anywhere() {
    let mut server = Server::start();
    let (admin, directory) = (server.admin(), tempfile::tempdir().expect("make a directory"));
    let (token, address) = (token(&admin), format!("http://{}", admin.address));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("make a certificate");
    std::fs::write(directory.path().join("ca.pem"), made.cert.pem()).expect("write it");
    let state = directory.path().join("state");
    let files = ["--ca-file", "ca.pem", "--disk", "disk.qcow2"];
    let given = [&["enrol", "--server", &address, "--token", &token], &files[..]].concat();
    assert_eq!(tool_disk_in(directory.path(), &state, &given).0, Some(0));
    assert_eq!(tool_disk(&state, &["sync"]).0, Some(10), "nothing was saved yet");
    let (_, said) = tool_disk(&state, &["--json", "status"]);
    let status: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(status["disk"], directory.path().join("disk.qcow2").display().to_string());
}

#[test]
fn before_the_first_version_nothing_is_said_to_be_held_back() {
    let mut server = Server::start();
    let (admin, directory) = (server.admin(), tempfile::tempdir().expect("make a directory"));
    admin.post("/thor/voi/driver/mount", json!({"is_auto_update": false})).ok();
    let (token, address) = (token(&admin), format!("http://{}", admin.address));
    assert_eq!(tool_disk(directory.path(), &["enrol", "--server", &address, "--token", &token]).0, Some(0));
    for options in [&["sync"][..], &["sync", "--force"]] {
        assert_eq!(tool_disk(directory.path(), options).0, Some(10), "there is no disk yet: {options:?}");
    }
}
