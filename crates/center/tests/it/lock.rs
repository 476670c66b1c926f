//! One administrator edits at a time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use center::{Actor, Center, Client, Host, Machine, Target};
use chrono::{Duration, NaiveDateTime};
use protocol::thor::DriverUpdate;
use sea_orm::ConnectionTrait as _;

use crate::printers::archive;
use crate::site::{Site, actor, save};

/// A machine whose clock goes ahead when a test says so.
#[derive(Default)]
struct Ahead(AtomicI64);

impl Host for Ahead {
    fn now(&self) -> NaiveDateTime {
        Machine.now() + Duration::minutes(self.0.load(Ordering::Relaxed))
    }

    fn free_bytes(&self, path: &Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }
}

fn notice(error: &fault::Error) -> String {
    error.notice().unwrap().id.to_string()
}

fn other() -> Actor {
    Actor { name: "other".into(), address: None }
}

async fn holder(center: &Center) -> Option<String> {
    center.status(&other(), &ToString::to_string).await.unwrap().edit?.held_by
}

async fn is_allowed(center: &Center, actor: &Actor, action: &str) -> bool {
    let status = center.status(actor, &ToString::to_string).await.unwrap();
    status.allowed_actions.iter().find(|known| known.action == action).unwrap().allowed
}

#[tokio::test]
async fn whoever_edits_first_keeps_others_out_until_the_edit_ends() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = site.import(&center, "one").await;
    assert_eq!(holder(&center).await.as_deref(), Some("admin"));
    let two = site.archive("two", 1000);
    let refused = center.import(&other(), site.upload(&center, &two)).await.unwrap_err();
    assert_eq!(notice(&refused), "edit.held");
    let held = |outcome: fault::Result<()>| assert_eq!(notice(&outcome.unwrap_err()), "edit.held");
    held(center.begin_edit(&other()).await);
    held(center.delete_drivers(&other(), &[id]).await);
    held(center.discard(&other()).await);
    held(center.save(&other(), None).await.map(drop));
    held(center.check_import(&other(), "two.tq", 1000, &Target::SystemDriver).await);
    for action in ["edit", "import", "delete", "save", "discard"] {
        assert!(!is_allowed(&center, &other(), action).await, "{action}");
        assert!(is_allowed(&center, &actor(), action).await, "{action}");
    }
    assert_eq!(center.changes().await.unwrap().len(), 1);
    save(&center).await;
    center.begin_edit(&other()).await.unwrap();
    held_by_other(&center).await;
}

async fn held_by_other(center: &Center) {
    assert_eq!(holder(center).await.as_deref(), Some("other"));
    assert_eq!(notice(&center.begin_edit(&actor()).await.unwrap_err()), "edit.held");
}

#[tokio::test]
async fn an_edit_can_be_taken_over_with_all_that_is_in_it() {
    let site = Site::new().await;
    let center = site.open().await;
    assert_eq!(notice(&center.take_edit_over(&other()).await.unwrap_err()), "center.not_editing");
    site.import(&center, "one").await;
    assert_eq!(notice(&center.take_edit_over(&actor()).await.unwrap_err()), "edit.not_held");
    assert!(is_allowed(&center, &other(), "take_over").await);
    assert_eq!(center.take_edit_over(&other()).await.unwrap(), "admin");
    held_by_other(&center).await;
    let saved = center.save(&other(), None).await.unwrap();
    assert_eq!(center.wait_operation(saved.id).await.unwrap().error, None);
    assert_eq!(center.drivers().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_holder_who_pauses_or_a_server_that_dies_locks_nobody_out() {
    let site = Site::new().await;
    let clock = Arc::new(Ahead::default());
    let center = site.open_on(clock.clone()).await.unwrap();
    site.import(&center, "one").await;
    drop(center);
    let center = site.open_on(clock.clone()).await.unwrap();
    assert_eq!(holder(&center).await.as_deref(), Some("admin"));
    clock.0.store(29, Ordering::Relaxed);
    assert_eq!(notice(&center.begin_edit(&other()).await.unwrap_err()), "edit.held");
    clock.0.store(31, Ordering::Relaxed);
    assert_eq!(holder(&center).await, None);
    center.begin_edit(&other()).await.unwrap();
    held_by_other(&center).await;
    // A clock that was set far back does not prolong it.
    clock.0.store(-600, Ordering::Relaxed);
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!(center.changes().await.unwrap().len(), 1);
}

/// Waits for whatever writes to the database, and not for the gate.
#[tokio::test]
async fn nothing_is_edited_once_an_operation_has_begun() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = site.import(&center, "one").await;
    save(&center).await;
    let beginning = center.db().begin().await.unwrap();
    let opening = tokio::spawn({
        let center = center.clone();
        async move { center.begin_edit(&actor()).await }
    });
    let renaming = tokio::spawn({
        let (center, name) = (center.clone(), Some("two".into()));
        let change = DriverUpdate { id, name, environment: None, describe: None };
        async move { center.update_driver(&actor(), change).await }
    });
    // They have looked at what was before by then; if not, they are refused all the same.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let merging = "UPDATE settings SET value = '{\"is_auto_update\":false,\"mount_status\":2}' \
                   WHERE name = 'voi_drive_center'";
    beginning.execute_unprepared(merging).await.unwrap();
    center::db::commit(beginning).await.unwrap();
    assert_eq!(notice(&opening.await.unwrap().unwrap_err()), "center.merging");
    assert_eq!(notice(&renaming.await.unwrap().unwrap_err()), "center.merging");
    assert_eq!(center.drivers().await.unwrap()[0].name, "one");
    assert_eq!(holder(&center).await, None);
}

#[tokio::test]
async fn a_terminal_waits_for_nobody_and_keeps_nobody_out() {
    let site = Site::new().await;
    let center = site.open().await;
    let from_terminal = |name| {
        let mut upload = site.upload(&center, &archive(&site, name, 1000));
        let client = Client { client_name: "t1".into(), client_mac: String::new() };
        upload.target = Target::PrinterDriver(Some(client));
        upload
    };
    let terminal = Actor { name: "terminal".into(), address: None };
    center.import(&terminal, from_terminal("laser")).await.unwrap();
    assert_eq!(holder(&center).await, None);
    center.begin_edit(&other()).await.unwrap();
    center.import(&terminal, from_terminal("inkjet")).await.unwrap();
    held_by_other(&center).await;
    assert_eq!(center.changes().await.unwrap().len(), 2);
}
