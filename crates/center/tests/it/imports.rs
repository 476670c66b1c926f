//! What an import leaves behind beside the driver: its job and its entry in the audit trail.

use std::sync::Arc;
use std::time::Duration;

use center::db::entities::audit;
use center::{Actor, Center, Machine};
use protocol::api::Job;
use sea_orm::{ConnectionTrait as _, Database, EntityTrait as _};

use crate::life_time::Life;
use crate::printers;
use crate::site::{Site, actor, noise, read};

/// Has the database refuse to change a table, as if the disk were full, until the answer is dropped by name.
pub(crate) async fn refuse(site: &Site, when: &str) {
    let trigger =
        format!("CREATE TRIGGER disk_full BEFORE {when} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    execute(site, &trigger).await;
}

pub(crate) async fn allow(site: &Site) {
    execute(site, "DROP TRIGGER disk_full").await;
}

pub(crate) async fn execute(site: &Site, statement: &str) {
    let database = Database::connect(&site.url).await.unwrap();
    database.execute_unprepared(statement).await.unwrap();
    database.close().await.unwrap();
}

/// The trail: action, subject and address.
async fn trail(center: &Center) -> Vec<(String, String, Option<String>)> {
    let rows = audit::Entity::find().all(center.db()).await.unwrap();
    rows.into_iter().map(|row| (row.action, row.subject, row.address)).collect()
}

async fn newest_job(center: &Center) -> Job {
    center.jobs(1, &|error| error.to_string()).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_in_the_trail_once_with_what_it_made() {
    let site = Site::new().await;
    let center = site.open().await;
    let who = Actor { name: "oskar".into(), address: Some("10.0.0.7".into()) };
    let archive = site.archive("net", 50_000);
    let driver = center.import(&who, site.upload(&center, &archive)).await.unwrap();
    let archive = printers::archive(&site, "front desk", 50_000);
    let printer = center.import(&who, printers::upload(&site, &center, &archive, None)).await.unwrap();

    let rows = audit::Entity::find().all(center.db()).await.unwrap();
    assert_eq!(rows.len(), 2);
    for (row, action, id) in [(&rows[0], "driver.import", driver), (&rows[1], "printer.import", printer)] {
        assert_eq!((row.action.as_str(), row.actor.as_str()), (action, "oskar"));
        assert_eq!(row.address.as_deref(), Some("10.0.0.7"));
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap();
        assert_eq!((&detail["id"], &detail["name"]), (&id.into(), &row.subject.as_str().into()));
    }
    assert_eq!(center.printer(printer, &ToString::to_string).await.unwrap().printer.name, rows[1].subject);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_cannot_be_in_the_trail_is_not_made() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    refuse(&site, "INSERT ON audit").await;
    let archive = site.archive("net", 50_000);
    center.import(&actor(), site.upload(&center, &archive)).await.unwrap_err();
    assert!(center.drivers().await.unwrap().is_empty());
    assert!(center.changes().await.unwrap().is_empty());
    assert!(center.list_files("/sys/tq").await.unwrap().is_empty());
    assert_eq!(newest_job(&center).await.state, "failed");
    let archive = printers::archive(&site, "front", 50_000);
    center.import(&actor(), printers::upload(&site, &center, &archive, None)).await.unwrap_err();
    assert!(center.printers().await.unwrap().is_empty());

    allow(&site).await;
    site.import(&center, "net").await;
    assert_eq!(trail(&center).await, [("driver.import".into(), "net".into(), None)]);
}

#[test]
fn an_import_whose_process_dies_as_soon_as_it_is_listed_is_found_done() {
    let site = Site::of_sqlite();
    let life = Life::begin(&site, Arc::new(Machine));
    life.run(async |center: &Center| {
        // All that comes after the transaction in which the driver is listed does not happen any more.
        refuse(&site, "UPDATE ON jobs WHEN OLD.state <> 'running'").await;
        site.import(center, "net").await;
    });
    life.end();

    let life = Life::begin(&site, Arc::new(Machine));
    life.run(async |center: &Center| {
        let driver = center.drivers().await.unwrap().remove(0);
        let job = newest_job(center).await;
        assert_eq!((job.state.as_str(), job.driver_id, job.message), ("succeeded", Some(driver.id), None));
        assert_eq!(trail(center).await, [("driver.import".into(), "net".into(), None)]);
        assert_eq!(read(center, "/sys/tq/net/net/device.sys").await, noise("net", 200_000));
    });
    life.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_job_is_recorded_as_soon_as_the_database_can_be_written() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    let archive = site.archive("net", 50_000);
    let upload = site.upload(&center, &archive);
    std::fs::write(&upload.path, b"no archive").unwrap();
    refuse(&site, "UPDATE OF finished_at ON jobs").await;
    let error = center.import(&actor(), upload).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "package.wrong_type", "whoever waits is told at once");
    assert_eq!(newest_job(&center).await.state, "running");
    allow(&site).await;
    let ended = async {
        while newest_job(&center).await.state == "running" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.expect("its end was never recorded");
    assert_eq!(newest_job(&center).await.state, "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_cannot_begin_leaves_the_file_for_later() {
    let site = Site::new().await;
    let center = site.open().await;
    center.begin_edit(&Actor { name: "oskar".into(), address: None }).await.unwrap();
    let archive = site.archive("net", 50_000);
    let upload = site.upload(&center, &archive);
    let refused = center.start_import(&actor(), upload.clone()).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "edit.held");
    assert_eq!(std::fs::read(&upload.path).unwrap(), std::fs::read(&archive).unwrap());

    center.discard(&Actor { name: "oskar".into(), address: None }).await.unwrap();
    let (_, task) = center.start_import(&actor(), upload.clone()).await.unwrap();
    task.await.unwrap().unwrap();
    assert!(!upload.path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_archive_is_kept_that_no_row_names() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    refuse(&site, "INSERT ON archives").await;
    let archive = site.archive("net", 50_000);
    center.import(&actor(), site.upload(&center, &archive)).await.unwrap_err();
    let archive = printers::archive(&site, "front", 50_000);
    center.import(&actor(), printers::upload(&site, &center, &archive, None)).await.unwrap_err();
    for directory in [center.data_dir().kept(), center.data_dir().work(), center.data_dir().uploads()] {
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0, "{}", directory.display());
    }
    allow(&site).await;
    site.import(&center, "net").await;
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
}
