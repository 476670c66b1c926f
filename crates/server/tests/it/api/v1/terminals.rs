//! `/api/v1/terminals`.

use crate::support::{Client, Server, extracted};
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
    let first = &shown["terminals"][0];
    assert_eq!((&first["id"], &first["state"]), (&json!(id), &json!("downloading")));
    let task = admin.get("/voi_api/clients/checkallclient_isupdatestatus").ok();
    assert_eq!(task["data"]["is_send_task"], 1);
    admin.post("/api/v1/edit", json!({})).ok();
    let refused = admin.post("/api/v1/save", json!({}));
    assert_eq!(refused.refused(423, "center.send_task"), "保存失败，当前有下发任务");
    // Whoever has not tried is not told that anything failed.
    let status = admin.get("/api/v1/status").ok();
    let actions = status["allowed_actions"].as_array().unwrap();
    let save = actions.iter().find(|known| known["action"] == "save").unwrap();
    assert_eq!(save["reason"], "有终端正在更新，更新结束后才能保存");
    admin.post("/api/v1/terminals/push", json!({"terminals": ["none"]})).refused(404, "terminal.not_found");
}

#[test]
fn as_many_devices_and_terminals_may_be_named_as_the_center_takes() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    let device = |number: usize| {
        json!({"name": format!("device {number:05}"), "compatible_ids": [],
            "hardware_ids": [format!("PCI\\VEN_1234&DEV_{number:05}&SUBSYS_12345678&REV_01{}", "&X".repeat(40))]})
    };
    let devices = |count: usize| json!({"model": "m", "devices": (0..count).map(device).collect::<Vec<_>>()});
    assert!((300 << 10..512 << 10).contains(&devices(2000).to_string().len()));
    terminal.post("/api/v1/terminals/self/inventory", devices(2000)).ok();
    terminal.post("/api/v1/terminals/self/inventory", devices(2001)).refused(400, "plan.inventory_too_large");
    let template = json!({"name": "office", "os_type": "Windows10_64", "type": 2});
    let place = format!("/api/v1/templates/{}/plan", admin.post("/api/v1/templates", template).ok()["id"]);
    assert_eq!(terminal.get(&place).ok()["packages"], json!([]));
    admin.post(&place, json!({"devices": devices(2000)["devices"]})).ok();
    let long = terminal.post("/api/v1/terminals/self/inventory", devices(6000));
    assert!(long.refused(413, "http.too_large").contains("1.0 MiB"));
    admin.post(&place, devices(6000)).refused(413, "http.too_large");

    let named = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect();
        json!({"terminals": ids, "group": "a"})
    };
    for place in ["push", "group", "remove"] {
        let post = |count| admin.post(&format!("/api/v1/terminals/{place}"), named(count));
        post(100_000).refused(404, "terminal.not_found");
        post(100_001).refused(400, "terminal.push_count");
        post(150_000).refused(413, "http.too_large");
    }
    // Others keep to what all keep to.
    admin.post("/api/v1/templates", named(8_000)).refused(413, "http.too_large");
    admin.post("/api/v1/terminals/group", json!({"terminals": [id], "group": "a"})).ok();
}

#[test]
fn a_terminal_that_was_removed_is_unknown() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    let place = format!("/api/v1/terminals/{id}");
    server.user("wang", "operator").json("DELETE", &place, json!({})).refused(403, "account.not_allowed");
    admin.json("DELETE", &place, json!({})).ok();
    let none = json!({"terminals": [], "total": 0, "is_total_exact": true});
    assert_eq!(admin.get("/api/v1/terminals").ok(), none);
    admin.get(&place).refused(404, "terminal.not_found");
    let report = json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": ""});
    let refused = terminal.post("/api/v1/terminals/self/report", report);
    assert_eq!(refused.status, 401);
    admin.json("DELETE", &place, json!({})).refused(404, "terminal.not_found");
}

