//! Who may use what: every operation of the description, for every kind of caller.
//!
//! The table is what is promised. An operation that is not in it, or is no more in the description, fails the test; so
//! whoever adds an address says here who may use it.

use crate::support::{Client, Server, read_response};
use Who::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::Command;

/// Who may use an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Everybody, unknown callers too.
    Open,
    /// Every user, also one who has to change the password first.
    SignedIn,
    Viewer,
    Operator,
    Administrator,
    Terminal,
    TerminalOrViewer,
    TerminalOrOperator,
}

const TABLE: &[(&str, Who)] = &[
    ("get /api/v1/audit", Administrator),
    ("delete /api/v1/desktops/{id}", Operator),
    ("get /api/v1/disk", Viewer),
    ("post /api/v1/disk/grow", Operator),
    ("get /api/v1/distribution", Viewer),
    ("put /api/v1/distribution", Operator),
    ("get /api/v1/doctor", Administrator),
    ("get /api/v1/drivers/{id}", Viewer),
    ("get /api/v1/edit", Viewer),
    ("post /api/v1/edit", Operator),
    ("delete /api/v1/edit", Operator),
    ("post /api/v1/edit/take-over", Administrator),
    ("get /api/v1/enrolment-tokens", Administrator),
    ("post /api/v1/enrolment-tokens", Administrator),
    ("delete /api/v1/enrolment-tokens/{id}", Administrator),
    ("get /api/v1/events", Viewer),
    ("get /api/v1/files", Viewer),
    ("get /api/v1/files/content", Viewer),
    ("get /api/v1/infs/{id}/devices", Viewer),
    ("get /api/v1/jobs", Viewer),
    ("get /api/v1/jobs/{id}", TerminalOrViewer),
    ("post /api/v1/jobs/{id}/cancel", Operator),
    ("post /api/v1/login", Open),
    ("get /api/v1/operations/{id}", Viewer),
    ("get /api/v1/operations/{id}/report", Viewer),
    ("post /api/v1/password", SignedIn),
    ("get /api/v1/printers/{id}", Viewer),
    ("post /api/v1/restore", Operator),
    ("get /api/v1/restore/plan", Viewer),
    ("post /api/v1/restore/plan", Viewer),
    ("post /api/v1/save", Operator),
    ("get /api/v1/session", SignedIn),
    ("post /api/v1/session", Open),
    ("delete /api/v1/session", SignedIn),
    ("get /api/v1/status", Viewer),
    ("get /api/v1/store-images", Viewer),
    ("get /api/v1/sync/base/{root}/{range}", TerminalOrViewer),
    ("get /api/v1/sync/head", TerminalOrViewer),
    ("get /api/v1/sync/objects/{digest}", TerminalOrViewer),
    ("post /api/v1/templates", Operator),
    ("get /api/v1/templates/{id}", Viewer),
    ("put /api/v1/templates/{id}", Operator),
    ("delete /api/v1/templates/{id}", Operator),
    ("get /api/v1/templates/{id}/plan", TerminalOrViewer),
    ("post /api/v1/templates/{id}/plan", TerminalOrViewer),
    ("get /api/v1/terminals", Viewer),
    ("get /api/v1/terminals/counts", Viewer),
    ("post /api/v1/terminals/enrol", Open),
    ("post /api/v1/terminals/group", Operator),
    ("delete /api/v1/terminals/{id}", Administrator),
    ("post /api/v1/terminals/push", Operator),
    ("post /api/v1/terminals/remove", Administrator),
    ("post /api/v1/terminals/self/inventory", Terminal),
    ("get /api/v1/terminals/self/printer-key", Terminal),
    ("post /api/v1/terminals/self/report", Terminal),
    ("get /api/v1/terminals/{id}", Viewer),
    ("get /api/v1/terminals/history", Viewer),
    ("get /api/v1/terminals/{id}/inventory", Viewer),
    ("get /api/v1/tokens", Viewer),
    ("post /api/v1/tokens", Viewer),
    ("delete /api/v1/tokens/{id}", Viewer),
    ("get /api/v1/users", Administrator),
    ("post /api/v1/users", Administrator),
    ("put /api/v1/users/{id}", Administrator),
    ("post /api/v1/users/{id}/password", Administrator),
    ("get /api/v1/verify", Viewer),
    ("post /api/v1/verify", Viewer),
    ("get /api/v1/versions", Viewer),
    ("get /api/v1/versions/{number}", Viewer),
    ("get /api/v1/versions/{number}/diff", Viewer),
    ("get /api/v1/versions/{number}/diff/files", Viewer),
    ("get /api/v1/versions/{number}/files", Viewer),
    ("get /api/v1/versions/{number}/files/content", Viewer),
    ("get /api/v1/versions/{number}/packages", Viewer),
    ("get /api/v1/versions/{number}/rollback", Viewer),
    ("post /api/v1/versions/{number}/rollback", Operator),
    ("get /healthz", Open),
    ("get /metrics", Viewer),
    ("get /openapi.json", Open),
    ("get /thor/image/{type}", Viewer),
    ("get /thor/voi/driver", Viewer),
    ("put /thor/voi/driver", Operator),
    ("post /thor/voi/driver", Operator),
    ("get /thor/voi/driver/mount", Viewer),
    ("post /thor/voi/driver/mount", Operator),
    ("post /thor/voi/driver/upload", Operator),
    ("options /thor/voi/driver/upload", Operator),
    ("delete /thor/voi/driver/upload/{id}", Operator),
    ("head /thor/voi/driver/upload/{id}", Operator),
    ("patch /thor/voi/driver/upload/{id}", Operator),
    ("get /thor/voi/image_relate_drive", Viewer),
    ("post /thor/voi/image_relate_drive", Operator),
    ("get /thor/voi/modes", Viewer),
    ("post /thor/voi/modes", Operator),
    ("get /thor/voi/personal/desktops", Viewer),
    ("post /thor/voi/personal/desktops", Operator),
    ("get /thor/voi/printer", Viewer),
    ("put /thor/voi/printer", Operator),
    ("post /thor/voi/printer", Operator),
    ("post /thor/voi/printer/duplicate", Operator),
    ("post /thor/voi/printer/upload", TerminalOrOperator),
    ("options /thor/voi/printer/upload", TerminalOrOperator),
    ("delete /thor/voi/printer/upload/{id}", TerminalOrOperator),
    ("head /thor/voi/printer/upload/{id}", TerminalOrOperator),
    ("patch /thor/voi/printer/upload/{id}", TerminalOrOperator),
    ("get /voi_api/check_can_upload_and_commit", TerminalOrViewer),
    ("post /voi_api/check_can_upload_and_commit", TerminalOrViewer),
    ("get /voi_api/clients/checkallclient_isupdatestatus", TerminalOrViewer),
    ("get /voi_api/scene/notifyupdatehgdrive", Operator),
];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Nobody,
    Terminal,
    /// A user whose password is still the one that was given.
    New,
    Viewer,
    Operator,
    Administrator,
}

