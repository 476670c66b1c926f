//! Versions from the command line: looked into, compared, brought back.

use super::Desk;
use crate::support::{Server, extracted, extracted_of};
use serde_json::Value;

#[test]
fn an_older_version_is_looked_into_compared_and_brought_back() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    desk.ask(&["import", &desk.file("lamp.tq", &extracted())]);
    desk.ask(&["save"]);
    desk.ask(&["import", &desk.file("灯.tq", &extracted_of(5_000))]);
    desk.ask(&["delete", "lamp"]);
    desk.ask(&["save", "--note", "too much"]);

    let versions = desk.ask(&["versions"]);
    assert_eq!((&versions[0]["added"][0], &versions[0]["removed"][0]), (&"灯".into(), &"lamp".into()));
    assert!(versions.as_array().unwrap().iter().all(|version| version["kept"] == true), "{versions}");
    let shown = desk.ask(&["version", "show", "1"]);
    assert_eq!((&shown["packages"][0]["name"], &shown["version"]["number"]), (&"lamp".into(), &1.into()));
    let diff = desk.ask(&["version", "diff", "1", "2"]);
    assert_eq!((diff["packages"].as_array().unwrap().len(), diff["infs"].as_array().unwrap().len()), (2, 2));
    let files = desk.ask(&["version", "diff", "1", "2", "--files", "--path", "/sys/tq"]);
    assert_eq!((&files["added"], &files["removed"]), (&3.into(), &2.into()));
    assert_eq!(desk.ask(&["version", "files", "1", "/sys/tq"])[0]["name"], "lamp");
    assert_eq!(desk.run(&["version", "cat", "1", "/sys/tq/lamp/lamp/lamp.cat"]).out, "catalog");
    desk.ask(&["version", "cat", "1", "/sys/tq/lamp/lamp/lamp.cat", "-o", "copy"]);
    assert_eq!(std::fs::read(desk.home.path().join("copy")).unwrap(), b"catalog");
    assert_eq!(desk.refused(&["version", "cat", "2", "/sys/tq/lamp/lamp/lamp.cat"], 9), "disk.not_found");
    assert_eq!(desk.refused(&["version", "files", "9"], 9), "version.not_found");

    let plan = desk.ask(&["rollback", "1", "--dry-run"]);
    assert_eq!((&plan["from"], &plan["to"]), (&2.into(), &1.into()));
    assert_eq!(desk.ask(&["status"])["version"], 2);
    desk.ask(&["edit"]);
    assert_eq!(desk.refused(&["rollback", "1", "--yes"], 7), "version.edit_open");
    desk.ask(&["discard"]);
    assert_eq!(desk.refused(&["rollback", "2", "--yes"], 7), "version.current");
    let done = desk.ask(&["rollback", "1", "--yes", "--note", "back"]);
    assert_eq!((&done["version"]["number"], &done["version"]["target"]), (&3.into(), &1.into()));
    assert_eq!(done["version"]["root"], desk.ask(&["versions", "--offset", "2", "--limit", "1"])[0]["root"]);
    assert!(done["version"]["update_bytes"].as_u64() <= plan["update_bytes"].as_u64(), "{done}");
    assert_eq!(desk.ask(&["list"])[0]["name"], "lamp");
}

/// People see tables in their language, and are asked where there is somebody to ask.
#[test]
fn people_see_tables_and_are_asked_before_anything_changes() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    desk.ask(&["import", &desk.file("lamp.tq", &extracted())]);
    desk.ask(&["save"]);
    desk.ask(&["delete", "lamp"]);
    desk.ask(&["save"]);

    let chinese = desk.run(&["rollback", "1", "--dry-run", "--lang", "zh"]).out;
    assert!(chinese.contains("将恢复版本") && chinese.contains("新增"), "{chinese}");
    let english = desk.run(&["version", "diff", "1", "2"]).out;
    assert!(english.contains("removed") && english.contains("+0 -1"), "{english}");
    let shown = desk.run(&["version", "show", "1"]).out;
    assert!(shown.contains("Kept") && shown.contains("/sys/tq/lamp"), "{shown}");
    let output = std::process::Command::new("setsid")
        .args(["--wait", env!("CARGO_BIN_EXE_driver-center"), "rollback", "1", "--json"])
        .args(["--server", &format!("http://{}", desk.address), "--token-file"])
        .arg(desk.token_file())
        .env("HOME", desk.home.path())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("run setsid");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["error"]["notice"], "cli.not_confirmed");
    assert_eq!(desk.ask(&["status"])["version"], 2);
}

