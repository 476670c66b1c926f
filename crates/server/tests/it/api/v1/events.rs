//! `GET /api/v1/events`.

use crate::support::Server;
use serde_json::json;
use std::io::{BufRead as _, BufReader};

#[test]
fn what_happens_is_told_and_the_stream_ends_with_the_server() {
    let mut server = Server::start();
    let admin = server.admin();
    let stream = admin.request("GET", "/api/v1/events").open();
    let mut lines = BufReader::new(stream).lines();
    let mut next = |wanted: &str| {
        for line in lines.by_ref() {
            match line {
                Ok(line) if line.contains(wanted) => return Some(line),
                Ok(_) => {}
                Err(error) => panic!("while waiting for {wanted:?}: {error}"),
            }
        }
        None
    };
    assert!(next("event: status").is_some(), "the first event");
    admin.post("/thor/voi/driver/mount", json!({"is_auto_update": false})).ok();
    assert!(next("event: status").is_some(), "the switch");
    assert_eq!(next("data:").as_deref(), Some("data: {\"event\":\"status\"}"));
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(next("event: nothing"), None);
}
