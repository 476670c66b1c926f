//! Connecting and uploading.

use crate::proxy::Proxy;
use crate::site::{Desk, Site};
use serde_json::json;

#[test]
fn a_folder_becomes_a_printer_driver_of_this_machine() {
    let site = Site::start();
    let desk = Desk::connected(&site, &site.url());
    let folder = desk.driver("LP 300", 5_000);
    let mac = ["--client-mac", "02-FC-00-00-00-01"];
    let answer = desk.ask(&[&["upload", &folder][..], &mac].concat());
    assert_eq!((&answer["name"], &answer["client_mac"]), (&json!("LP 300.zip"), &json!(mac[1])));
    let again = desk.run(&["upload", &folder, "--name", "二楼", "--lang", "zh", "--client-name", "教室-01"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.out.starts_with("已上传：二楼.zip（编号 2）"), "{again:?}");
    let rows = site.printers();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["name"], &rows[0]["client_name"]), (&json!("二楼"), &json!("教室-01")));
    assert_eq!((&rows[1]["id"], &rows[1]["name"]), (&answer["id"], &json!("LP 300")));
    assert_eq!((&rows[1]["upload_type"], &rows[1]["client_mac"]), (&json!(1), &json!("02fc00000001")));
    // Nothing of it stays here.
    for folder in ["packed", "uploads"] {
        let folder = desk.home.path().join(".local/state/driver-client").join(folder);
        assert_eq!(std::fs::read_dir(&folder).map(Iterator::count).unwrap_or(0), 0, "{}", folder.display());
    }
}

#[test]
fn a_broken_connection_goes_on_where_it_was() {
    let site = Site::start();
    let proxy = Proxy::start(site.address, 3 << 20, false);
    let desk = Desk::connected(&site, &proxy.url());
    let done = desk.run(&["upload", &desk.driver("lp", 8 << 20)]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.err.contains("broke off") && done.err.contains("goes on at"), "{done:?}");
    assert_eq!(site.printers().len(), 1);
    // What the server had was not sent again; some of what was on its way may be.
    assert!(proxy.passed() < 11 << 20, "{}", proxy.passed());
}

#[test]
fn a_run_that_was_ended_is_gone_on_with_by_the_next() {
    let site = Site::start();
    let proxy = Proxy::start(site.address, 4 << 20, true);
    let desk = Desk::connected(&site, &proxy.url());
    let folder = desk.driver("lp", 8 << 20);
    let mut child = desk.command(&["upload", &folder]).spawn().expect("start driver-client");
    proxy.await_trouble();
    child.kill().expect("kill");
    child.wait().expect("wait");
    let done = desk.run(&["upload", &folder]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.err.contains("goes on at"), "{done:?}");
    assert_eq!(site.printers().len(), 1);
    assert!(proxy.passed() < 12 << 20, "{}", proxy.passed());
}

#[test]
fn what_cannot_work_is_said_before_anything_is_sent() {
    let site = Site::start();
    let desk = Desk::new();
    let folder = desk.driver("lp", 10);
    assert_eq!(desk.refused(&["upload", &folder], 3), "client.not_connected");
    let nowhere = ["upload", &folder, "--server", "http://127.0.0.1:1", "--token-file", "token"];
    std::fs::write(desk.home.path().join("token"), "\u{feff}dct_nobody\r\n").expect("write");
    assert_eq!(desk.refused(&nowhere, 4), "net.unreachable");
    let url = site.url();
    let with = |path: &str, token: &str, code| {
        std::fs::write(desk.home.path().join("token"), token).expect("write");
        desk.refused(&["upload", path, "--server", &url, "--token-file", "token"], code)
    };
    assert_eq!(with(&folder, "dct_nobody", 3), "account.terminal_unknown");
    assert_eq!(with(&folder, &site.viewers_token(), 3), "account.not_allowed");

    let desk = Desk::connected(&site, &url);
    let file = |name: &str, content: &[u8]| {
        let path = desk.home.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        std::fs::write(&path, content).expect("write");
        path.to_str().expect("a path").to_owned()
    };
    assert_eq!(desk.refused(&["upload", &file("lp.exe", b"MZ")], 2), "client.not_zip");
    assert_eq!(desk.refused(&["upload", &file("lp.zip", b"no archive")], 2), "client.import_failed");
    let empty = file("empty/readme.txt", b"");
    assert_eq!(desk.refused(&["upload", empty.trim_end_matches("/readme.txt")], 2), "client.no_inf");
    assert_eq!(desk.refused(&["upload", "nowhere.zip"], 9), "client.unreadable");
    assert_eq!(desk.run(&["upload"]).code, Some(2));
    assert_eq!(desk.run(&["upload", &folder, "--printer", "x"]).code, Some(2));
    assert!(site.printers().is_empty());
}

#[test]
fn only_what_works_is_kept() {
    let site = Site::start();
    let desk = Desk::new();
    let url = site.url();
    let settings = desk.home.path().join(".config/driver-client/settings.json");
    let refused = desk.run_with(&["connect", "--server", &url, "--json"], "dct_nobody\n");
    assert_eq!((refused.code, settings.exists()), (Some(3), false), "{refused:?}");
    let bad = ["connect", "--server", &url, "--enrolment-token", "dce_nobody"];
    assert_eq!(desk.refused(&bad, 3), "account.enrolment_refused");
    assert_eq!(desk.run_with(&["connect", "--server", &url], "").code, Some(2));
    let token = site.enrolment_token();
    let kept = desk.ask(&["connect", "--server", &url, "--enrolment-token", &token]);
    assert_eq!(kept["settings"].as_str(), settings.to_str());
    assert!(kept["largest_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 30), "{kept}");
    // What is kept for one server is not sent to another.
    let folder = desk.driver("lp", 10);
    let other = ["upload", &folder, "--server", "http://127.0.0.1:1"];
    assert_eq!(desk.refused(&other, 3), "client.not_connected");
    let text = std::fs::read_to_string(&settings).expect("settings");
    assert_eq!(desk.run_with(&["connect", "--server", &url], &token_in(&text)).code, Some(0));
}

fn token_in(settings: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(settings).expect("JSON");
    value["token"].as_str().expect("a token").to_owned()
}