#[test]
fn the_disk_is_made_larger_and_as_small_again_by_a_rollback() {
    const GIB: u64 = 1 << 30;
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    desk.ask(&["import", &desk.file("lamp.tq", &extracted())]);
    assert_eq!(desk.refused(&["disk", "grow", "3G", "--yes"], 7), "version.edit_open");
    desk.ask(&["save"]);
    let disk = desk.ask(&["disk", "show"]);
    assert_eq!((&disk["virtual_bytes"], &disk["largest_bytes"]), (&GIB.into(), &(8 * 1024 * GIB).into()));
    assert_eq!(desk.refused(&["disk", "grow", "1G", "--yes"], 2), "disk.not_larger");
    assert_eq!(desk.refused(&["disk", "grow", "9T", "--yes"], 2), "disk.too_large");
    assert!(desk.run(&["disk", "grow", "9T", "--yes", "--lang", "zh"]).err.contains("最大可为 8.0 TiB"));
    assert_eq!(desk.run(&["disk", "grow", "much", "--yes"]).code, Some(2));

    let done = desk.ask(&["disk", "grow", "3G", "--yes", "--note", "more"]);
    assert_eq!((&done["operation"]["kind"], &done["version"]["kind"]), (&"grow".into(), &"grow".into()));
    assert_eq!(desk.ask(&["status"])["virtual_bytes"], 3 * GIB);
    assert!(desk.run(&["versions"]).out.contains("grow"));
    let english = desk.run(&["rollback", "1", "--dry-run"]).out;
    assert!(english.contains("3.0 GiB → 1.0 GiB"), "{english}");
    desk.ask(&["rollback", "1", "--yes"]);
    assert_eq!(desk.ask(&["status"])["virtual_bytes"], GIB);
}

#[test]
fn a_data_directory_is_verified_without_a_server_but_not_beside_one() {
    use std::os::unix::fs::FileExt as _;
    let mut server = Server::start();
    let desk = Desk::signed_in(&server);
    desk.ask(&["import", &desk.file("lamp.tq", &extracted())]);
    desk.ask(&["save"]);
    let data_dir = server.data_dir();
    let data = data_dir.to_str().expect("a path in UTF-8");
    assert_eq!(desk.refused(&["verify", "--data-dir", data], 7), "serve.already_running");
    assert_eq!(server.terminate(), Some(0));

    let config = server.config();
    let config = config.to_str().expect("a path in UTF-8");
    let report = desk.ask(&["verify", "--config", config, "--deep"]);
    assert_eq!(
        (&report["version"], &report["deep"], &report["findings"]),
        (&1.into(), &true.into(), &Value::Array(vec![]))
    );
    std::fs::remove_file(data_dir.join("head.json")).expect("remove the head");
    let report = desk.run(&["verify", "--config", config, "--json"]);
    assert!(report.out.contains("\"mended_by\":\"itself\""), "the next start publishes: {}", report.out);
    let base =
        std::fs::File::options().write(true).open(data_dir.join("disk/base.qcow2")).expect("open Base");
    base.write_all_at(b"damage", 200_000).expect("damage Base");
    let done = desk.run(&["verify", "--config", config, "--lang", "zh"]);
    assert!(done.code == Some(5) && done.out.contains('✗'), "{}{}", done.out, done.err);
    let nowhere = desk.home.path().join("nowhere");
    let nothing = nowhere.to_str().expect("a path in UTF-8");
    assert_eq!(desk.refused(&["verify", "--data-dir", nothing], 9), "verify.no_center");
    assert!(!nowhere.exists(), "nothing is made");
}
