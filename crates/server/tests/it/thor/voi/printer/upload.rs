//! Printer drivers come from the console and from terminals, in one request or in parts.

use crate::support::{Client, Request, Server, extracted, keys, printer, printer_of, until};
use serde_json::{Value, json};

const UPLOAD: &str = "/thor/voi/printer/upload";

fn multipart(client: &Client, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Request {
    form(client, &[texts(fields), file(name, content)])
}

/// The fields of a form, as they are sent.
fn texts(fields: &[(&str, &str)]) -> Vec<u8> {
    let text = |(field, value): &(&str, &str)| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
    };
    fields.iter().map(text).collect::<String>().into_bytes()
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn form(client: &Client, parts: &[Vec<u8>]) -> Request {
    let body = [&parts.concat(), &b"--limit--\r\n"[..]].concat();
    client.request("POST", UPLOAD).header("content-type", "multipart/form-data; boundary=limit").body(body)
}

#[test]
fn the_console_imports_a_printer_driver() {
    let mut server = Server::start();
    let admin = server.admin();
    let response = multipart(&admin, &[], "灯塔.zip", &printer()).send();
    let row = response.ok()["result"][0].clone();
    assert_eq!(
        keys(&row),
        [
            "accounts",
            "client_mac",
            "client_name",
            "client_nums",
            "create_at",
            "describe",
            "duplex_print",
            "environment",
            "has_password",
            "id",
            "ip",
            "name",
            "paper",
            "port",
            "protocol",
            "share",
            "size",
            "type",
            "upload_type"
        ]
    );
    assert_eq!((&row["name"], &row["type"], &row["upload_type"]), (&json!("灯塔"), &json!(1), &json!(2)));
    assert_eq!((&row["environment"], &row["paper"]), (&json!(4), &json!(9)));
    assert_eq!((&row["duplex_print"], &row["client_name"]), (&json!(1), &Value::Null));
    let job = response.header("driver-center-job").unwrap();
    let job = admin.get(&format!("/api/v1/jobs/{job}")).ok();
    assert_eq!((&job["kind"], &job["driver_id"]), (&json!("import_printer"), &row["id"]));
    assert_eq!(admin.get("/thor/voi/printer").ok()["result"], json!([row]));
    let detail = admin.get(&format!("/api/v1/printers/{}", row["id"])).ok();
    assert_eq!((&detail["path"], &detail["pending"]), (&json!("/pri/灯塔.zip"), &json!(true)));
    assert_eq!(detail["models"][0]["ids"][0], "USBPRINT\\LanternLP-1");

    let refused = |name: &str, content: Vec<u8>| {
        let place = format!("{UPLOAD}?name={name}");
        admin.request("POST", &place).body(content).send()
    };
    refused("a.tq", extracted()).refused(415, "package.wrong_type");
    refused("a.zip", extracted()).refused(415, "package.wrong_type");
    refused("b.zip", b"PK\x03\x04cut".to_vec()).refused(422, "package.damaged");
    assert_eq!(admin.get("/thor/voi/printer").ok()["result"].as_array().unwrap().len(), 1);
    let system = admin.request("POST", "/thor/voi/driver/upload?name=a.zip").body(printer()).send();
    assert_eq!(system.refused(415, "package.wrong_type"), "不是一个可接受的文件类型");
}

#[test]
fn a_terminal_uploads_under_its_own_name_or_that_of_its_user() {
    let mut server = Server::start();
    let (_, terminal) = server.terminal("PC-7");
    let admin = server.admin();
    let first = multipart(&terminal, &[], "lp.zip", &printer()).send().ok()["result"][0].clone();
    assert_eq!((&first["upload_type"], &first["client_name"]), (&json!(1), &json!("PC-7")));
    assert_eq!(first["client_mac"], "001122334455");
    let said = [("client_name", "教室-01"), ("client_mac", "02-FC-00-00-00-01")];
    let second = multipart(&terminal, &said, "lp.zip", &printer()).send().ok()["result"][0].clone();
    assert_eq!((&second["name"], &second["client_name"]), (&json!("lp (2)"), &json!("教室-01")));
    assert_eq!(second["client_mac"], "02fc00000001");
    let place = format!("{UPLOAD}?name=lp.zip&client_name=x&client_mac=zz");
    admin.request("POST", &place).body(printer()).send().refused(400, "printer.client_invalid");
    let long = [("client_name", &*"x".repeat(5_000))];
    multipart(&terminal, &long, "lp.zip", &printer()).send().refused(400, "upload.failed");

    // It may do no more than that.
    assert_eq!(terminal.get("/thor/voi/printer").status, 403);
    assert_eq!(terminal.post("/thor/voi/printer/duplicate", json!({"id": first["id"]})).status, 403);
    let key = terminal.get("/api/v1/terminals/self/printer-key").ok();
    assert_eq!(key["key"].as_str().unwrap().len(), 64);
    assert_eq!(admin.get("/api/v1/terminals/self/printer-key").status, 403);
    assert_eq!(server.client().request("POST", UPLOAD).body(printer()).send().status, 401);
    let viewer = server.user("viewer", "viewer");
    assert_eq!(multipart(&viewer, &[], "lp.zip", &printer()).send().status, 403);
}

#[test]
fn what_stands_behind_the_file_counts_as_what_stands_before_it() {
    let mut server = Server::start();
    let (admin, other) = (server.admin(), server.user("other", "operator"));
    let said = texts(&[("client_name", "教室9"), ("note", "x"), ("client_mac", "02-FC-00-00-00-09")]);
    let lp = || file("lp.zip", &printer());
    // What a terminal brings waits for nobody, wherever it says that it is one.
    other.post("/api/v1/edit", json!({})).ok();
    let row = form(&admin, &[lp(), said.clone()]).send().ok()["result"][0].clone();
    assert_eq!((&row["upload_type"], &row["client_name"]), (&json!(1), &json!("教室9")));
    assert_eq!(row["client_mac"], "02fc00000009");
    form(&admin, &[lp()]).send().refused(409, "edit.held");

    let failed = |parts: &[Vec<u8>]| form(&admin, parts).send().refused(400, "upload.failed");
    assert!(failed(&[lp(), texts(&[("client_name", &"x".repeat(5_000))])]).starts_with("上传驱动文件失败！"));
    failed(&[lp(), texts(&[("note", &"x".repeat(5_000))])]);
    failed(&[lp(), texts(&[("note", "x"); 40])]);
    failed(&[texts(&[("note", "x"); 40]), lp()]);
    failed(&[lp(), said.clone(), lp()]);
    failed(&[lp(), b"--limit\r\nno header at all".to_vec()]);
    form(&admin, &[said]).send().refused(400, "upload.no_name");
    assert_eq!(admin.get("/thor/voi/printer").ok()["result"], json!([row]));
    assert_eq!(std::fs::read_dir(server.data_dir().join("uploads")).unwrap().count(), 0);
}

#[test]
fn a_form_that_is_none_is_a_failed_upload() {
    let mut server = Server::start();
    let admin = server.admin();
    for place in [UPLOAD, "/thor/voi/driver/upload"] {
        let send = |kind: &str, body: &str| {
            let request = admin.request("POST", place).header("content-type", kind);
            let told = request.body(body).send().refused(400, "upload.failed");
            assert!(told.starts_with("上传驱动文件失败！"), "{told}");
        };
        send("multipart/form-data", "x");
        send("multipart/form-data; boundary=limit", "--other\r\n\r\nx");
        send("multipart/form-data; boundary=limit", "--limit\r\nno header at all");
    }
}

#[test]
fn a_resumable_upload_keeps_where_it_comes_from_through_a_crash() {
    let mut server = Server::start();
    let (_, terminal) = server.terminal("PC-7");
    let archive = printer_of(2 << 20);
    let tus = |client: &Client, method: &str, place: &str| {
        client.request(method, place).header("tus-resumable", "1.0.0")
    };
    // lp.zip, PC-8
    let begun = tus(&terminal, "POST", UPLOAD)
        .header("upload-length", &archive.len().to_string())
        .header("upload-metadata", "filename bHAuemlw,client_name UEMtOA==")
        .send();
    assert_eq!(begun.status, 201, "{}", begun.text());
    let place = begun.header("location").unwrap().to_owned();
    assert!(place.starts_with("/thor/voi/printer/upload/"));
    let patch = |client: &Client, offset: usize, body: &[u8]| {
        tus(client, "PATCH", &place)
            .header("upload-offset", &offset.to_string())
            .header("content-type", "application/offset+octet-stream")
            .body(body)
            .send()
    };
    assert_eq!(patch(&terminal, 0, &archive[..1 << 20]).status, 204);
    server.crash();
    let admin = server.admin();
    let terminal = terminal.at(server.client().address);
    let last = patch(&terminal, 1 << 20, &archive[1 << 20..]);
    assert_eq!(last.status, 204, "{}", last.text());
    let job = last.header("driver-center-job").unwrap().to_owned();
    until("the import has ended", || admin.get(&format!("/api/v1/jobs/{job}")).ok()["state"] != "running");
    let row = admin.get("/thor/voi/printer").ok()["result"][0].clone();
    assert_eq!((&row["name"], &row["client_name"]), (&json!("lp"), &json!("PC-8")));
    assert_eq!((&row["upload_type"], &row["client_mac"]), (&json!(1), &json!("001122334455")));
}
