//! `/healthz`, `/metrics`, the first page and the description.

use crate::support::Server;

#[test]
fn machines_that_watch_get_their_numbers() {
    let mut server = Server::start();
    assert_eq!(server.client().get("/healthz").ok()["code"], 0);
    let (_, terminal) = server.terminal("PC-1");
    terminal.get("/api/v1/sync/head");
    let text = server.admin().get("/metrics").text();
    for line in [
        "driver_center_mount_status 1",
        "driver_center_editing 0",
        "driver_center_terminals{state=\"unknown\"} 1",
        "driver_center_terminals_identical 0",
        "driver_center_terminals_offline 1",
        "driver_center_jobs_running 0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("driver_center_http_requests_total{class=\"2xx\"}"), "{text}");
}

#[test]
fn the_first_page_says_how_to_begin_and_loads_nothing_from_elsewhere() {
    let server = Server::start();
    let page = server.client().get("/");
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert!(page.text().contains("驱动中心") && page.text().contains("driver-center login"));
    assert_eq!(server.client().get("/openapi.json").ok()["info"]["title"], "Driver Center");
}
