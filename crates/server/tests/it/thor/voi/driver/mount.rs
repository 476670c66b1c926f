//! The state of the disk through the platform's interface.

use crate::support::Server;
use serde_json::json;

const MOUNT: &str = "/thor/voi/driver/mount";

#[test]
fn the_state_is_shown_and_the_automatic_update_switched() {
    let mut server = Server::start();
    let admin = server.admin();
    let state = |auto| json!({"code": 0, "result": {"mount_status": 1, "is_auto_update": auto}});
    assert_eq!(admin.get(MOUNT).ok(), state(true));
    assert_eq!(admin.post(MOUNT, json!({"is_auto_update": false})).ok(), json!({"code": 0}));
    assert_eq!(admin.get(MOUNT).ok(), state(false));
    for body in [json!({}), json!({"is_init": false}), json!({"is_mounted": false, "is_auto_update": true})] {
        admin.post(MOUNT, body).refused(400, "mount.one_field");
    }
    admin.post(MOUNT, json!({"is_mount": true})).refused(400, "http.bad_body");
    let trail = server.log();
    assert!(trail.contains("automatic update switched"), "{trail}");
}
