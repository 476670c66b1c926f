//! Printer drivers and templates by command.

use super::Desk;
use crate::support::{Server, extracted, printer};
use serde_json::json;

#[test]
fn a_printer_goes_in_is_set_copied_and_deleted() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let (file, other) = (desk.file("lp.zip", &printer()), desk.file("bad.zip", b"PK\x03\x04"));
    let done = desk.run(&["printer", "import", &file, &other]);
    assert_eq!(done.code, Some(2), "{}", done.err);
    assert!(done.out.contains("lp") && done.out.contains("1 of 2 imported"), "{}", done.out);

    let place = ["printer", "set", "lp", "--type", "shared", "--address", r"\\host\lp", "--account", "print"];
    let done = desk.run_with(&[&place[..], &["--password-stdin"]].concat(), "Kennwort-9c\n");
    assert_eq!((done.code, done.out.trim()), (Some(0), "changed 1"));
    let copy = desk.ask(&["printer", "duplicate", "1"]);
    assert_eq!((&copy[0]["name"], &copy[0]["has_password"]), (&json!("lp (2)"), &json!(true)));
    desk.ask(&[
        "printer",
        "set",
        "2",
        "--name",
        "stairs",
        "--type",
        "network",
        "--address",
        "10.0.0.9",
        "--protocol",
        "LPR",
        "--share",
        "q",
        "--paper",
        "a6",
        "--sides",
        "long-edge",
    ]);
    let shown = desk.run(&["printer", "list"]).out;
    assert!(shown.contains(r"\\host\lp") && shown.contains("lpr://10.0.0.9:515/q"), "{shown}");
    assert!(shown.contains("A6"), "{shown}");
    let shown = desk.run(&["printer", "show", "lp", "--lang", "zh"]).out;
    assert!(
        shown.contains("已存密码") && shown.contains("等待保存") && !shown.contains("Kennwort"),
        "{shown}"
    );
    assert!(desk.run(&["printer", "show", "lp", "--models"]).out.contains("Lantern LP-1"));
    desk.refused(&["printer", "show", "nobody"], 9);
    desk.refused(&["printer", "set", "lp", "--address", "evil"], 2);
    assert_eq!(desk.ask(&["printer", "delete", "stairs", "2", "lp"]), json!({"deleted": [1, 2]}));
    assert_eq!(desk.run(&["printer", "list"]).out.trim(), "There is no printer driver.");
}

#[test]
fn a_template_gets_a_driver_and_says_what_a_machine_takes() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let file = desk.file("lamp.tq", &extracted());
    desk.ask(&["import", &file]);
    desk.ask(&["save"]);
    desk.ask(&["template", "create", "office", "--type", "personal", "--system", "windows10_64"]);
    desk.refused(&["template", "create", "Office", "--type", "public", "--system", "4"], 7);
    let done = desk.run(&["template", "relate", "office", "--extracted", "lamp"]);
    assert_eq!((done.code, done.out.trim()), (Some(0), "changed 1: hg_version 1"), "{}", done.err);
    let list = desk.run(&["template", "list"]).out;
    assert!(list.contains("personal") && list.contains("lamp"), "{list}");
    let plan = desk.run(&["template", "plan", "office", "--id", r"PCI\VEN_1234&DEV_5678", "--id", r"USB\X"]);
    assert!(plan.out.contains("1. lamp (extracted): has drivers for its devices"), "{}", plan.out);
    assert!(
        plan.out.contains("lamp/lamp.inf") && plan.out.contains(r"in these packages: USB\X"),
        "{}",
        plan.out
    );
    let devices = desk.file("ids.txt", b"USB\\X\n");
    let plan = desk.ask(&["template", "plan", "office", "--devices", &devices]);
    assert_eq!(plan["left_out"][0]["reason"], "no_device");
    desk.refused(&["delete", "lamp"], 7);
    desk.ask(&["template", "relate", "office", "--no-extracted"]);
    desk.ask(&["template", "set", "office", "--name", "labs", "--system", "Windows7_32"]);
    desk.refused(&["template", "relate", "labs", "--extracted", "lamp"], 2);
    assert_eq!(desk.run(&["template", "images"]).out.trim(), "The image store has no other images.");
    assert_eq!(desk.ask(&["template", "delete", "labs"]), json!({"deleted": [1]}));
}

#[test]
fn times_and_bandwidth_of_updates_are_shown_and_set() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    assert_eq!(desk.ask(&["distribution"])["rules"]["windows"], json!([]));
    let set = ["distribution", "--window", "1-5@22:00-06:00", "--utc-offset", "+08:00", "--limit", "20M"];
    let state = desk.ask(&set);
    let window = json!({"days": [1, 2, 3, 4, 5], "from": "22:00", "to": "06:00"});
    assert_eq!(state["rules"]["windows"], json!([window]));
    assert_eq!(
        (&state["rules"]["utc_offset_minutes"], state["changes_in_seconds"].is_u64()),
        (&480.into(), true)
    );
    let shown = desk.run(&["distribution", "--no-limit", "--lang", "zh"]).out;
    assert!(shown.contains("周一 周二 周三 周四 周五 22:00–06:00") && shown.contains("不限"), "{shown}");
    assert_eq!(desk.refused(&["distribution", "--limit", "1K"], 2), "distribution.bad_speed");
    assert_eq!(desk.refused(&["distribution", "--window", "25:00-06:00"], 2), "distribution.bad_window");
    assert_eq!(desk.run(&["distribution", "--window", "night"]).code, Some(2));
    assert_eq!(desk.ask(&["distribution", "--always"])["is_open"], true);
}
