//! What is on the machine.

use crate::site::Desk;
use serde_json::json;
use std::process::Command;

#[test]
fn the_printers_of_cups_are_listed() {
    let desk = Desk::new();
    assert_eq!(desk.refused(&["printers"], 4), "client.no_cups");
    let bin = desk.home.path().join("bin");
    std::fs::create_dir(&bin).expect("make a folder");
    // Another process makes the copy that is run: a child of another test may have open what this one writes.
    let says = |script: &str| {
        let draft = desk.home.path().join("lpstat");
        std::fs::write(&draft, format!("#!/bin/sh\n{script}\n")).expect("write");
        let install =
            Command::new("install").args(["-m", "755"]).arg(draft).arg(&bin).status().expect("install");
        assert!(install.success(), "{install}");
    };
    says("[ \"$LC_ALL $1\" = 'C -v' ] && echo 'device for office: socket://10.0.0.9:9100'");
    let expected = json!([{"name": "office", "driver": "", "port": "socket://10.0.0.9:9100",
        "is_shared": false, "can_be_collected": false}]);
    assert_eq!(desk.ask(&["printers"]), expected);
    let table = desk.run(&["printers", "--lang", "zh"]).out;
    assert!(table.starts_with("名称    驱动  端口") && table.contains("office"), "{table}");
    says("echo 'lpstat: No destinations added.' >&2; exit 1");
    assert_eq!(desk.ask(&["printers"]), json!([]));
}

#[test]
fn a_folder_is_packed_into_a_new_file_only() {
    let desk = Desk::new();
    let folder = desk.driver("LP 300", 5_000);
    let answer = desk.ask(&["collect", &folder]);
    assert_eq!((&answer["file"], &answer["files"]), (&json!("LP 300.zip"), &json!(2)));
    let first = std::fs::read(desk.home.path().join("LP 300.zip")).expect("the archive");
    assert_eq!(Some(first.len() as u64), answer["bytes"].as_u64());
    assert_eq!(desk.refused(&["collect", &folder], 7), "client.exists");
    desk.ask(&["collect", &folder, "--output", "other.zip"]);
    assert_eq!(std::fs::read(desk.home.path().join("other.zip")).expect("the archive"), first);
}

#[test]
fn only_windows_has_drivers_of_windows() {
    let desk = Desk::new();
    for arguments in [&["drivers"][..], &["collect", "--driver", "x"], &["collect", "--inf", "oem1.inf"]] {
        assert_eq!(desk.refused(arguments, 2), "client.only_on_windows");
    }
    assert_eq!(desk.run(&["collect", "--inf", "..\\x.inf"]).code, Some(2));
}