impl Who {
    /// The notice that `role` gets, and the role that it names; none where it may.
    fn refusal(self, role: Role) -> Option<(&'static str, &'static str)> {
        let (needed, terminals) = match self {
            Open => return None,
            SignedIn | Viewer => (Role::Viewer, false),
            Operator => (Role::Operator, false),
            Administrator => (Role::Administrator, false),
            TerminalOrViewer => (Role::Viewer, true),
            TerminalOrOperator => (Role::Operator, true),
            Terminal if role == Role::Terminal => return None,
            Terminal if role == Role::Nobody => return Some(("account.sign_in_required", "")),
            Terminal => return Some(("account.not_allowed", "终端")),
        };
        let name = match needed {
            Role::Viewer => "查看者",
            Role::Operator => "操作员",
            _ => "管理员",
        };
        match role {
            Role::Nobody => Some(("account.sign_in_required", "")),
            Role::Terminal if terminals => None,
            Role::Terminal => Some(("account.not_allowed", name)),
            Role::New if self == SignedIn => None,
            Role::New => Some(("account.must_change_password", "")),
            _ if role >= needed => None,
            _ => Some(("account.not_allowed", name)),
        }
    }
}

fn described() -> BTreeSet<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_driver-center")).arg("openapi").output().expect("run openapi");
    let description: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    let methods = |(path, item): (&String, &Value)| {
        let item = item.as_object().expect("operations");
        item.keys().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// Sends an empty request; answers the status, and the notice with its message where it fails.
fn knock(client: &Client, operation: &str) -> (u16, String, String) {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let path = path.replace("{id}", "999999").replace("{number}", "999999").replace("{digest}", "00");
    let path = path.replace("{root}", "00").replace("{range}", "0-0").replace("{type}", "1");
    let request = client.request(&method.to_uppercase(), &path).header("tus-resumable", "1.0.0");
    let mut stream = request.open();
    if operation == "get /api/v1/events" {
        // A stream of events does not end.
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).expect("a status");
        if &begin == b"HTTP/1.1 200" {
            return (200, String::new(), String::new());
        }
        stream = request.open();
    }
    let response = read_response(&mut stream);
    let value: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    (response.status, text("notice"), text("message"))
}

