//! Who may use which address: every one of the description, tried by each kind of caller.

use crate::support::{Client, PASSWORD, Response, Server};
use serde_json::{Value, json};
use std::process::Command;

/// Addresses that need no authentication.
const OPEN: [&str; 5] = [
    "get /healthz",
    "get /openapi.json",
    "post /api/v1/session",
    "post /api/v1/login",
    "post /api/v1/terminals/enrol",
];

/// All that a terminal reaches, besides the open ones.
const TERMINALS: [&str; 17] = [
    "get /api/v1/jobs/{id}",
    "get /api/v1/sync/head",
    "get /api/v1/sync/objects/{digest}",
    "get /api/v1/sync/base/{root}/{range}",
    "post /api/v1/terminals/self/report",
    "get /api/v1/terminals/self/printer-key",
    "post /api/v1/terminals/self/inventory",
    "get /api/v1/templates/{id}/plan",
    "post /api/v1/templates/{id}/plan",
    "post /thor/voi/printer/upload",
    "options /thor/voi/printer/upload",
    "head /thor/voi/printer/upload/{id}",
    "patch /thor/voi/printer/upload/{id}",
    "delete /thor/voi/printer/upload/{id}",
    "get /voi_api/clients/checkallclient_isupdatestatus",
    "get /voi_api/check_can_upload_and_commit",
    "post /voi_api/check_can_upload_and_commit",
];

/// All that changes something but is every user's own affair.
const OWN: [&str; 9] = [
    "post /api/v1/password",
    "delete /api/v1/session",
    "post /api/v1/tokens",
    "delete /api/v1/tokens/{id}",
    "get /api/v1/session",
    "post /voi_api/check_can_upload_and_commit",
    // They only look, but for long.
    "post /api/v1/restore/plan",
    "post /api/v1/verify",
    "post /api/v1/templates/{id}/plan",
];

fn operations() -> Vec<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_driver-center")).arg("openapi").output().expect("run openapi");
    let description: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    let operations: Vec<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().expect("operations").keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    assert!(operations.len() > 45, "{operations:?}");
    operations
}

/// Sends something to an operation; what matters is only whether the guard lets it pass.
fn knock(client: &Client, operation: &str) -> Response {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let path = path.replace("{id}", "999999").replace("{number}", "999999").replace("{digest}", "00");
    let path = path.replace("{root}", "00").replace("{range}", "0-0").replace("{type}", "1");
    client.request(&method.to_uppercase(), &path).header("tus-resumable", "1.0.0").send()
}

/// `None` when the guard let it pass, else the notice.
fn stopped(client: &Client, operation: &str) -> Option<String> {
    let response = knock(client, operation);
    match (response.status, operation.starts_with("head ")) {
        // An answer to HEAD has no body.
        (401, true) => Some("account.sign_in_required".to_owned()),
        (403, true) => Some("account.not_allowed".to_owned()),
        (401 | 403, false) => response.value()["notice"].as_str().map(str::to_owned),
        _ => None,
    }
}

#[test]
fn without_credentials_only_the_open_addresses_answer() {
    let server = Server::start();
    for operation in operations() {
        let expected =
            if OPEN.contains(&operation.as_str()) { None } else { Some("account.sign_in_required") };
        let found = stopped(&server.client(), &operation);
        let found = found.filter(|_| !OPEN.contains(&operation.as_str()));
        assert_eq!(found.as_deref(), expected, "{operation}");
    }
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn a_terminal_reaches_only_what_is_for_terminals() {
    let mut server = Server::start();
    let (_, terminal) = server.terminal("PC-1");
    for operation in operations().iter().filter(|operation| !OPEN.contains(&operation.as_str())) {
        let may = TERMINALS.contains(&operation.as_str());
        let found = stopped(&terminal, operation);
        assert_eq!(found.as_deref(), if may { None } else { Some("account.not_allowed") }, "{operation}");
    }
}

#[test]
fn a_viewer_changes_nothing_and_an_operator_no_accounts() {
    let mut server = Server::start();
    let (viewer, operator) = (server.user("vera", "viewer"), server.user("oskar", "operator"));
    for operation in operations() {
        let name = operation.as_str();
        // The stream would not end; signing out would end the test.
        if name == "get /api/v1/events" || OPEN.contains(&name) || name == "delete /api/v1/session" {
            continue;
        }
        let of_administrators = ["/users", "/enrolment-tokens", "/audit", "/doctor"];
        let is_accounts = of_administrators.iter().any(|part| name.contains(part));
        let is_terminal = name.contains("/terminals/self/");
        // One address of the platform changes something by `GET`.
        let is_change = !name.starts_with("get ") || name.ends_with("/notifyupdatehgdrive");
        let viewer_may = !is_accounts && !is_terminal && (!is_change || OWN.contains(&name));
        let operator_may = !is_accounts && !is_terminal;
        assert_eq!(stopped(&viewer, name).is_none() || OWN.contains(&name), viewer_may, "viewer: {name}");
        if name != "post /api/v1/restore" {
            assert_eq!(
                stopped(&operator, name).is_none() || OWN.contains(&name),
                operator_may,
                "operator: {name}"
            );
        }
    }
}

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
