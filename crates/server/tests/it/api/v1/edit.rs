//! Edit, save, discard, and the history of versions.

use crate::support::{Client, Server, extracted};
use serde_json::{Value, json};

fn allowed(client: &Client, action: &str) -> Value {
    let status = client.get("/api/v1/status").ok();
    let actions = status["allowed_actions"].as_array().expect("a list");
    actions.iter().find(|known| known["action"] == action).expect("the action").clone()
}

#[test]
fn an_edit_is_saved_as_a_version() {
    let mut server = Server::start();
    let admin = server.admin();
    let discard = allowed(&admin, "discard");
    assert_eq!(discard["allowed"], false);
    assert!(discard["reason"].as_str().unwrap().contains("编辑"), "{discard}");

    admin.post("/api/v1/edit", json!({})).ok();
    assert_eq!(allowed(&admin, "discard")["allowed"], true);
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let changes = admin.get("/api/v1/edit").ok();
    assert_eq!((&changes[0]["kind"], &changes[0]["name"]), (&json!("import"), &json!("lamp")));

    let before = admin.get("/api/v1/status").ok()["version"].as_u64().unwrap();
    let operation = admin.post("/api/v1/save", json!({"note": "first"})).ok();
    let place = format!("/api/v1/operations/{}?wait=55", operation["id"]);
    let ended = admin.get(&place).ok();
    assert_eq!(ended["error"], Value::Null, "{ended}");
    let version = before + 1;
    assert_eq!(admin.get("/api/v1/status").ok()["version"], version);
    let shown = admin.get(&format!("/api/v1/versions/{version}")).ok();
    assert_eq!((&shown["note"], &shown["added"]), (&json!("first"), &json!(["lamp"])));
    assert_eq!(admin.get("/api/v1/versions?limit=1").ok()[0]["number"], version);
    let mount = admin.get("/thor/voi/driver/mount").ok();
    assert_eq!(mount["result"]["mount_status"], 1);
}

#[test]
fn a_discarded_edit_brings_back_the_saved_state() {
    let mut server = Server::start();
    let admin = server.admin();
    admin.json("DELETE", "/api/v1/edit", json!({})).refused(409, "center.not_editing");
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    admin.json("DELETE", "/api/v1/edit", json!({})).ok();
    assert_eq!(admin.get("/thor/voi/driver").ok()["data"], json!([]));
    assert_eq!(admin.get("/api/v1/edit").ok(), json!([]));
}

#[test]
fn one_edits_at_a_time_and_an_administrator_takes_over() {
    let mut server = Server::start();
    let admin = server.admin();
    let (oskar, olga) = (server.user("oskar", "operator"), server.user("olga", "operator"));
    oskar.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let status = olga.get("/api/v1/status").ok();
    assert_eq!(status["edit"]["held_by"], "oskar");
    assert!(allowed(&olga, "save")["reason"].as_str().unwrap().contains("oskar"));
    let words = olga.post("/api/v1/save", json!({})).refused(409, "edit.held");
    assert!(words.contains("oskar 正在编辑驱动"), "{words}");
    let begin = json!({"upload": 1});
    for (method, path) in
        [("POST", "/api/v1/edit"), ("DELETE", "/api/v1/edit"), ("POST", "/thor/voi/driver/upload?name=b.tq")]
    {
        olga.json(method, path, begin.clone()).refused(409, "edit.held");
    }
    olga.post("/thor/voi/driver/mount", json!({"is_mounted": false})).refused(409, "edit.held");

    olga.post("/api/v1/edit/take-over", json!({})).refused(403, "account.not_allowed");
    // What is allowed says so before it is tried.
    assert_eq!(allowed(&olga, "take_over")["reason"], "需要管理员权限");
    let viewer = server.user("vera", "viewer");
    for action in ["edit", "save", "take_over", "auto_update"] {
        assert_eq!(allowed(&viewer, action)["allowed"], false, "{action}");
    }
    assert_eq!(allowed(&viewer, "save")["reason"], "需要操作员权限");
    server.crash();
    let (admin, oskar) = (admin.at(server.client().address), oskar.at(server.client().address));
    assert_eq!(allowed(&admin, "take_over")["allowed"], true);
    admin.post("/api/v1/edit/take-over", json!({})).ok();
    oskar.json("DELETE", "/api/v1/edit", json!({})).refused(409, "edit.held");
    admin.post("/api/v1/edit/take-over", json!({})).refused(409, "edit.not_held");
    let entry = admin.get("/api/v1/audit?limit=1").ok()["entries"][0].clone();
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("disk.take_over"), &json!("oskar")));
    admin.post("/api/v1/save", json!({})).ok();
}

#[test]
fn a_save_that_failed_says_why_in_the_language_of_the_reader() {
    let mut server = Server::start();
    let admin = server.admin();
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let images = server.data_dir().join("images");
    std::fs::rename(&images, server.data_dir().join("images-elsewhere")).expect("move the images away");

    let operation = admin.post("/api/v1/save", json!({})).ok();
    let place = format!("/api/v1/operations/{}?wait=55", operation["id"]);
    let ended = admin.get(&place).ok();
    assert!(ended["error"].as_str().unwrap().starts_with("无法写入映像目录"), "{ended}");
    let english = admin.with("accept-language", "en").get(&place).ok();
    assert!(english["error"].as_str().unwrap().starts_with("The image store"), "{english}");
    assert!(english["detail"].as_str().unwrap().starts_with("register: "), "{english}");
    assert_eq!(admin.get("/api/v1/status").ok()["problem"], ended["error"]);
}
