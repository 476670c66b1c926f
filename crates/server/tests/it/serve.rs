//! Starting and stopping.

use crate::support::Server;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn the_first_start_prints_a_password_once_and_never_logs_it() {
    let mut server = Server::start();
    let password = server.first_password().to_owned();
    assert!(password.len() >= 20, "{password}");
    let mode = std::fs::metadata(server.data_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(server.terminate(), Some(0));
    assert!(!server.log().contains(&password));
    server.crash();
    assert!(!server.was_first_start());
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() {
    let server = Server::start();
    let second = Command::new(env!("CARGO_BIN_EXE_driver-center"))
        .args(["serve", "--config"])
        .arg(server.config())
        .env("LC_ALL", "zh_CN.UTF-8")
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(7));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("正被另一个驱动中心进程使用"), "{said}");
    assert_eq!(server.client().get("/healthz").status, 200);
}

#[test]
fn a_wrong_configuration_is_refused_with_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    std::fs::write(&file, "[upload]\nsize_gb_max = 1\n").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_driver-center"))
        .args(["serve", "--config"])
        .arg(&file)
        .env("LC_ALL", "en_US.UTF-8")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("size_gb_max") && said.contains("size_gib_max"), "{said}");
}

/// Whatever the caller's connection breaks in: what was begun goes on, and nothing stays recorded that nobody does.
#[test]
fn what_was_begun_goes_on_when_its_caller_is_gone() {
    let mut server = Server::start();
    let admin = server.admin();
    for step in 0..80 {
        let request = admin.request("POST", "/api/v1/restore").json(json!({}));
        request.send_and_go(Duration::from_micros(step * 150));
        let begun = Instant::now();
        while admin.get("/api/v1/status").ok()["mount_status"] != 1 {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody does what was begun");
        }
    }
}

/// Of 256 files half are for connections, and on three quarters of these terminals may wait.
#[test]
fn terminals_that_find_no_place_to_wait_are_told_to_come_again() {
    let mut server = Server::start_with_files(256);
    let (_, terminal) = server.terminal("PC-1");
    let report = || {
        let body = json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": ""});
        terminal.post("/api/v1/terminals/self/report", body).ok()["listen"] == true
    };
    assert!(report());
    let wait = || terminal.request("GET", "/api/v1/sync/head?after=0&wait=55");
    let waiting: Vec<_> = (0..96).map(|_| wait().open()).collect();
    let begun = Instant::now();
    let until = |listen| {
        while report() != listen {
            assert!(begun.elapsed() < Duration::from_secs(40), "it does not become {listen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(false);
    wait().send().refused(404, "sync.nothing_published");
    assert!(begun.elapsed() < Duration::from_secs(40), "it is answered at once");
    assert_eq!(server.client().get("/healthz").status, 200);
    drop(waiting);
    until(true);
}
