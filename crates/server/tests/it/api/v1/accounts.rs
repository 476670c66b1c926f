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
