//! The one form of all failures.

use crate::support::Server;
use serde_json::json;

#[test]
fn refusals_of_the_framework_have_the_same_form() {
    let mut server = Server::start();
    let (client, admin) = (server.client(), server.admin());
    assert_eq!(client.get("/nothing").refused(404, "http.not_found"), "地址不存在：/nothing");
    let wrong_method = client.json("PUT", "/healthz", json!({}));
    wrong_method.refused(405, "http.method_not_allowed");
    assert!(wrong_method.header("allow").is_some_and(|allow| allow.contains("GET")));
    let bad =
        client.request("POST", "/api/v1/session").header("content-type", "application/json").body("{").send();
    bad.refused(400, "http.bad_body");
    let untyped = client.request("POST", "/api/v1/session").body("{}").send();
    untyped.refused(415, "http.media_type");
    let huge = client.request("POST", "/api/v1/session").header("content-type", "application/json");
    huge.body(vec![b' '; 300 * 1024]).send().refused(413, "http.too_large");
    admin.get("/api/v1/versions?offset=x").refused(400, "http.bad_query");
    admin.get("/api/v1/versions?limit=5000").refused(400, "http.page");
    admin.get("/api/v1/versions/x").refused(400, "http.bad_path");
}

#[test]
fn the_message_is_in_the_language_of_the_request_and_the_cause_only_for_users() {
    let mut server = Server::start();
    let chinese = server.client().get("/api/v1/status");
    assert_eq!(chinese.refused(401, "account.sign_in_required"), "请先登录");
    assert_eq!(chinese.header("content-language"), Some("zh-CN"));
    assert!(chinese.value().get("detail").is_none());
    let english = server.client().with("accept-language", "en").get("/api/v1/status");
    assert_eq!(english.refused(401, "account.sign_in_required"), "Sign in first");
    assert_eq!(english.header("content-language"), Some("en"));
    let unknown = server.admin().get("/api/v1/versions/9999");
    unknown.refused(404, "version.not_found");
    assert!(unknown.value()["detail"].is_string() && unknown.value()["kind"] == "not_found");
}

/// A client that keeps its connection and sends a body where none is read goes on with that connection.
#[test]
fn a_body_that_nobody_reads_costs_no_connection() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let mut server = Server::start();
    let admin = server.admin().with("connection", "keep-alive");
    let mut stream = admin.request("POST", "/api/v1/edit").header("content-length", "2").open();
    for _ in 0..3 {
        // The body comes late, as it does over a network.
        std::thread::sleep(std::time::Duration::from_millis(30));
        stream.write_all(b"{}").expect("send the body");
        let mut answers = BufReader::new(stream.try_clone().expect("the same connection"));
        let (mut line, mut length) = (String::new(), 0);
        while answers.read_line(&mut line).expect("a line") > 2 {
            assert!(!line.to_ascii_lowercase().starts_with("connection: close"), "{line}");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            line.clear();
        }
        answers.read_exact(&mut vec![0; length]).expect("the answer");
        let head = admin.request("POST", "/api/v1/edit").header("content-length", "2").head();
        stream.write_all(head.as_bytes()).expect("the next request");
    }
}
