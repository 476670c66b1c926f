//! Uploads that go on after a broken connection and a restart.

use crate::support::{Client, Request, Response, Server, extracted, extracted_of, read_response, until};
use serde_json::json;
use std::io::Write as _;

const UPLOAD: &str = "/thor/voi/driver/upload";
/// `big.tq` in base64.
const NAME: &str = "filename YmlnLnRx";

fn tus(client: &Client, method: &str, path: &str) -> Request {
    client.request(method, path).header("tus-resumable", "1.0.0")
}

fn begin(client: &Client, length: usize) -> Response {
    let request = tus(client, "POST", UPLOAD).header("upload-length", &length.to_string());
    request.header("upload-metadata", NAME).send()
}

fn patch(client: &Client, place: &str, offset: usize, body: &[u8]) -> Request {
    tus(client, "PATCH", place)
        .header("upload-offset", &offset.to_string())
        .header("content-type", "application/offset+octet-stream")
        .body(body)
}

fn offset(client: &Client, place: &str) -> usize {
    let response = tus(client, "HEAD", place).send();
    assert_eq!((response.status, response.header("cache-control")), (200, Some("no-store")));
    response.header("upload-offset").and_then(|text| text.parse().ok()).expect("an offset")
}

#[test]
fn an_upload_survives_a_cut_connection_a_stop_and_a_crash() {
    let mut server = Server::start();
    let admin = server.admin();
    let archive = extracted_of(3 << 20);
    let begun = begin(&admin, archive.len());
    assert_eq!(begun.status, 201, "{}", begun.text());
    assert!(begun.header("upload-expires").is_some_and(|time| time.ends_with(" GMT")));
    let place = begun.header("location").unwrap().to_owned();

    // The connection is cut in the middle: what came is kept.
    assert!(patch(&admin, &place, 0, &archive).send_part(1 << 20).is_none());
    until("the part is recorded", || offset(&admin, &place) == 1 << 20);
    server.restart();
    let admin = server.admin();
    assert_eq!(offset(&admin, &place), 1 << 20);
    patch(&admin, &place, 5, b"x").send().refused(409, "upload.wrong_offset");

    let middle = patch(&admin, &place, 1 << 20, &archive[1 << 20..2 << 20]).send();
    assert_eq!((middle.status, middle.header("upload-offset")), (204, Some((2 << 20).to_string().as_str())));
    server.crash();
    let admin = server.admin();
    assert_eq!(offset(&admin, &place), 2 << 20);

    let last = patch(&admin, &place, 2 << 20, &archive[2 << 20..]).send();
    assert_eq!(last.status, 204, "{}", last.text());
    let job = last.header("driver-center-job").unwrap().to_owned();
    let state = || admin.get(&format!("/api/v1/jobs/{job}")).ok()["state"].clone();
    until("the import has ended", || state() != "running");
    assert_eq!(state(), "succeeded");
    let drivers = admin.get("/thor/voi/driver").ok()["data"].clone();
    assert_eq!((&drivers[0]["name"], &drivers[0]["size"]), (&json!("big"), &json!(archive.len())));
    assert_eq!(tus(&admin, "HEAD", &place).send().header("driver-center-job"), Some(job.as_str()));
    // Nobody waited for the import in a request of its own; the trail says so all the same.
    let trail = || admin.get("/api/v1/audit?action=driver.import").ok()["entries"].clone();
    until("the import is in the trail", || trail() != json!([]));
    let entries = trail();
    assert_eq!(entries.as_array().unwrap().len(), 1, "{entries}");
    let entry = [&entries[0]["actor"], &entries[0]["address"], &entries[0]["subject"]];
    assert_eq!(entry, [&json!("admin"), &json!("127.0.0.1"), &json!("big")]);
}

#[test]
fn the_server_says_what_it_speaks_and_refuses_what_does_not_fit() {
    let mut server = Server::start();
    let admin = server.admin();
    let options = admin.request("OPTIONS", UPLOAD).send();
    assert_eq!(options.header("tus-extension"), Some("creation,expiration,termination"));
    assert_eq!(options.header("tus-max-size"), Some((64_u64 << 30).to_string().as_str()));

    begin(&admin, 0).refused(422, "package.empty");
    tus(&admin, "POST", UPLOAD).header("upload-length", "5").send().refused(400, "upload.no_name");
    tus(&admin, "POST", UPLOAD).header("upload-metadata", NAME).send().refused(400, "http.bad_header");
    let place = begin(&admin, 5).header("location").unwrap().to_owned();
    let old = admin.request("PATCH", &place).header("tus-resumable", "0.2.2").body("x").send();
    old.refused(412, "upload.protocol");
    assert_eq!(old.header("tus-version"), Some("1.0.0"));
    tus(&admin, "PATCH", &place)
        .header("upload-offset", "0")
        .body("x")
        .send()
        .refused(415, "http.media_type");
    patch(&admin, &place, 0, b"123456").send().refused(413, "upload.too_large");

    let other = server.user("oskar", "operator");
    assert_eq!(tus(&other, "HEAD", &place).send().status, 404);
    tus(&other, "DELETE", &place).send().refused(404, "upload.not_found");
    assert_eq!(tus(&admin, "DELETE", &place).send().status, 204);
    assert_eq!(tus(&admin, "HEAD", &place).send().status, 404);
    assert_eq!(std::fs::read_dir(server.data_dir().join("uploads")).unwrap().count(), 0);
}

