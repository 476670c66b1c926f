//! `/api/v1/files`.

use crate::support::{Server, extracted};

#[test]
fn the_disk_can_be_looked_into_while_it_is_edited() {
    let mut server = Server::start();
    let admin = server.admin();
    let root = admin.get("/api/v1/files").ok();
    let names: Vec<&str> =
        root.as_array().unwrap().iter().filter_map(|entry| entry["name"].as_str()).collect();
    assert!(names.contains(&"sys") && names.contains(&"pri") && names.contains(&"DOS"), "{names:?}");

    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let file = admin.get("/api/v1/files/content?path=/sys/tq/lamp/lamp/lamp.cat");
    assert_eq!((file.status, file.body.as_slice()), (200, b"catalog".as_slice()), "{}", file.text());
    assert_eq!(file.header("content-length"), Some("7"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename*=UTF-8''lamp.cat"));
    admin.get("/api/v1/files?path=/sys/tq/none").refused(404, "disk.not_found");
    assert!(admin.get("/api/v1/files?path=/sys/../..").status >= 400);
}
