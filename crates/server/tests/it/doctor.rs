//! `driver-center doctor`.

use crate::support::Server;
use serde_json::Value;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

fn doctor(server: &Server, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_driver-center"))
        .arg("doctor")
        .args(arguments)
        .arg("--config")
        .arg(server.config())
        .output()
        .expect("run doctor")
}

#[test]
fn a_machine_that_runs_a_server_is_well() {
    let server = Server::start();
    let answer = doctor(&server, &["--json"]);
    let findings: Vec<Value> = serde_json::from_slice(&answer.stdout).unwrap();
    let names: Vec<&str> = findings.iter().filter_map(|finding| finding["name"].as_str()).collect();
    assert!(names.contains(&"7zz") && names.contains(&"qemu-img") && names.contains(&"mkntfs"), "{names:?}");
    for finding in &findings {
        assert!(finding["ok"] == true, "{finding}");
    }
    assert_eq!(answer.status.code(), Some(0));
}

#[test]
fn what_is_wrong_is_named_with_its_remedy_in_both_languages() {
    let server = Server::start();
    let open = Permissions::from_mode(0o755);
    std::fs::set_permissions(server.data_dir(), open).unwrap();
    for (language, words) in
        [("zh", ["✗ 数据目录", "有问题需要处理"]), ("en", ["✗ data directory", "missing"])]
    {
        let answer = doctor(&server, &["--lang", language]);
        let text = String::from_utf8(answer.stdout).unwrap();
        assert_eq!(answer.status.code(), Some(1));
        assert!(words.iter().all(|word| text.contains(word)) && text.contains("→ chmod 700"), "{text}");
    }
}
