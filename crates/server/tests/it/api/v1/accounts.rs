//! Users and tokens.

use crate::support::{PASSWORD, Server};
use serde_json::json;

#[test]
fn users_are_made_changed_and_closed() {
    let mut server = Server::start();
    let admin = server.admin();
    let viewer = server.user("vera", "viewer");
    viewer.post("/api/v1/edit", json!({})).refused(403, "account.not_allowed");
    let users = admin.get("/api/v1/users").ok();
    let vera = users.as_array().unwrap().iter().find(|user| user["name"] == "vera").unwrap();
    let place = format!("/api/v1/users/{}", vera["id"]);

    admin.post("/api/v1/users", json!({"name": "VERA", "role": "viewer"})).refused(409, "account.name_taken");
    admin.json("PUT", &place, json!({"role": "king"})).refused(400, "account.unknown_role");
    admin.json("PUT", &place, json!({"role": "operator"})).ok();
    viewer.post("/api/v1/edit", json!({})).ok();
    admin.json("PUT", &place, json!({"disabled": true})).ok();
    viewer.get("/api/v1/status").refused(401, "account.token_refused");
    admin.json("PUT", &place, json!({"disabled": false})).ok();
    let reset = admin.post(&format!("{place}/password"), json!({})).ok();
    let signed_in = json!({"name": "vera", "password": reset["password"]});
    assert_eq!(server.client().post("/api/v1/session", signed_in).ok()["must_change_password"], true);
    admin
        .json("PUT", "/api/v1/users/1", json!({"disabled": true}))
        .refused(409, "account.last_administrator");
}

#[test]
fn a_token_acts_for_its_user_until_it_is_withdrawn() {
    let mut server = Server::start();
    let admin = server.admin();
    let made = admin.post("/api/v1/tokens", json!({"name": "backup", "days": 30})).ok();
    let program = server.client().with_token(made["token"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/session").ok()["name"], "admin");
    let tokens = admin.get("/api/v1/tokens").ok();
    let token = tokens.as_array().unwrap().iter().find(|token| token["id"] == made["id"]).unwrap();
    assert!(token["expires_at"].is_string() && token.get("token").is_none(), "{token}");
    admin.json("DELETE", &format!("/api/v1/tokens/{}", made["id"]), json!({})).ok();
    program.get("/api/v1/session").refused(401, "account.token_refused");
    for unknown in [format!("/api/v1/tokens/{}", made["id"]), "/api/v1/enrolment-tokens/9".to_owned()] {
        admin.json("DELETE", &unknown, json!({})).refused(404, "account.token_not_found");
    }
    admin
        .post("/api/v1/tokens", json!({"name": "x", "days": u32::MAX}))
        .refused(400, "account.token_invalid");
    let again = json!({"name": "admin", "password": PASSWORD, "token_name": "second"});
    assert!(server.client().post("/api/v1/login", again).ok()["token"].as_str().unwrap().starts_with("dc_"));
}

#[test]
fn the_audit_trail_says_who_did_what_newest_first() {
    let mut server = Server::start();
    let admin = server.admin();
    server.user("oskar", "operator");
    let page = admin.get("/api/v1/audit?limit=2").ok();
    assert_eq!(page["page"]["limit"], 2);
    let entries = page["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    let actions: Vec<&str> = entries.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert!(actions.contains(&"token.create"), "{actions:?}");
    assert!(entries[0]["id"].as_i64() > entries[1]["id"].as_i64());

    let own = admin.get("/api/v1/audit?actor=oskar").ok();
    assert!(own["entries"].as_array().expect("entries").iter().all(|entry| entry["actor"] == "oskar"));
    let text = admin.get("/api/v1/audit").text();
    assert!(text.contains("user.create") && !text.contains(PASSWORD), "{text}");
    assert_eq!(admin.get("/api/v1/audit?limit=0").status, 400);
}

#[test]
fn the_audit_trail_is_asked_for_a_kind_of_change_and_a_time() {
    let mut server = Server::start();
    let admin = server.admin();
    server.user("oskar", "operator");
    let actions = |query: &str| -> Vec<String> {
        let page = admin.get(&format!("/api/v1/audit?{query}")).ok();
        let entries = page["entries"].as_array().expect("entries");
        assert_eq!(page["page"]["total"], entries.len());
        entries.iter().map(|entry| entry["action"].as_str().expect("an action").to_owned()).collect()
    };
    assert_eq!(actions("action=user.create"), ["user.create"]);
    assert_eq!(actions("action=User"), ["user.create"]);
    let all = actions("");
    assert_eq!(actions("since=1970-01-01T00:00:00Z"), all);
    assert_eq!(actions("action=user&actor=oskar").len(), 0);
    // A part of a kind is no kind, and no letter stands for another.
    for none in
        ["action=use", "action=use_", "action=%25", "action=!", "action=", "since=9999-12-31T23:59:59Z"]
    {
        assert_eq!(actions(none).len(), 0, "{none}");
    }
    for bad in ["yesterday", "", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"] {
        admin.get(&format!("/api/v1/audit?since={bad}")).refused(400, "http.bad_query");
    }
}

#[test]
fn the_audit_trail_names_what_will_be_gone() {
    let mut server = Server::start();
    let admin = server.admin();
    let request = serde_json::json!({"name": "teaching", "type": 2, "os_type": 4});
    let id = admin.post("/api/v1/templates", request).ok()["id"].clone();
    admin.json("DELETE", &format!("/api/v1/templates/{id}"), serde_json::json!({})).ok();
    let page = admin.get("/api/v1/audit?limit=1").ok();
    let entry = &page["entries"][0];
    assert_eq!((&entry["action"], &entry["subject"]), (&"template.delete".into(), &"teaching".into()));
}

#[test]
fn the_doctor_speaks_the_language_of_the_request() {
    let mut server = Server::start();
    let admin = server.admin();
    let findings = admin.get("/api/v1/doctor").ok();
    let names = |value: &serde_json::Value| value.to_string();
    assert!(names(&findings).contains("数据目录"), "{findings}");
    let english = admin.with("accept-language", "en").get("/api/v1/doctor").ok();
    assert!(names(&english).contains("data directory"), "{english}");
}
