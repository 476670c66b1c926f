//! Templates, their drivers, desktops and scenes, and plans, as the platform and terminals use them.

use crate::support::{Client, Server, extracted, keys};
use serde_json::{Value, json};

const RELATE: &str = "/thor/voi/image_relate_drive";

fn template(client: &Client, name: &str, kind: i32) -> Value {
    let request = json!({"name": name, "os_type": "Windows10_64", "type": kind});
    client.post("/api/v1/templates", request).ok()
}

/// Imports an extracted driver and saves.
fn driver(client: &Client, name: &str) -> Value {
    let place = format!("/thor/voi/driver/upload?name={name}.tq");
    let id = client.request("POST", &place).body(extracted()).send().ok()["data"][0]["id"].clone();
    let operation = client.post("/api/v1/save", json!({})).ok();
    let ended = client.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    assert_eq!(ended["error"], Value::Null);
    id
}

#[test]
fn a_template_its_driver_and_its_desktops_are_told_as_the_platform_expects() {
    let mut server = Server::start();
    let admin = server.admin();
    let made = template(&admin, "办公", 2);
    let public = template(&admin, "class", 1);
    let (id, driver) = (&made["id"], driver(&admin, "lamp"));
    let list = admin.get("/thor/image/2").ok();
    assert_eq!((&list["code"], list["data"].as_array().map(Vec::len)), (&json!(0), Some(1)));
    assert_eq!(
        keys(&list["data"][0]),
        [
            "create_at",
            "extractive_driver_id",
            "hg_version",
            "id",
            "is_allow_heterogeneous",
            "name",
            "os_type",
            "type",
            "universal_driver_id",
            "uuid"
        ]
    );
    assert_eq!(admin.get("/thor/image/1").ok()["data"][0]["name"], "class");
    admin.get("/thor/image/3").refused(404, "template.unknown_type");

    let relations = admin.get(&format!("{RELATE}?ids=[{id}]")).ok();
    let fitting = json!([{"id": driver, "name": "lamp", "os_type": 4, "type": 2}]);
    assert_eq!(
        relations,
        json!({"code": 0, "universal_driver_id": null, "extractive_driver_id": null, "data": fitting})
    );
    admin.get(&format!("{RELATE}?ids=[x]")).refused(400, "http.bad_query");
    let relate = json!({"id": id, "universal_driver_id": null, "extractive_driver_id": driver});
    assert_eq!(admin.post(RELATE, relate).ok(), json!({"code": 0}));
    let row = admin.get("/thor/image/2").ok()["data"][0].clone();
    assert_eq!((&row["is_allow_heterogeneous"], &row["hg_version"]), (&json!(true), &json!(1)));
    assert_eq!(admin.get(&format!("{RELATE}?ids=[{id}]")).ok()["extractive_driver_id"], driver);
    let delete = admin.post("/thor/voi/driver", json!({"action": "delete", "ids": [driver]}));
    assert_eq!(delete.refused(409, "driver.in_use"), "系统驱动“lamp”正被以下模板使用，请先解除关联：办公");

    let desktops = "/thor/voi/personal/desktops";
    let made = admin.post(desktops, json!({"name": "PC", "image_id": id})).ok()["data"][0].clone();
    assert_eq!((&made["is_allow_heterogeneous"], &made["hg_version"]), (&json!(true), &json!(1)));
    let given = json!({"name": "PC", "image_id": id, "is_allow_heterogeneous": false});
    admin.post(desktops, given).refused(400, "desktop.heterogeneous_given");
    let scene = admin.post("/thor/voi/modes", json!({"name": "maths", "image_id": public["id"]})).ok();
    assert_eq!(scene["data"][0]["is_allow_heterogeneous"], false);
    admin.post("/thor/voi/modes", json!({"name": "x", "image_id": id})).refused(400, "template.wrong_type");
    assert_eq!(admin.get(desktops).ok()["data"], json!([made]));
    let place = format!("/api/v1/templates/{id}");
    admin.json("DELETE", &place, json!({})).refused(409, "template.in_use");
    admin.json("DELETE", &format!("/api/v1/desktops/{}", made["id"]), json!({})).ok();
    admin.json("DELETE", &place, json!({})).ok();
    admin.get(&place).refused(404, "template.not_found");
    let viewer = server.user("viewer", "viewer");
    assert_eq!(viewer.post(RELATE, json!({"id": public["id"]})).status, 403);
    assert_eq!(viewer.get("/thor/image/1").status, 200);
}

#[test]
fn a_terminal_gets_its_plan_by_what_it_said_of_its_hardware() {
    let mut server = Server::start();
    let (terminal_id, terminal) = server.terminal("PC-1");
    let admin = server.admin();
    let (made, driver) = (template(&admin, "office", 2), driver(&admin, "lamp"));
    let place = format!("/api/v1/templates/{}/plan", made["id"]);
    terminal.get(&place).refused(404, "plan.no_inventory");
    let devices = json!([{"name": "lamp", "hardware_ids": ["PCI\\VEN_1234&DEV_5678&REV_01", "pci\\ven_1234&dev_5678"]},
        {"hardware_ids": ["USB\\VID_1"], "compatible_ids": []}]);
    let inventory = json!({"model": "Lantern 7", "devices": devices});
    terminal.post("/api/v1/terminals/self/inventory", inventory).ok();
    assert_eq!(terminal.get(&place).ok()["packages"], json!([]));

    admin.post(RELATE, json!({"id": made["id"], "extractive_driver_id": driver})).ok();
    let plan = terminal.get(&place).ok();
    let package = &plan["packages"][0];
    assert_eq!((&package["driver_id"], &package["reason"]), (&driver, &json!("device")));
    assert_eq!((&package["directory"], &package["since_version"]), (&json!("/sys/tq/lamp"), &json!(1)));
    assert_eq!(package["devices"][0]["score"], 1);
    assert_eq!(plan["unserved"], json!(["USB\\VID_1"]));
    assert_eq!(admin.get(&format!("{place}?terminal={terminal_id}")).ok(), plan);
    assert_eq!(admin.post(&place, json!({"devices": devices})).ok(), plan);
    admin.get(&place).refused(400, "http.bad_query");
    let kept = admin.get(&format!("/api/v1/terminals/{terminal_id}/inventory")).ok();
    assert_eq!(
        (&kept["model"], &kept["devices"][1]["hardware_ids"][0]),
        (&json!("Lantern 7"), &json!("USB\\VID_1"))
    );

    let report = json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": "t",
        "mode": "maintenance"});
    assert_eq!(terminal.post("/api/v1/terminals/self/report", report.clone()).ok()["hg_notices"], 0);
    let notify = format!("/voi_api/scene/notifyupdatehgdrive?ids=[\"{terminal_id}\"]").replace('"', "%22");
    assert_eq!(admin.get(&notify).ok(), json!({"code": 0, "data": {"notified": 1}}));
    assert_eq!(terminal.post("/api/v1/terminals/self/report", report).ok()["hg_notices"], 1);
    assert_eq!(terminal.get(&notify).status, 403);
}
