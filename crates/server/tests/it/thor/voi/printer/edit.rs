//! Changing, copying and deleting printer drivers.

use crate::support::{Client, Server, printer};
use serde_json::{Value, json};

const PRINTER: &str = "/thor/voi/printer";

fn import(client: &Client, name: &str) -> Value {
    let place = format!("{PRINTER}/upload?name={name}");
    client.request("POST", &place).body(printer()).send().ok()["result"][0]["id"].clone()
}

fn rows(client: &Client) -> Vec<Value> {
    client.get(PRINTER).ok()["result"].as_array().expect("a list").clone()
}

#[test]
fn a_shared_printer_keeps_its_password_to_itself() {
    let mut server = Server::start();
    let admin = server.admin();
    let id = import(&admin, "lp.zip");
    let change = json!({"id": id, "name": "二楼", "type": 2, "ip": "\\\\server\\lp", "accounts": "print",
        "password": "Kennwort-9c", "paper": "A3", "duplex_print": 22, "environment": "2", "describe": "stairs"});
    assert_eq!(admin.json("PUT", PRINTER, change).ok(), json!({"code": 0}));
    let row = rows(&admin)[0].clone();
    assert_eq!(
        (&row["ip"], &row["share"], &row["accounts"]),
        (&json!("server"), &json!("lp"), &json!("print"))
    );
    assert_eq!((&row["paper"], &row["duplex_print"]), (&json!(8), &json!(22)));
    assert_eq!((&row["environment"], &row["has_password"]), (&json!(2), &json!(true)));

    let moved = admin.json("PUT", PRINTER, json!({"id": id, "ip": "evil"}));
    assert_eq!(moved.refused(400, "printer.password_needed"), "更改主机、共享名或账户时，请重新输入密码");
    let copy = admin.post("/thor/voi/printer/duplicate", json!({"id": id})).ok()["result"][0].clone();
    assert_eq!((&copy["name"], &copy["has_password"]), (&json!("二楼 (2)"), &json!(true)));
    // Not in any answer, not in the log.
    for place in [PRINTER.to_owned(), format!("/api/v1/printers/{id}"), "/api/v1/edit/changes".to_owned()] {
        assert!(!admin.get(&place).text().contains("Kennwort"), "{place}");
    }
    assert!(!server.log().contains("Kennwort"));
}

#[test]
fn what_cannot_be_done_is_told_in_the_words_that_are_given() {
    let mut server = Server::start();
    let admin = server.admin();
    let id = import(&admin, "lp.zip");
    let put = |change: Value| admin.json("PUT", PRINTER, change);
    assert_eq!(put(json!({"id": 99, "name": "x"})).refused(404, "printer.not_found"), "打印机驱动不存在");
    assert_eq!(
        put(json!({"id": id, "file_name": "lp.inf"})).refused(400, "printer.file_name"),
        "文件名不正确，仅支持更新公有配置文件"
    );
    assert_eq!(put(json!({"id": id, "type": 3})).refused(400, "printer.missing"), "请填写打印机的地址");
    put(json!({"id": id, "type": 3, "ip": "10.0.0.9", "protocol": "SMB"})).refused(400, "printer.invalid");
    put(json!({"id": id, "paper": 10})).refused(400, "printer.invalid");
    put(json!({"name": "x"})).refused(400, "http.bad_body");
    // What was sent for a password is not repeated, even where it is none.
    let number = put(json!({"id": id, "password": 73_550_911}));
    number.refused(400, "http.bad_body");
    assert!(!number.text().contains("73550911") && !server.log().contains("73550911"), "{}", number.text());
    admin.post(PRINTER, json!({"action": "wipe", "ids": [id]})).refused(400, "action.unknown");
    admin.post(PRINTER, json!({"action": "delete", "ids": []})).refused(400, "driver.delete_count");
    admin.post(PRINTER, json!({"action": "delete", "ids": [id, 99]})).refused(404, "printer.not_found");
    admin.post("/thor/voi/printer/duplicate", json!({"id": 99})).refused(404, "printer.not_found");
    assert_eq!(rows(&admin).len(), 1);
    assert_eq!(admin.post(PRINTER, json!({"action": "delete", "ids": [id]})).ok(), json!({"code": 0}));
    assert!(rows(&admin).is_empty());
}