/// Tries every operation as `role`.
fn try_all(client: &Client, role: Role) {
    // What ends the own credentials or the center's calm comes last.
    let last = ["post /api/v1/edit/take-over", "delete /api/v1/session"];
    let (end, rest): (Vec<_>, Vec<_>) = TABLE.iter().partition(|(operation, _)| last.contains(operation));
    for (operation, who) in rest.into_iter().chain(end) {
        let (status, notice, message) = knock(client, operation);
        let context = format!("{role:?}: {operation}: {status} {notice} {message}");
        // Without a body nobody can sign in, however open that is.
        let is_refused = [401, 403].contains(&status) && who != Open;
        match who.refusal(role) {
            None => assert!(!is_refused && (status != 404 || has_missing_object(operation)), "{context}"),
            Some((expected, needed)) => {
                assert_eq!(status, if role == Role::Nobody { 401 } else { 403 }, "{context}");
                // An answer to HEAD has no body.
                if !operation.starts_with("head ") {
                    assert_eq!(notice, expected, "{context}");
                    assert!(message.contains(needed), "{context}");
                }
            }
        }
        assert!(status < 500, "{context}");
    }
}

/// Whether what it names in its path, or has to be there, is not there in this test: it answers 404 itself.
fn has_missing_object(operation: &str) -> bool {
    operation.contains('{')
        || ["get /api/v1/sync/head", "get /api/v1/verify", "get /api/v1/restore/plan"].contains(&operation)
}

#[test]
fn the_table_names_every_operation_once() {
    let listed: BTreeSet<String> = TABLE.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    assert_eq!(listed.len(), TABLE.len());
    assert_eq!(listed, described());
}

#[test]
fn unknown_callers_reach_what_is_open() {
    let server = Server::start();
    try_all(&server.client(), Role::Nobody);
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn a_terminal_reaches_what_is_for_terminals() {
    let mut server = Server::start();
    let (_, terminal) = server.terminal("PC-1");
    try_all(&terminal, Role::Terminal);
}

#[test]
fn a_user_with_a_given_password_reaches_only_the_own_session() {
    let server = Server::start();
    let password = server.first_password().to_owned();
    let signed_in =
        server.client().post("/api/v1/session", serde_json::json!({"name": "admin", "password": password}));
    let cookie =
        signed_in.header("set-cookie").and_then(|line| line.split(';').next()).expect("a cookie").to_owned();
    let browser = server.client().with("cookie", &cookie).with("sec-fetch-site", "same-origin");
    try_all(&browser, Role::New);
}

#[test]
fn a_viewer_looks() {
    let mut server = Server::start();
    try_all(&server.user("vera", "viewer"), Role::Viewer);
}

#[test]
fn an_operator_changes_the_disk_but_no_accounts() {
    let mut server = Server::start();
    try_all(&server.user("oskar", "operator"), Role::Operator);
}

#[test]
fn an_administrator_reaches_all_but_what_only_terminals_do() {
    let mut server = Server::start();
    try_all(&server.admin(), Role::Administrator);
}
