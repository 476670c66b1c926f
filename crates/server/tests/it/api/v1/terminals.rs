//! `/api/v1/terminals`.

use crate::support::{Server, extracted};
use serde_json::json;

#[test]
fn a_terminal_reports_and_is_pushed_to() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    let report = |state: &str| {
        let body =
            json!({"version": 0, "root": "", "state": state, "done": 1, "total": 2, "program": "0.1.0"});
        terminal.post("/api/v1/terminals/self/report", body)
    };
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let operation = admin.post("/api/v1/save", json!({})).ok();
    admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    assert_eq!(report("idle").ok()["update"], true, "automatic updates are on");
    admin.post("/thor/voi/driver/mount", json!({"is_auto_update": false})).ok();
    assert_eq!(report("idle").ok()["update"], false);
    admin.post("/api/v1/terminals/push", json!({"terminals": [id]})).ok();
    assert_eq!(report("downloading").ok()["update"], true, "it was pushed");

    let shown = admin.get("/api/v1/terminals").ok();
    assert_eq!((&shown[0]["id"], &shown[0]["state"]), (&json!(id), &json!("downloading")));
    let task = admin.get("/voi_api/clients/checkallclient_isupdatestatus").ok();
    assert_eq!(task["data"]["is_send_task"], 1);
    admin.post("/api/v1/edit", json!({})).ok();
    let refused = admin.post("/api/v1/save", json!({}));
    assert_eq!(refused.refused(423, "center.send_task"), "保存失败，当前有下发任务");
    admin.post("/api/v1/terminals/push", json!({"terminals": ["none"]})).refused(404, "terminal.not_found");
}

#[test]
fn a_terminal_that_was_removed_is_unknown() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    let place = format!("/api/v1/terminals/{id}");
    server.user("wang", "operator").json("DELETE", &place, json!({})).refused(403, "account.not_allowed");
    admin.json("DELETE", &place, json!({})).ok();
    assert_eq!(admin.get("/api/v1/terminals").ok(), json!([]));
    let report = json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": ""});
    let refused = terminal.post("/api/v1/terminals/self/report", report);
    assert_eq!(refused.status, 401);
    admin.json("DELETE", &place, json!({})).refused(404, "terminal.not_found");
}

#[test]
fn what_was_pushed_does_not_stand_for_later_versions() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    admin.post("/thor/voi/driver/mount", json!({"is_auto_update": false})).ok();
    let publish = |name: &str| {
        admin
            .request("POST", &format!("/thor/voi/driver/upload?name={name}.tq"))
            .body(extracted())
            .send()
            .ok();
        let operation = admin.post("/api/v1/save", json!({})).ok();
        admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    };
    let is_to_update = |version: u64| {
        let body =
            json!({"version": version, "root": "", "state": "idle", "done": 0, "total": 0, "program": ""});
        terminal.post("/api/v1/terminals/self/report", body).ok()["update"] == true
    };
    publish("one");
    assert!(!is_to_update(1));
    admin.post("/api/v1/terminals/push", json!({"terminals": [id]})).ok();
    publish("two");
    assert!(!is_to_update(1), "it had what was pushed");
    admin.post("/api/v1/terminals/push", json!({"terminals": [id]})).ok();
    publish("three");
    assert!(is_to_update(1), "it takes what is current, as it lacks what was pushed");
    assert!(!is_to_update(2), "it has what was pushed");
}

#[test]
fn enrolment_tokens_are_listed_and_withdrawn() {
    let mut server = Server::start();
    let admin = server.admin();
    let made = admin.post("/api/v1/enrolment-tokens", json!({"name": "lab", "uses": 30, "hours": 8})).ok();
    assert_eq!(admin.get("/api/v1/enrolment-tokens").ok()[0]["uses_left"], 30);
    admin.json("DELETE", &format!("/api/v1/enrolment-tokens/{}", made["id"]), json!({})).ok();
    assert_eq!(admin.get("/api/v1/enrolment-tokens").ok(), json!([]));
    let enrol = json!({"token": made["token"], "name": "PC-1"});
    server.client().post("/api/v1/terminals/enrol", enrol).refused(401, "account.enrolment_refused");
}
