//! `GET /api/v1/events`.

use crate::support::{Client, Server};
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

#[test]
fn a_failed_job_is_told_in_the_language_of_each_listener() {
    let mut server = Server::start();
    let admin = server.admin();
    let listen = |client: &Client| BufReader::new(client.request("GET", "/api/v1/events").open()).lines();
    let streams = [listen(&admin), listen(&admin.with("accept-language", "en"))];
    let words =
        ["\"message\":\"不是一个可接受的文件类型", "\"message\":\"This is not an acceptable file type"];
    admin
        .request("POST", "/thor/voi/driver/upload?name=x.tq")
        .body("no archive")
        .send()
        .refused(415, "package.wrong_type");
    for (mut lines, words) in streams.into_iter().zip(words) {
        let failed = lines.find_map(|line| line.ok().filter(|line| line.contains("\"failed\"")));
        let failed = failed.expect("an event of the failed job");
        assert!(failed.contains(words) && failed.contains("\"detail\":\"import x.tq: "), "{failed}");
    }
}
