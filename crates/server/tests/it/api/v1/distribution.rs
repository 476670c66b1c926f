//! `/api/v1/distribution`: what terminals are told, and the speed at which they are served.

use crate::support::{Client, Server, extracted_of};
use protocol::sync::{LEAVES_PER_REQUEST_MAX, SignedHead};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const RULES: &str = "/api/v1/distribution";

/// A window of two hours that begins so many hours from now, by UTC: the next full hour does not close it.
fn window(hours_from_now: u64) -> Value {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time");
    let now = now.as_secs() / 3600;
    let hour = |hours: u64| format!("{:02}:00", (now + hours) % 24);
    json!({"from": hour(hours_from_now), "to": hour(hours_from_now + 2)})
}

/// Saves a version with some megabytes that do not compress; answers its root and its number of leaves.
fn publish(admin: &Client) -> (String, u64) {
    let driver = extracted_of(3 << 20);
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(driver).send().ok();
    let operation = admin.post("/api/v1/save", json!({})).ok();
    admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    let head: SignedHead = serde_json::from_value(admin.get("/api/v1/sync/head").ok()).expect("a head");
    let head: Value = serde_json::from_str(&head.head).expect("JSON");
    let root = head["root"].as_str().expect("a root").to_owned();
    (root, head["length"].as_u64().expect("a length") / 65536)
}

/// The addresses of all runs of leaves.
fn runs(root: &str, leaves: u64) -> Vec<String> {
    let firsts = (0..leaves).step_by(LEAVES_PER_REQUEST_MAX as usize);
    let last = |first: u64| (first + LEAVES_PER_REQUEST_MAX).min(leaves) - 1;
    firsts.map(|first| format!("/api/v1/sync/base/{root}/{first}-{}", last(first))).collect()
}

#[test]
fn terminals_update_by_themselves_at_the_times_that_are_set() {
    let mut server = Server::start();
    let admin = server.admin();
    let (id, terminal) = server.terminal("PC-1");
    publish(&admin);
    let told = || {
        let body =
            json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": "0.1.0"});
        let directive = terminal.post("/api/v1/terminals/self/report", body).ok();
        (directive["update"] == true, directive["outside_window"] == true)
    };
    let set = |rules: Value| admin.json("PUT", RULES, rules).ok();
    assert_eq!(told(), (true, false));
    let state = set(json!({"windows": [window(2)]}));
    assert_eq!((&state["is_open"], told()), (&json!(false), (false, true)));
    let seconds = state["changes_in_seconds"].as_u64().unwrap();
    assert!((3500..=2 * 3600).contains(&seconds), "{state}");
    assert_eq!(set(json!({"windows": [window(2), window(0)]}))["is_open"], true);
    assert_eq!(told(), (true, false));
    // What an administrator pushes goes at once; while nothing goes by itself, no window matters.
    set(json!({"windows": [window(2)]}));
    admin.post("/api/v1/terminals/push", json!({"terminals": [id]})).ok();
    assert_eq!(told(), (true, false));
    let (_, other) = server.terminal("PC-2");
    assert_eq!(other.get(RULES).status, 403);
    assert_eq!(server.user("viewer", "viewer").json("PUT", RULES, json!({})).status, 403);
    for (rules, notice) in [
        (json!({"windows": [{"from": "7:00", "to": "08:00"}]}), "distribution.bad_window"),
        (json!({"bytes_per_second": 10}), "distribution.bad_speed"),
        (json!({"utc_offset_minutes": 100_000}), "distribution.bad_offset"),
    ] {
        admin.json("PUT", RULES, rules).refused(400, notice);
    }
    server.restart();
    let admin = admin.at(server.client().address);
    assert_eq!(admin.get(RULES).ok()["rules"]["windows"].as_array().unwrap().len(), 1);
    let audit = admin.get("/api/v1/audit").ok();
    assert!(audit.to_string().contains("settings.distribution"), "{audit}");
}

#[test]
fn all_terminals_together_get_the_bandwidth_that_is_set() {
    let mut server = Server::start();
    let admin = server.admin();
    let terminals = [server.terminal("PC-1").1, server.terminal("PC-2").1];
    let (root, leaves) = publish(&admin);
    let runs = runs(&root, leaves);
    // Each of two terminals fetches half of it at the same time.
    let fetch = || -> (u64, Duration) {
        let begun = Instant::now();
        let bytes = std::thread::scope(|scope| {
            let halves: Vec<_> = [0, 1]
                .map(|half| {
                    let (runs, terminal) = (&runs, &terminals[half]);
                    scope.spawn(move || -> u64 {
                        let mine = runs.iter().skip(half).step_by(2);
                        mine.map(|run| {
                            let answer = terminal.get(run);
                            assert_eq!(answer.status, 200, "{}", answer.text());
                            answer.body.len() as u64
                        })
                        .sum()
                    })
                })
                .into_iter()
                .collect();
            halves.into_iter().map(|half| half.join().unwrap()).sum()
        });
        (bytes, begun.elapsed())
    };
    let (bytes, _) = fetch();
    assert!(bytes > 3 << 20, "{bytes}");
    let speed = bytes / 4;
    admin.json("PUT", RULES, json!({"bytes_per_second": speed})).ok();
    let (again, time) = fetch();
    assert_eq!(again, bytes);
    let seconds = time.as_secs_f64();
    assert!(seconds >= 2.5, "{bytes} bytes at {speed} bytes/s took {seconds} s");

    // Two places at the least speed: a third transfer has to come again.
    admin.json("PUT", RULES, json!({"bytes_per_second": 65536})).ok();
    let largest = runs.iter().max_by_key(|run| {
        admin.json("PUT", RULES, json!({})).ok();
        terminals[0].get(run).body.len()
    });
    admin.json("PUT", RULES, json!({"bytes_per_second": 65536})).ok();
    let largest = largest.unwrap();
    let busy = [0, 1].map(|number| {
        let mut stream = terminals[number].request("GET", largest).open();
        // The head of the answer says that the transfer has its place.
        std::io::Read::read_exact(&mut stream, &mut [0; 12]).unwrap();
        stream
    });
    let refused = terminals[0].get(largest);
    assert_eq!(refused.refused(423, "sync.bandwidth_full"), "更新带宽已用满，请稍后再试");
    drop(busy);
    crate::support::until("a place is free again", || {
        admin.json("PUT", RULES, json!({"bytes_per_second": 1 << 30})).ok();
        terminals[0].get(largest).status == 200
    });
}
