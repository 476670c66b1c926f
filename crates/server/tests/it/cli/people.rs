//! Users, one's own password, the audit log, desktops and scenes by command.

use super::{Desk, PASSWORD};
use crate::support::Server;
use serde_json::{Value, json};

const OTHER: &str = "another horse battery";

/// Signs in at a desk of its own.
fn sign_in(server: &Server, name: &str, lines: &[&str]) -> (Desk, Option<i32>) {
    let desk = Desk::new(server);
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let code = desk.run_with(&["login", "--name", name, "--password-stdin"], &input).code;
    (desk, code)
}

#[test]
fn users_are_made_changed_disabled_and_enabled() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let made = desk.run(&["user", "create", "Vera", "--role", "viewer"]);
    assert_eq!((made.code, made.out.lines().count()), (Some(0), 1), "only the password: {}", made.out);
    assert!(made.err.contains("shown only now"), "{}", made.err);
    let (vera, code) = sign_in(&server, "vera", &[made.out.trim(), OTHER]);
    assert_eq!(code, Some(0));
    assert_eq!(vera.refused(&["edit"], 3), "account.not_allowed");
    assert_eq!(vera.refused(&["user", "list"], 3), "account.not_allowed");
    assert_eq!(vera.refused(&["audit"], 3), "account.not_allowed");

    desk.ask(&["user", "set", "VERA", "--role", "operator"]);
    vera.ask(&["edit"]);
    let id = desk.ask(&["user", "list"])[1]["id"].clone();
    assert_eq!(desk.ask(&["user", "disable", "vera"]), json!({"changed": id}));
    vera.refused(&["status"], 3);
    let list = desk.run(&["user", "list", "--lang", "zh"]).out;
    assert!(list.contains("vera") && list.contains("操作员") && list.contains("已停用"), "{list}");
    desk.ask(&["user", "enable", "vera"]);
    let reset = desk.ask(&["user", "reset-password", "vera"])["password"].clone();
    assert_eq!(sign_in(&server, "vera", &[OTHER]).1, Some(3), "the old password is worth nothing");
    assert_eq!(sign_in(&server, "vera", &[reset.as_str().unwrap(), PASSWORD]).1, Some(0));

    // Names only: a number is a name like any other, not the number of another user.
    assert_eq!(desk.refused(&["user", "disable", "1"], 9), "cli.no_user");
    assert_eq!(desk.refused(&["user", "disable", "admin"], 7), "account.last_administrator");
    assert_eq!(desk.refused(&["user", "create", "vera", "--role", "viewer"], 7), "account.name_taken");
    assert_eq!(desk.run(&["user", "create", "x", "--role", "king"]).code, Some(2));
}

#[test]
fn ones_own_password_is_changed_by_whoever_knows_it() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    let change = |input: &str| desk.run_with(&["password", "--password-stdin", "--json"], input);
    for (input, code, notice) in [
        ("wrong\nanother horse battery\n", 3, "account.wrong_present_password"),
        ("correct horse battery\nshort\n", 2, "account.password_too_short"),
        ("correct horse battery\n", 2, "cli.no_password"),
    ] {
        let done = change(input);
        assert!(done.code == Some(code) && done.out.contains(notice), "{input}: {}", done.out);
    }
    let done = change(&format!("{PASSWORD}\n{OTHER}\n"));
    assert_eq!((done.code, done.out.trim()), (Some(0), r#"{"password_changed":true}"#), "{}", done.err);
    desk.ask(&["status"]);
    assert_eq!(sign_in(&server, "admin", &[PASSWORD]).1, Some(3));
    assert_eq!(sign_in(&server, "admin", &[OTHER]).1, Some(0));
}

#[test]
fn the_audit_log_is_filtered_and_paged() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    for name in ["anna", "bert", "carl"] {
        desk.ask(&["user", "create", name, "--role", "viewer"]);
    }
    desk.ask(&["auto-update", "off"]);
    let subjects = |arguments: &[&str]| -> Vec<Value> {
        let page = desk.ask(&[&["audit"], arguments].concat());
        page["entries"].as_array().unwrap().iter().map(|entry| entry["subject"].clone()).collect()
    };
    assert_eq!(subjects(&["--action", "user"]), ["carl", "bert", "anna"]);
    assert_eq!(subjects(&["--action", "user.create", "--limit", "1", "--offset", "1"]), ["bert"]);
    assert_eq!(subjects(&["--action", "user", "--user", "admin", "--since", "1h"]).len(), 3);
    assert!(subjects(&["--user", "anna"]).is_empty());
    assert!(subjects(&["--since", "9999-01-01"]).is_empty());

    let page = desk.run(&["audit", "--action", "user", "--limit", "2"]);
    assert!(page.out.contains("user.create") && page.out.contains("127.0.0.1"), "{}", page.out);
    assert!(page.err.contains("1 older entry: --offset 2"), "{}", page.err);
    assert_eq!(desk.run(&["audit", "--user", "nobody", "--lang", "zh"]).out.trim(), "没有记录。");
    assert_eq!(desk.run(&["audit", "--since", "soon"]).code, Some(2));
    assert_eq!(desk.refused(&["audit", "--limit", "0"], 2), "http.page");
}

#[test]
fn desktops_and_scenes_are_made_from_templates_and_deleted() {
    let server = Server::start();
    let desk = Desk::signed_in(&server);
    for (name, kind) in [("office", "personal"), ("lab", "public")] {
        desk.ask(&["template", "create", name, "--type", kind, "--system", "Windows10_64"]);
    }
    let made = desk.run(&["desktop", "create", "Anna", "--template", "office", "--describe", "二楼"]);
    assert_eq!((made.code, made.out.trim()), (Some(0), "made 1 Anna"), "{}", made.err);
    let scene = desk.ask(&["scene", "create", "exam", "--template", "lab"]);
    assert_eq!((&scene[0]["id"], &scene[0]["image_name"]), (&json!(2), &json!("lab")));
    assert_eq!(desk.refused(&["scene", "create", "x", "--template", "office"], 2), "template.wrong_type");
    assert_eq!(desk.refused(&["desktop", "create", "x", "--template", "none"], 9), "cli.no_template");

    let list = desk.run(&["desktop", "list"]).out;
    assert!(list.contains("Anna") && list.contains("office") && list.contains("二楼"), "{list}");
    assert!(!list.contains("exam"), "{list}");
    // A desktop is no scene, by its number neither.
    assert_eq!(desk.refused(&["scene", "delete", "1"], 9), "cli.no_scene");
    assert_eq!(desk.refused(&["desktop", "delete", "exam"], 9), "cli.no_desktop");
    desk.refused(&["template", "delete", "office"], 7);
    desk.ask(&["desktop", "create", "Bert", "--template", "office"]);
    assert_eq!(desk.refused(&["desktop", "delete", "Anna", "Carl"], 9), "cli.no_desktop");
    assert_eq!(desk.ask(&["desktop", "delete", "Bert", "1", "Anna"]), json!({"deleted": [1, 3]}));
    assert_eq!(desk.ask(&["scene", "delete", "exam"]), json!({"deleted": [2]}));
    assert_eq!(desk.run(&["scene", "list"]).out.trim(), "There is no scene.");
}