#[test]
fn a_complete_file_that_is_no_driver_fails_as_a_job() {
    let mut server = Server::start();
    let admin = server.admin();
    let place = begin(&admin, 5).header("location").unwrap().to_owned();
    let last = patch(&admin, &place, 0, b"12345").send();
    let job = last.header("driver-center-job").unwrap().to_owned();
    let state = || admin.get(&format!("/api/v1/jobs/{job}")).ok()["state"].clone();
    until("the import has ended", || state() != "running");
    assert_eq!(state(), "failed");
    let told = |client: &Client| client.get(&format!("/api/v1/jobs/{job}")).ok();
    let chinese = told(&admin);
    assert!(chinese["message"].as_str().unwrap().starts_with("不是一个可接受的文件类型"), "{chinese}");
    assert!(chinese["detail"].as_str().unwrap().starts_with("import big.tq: "), "{chinese}");
    let english = admin.with("accept-language", "en").get("/api/v1/jobs").ok();
    let message = english[0]["message"].as_str().unwrap();
    assert!(message.starts_with("This is not an acceptable file type"), "{english}");
    assert_eq!(std::fs::read_dir(server.data_dir().join("uploads")).unwrap().count(), 0);
}

#[test]
fn an_upload_whose_connection_breaks_after_the_last_byte_is_taken_in() {
    let mut server = Server::start();
    let admin = server.admin();
    let archive = extracted();
    let place = begin(&admin, archive.len()).header("location").unwrap().to_owned();
    // One byte more is announced, and never comes.
    let longer = [archive.clone(), vec![0]].concat();
    assert!(patch(&admin, &place, 0, &longer).send_part(archive.len()).is_none());
    let job = || tus(&admin, "HEAD", &place).send().header("driver-center-job").map(str::to_owned);
    until("it is taken in", || job().is_some());
    let state = || admin.get(&format!("/api/v1/jobs/{}", job().unwrap())).ok()["state"].clone();
    until("the import has ended", || state() != "running");
    assert_eq!(state(), "succeeded");
}

#[test]
fn whoever_sent_an_upload_that_is_refused_later_is_told_why_by_its_job() {
    let mut server = Server::start();
    let (admin, other) = (server.admin(), server.user("oskar", "operator"));
    let archive = extracted_of(3 << 20);
    let place = begin(&other, archive.len()).header("location").unwrap().to_owned();
    assert_eq!(patch(&other, &place, 0, &archive[..1 << 20]).send().status, 204);
    // While it comes in, somebody else begins to edit, with a driver of the same name.
    admin.request("POST", &format!("{UPLOAD}?name=big.tq")).body(extracted()).send().ok();
    assert_eq!(patch(&other, &place, 1 << 20, &archive[1 << 20..]).send().status, 204);
    let job = || tus(&other, "HEAD", &place).send().header("driver-center-job").map(str::to_owned);
    assert_eq!(job(), None, "it waits");
    admin.post("/api/v1/save", json!({})).ok();
    until("it is refused", || job().is_some());
    let told = other.with("accept-language", "en").get(&format!("/api/v1/jobs/{}", job().unwrap())).ok();
    assert_eq!((&told["state"], &told["subject"]), (&json!("failed"), &json!("big.tq")), "{told}");
    assert!(told["message"].as_str().unwrap().contains("of this name exists already"), "{told}");
    let uploads = server.data_dir().join("uploads");
    until("its file is gone", || std::fs::read_dir(&uploads).unwrap().count() == 0);
}

#[test]
fn a_complete_upload_waits_however_long_the_center_cannot_take_it() {
    let mut server = Server::start();
    let (admin, other) = (server.admin(), server.user("oskar", "operator"));
    let archive = extracted();
    let place = begin(&other, archive.len()).header("location").unwrap().to_owned();
    let abandoned = begin(&other, 5).header("location").unwrap().to_owned();
    // While they come in, somebody else begins to edit.
    admin.request("POST", &format!("{UPLOAD}?name=lamp.tq")).body(extracted()).send().ok();
    let last = patch(&other, &place, 0, &archive).send();
    assert_eq!((last.status, last.header("driver-center-job")), (204, None), "it waits");
    assert_eq!(last.header("upload-expires"), None);
    let leftover = server.data_dir().join("uploads/left.part");
    std::fs::write(&leftover, "half of a plain upload").unwrap();

    server.restart_years_later();
    let address = server.client().address;
    let (admin, other) = (admin.at(address), other.at(address));
    until("what nobody needs is removed", || !leftover.exists());
    assert_eq!(tus(&other, "HEAD", &abandoned).send().status, 404);
    assert_eq!(offset(&other, &place), archive.len());
    admin.post("/api/v1/save", json!({})).ok();
    let job = || tus(&other, "HEAD", &place).send().header("driver-center-job").map(str::to_owned);
    until("it is taken in", || job().is_some());
    let state = || other.get(&format!("/api/v1/jobs/{}", job().unwrap())).ok()["state"].clone();
    until("the import has ended", || state() != "running");
    assert_eq!(state(), "succeeded");
}

#[test]
fn more_bytes_than_announced_are_refused_however_the_network_cuts_them() {
    let mut server = Server::start();
    let admin = server.admin();
    let place = begin(&admin, 5).header("location").unwrap().to_owned();
    let mut connection = patch(&admin, &place, 0, b"123456").open();
    connection.write_all(b"12345").unwrap();
    let taken = || admin.get("/metrics").text().contains("driver_center_upload_bytes_total 5\n");
    until("all that was announced is taken", taken);
    connection.write_all(b"6").unwrap();
    read_response(&mut connection).refused(413, "upload.too_large");
    let upload = tus(&admin, "HEAD", &place).send();
    assert_eq!((upload.header("upload-offset"), upload.header("driver-center-job")), (Some("0"), None));
    // What was announced still fits.
    assert!(patch(&admin, &place, 0, b"12345").send().header("driver-center-job").is_some());
}
