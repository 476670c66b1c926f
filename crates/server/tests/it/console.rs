//! The addresses of the web console. They answer also where the console was not built, so tests hold in both cases.

use crate::support::{Client, Response, Server};

/// Asks as a browser does that is to show a page.
fn browser(server: &Server) -> Client {
    server.client().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

fn read(server: &Server, path: &str) -> Response {
    browser(server).get(path)
}

#[test]
fn every_page_is_guarded_against_what_comes_from_elsewhere() {
    let server = Server::start();
    let page = read(&server, "/");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("script-src 'unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn addresses_of_programs_are_no_pages() {
    let server = Server::start();
    for path in ["/api/v1/nothing", "/thor/nothing", "/voi_api/nothing", "/api", "/thor"] {
        let answer = read(&server, path);
        assert_eq!(
            (answer.status, answer.value()["notice"].as_str()),
            (404, Some("http.not_found")),
            "{path}"
        );
    }
}

#[test]
fn files_that_are_not_the_console_s_do_not_exist() {
    let server = Server::start();
    for path in
        ["/assets/none.js", "/../Cargo.toml", "/..%2fCargo.toml", "/assets/..%2f..%2fpackage.json", "/x.txt"]
    {
        assert_eq!(read(&server, path).status, 404, "{path}");
    }
    assert_eq!(server.client().request("POST", "/drivers").send().status, 404);
}

#[test]
fn deep_links_answer_the_document_where_the_console_is_built() {
    let server = Server::start();
    let document = read(&server, "/");
    if !document.text().contains("/boot.js") {
        // A build without the console: only its own page exists.
        assert_eq!(read(&server, "/drivers/7").status, 404);
        return;
    }
    let deep = read(&server, "/drivers/7?tab=files");
    assert_eq!((deep.status, deep.text()), (200, document.text()));
    assert_eq!(server.client().get("/drivers/7").status, 404, "no page for programs");
    assert_eq!(deep.header("cache-control"), Some("no-cache"));
    let tag = deep.header("etag").expect("a tag").to_owned();
    let again = browser(&server).with("if-none-match", &tag).get("/drivers/7");
    assert_eq!((again.status, again.body.len()), (304, 0));
    let packed = browser(&server).with("accept-encoding", "gzip, br").get("/drivers/7");
    assert!(packed.header("content-encoding").is_none_or(|coding| coding == "gzip"));
}
