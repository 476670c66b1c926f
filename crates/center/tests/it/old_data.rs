//! Data directories that earlier releases wrote. Every later release must open them, and go on with them.
//!
//! `make` wrote them; it is never run again for the same release. They hold an open edit, three versions, and a terminal
//! that is two versions behind.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use center::{Center, Machine};

use crate::life_time::{Life, settle};
use crate::site::{Site, actor, noise, read, save};
use crate::terminal::Copy;

/// One for each release that changed what is stored.
const RELEASES: [&str; 1] = ["0.1"];
const SIZE: usize = 20_000;

fn fixture(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/data-{release}.7z"))
}

#[test]
#[ignore = "writes the fixture of a new release"]
fn make() {
    let site = Site::of_sqlite();
    let life = Life::begin(&site, Arc::new(Machine));
    life.run(async |center: &Center| {
        let import = async |name: &str| {
            let archive = site.archive(name, SIZE);
            center.import(&actor(), site.upload(center, &archive)).await.unwrap()
        };
        let gone = import("gone").await;
        import("first").await;
        save(center).await;
        Copy::of(center, &site.directory.path().join("terminal"));
        center.delete_drivers(&actor(), &[gone]).await.unwrap();
        import("second").await;
        save(center).await;
        import("third").await;
        save(center).await;
        import("unsaved").await;
    });
    life.close();
    let target = fixture(RELEASES[RELEASES.len() - 1]);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let mut pack = Command::new("7zz");
    pack.args(["a", "-t7z", "-mx9", "-bd"]).arg(&target).args(["data", "center.db", "terminal"]);
    assert!(pack.current_dir(site.directory.path()).status().unwrap().success());
    assert!(std::fs::metadata(&target).unwrap().len() < 300_000, "a fixture is small");
}

#[test]
fn what_earlier_releases_wrote_opens_and_goes_on() {
    for release in RELEASES {
        let site = Site::of_sqlite();
        let mut unpack = Command::new("7zz");
        unpack.args(["x", "-bd", "-y"]).arg(fixture(release)).stdout(std::process::Stdio::null());
        assert!(unpack.current_dir(site.directory.path()).status().unwrap().success());
        let life = Life::begin(&site, Arc::new(Machine));
        life.run(async |center: &Center| {
            settle(center).await;
            let terminal = Copy::at(&site.directory.path().join("terminal"));
            check(center, 3, &["first", "second", "third", "unsaved"]).await;
            assert_eq!(center.changes().await.unwrap().len(), 1);
            terminal.follow(center).await;
            assert_eq!(save(center).await, 4);
            check(center, 4, &["first", "second", "third", "unsaved"]).await;
            terminal.follow(center).await;
            // All of Base is read and compared.
            let operation = center.restore(&actor()).await.unwrap();
            assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
        });
        life.end();
    }
}

async fn check(center: &Center, version: u64, names: &[&str]) {
    let mut listed: Vec<String> =
        center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
    listed.sort();
    assert_eq!(listed, names);
    for name in names {
        let file = format!("/sys/tq/{name}/{name}/device.sys");
        assert!(read(center, &file).await == noise(name, SIZE), "{file} is another one");
    }
    let versions: Vec<u64> = center.versions(0, 10).await.unwrap().iter().map(|row| row.number).collect();
    assert_eq!(versions, (0..=version).rev().collect::<Vec<_>>());
}
