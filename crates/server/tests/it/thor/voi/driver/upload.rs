//! Uploads in one request.

use crate::support::{Client, Response, Server, extracted, extracted_with, keys};
use serde_json::json;

const UPLOAD: &str = "/thor/voi/driver/upload";

fn raw(client: &Client, name: &str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    client.request("POST", UPLOAD).header("content-disposition", &disposition).body(body).send()
}

fn multipart(client: &Client, field: &str, name: &str, content: &[u8]) -> Response {
    let mut body = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--limit\r\n\
         Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    client
        .request("POST", UPLOAD)
        .header("content-type", "multipart/form-data; boundary=limit")
        .body(body)
        .send()
}

#[test]
fn a_driver_comes_as_multipart_or_as_the_file_itself() {
    let mut server = Server::start();
    let admin = server.admin();
    let archive = extracted();
    let response = multipart(&admin, "file", "灯塔.tq", &archive);
    let row = response.ok()["data"][0].clone();
    assert_eq!(
        (&row["name"], &row["type"], &row["size"]),
        (&json!("灯塔"), &json!(2), &json!(archive.len()))
    );
    assert_eq!((&row["os_type"], &row["tpl_num"]), (&json!(4), &json!(0)));
    assert_eq!(keys(&row), ["create_at", "id", "name", "os_type", "size", "tpl_num", "type"]);
    let job = response.header("driver-center-job").unwrap();
    assert_eq!(admin.get(&format!("/api/v1/jobs/{job}")).ok()["state"], "succeeded");

    assert_eq!(raw(&admin, "second.tq", archive.clone()).ok()["data"][0]["name"], "second");
    assert_eq!(raw(&admin, "second.tq", archive).refused(409, "driver.name_taken"), "系统驱动文件名称重复");
    assert_eq!(admin.get("/thor/voi/driver").ok()["data"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_odd_about_a_driver_is_told_in_the_language_of_the_reader() {
    let mut server = Server::start();
    let admin = server.admin();
    let archive = extracted_with(&[("autorun.inf", b"[autorun]\r\nicon=lamp.ico\r\n")]);
    let id = raw(&admin, "lamp.tq", archive).ok()["data"][0]["id"].clone();
    let place = format!("/api/v1/drivers/{id}");
    let chinese = "lamp/autorun.inf：不是驱动 INF（[Version] 中没有签名）";
    assert_eq!(admin.get(&place).ok()["warnings"], json!([chinese]));
    let english = "lamp/autorun.inf: not a driver INF (its [Version] has no signature)";
    assert_eq!(admin.with("accept-language", "en").get(&place).ok()["warnings"], json!([english]));
}

#[test]
fn whoever_sends_a_large_file_that_is_refused_reads_why() {
    let mut server = Server::start();
    let admin = server.admin();
    let large = vec![b'x'; 24 << 20];
    for _ in 0..3 {
        raw(&admin, "setup.exe", large.clone()).refused(415, "package.wrong_type");
        multipart(&admin, "file", "setup.exe", &large).refused(415, "package.wrong_type");
    }
    let stranger = server.client();
    raw(&stranger, "lamp.tq", large).refused(401, "account.sign_in_required");
}

#[test]
fn what_is_no_driver_is_refused_and_leaves_nothing() {
    let mut server = Server::start();
    let admin = server.admin();
    let wrong = raw(&admin, "driver.exe", b"MZ".to_vec());
    assert!(wrong.refused(415, "package.wrong_type").starts_with("不是一个可接受的文件类型"));
    raw(&admin, "text.tq", b"no archive at all".to_vec()).refused(415, "package.wrong_type");
    let device = raw(&admin, "con.tq", extracted()).refused(400, "driver.file_name_invalid");
    assert!(device.contains("“con”"), "{device}");
    let mut cut = extracted();
    cut.truncate(cut.len() / 2);
    let damaged = raw(&admin, "cut.tq", cut);
    assert!(damaged.refused(422, "package.damaged").starts_with("上传驱动文件失败！"));
    multipart(&admin, "other", "x.tq", b"x").refused(400, "upload.no_name");
    admin.request("POST", UPLOAD).body("x").send().refused(400, "upload.no_name");
    assert_eq!(admin.get("/thor/voi/driver").ok()["data"], json!([]));
    assert_eq!(std::fs::read_dir(server.data_dir().join("uploads")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(server.data_dir().join("kept")).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_taken_in_is_refused_before_its_bytes_are_sent() {
    let mut server = Server::start_with("[upload]\nsize_gib_max = 1\n");
    let admin = server.admin();
    let announced = |name: &str, bytes: u64| {
        let request = admin.request("POST", &format!("{UPLOAD}?name={name}"));
        let mut stream =
            request.header("content-length", &bytes.to_string()).header("expect", "100-continue").open();
        crate::support::read_response(&mut stream)
    };
    announced("big.tq", 2 << 30).refused(413, "upload.too_large");
    announced("small.exe", 1 << 20).refused(415, "package.wrong_type");
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let mut server = Server::start();
    let admin = server.admin();
    let request = admin.request("POST", &format!("{UPLOAD}?name=x.tq")).body(vec![7; 1 << 20]);
    assert!(request.send_part(1 << 19).is_none());
    let uploads = server.data_dir().join("uploads");
    crate::support::until("the file is gone", || std::fs::read_dir(&uploads).unwrap().count() == 0);
    assert_eq!(admin.get("/thor/voi/driver").ok()["data"], json!([]));
}
