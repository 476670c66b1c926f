//! Listing, changing and deleting system drivers.

use crate::support::{Server, extracted, keys};
use serde_json::json;

#[test]
fn a_driver_is_listed_changed_and_deleted() {
    let mut server = Server::start();
    let admin = server.admin();
    assert_eq!(admin.get("/thor/voi/driver").ok(), json!({"code": 0, "data": []}));
    let path = "/thor/voi/driver/upload?name=%E7%81%AF.tq";
    let made = admin.request("POST", path).body(extracted()).send().ok();
    let id = made["data"][0]["id"].clone();
    assert_eq!(made["data"][0]["name"], "灯");

    let change = json!({"id": id, "name": "lamp", "environment": "4", "describe": "d"});
    assert_eq!(admin.json("PUT", "/thor/voi/driver", change).ok(), json!({"code": 0}));
    let row = admin.get("/thor/voi/driver").ok()["data"][0].clone();
    assert_eq!((&row["name"], &row["os_type"], &row["describe"]), (&json!("lamp"), &json!(4), &json!("d")));
    assert_eq!(keys(&row), ["create_at", "describe", "id", "name", "os_type", "size", "tpl_num", "type"]);

    let detail = admin.get(&format!("/api/v1/drivers/{id}")).ok();
    let inf = detail["infs"][0]["id"].clone();
    let devices = admin.get(&format!("/api/v1/infs/{inf}/devices?limit=10")).ok();
    assert_eq!(devices["devices"][0]["hardware_id"], "PCI\\VEN_1234&DEV_5678");

    let action = |action: &str, ids| admin.post("/thor/voi/driver", json!({"action": action, "ids": ids}));
    action("drop", json!([id])).refused(400, "action.unknown");
    assert_eq!(action("delete", json!([id])).ok(), json!({"code": 0}));
    assert_eq!(action("delete", json!([id])).refused(404, "driver.not_found"), "系统驱动不存在");
    assert_eq!(admin.get("/thor/voi/driver").ok()["data"], json!([]));
}
