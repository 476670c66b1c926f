//! Printer drivers on real disks: import, change, copy, delete, discard, and what a crash leaves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use center::db::entities::printer;
use center::{Center, Client, Target, Upload};
use driver_package::printer::Configuration;
use driver_package::{Limits, ReaderProgram, reader};
use fault::Kind;
use protocol::thor::{Password, PrinterDriver, PrinterUpdate};

use sea_orm::EntityTrait as _;

use crate::site::{Site, actor, kill_worker, noise, read, save};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../driver-package/tests/fixtures/inf/printer-utf16")
}

/// A `.zip` of the fixture's INF and a file of `size` bytes that do not compress.
pub(crate) fn archive(site: &Site, name: &str, size: usize) -> PathBuf {
    let folder = site.directory.path().join("printers").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["ltprint.inf", "ltprint.cat", "ltprint64.cat", "ltprint.ppd"] {
        std::fs::copy(fixture().join(file), folder.join(file)).unwrap();
    }
    std::fs::write(folder.join("render.dll"), noise(name, size)).unwrap();
    let archive = site.directory.path().join(format!("{name}.zip"));
    let packed = Command::new("7zz").args(["a", "-tzip", "-mx1"]).arg(&archive).arg(&folder).output();
    assert!(packed.unwrap().status.success());
    archive
}

pub(crate) fn upload(site: &Site, center: &Center, archive: &Path, client: Option<Client>) -> Upload {
    Upload { target: Target::PrinterDriver(client), ..site.upload(center, archive) }
}

pub(crate) async fn import(site: &Site, center: &Center, name: &str) -> i64 {
    let archive = archive(site, name, 200_000);
    center.import(&actor(), upload(site, center, &archive, None)).await.unwrap()
}

async fn row(center: &Center, id: i64) -> PrinterDriver {
    center.printers().await.unwrap().into_iter().find(|row| row.id == id).unwrap()
}

/// The configuration in a file of the disk, read as terminals would.
async fn configuration(site: &Site, center: &Center, path: &str) -> Configuration {
    let copy = site.directory.path().join("copy.zip");
    std::fs::write(&copy, read(center, path).await).unwrap();
    let program = ReaderProgram::beside_current_exe().unwrap();
    let report =
        reader::inspect(&program, &copy, "copy.zip", &Limits::default(), &AtomicBool::new(false)).unwrap();
    report.configuration.unwrap()
}

pub(crate) fn change(id: i64, text: &str) -> PrinterUpdate {
    let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
    value["id"] = id.into();
    serde_json::from_value(value).unwrap()
}

