//! `GET /api/v1/events`.

use crate::support::{Client, Server};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Lines};
use std::net::TcpStream;

/// The lines of a client's stream, from its first event on: whatever happens now is told.
fn listen(client: &Client) -> Lines<BufReader<TcpStream>> {
    let mut lines = BufReader::new(client.request("GET", "/api/v1/events").open()).lines();
    assert!(lines.any(|line| line.expect("a line") == "event: status"), "the first event");
    lines
}

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

#[test]
fn a_closed_account_hears_nothing_any_more_and_another_role_listens_anew() {
    let mut server = Server::start();
    let (admin, vera) = (server.admin(), server.user("vera", "viewer"));
    let users = admin.get("/api/v1/users").ok();
    let id = &users.as_array().unwrap().iter().find(|user| user["name"] == "vera").unwrap()["id"];
    let place = format!("/api/v1/users/{id}");
    let mut own = listen(&admin);
    for change in [json!({"role": "operator"}), json!({"disabled": true})] {
        let mut heard = listen(&vera);
        admin.json("PUT", &place, change).ok();
        assert!(!heard.any(|line| line.is_ok_and(|line| line.starts_with("event:"))), "the stream has ended");
    }
    vera.request("GET", "/api/v1/events").send().refused(401, "account.token_refused");
    admin.post("/thor/voi/driver/mount", json!({"is_auto_update": false})).ok();
    assert!(own.any(|line| line.unwrap() == "event: status"), "whoever may still listen hears what happens");
}
