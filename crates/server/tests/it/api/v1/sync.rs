//! `/api/v1/sync` and `/voi_api`: what terminals ask.

use crate::support::{Server, extracted, read_response};
use protocol::sync::{Manifest, SignedHead, public_key};
use serde_json::json;

#[test]
fn a_terminal_reads_what_proves_the_disk() {
    let mut server = Server::start();
    let admin = server.admin();
    let token = admin.post("/api/v1/enrolment-tokens", json!({"name": "lab", "uses": 1, "hours": 1})).ok();
    let enrol = json!({"token": token["token"], "name": "PC-1", "mac": ""});
    let enrolled = server.client().post("/api/v1/terminals/enrol", enrol.clone()).ok();
    server.client().post("/api/v1/terminals/enrol", enrol).refused(401, "account.enrolment_refused");
    let terminal = server.client().with_token(enrolled["secret"].as_str().unwrap());

    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    let operation = admin.post("/api/v1/save", json!({})).ok();
    admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();

    let signed: SignedHead =
        serde_json::from_value(terminal.get("/api/v1/sync/head?after=0&wait=5").ok()).unwrap();
    let key = public_key(enrolled["public_key"].as_str().unwrap()).unwrap();
    let head = signed.verify(&key).unwrap();
    assert_eq!(head.center, enrolled["center"].as_str().unwrap());
    let object = terminal.get(&format!("/api/v1/sync/objects/{}", head.manifest));
    assert!(object.header("cache-control").is_some_and(|value| value.contains("immutable")));
    let manifest: Manifest = serde_json::from_slice(&object.body).unwrap();
    assert_eq!((manifest.version, &manifest.root), (head.version, &head.root));
    let leaves = terminal.get(&format!("/api/v1/sync/base/{}/0-1", head.root));
    assert_eq!(leaves.status, 200, "{}", leaves.text());
    terminal.get(&format!("/api/v1/sync/base/{}/0-64", head.root)).refused(400, "http.bad_path");
    terminal.get(&format!("/api/v1/sync/base/{}/0-1", "0".repeat(64))).refused(409, "sync.stale");
    terminal.get(&format!("/api/v1/sync/objects/{}", "0".repeat(64))).refused(404, "sync.object_gone");
    assert_ne!(terminal.get("/api/v1/sync/objects/..%2F..%2Fsigning.key").status, 200);

    let task = terminal.get("/voi_api/clients/checkallclient_isupdatestatus").ok();
    assert_eq!(task, json!({"code": 0, "data": {"is_send_task": 0}}));
    let check = terminal.get("/voi_api/check_can_upload_and_commit?source_path=/nothing").ok();
    assert_eq!(check, json!({"code": 0, "result": false}));
}

#[test]
fn only_what_is_being_edited_can_be_merged_and_only_into_the_present_base() {
    let mut server = Server::start();
    let admin = server.admin();
    let data = server.data_dir();
    let check = |file: &str, base: &str| {
        let path = data.join(file);
        let query = format!("source_path={}&destination_iid={base}", path.display());
        admin.get(&format!("/voi_api/check_can_upload_and_commit?{query}")).ok()["result"].clone()
    };
    let mut images = std::fs::read_dir(data.join("images")).unwrap().map(|entry| entry.unwrap().path());
    let image = images.find(|path| path.extension().is_some_and(|extension| extension == "qcow2")).unwrap();
    let base = image.file_stem().unwrap().to_str().unwrap().to_owned();
    assert_eq!(check("disk/active.qcow2", &base), false, "nothing is being edited");
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    assert_eq!(
        (check("disk/active.qcow2", &base), check("disk/active.qcow2", "")),
        (true.into(), true.into())
    );
    let other = uuid::Uuid::new_v4().to_string();
    assert_eq!(check("disk/active.qcow2", &other), false);
    let image = format!("images/{base}.qcow2");
    assert_eq!((check(&image, ""), check(&image, &base)), (true.into(), false.into()));
    // It lies among the images, and nothing describes it.
    let stray = format!("images/{}.qcow2", uuid::Uuid::new_v4());
    std::fs::copy(data.join(&image), data.join(&stray)).unwrap();
    for file in ["center.db", "disk/base.qcow2", "images/../signing.key", stray.as_str()] {
        assert_eq!((file, check(file, "")), (file, false.into()));
    }
}

#[test]
fn a_terminal_that_waits_hears_of_the_first_version_at_once() {
    let mut server = Server::start();
    let admin = server.admin();
    let (_, terminal) = server.terminal("PC-1");
    terminal.get("/api/v1/sync/head").refused(404, "sync.nothing_published");
    let mut waiting = terminal.request("GET", "/api/v1/sync/head?after=0&wait=55").open();
    let begin = std::time::Instant::now();
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    admin.post("/api/v1/save", json!({})).ok();
    let head = read_response(&mut waiting).ok();
    assert!(head["signature"].is_string() && begin.elapsed().as_secs() < 50, "{head}");
}