async fn notice_of(center: &Center, change: PrinterUpdate) -> String {
    let error = center.update_printer(&actor(), change).await.unwrap_err();
    error.notice().map(|notice| notice.id.to_string()).unwrap_or_else(|| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_is_stored_whole_with_a_configuration_and_part_of_the_version() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "灯塔").await;

    let detail = center.printer(id, &ToString::to_string).await.unwrap();
    assert_eq!((detail.path.as_str(), detail.pending, detail.warnings.len()), ("/pri/灯塔.zip", true, 0));
    assert_eq!(detail.models[1].name, "灯塔 LP-300 彩色打印机");
    assert_eq!(detail.models[1].ids[0], "USBPRINT\\LanternLP-300A2D0");
    let printer = &detail.printer;
    assert_eq!((printer.kind, printer.upload_type, printer.duplex_print), (1, 2, 1));
    assert_eq!((printer.client_nums, printer.port.as_str()), (0, "USB001"));
    assert_eq!(printer.environment, 4);
    assert_eq!(center.changes().await.unwrap()[0].object, "printer");

    let stored = read(&center, "/pri/灯塔.zip").await;
    let kept = std::fs::read(center.data_dir().kept().join(&detail.archive_sha256)).unwrap();
    assert!(stored == kept);
    assert_eq!(save(&center).await, 1);
    assert!(read(&center, "/pri/灯塔.zip").await == kept);
    assert_eq!(configuration(&site, &center, "/pri/灯塔.zip").await.settings.name, "灯塔");
    let version = center.version(1).await.unwrap();
    assert_eq!((version.added, version.packages), (vec!["灯塔".to_owned()], 1));
    let detail = center.printer(id, &ToString::to_string).await.unwrap();
    assert_eq!((detail.pending, detail.versions), (false, vec![1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_rewrites_the_file_and_discarding_brings_it_back() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "lp").await;
    save(&center).await;
    let (before, file) = (row(&center, id).await, read(&center, "/pri/lp.zip").await);

    let wanted = r#"{"name":"二楼","type":3,"ip":"10.0.0.9","port":9101,"paper":"A6","duplex_print":21,
        "environment":"Windows7_64","describe":"at the stairs"}"#;
    center.update_printer(&actor(), change(id, wanted)).await.unwrap();
    let after = row(&center, id).await;
    assert_eq!((after.name.as_str(), after.kind, after.ip.as_str()), ("二楼", 3, "10.0.0.9"));
    assert_eq!((after.port.as_str(), after.protocol.as_deref()), ("9101", Some("RAW")));
    assert_eq!((after.paper.to_string().as_str(), after.duplex_print, after.environment), ("A6", 21, 2));
    let settings = configuration(&site, &center, "/pri/lp.zip").await.settings;
    assert_eq!((settings.name.as_str(), settings.port.as_str()), ("二楼", "9101"));
    // Only the end of the file is another one.
    let changed = read(&center, "/pri/lp.zip").await;
    assert_eq!(changed.len(), file.len());
    assert!(changed[..200_000] == file[..200_000] && changed != file);

    center.discard(&actor()).await.unwrap();
    assert_eq!(row(&center, id).await, before);
    assert!(read(&center, "/pri/lp.zip").await == file);
    assert_eq!(std::fs::read_dir(center.data_dir().kept()).unwrap().count(), 1);
    assert!(center.changes().await.unwrap().is_empty());
}

/// The whole row is part of each version: settings, password and where it came from.
#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_brings_rows_and_files_of_printers_back_and_forth() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "lp").await;
    save(&center).await;
    let (first, first_file) = (row(&center, id).await, read(&center, "/pri/lp.zip").await);
    let wanted =
        r#"{"name":"stairs","type":2,"ip":"host","share":"lp","accounts":"print","password":"Kennwort-9c"}"#;
    center.update_printer(&actor(), change(id, wanted)).await.unwrap();
    save(&center).await;
    let (second, second_file) = (row(&center, id).await, read(&center, "/pri/lp.zip").await);
    assert!(second.has_password && second_file != first_file);
    center.duplicate_printer(&actor(), id).await.unwrap();
    center.delete_printers(&actor(), &[id]).await.unwrap();
    save(&center).await;
    let third = center.printers().await.unwrap();
    assert_eq!(third.len(), 1);

    let roll_back = async |target| {
        let operation = center.rollback(&actor(), target, None).await.unwrap();
        assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    };
    roll_back(2).await;
    assert_eq!(center.printers().await.unwrap(), [second]);
    assert!(read(&center, "/pri/lp.zip").await == second_file);
    let version = center.version(4).await.unwrap();
    assert_eq!((version.added, version.removed), (vec!["stairs".to_owned()], vec!["stairs (2)".to_owned()]));
    roll_back(1).await;
    assert_eq!(center.printers().await.unwrap(), [first]);
    assert!(read(&center, "/pri/lp.zip").await == first_file);
    assert_eq!(center.version(5).await.unwrap().changed, ["lp"]);
    roll_back(3).await;
    assert_eq!(center.printers().await.unwrap(), third);
    // What was brought back can be changed and saved as ever.
    roll_back(2).await;
    center.update_printer(&actor(), change(id, r#"{"name":"cellar"}"#)).await.unwrap();
    assert_eq!(save(&center).await, 8);
    assert!(row(&center, id).await.has_password);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_and_changes_nothing() {
    let site = Site::new().await;
    let center = site.open().await;
    let (id, _other) = (import(&site, &center, "lp").await, import(&site, &center, "other").await);
    let edits = center.changes().await.unwrap().len();
    for (text, expected) in [
        (r#"{"name":"Other"}"#, "printer.name_taken"),
        (r#"{"name":" "}"#, "printer.missing"),
        (r#"{"type":2}"#, "printer.missing"),
        (r#"{"type":3,"ip":"a b"}"#, "printer.invalid"),
        (r#"{"type":3,"ip":"a","port":0}"#, "printer.invalid"),
        (r#"{"type":7}"#, "printer.invalid"),
        (r#"{"paper":10}"#, "printer.invalid"),
        (r#"{"environment":9}"#, "driver.unknown_system"),
        (r#"{"file_name":"render.dll"}"#, "printer.file_name"),
    ] {
        assert_eq!(notice_of(&center, change(id, text)).await, expected, "{text}");
    }
    assert_eq!(notice_of(&center, change(99, "{}")).await, "printer.not_found");
    center.update_printer(&actor(), change(id, r#"{"file_name":"printer-public.json"}"#)).await.unwrap();
    assert_eq!(center.changes().await.unwrap().len(), edits);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_nowhere_in_clear_and_follows_nobody_elsewhere() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "lp").await;
    let shared = r#"{"type":2,"ip":"\\\\server\\lp","accounts":"DOMAIN\\print","password":"Kennwort-9c"}"#;
    center.update_printer(&actor(), change(id, shared)).await.unwrap();
    let printer = row(&center, id).await;
    assert_eq!((printer.ip.as_str(), printer.share.as_str(), printer.has_password), ("server", "lp", true));
    let sealed = configuration(&site, &center, "/pri/lp.zip").await.sealed_password.unwrap();
    assert!(sealed.starts_with("1.") && !sealed.contains("Kennwort"));

    // The settings change, the password stays; with another host it must be given again.
    center.update_printer(&actor(), change(id, r#"{"paper":8}"#)).await.unwrap();
    assert!(row(&center, id).await.has_password);
    assert_eq!(notice_of(&center, change(id, r#"{"ip":"evil"}"#)).await, "printer.password_needed");
    assert_eq!(notice_of(&center, change(id, r#"{"accounts":"x"}"#)).await, "printer.password_needed");
    let copy = center.duplicate_printer(&actor(), id).await.unwrap();
    assert!(row(&center, copy).await.has_password);
    let again =
        PrinterUpdate { password: Some(Password::new("Kennwort-9c")), ..change(copy, r#"{"ip":"h2"}"#) };
    center.update_printer(&actor(), again).await.unwrap();
    save(&center).await;

    for path in files_below(center.data_dir().path()) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!contains(&bytes, b"Kennwort-9c"), "{}", path.display());
    }
    center.update_printer(&actor(), change(copy, r#"{"password":""}"#)).await.unwrap();
    center.update_printer(&actor(), change(id, r#"{"type":1}"#)).await.unwrap();
    assert!(!row(&center, id).await.has_password && !row(&center, copy).await.has_password);
    assert_eq!(configuration(&site, &center, "/pri/lp.zip").await.sealed_password, None);
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_large_printer_costs_terminals_a_few_kilobytes() {
    let site = Site::new().await;
    let center = site.open().await;
    let archive = archive(&site, "large", 100_000_000);
    let id = center.import(&actor(), upload(&site, &center, &archive, None)).await.unwrap();
    save(&center).await;

    let copy = center.duplicate_printer(&actor(), id).await.unwrap();
    let wanted = r#"{"name":"the other one","type":3,"ip":"10.0.0.9"}"#;
    center.update_printer(&actor(), change(copy, wanted)).await.unwrap();
    assert_eq!(save(&center).await, 2);
    assert_eq!(center.printer(copy, &ToString::to_string).await.unwrap().path, "/pri/large (2).zip");
    assert!(read(&center, "/pri/large (2).zip").await.len() > 100_000_000);
    let version = center.version(2).await.unwrap();
    println!(
        "a copy of {} bytes: an update of {} bytes",
        row(&center, copy).await.size,
        version.update_bytes
    );
    assert!(version.update_bytes < 64 * 1024, "{}", version.update_bytes);
    assert_eq!(version.added, ["the other one"]);

    // A change of the configuration alone costs as little.
    center.update_printer(&actor(), change(id, r#"{"paper":8}"#)).await.unwrap();
    save(&center).await;
    let version = center.version(3).await.unwrap();
    println!("another paper: an update of {} bytes", version.update_bytes);
    assert!(version.update_bytes < 64 * 1024, "{}", version.update_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_printers_survive_a_worker_that_dies() {
    let site = Site::new().await;
    let center = site.open().await;
    let (kept, gone) = (import(&site, &center, "kept").await, import(&site, &center, "gone").await);
    center.update_printer(&actor(), change(kept, r#"{"paper":8}"#)).await.unwrap();
    let copy = center.duplicate_printer(&actor(), kept).await.unwrap();
    center.delete_printers(&actor(), &[gone]).await.unwrap();
    let expected = (read(&center, "/pri/kept.zip").await, read(&center, "/pri/kept (2).zip").await);
    kill_worker(&center);
    assert_eq!(save(&center).await, 1);

    let found = (read(&center, "/pri/kept.zip").await, read(&center, "/pri/kept (2).zip").await);
    assert!(found == expected);
    assert_eq!(configuration(&site, &center, "/pri/kept.zip").await.settings.paper.name(), "A3");
    assert_eq!(center.list_files("/pri").await.unwrap().len(), 2);
    let ids: Vec<i64> = center.printers().await.unwrap().iter().map(|printer| printer.id).collect();
    assert_eq!(ids, [copy, kept]);
    let error = center.delete_printers(&actor(), &[gone]).await.unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NotFound, "printer.not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_discarded_brings_the_printer_back() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "lp").await;
    save(&center).await;
    let file = read(&center, "/pri/lp.zip").await;
    center.delete_printers(&actor(), &[id, id]).await.unwrap();
    let new = import(&site, &center, "new").await;
    assert!(center.printers().await.unwrap().iter().all(|printer| printer.id == new));
    center.discard(&actor()).await.unwrap();
    assert_eq!(center.printers().await.unwrap().len(), 1);
    assert!(read(&center, "/pri/lp.zip").await == file);
    assert_eq!(center.list_files("/pri").await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_lists_is_neither_overwritten_nor_removed() {
    let site = Site::new().await;
    let center = site.open().await;
    let id = import(&site, &center, "lp").await;
    save(&center).await;
    let file = read(&center, "/pri/lp.zip").await;
    // As on a disk that was taken over: the file is there, and the center knows nothing of it.
    printer::Entity::delete_by_id(id).exec(center.db()).await.unwrap();
    let archive = archive(&site, "lp", 300_000);
    let error = center.import(&actor(), upload(&site, &center, &archive, None)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "disk.exists", "{error}");
    assert!(read(&center, "/pri/lp.zip").await == file);
    assert!(center.changes().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_a_terminal_says_whose_it_is_and_gets_a_name_that_is_free() {
    let site = Site::new().await;
    let center = site.open().await;
    let archive = archive(&site, "lp", 1_000);
    let client = Client { client_name: "教室 1-01".into(), client_mac: "02:FC:00:00:00:01".into() };
    for _ in 0..2 {
        center.import(&actor(), upload(&site, &center, &archive, Some(client.clone()))).await.unwrap();
    }
    let names: Vec<(String, i32, Option<String>)> = center
        .printers()
        .await
        .unwrap()
        .into_iter()
        .map(|printer| (printer.name, printer.upload_type, printer.client_mac))
        .collect();
    let mac = Some("02fc00000001".to_owned());
    assert_eq!(names, [("lp (2)".to_owned(), 1, mac.clone()), ("lp".to_owned(), 1, mac)]);
    let error = center.import(&actor(), upload(&site, &center, &archive, None)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "printer.name_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_package_leaves_neither_row_nor_file() {
    let site = Site::new().await;
    let center = site.open().await;
    let good = archive(&site, "good", 100_000);
    let mut bytes = std::fs::read(&good).unwrap();
    bytes[50_000] ^= 0xff;
    let damaged = site.directory.path().join("damaged.zip");
    std::fs::write(&damaged, bytes).unwrap();
    let error = center.import(&actor(), upload(&site, &center, &damaged, None)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "package.damaged", "{error}");

    let driver = site.archive("driver", 100);
    let error = center.import(&actor(), upload(&site, &center, &driver, None)).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "package.wrong_type", "{error}");
    let as_driver = site.upload(&center, &good);
    let error = center.import(&actor(), as_driver).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "package.wrong_type", "{error}");

    assert!(center.printers().await.unwrap().is_empty() && center.changes().await.unwrap().is_empty());
    assert!(center.list_files("/pri").await.unwrap().is_empty());
    for directory in [center.data_dir().kept(), center.data_dir().work(), center.data_dir().uploads()] {
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0, "{}", directory.display());
    }
}