#[test]
fn all_that_fit_are_removed_but_no_more_than_somebody_was_told() {
    let mut server = Server::start();
    let admin = server.admin();
    let ids = ["PC-1", "PC-2", "lab-1"].map(|name| server.terminal(name).0);
    let remove = |body| admin.post("/api/v1/terminals/remove", body);
    let fitting = json!({"where": {"search": "pc-"}, "at_most": 1});
    server
        .user("wang", "operator")
        .post("/api/v1/terminals/remove", fitting.clone())
        .refused(403, "account.not_allowed");
    remove(fitting).refused(409, "terminal.more_fit");
    assert_eq!(found(&admin, ""), ["lab-1", "PC-1", "PC-2"], "nothing of it has happened");
    remove(json!({"terminals": [ids[2], "none"]})).refused(404, "terminal.not_found");
    remove(json!({})).refused(400, "terminal.push_count");
    assert_eq!(remove(json!({"where": {"search": "pc-"}, "at_most": 2})).ok()["terminals"], 2);
    assert_eq!(found(&admin, ""), ["lab-1"]);
    assert_eq!(remove(json!({"terminals": [ids[2]]})).ok()["terminals"], 1);
    let audit = admin.get("/api/v1/audit?action=terminal.remove").ok();
    let subjects: Vec<_> =
        audit["entries"].as_array().expect("a list").iter().map(|entry| &entry["subject"]).collect();
    assert_eq!(subjects, ["lab-1", "2 terminals"]);
    let detail = audit["entries"][0]["detail"].as_str().expect("the particulars");
    assert!(detail.contains(&ids[2]), "{detail}");
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

/// Names of the terminals that a query finds.
#[track_caller]
fn found(admin: &Client, query: &str) -> Vec<String> {
    let page = admin.get(&format!("/api/v1/terminals?{query}")).ok();
    let terminals = page["terminals"].as_array().expect("terminals");
    terminals.iter().map(|terminal| terminal["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn terminals_are_found_by_what_is_asked_for() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-10");
    for name in ["PC-2", "pc-1", "教室 50%"] {
        server.terminal(name);
    }
    let report = json!({"version": 0, "root": "", "state": "error", "done": 0, "total": 0, "program": "",
        "message": "no room"});
    terminal.post("/api/v1/terminals/self/report", report).ok();
    assert_eq!(found(&admin, ""), ["pc-1", "PC-10", "PC-2", "教室 50%"]);
    assert_eq!(found(&admin, "desc=true&per_page=2&page=2"), ["PC-10", "pc-1"]);
    assert_eq!(found(&admin, "search=50%25"), ["教室 50%"]);
    assert_eq!(found(&admin, "search=00-11-22&per_page=1"), ["pc-1"]);
    assert_eq!(found(&admin, "name=PC-1"), ["pc-1"]);
    assert_eq!(found(&admin, "show=error&sort=last_seen&search=&group="), ["PC-10"]);
    assert_eq!(found(&admin, &format!("id={}", &id[..8])), ["PC-10"]);
    assert_eq!(admin.get(&format!("/api/v1/terminals/{id}")).ok()["message"], "no room");
    let counted = admin.get("/api/v1/terminals/counts?search=pc&versions=true").ok();
    assert_eq!((&counted["counts"]["total"], &counted["counts"]["error"]), (&json!(3), &json!(1)));
    let versions = json!([{"version": 0, "terminals": 1}]);
    assert_eq!((&counted["ungrouped"], &counted["versions"]), (&json!(4), &versions));
}

#[test]
fn what_no_list_can_be_is_refused_in_words() {
    let mut server = Server::start();
    let admin = server.admin();
    let get = |query: &str| admin.get(&format!("/api/v1/terminals?{query}"));
    for query in ["page=0", "per_page=0", "per_page=1001"] {
        get(query).refused(400, "terminal.page");
    }
    for query in
        ["page=-1", "page=x", "per_page=1e3", "show=all", "sort=mac", "version=-1", "desc=1", "ungrouped="]
    {
        get(query).refused(400, "http.bad_query");
    }
    get(&format!("search={}", "x".repeat(256))).refused(400, "terminal.search_too_long");
    for query in [
        "page=18446744073709551615&per_page=1000",
        "search=%00",
        "search=%5C%25_'%22;--",
        "group=%F0%9F%92%BB",
    ] {
        assert_eq!(get(query).ok()["terminals"], json!([]), "{query}");
    }
    let zero = json!({"terminals": [], "where": {"show": "everything"}});
    admin.post("/api/v1/terminals/push", zero).refused(400, "http.bad_body");
    let both = json!({"terminals": ["x"], "where": {}});
    admin.post("/api/v1/terminals/group", both).refused(400, "terminal.push_count");
}

#[test]
fn what_is_done_with_all_that_fit_is_in_the_audit_log_with_the_filter() {
    let mut server = Server::start();
    let admin = server.admin();
    for name in ["a-1", "a-2", "b-1"] {
        server.terminal(name);
    }
    let last = || admin.get("/api/v1/audit?limit=1").ok()["entries"][0].clone();
    let group = json!({"where": {"search": "A-"}, "group": "语音教室"});
    assert_eq!(admin.post("/api/v1/terminals/group", group).ok(), json!({"code": 0, "terminals": 2}));
    let entry = last();
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("terminal.group"), &json!("2 terminals")));
    let detail = entry["detail"].as_str().expect("the particulars");
    assert!(detail.contains(r#""search":"A-""#) && detail.contains("语音教室"), "{detail}");
    let pushed = admin.post("/api/v1/terminals/push", json!({"where": {"group": "语音教室"}})).ok();
    assert_eq!(pushed["terminals"], 2);
    let entry = last();
    assert_eq!((&entry["action"], &entry["actor"]), (&json!("terminal.push"), &json!("admin")));
    assert!(entry["detail"].as_str().is_some_and(|detail| detail.contains("where")), "{entry}");
    assert_eq!(admin.post("/api/v1/terminals/push", json!({"where": {}})).ok()["terminals"], 3);
    assert_eq!(admin.post("/api/v1/terminals/push", json!({"groups": ["语音教室"]})).ok()["terminals"], 2);
}

#[test]
fn the_history_of_the_terminals_is_asked_for_by_its_span() {
    let mut server = Server::start();
    let admin = server.admin();
    for (span, every_seconds) in [("day", 300), ("week", 1800), ("month", 7200)] {
        let history = admin.get(&format!("/api/v1/terminals/history?span={span}")).ok();
        assert_eq!((&history["every_seconds"], &history["points"]), (&json!(every_seconds), &json!([])));
        assert!(history["from"].as_str() < history["until"].as_str(), "{history}");
    }
    let refused = admin.get("/api/v1/terminals/history?span=year");
    assert!(refused.refused(400, "http.bad_query").contains("year"));
    admin.get("/api/v1/terminals/history").refused(400, "http.bad_query");
}
