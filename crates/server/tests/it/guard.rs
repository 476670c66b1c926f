//! Signing in: passwords, cookies, other sites, and guessing.

use crate::support::{PASSWORD, Server};
use serde_json::json;

#[test]
fn a_one_time_password_opens_nothing_but_its_change() {
    let server = Server::start();
    let first = server.first_password().to_owned();
    let refused =
        server.client().post("/api/v1/login", json!({"name": "admin", "password": first, "token_name": "t"}));
    assert_eq!(refused.refused(403, "account.must_change_password"), "请先修改初始密码");

    let signed_in = server.client().post("/api/v1/session", json!({"name": "admin", "password": first}));
    assert_eq!(signed_in.ok()["must_change_password"], true);
    let cookie = signed_in.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let browser = server.client().with("cookie", cookie.split(';').next().unwrap());
    browser.get("/api/v1/status").refused(403, "account.must_change_password");
    assert_eq!(browser.get("/api/v1/session").ok()["role"], "administrator");

    let change = json!({"current": first, "new": PASSWORD});
    browser.post("/api/v1/password", change.clone()).refused(403, "account.cross_site");
    let page = browser.with("sec-fetch-site", "same-origin");
    page.post("/api/v1/password", json!({"current": first, "new": "short"}))
        .refused(400, "account.password_too_short");
    page.post("/api/v1/password", json!({"current": "not this one", "new": change["new"]}))
        .refused(403, "account.wrong_present_password");
    page.post("/api/v1/password", change).ok();
    browser.get("/api/v1/status").ok();
    browser
        .with("sec-fetch-site", "cross-site")
        .post("/api/v1/edit", json!({}))
        .refused(403, "account.cross_site");
    let origin = format!("http://{}", browser.address);
    browser.with("origin", &origin).post("/api/v1/edit", json!({})).ok();
    page.json("DELETE", "/api/v1/session", json!({})).ok();
    browser.get("/api/v1/status").refused(401, "account.signed_out");
}

#[test]
fn guessing_is_slowed_down() {
    let server = Server::start();
    let guess = json!({"name": "admin", "password": "wrong wrong wrong"});
    for _ in 0..5 {
        let refused = server.client().post("/api/v1/session", guess.clone());
        refused.refused(401, "account.wrong_password");
    }
    let refused = server.client().post("/api/v1/session", guess);
    refused.refused(429, "account.too_many_attempts");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
}
