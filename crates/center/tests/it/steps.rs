//! Every list of steps: fails at each step, ends and starts again at each step, runs each step twice.
//!
//! One test over all lists. A scenario is brought to its beginning once; then copies of its directory live through the
//! operation, each with another fate at another point. Whatever happens, in the end the version is there that was
//! asked for, with every package in it, and a terminal of the version before becomes identical by the published patches.

use std::sync::Arc;

use center::{Center, Machine, Moment};
use fault::Result;
use protocol::api;

use crate::fated::{Doom, Fated, Point, dooms};
use crate::life_time::{Life, settle};
use crate::site::{DISK_BYTES, Site, actor, grow, noise, read, save, virtual_bytes};
use crate::terminal::Copy;

/// The size to which the disk grows.
const GROWN_BYTES: u64 = 9 << 30;

/// An operation with the state in which it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scenario {
    /// A save of an import, a deletion and a changed description.
    Save,
    /// A save of nothing, which only leaves the editing state.
    SaveOfNothing,
    /// A restore after a save that failed while it could be undone.
    RestoreEarly,
    /// A restore after a save that failed when it could not be undone any more.
    RestoreLate,
    /// A restore of a Base of which some bytes were overwritten, while an edit is open.
    RestoreDamaged,
    /// A restore of a Base that is gone, and what is registered with it, while an edit is open.
    RestoreWrecked,
    /// A rollback over two versions.
    Rollback,
    /// Making the disk larger.
    Grow,
    /// A rollback to before the disk has grown.
    Shrink,
}

impl Scenario {
    /// A directory in which the operation may begin.
    fn prepare(self) -> (Site, Copy) {
        let site = Site::of_sqlite();
        let host = match self {
            Self::Save
            | Self::SaveOfNothing
            | Self::RestoreDamaged
            | Self::RestoreWrecked
            | Self::Rollback
            | Self::Grow
            | Self::Shrink => Fated::new(None),
            Self::RestoreEarly => Fated::new(Some((at("save", "merge", Moment::After), Doom::Fails))),
            Self::RestoreLate => Fated::new(Some((at("save", "apply", Moment::After), Doom::Fails))),
        };
        let life = Life::begin(&site, host);
        let copy = life.run(async |center: &Center| {
            let gone = site.import(center, "gone").await;
            let kept = site.import(center, "kept").await;
            // The point that is spoiled is met by this save as well, unless it is told to pass.
            drop(save_whatever_happens(center).await);
            settle(center).await;
            let copy = Copy::of(center, &site.directory.path().join("terminal"));
            match self {
                Self::SaveOfNothing => center.begin_edit(&actor()).await.unwrap(),
                _ => {
                    site.import(center, "fresh").await;
                    center.delete_drivers(&actor(), &[gone]).await.unwrap();
                    describe(center, kept).await;
                }
            }
            if matches!(self, Self::Rollback | Self::Grow) {
                save(center).await;
            }
            match self {
                Self::Rollback => {
                    site.import(center, "later").await;
                    save(center).await;
                }
                Self::Shrink => {
                    center.discard(&actor()).await.unwrap();
                    grow(center, GROWN_BYTES).await;
                }
                _ => {}
            }
            copy
        });
        life.close();
        if matches!(self, Self::RestoreEarly | Self::RestoreLate) {
            self.fail_a_save(&site);
        }
        match self {
            Self::RestoreDamaged => damage(&site),
            Self::RestoreWrecked => wreck(&site),
            _ => {}
        }
        (site, copy)
    }

    fn fail_a_save(self, site: &Site) {
        let step = if self == Self::RestoreEarly { "merge" } else { "apply" };
        let life = Life::begin(site, Fated::new(Some((at("save", step, Moment::After), Doom::Fails))));
        life.run(async |center: &Center| {
            assert!(save_whatever_happens(center).await.error.is_some());
            assert_eq!(center.mount().await.unwrap().mount_status, 3);
        });
        life.close();
    }

    async fn begin(self, center: &Center) -> Result<api::Operation> {
        match self {
            Self::Save | Self::SaveOfNothing => center.save(&actor(), Some("second".into())).await,
            Self::Rollback | Self::Shrink => center.rollback(&actor(), 1, None).await,
            Self::Grow => center.grow(&actor(), GROWN_BYTES, None).await,
            _ => center.restore(&actor()).await,
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::SaveOfNothing | Self::Rollback | Self::Shrink => &["gone", "kept"],
            _ => &["fresh", "kept"],
        }
    }

    fn newest(self) -> u64 {
        match self {
            Self::SaveOfNothing => 1,
            Self::RestoreWrecked | Self::Grow | Self::Shrink => 3,
            Self::Rollback => 4,
            _ => 2,
        }
    }

    fn virtual_bytes(self) -> u64 {
        if self == Self::Grow { GROWN_BYTES } else { DISK_BYTES }
    }
}

/// Overwrites bytes that NTFS has written.
fn damage(site: &Site) {
    use std::os::unix::fs::FileExt as _;
    let base = site.directory.path().join("data/disk/base.qcow2");
    let file = std::fs::File::options().write(true).open(base).unwrap();
    for leaf in [5, 6, 40] {
        file.write_all_at(&noise("damage", 5000), leaf * 65_536 + 100).unwrap();
    }
}

/// Removes Base and the registered images, so that only the kept archives are left.
fn wreck(site: &Site) {
    let data = site.directory.path().join("data");
    std::fs::remove_file(data.join("disk/base.qcow2")).unwrap();
    for entry in std::fs::read_dir(data.join("images")).unwrap().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "qcow2") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
}

fn at(operation: &str, step: &str, moment: Moment) -> Point {
    Point { operation: operation.into(), step: step.into(), moment }
}

async fn save_whatever_happens(center: &Center) -> api::Operation {
    let operation = center.save(&actor(), None).await.unwrap();
    center.wait_operation(operation.id).await.unwrap()
}

async fn describe(center: &Center, id: i64) {
    let change =
        protocol::thor::DriverUpdate { id, name: None, environment: None, describe: Some("said".into()) };
    center.update_driver(&actor(), change).await.unwrap();
}

/// Lives through the operation with this fate, and through what follows until all is in order.
fn live(scenario: Scenario, site: &Site, host: &Arc<Fated>) {
    let life = Life::begin(site, host.clone());
    let has_ended = life.run(async |center: &Center| {
        let operation = scenario.begin(center).await.unwrap();
        tokio::select! {
            () = host.ended.notified() => true,
            ended = center.wait_operation(operation.id) => {
                drop(ended.unwrap());
                false
            }
        }
    });
    if !has_ended && !matches!(host.plan, Some((_, Doom::Persists))) {
        life.run(settle);
    }
    life.end();
}

/// After the next start everything is as it was asked for.
fn check(scenario: Scenario, site: &Site, copy: &Copy) {
    let life = Life::begin(site, Arc::new(Machine));
    life.run(async |center: &Center| {
        settle(center).await;
        if !center.changes().await.unwrap().is_empty() {
            // It was undone, with nothing lost: the edit is still there to be saved.
            save(center).await;
        }
        let numbers: Vec<u64> = center.versions(0, 10).await.unwrap().iter().map(|row| row.number).collect();
        assert_eq!(numbers, (0..=scenario.newest()).rev().collect::<Vec<_>>());
        let mut names: Vec<String> =
            center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect();
        names.sort();
        assert_eq!(names, scenario.packages());
        let mut listed: Vec<String> =
            center.list_files("/sys/tq").await.unwrap().into_iter().map(|entry| entry.name).collect();
        listed.sort();
        assert_eq!(listed, scenario.packages());
        for name in names {
            let file = format!("/sys/tq/{name}/{name}/device.sys");
            assert!(read(center, &file).await == noise(&name, 200_000), "{file} is another one");
        }
        assert_eq!(virtual_bytes(center).await, scenario.virtual_bytes());
        assert_eq!(center.disk().await.unwrap().virtual_bytes, scenario.virtual_bytes());
        copy.follow(center).await;
        // All of Base is read and compared.
        let operation = center.restore(&actor()).await.unwrap();
        assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
        assert_eq!(std::fs::read_dir(center.data_dir().work()).unwrap().count(), 0);
        assert!(!center.data_dir().active().exists());
    });
    life.end();
}

#[expect(clippy::print_stdout, reason = "says where the test was when it fails")]
fn every_fate_of(scenario: Scenario) {
    let (site, copy) = scenario.prepare();
    let undisturbed = Fated::new(None);
    let first = site.twin();
    live(scenario, &first, &undisturbed);
    check(scenario, &first, &copy.twin());
    let points = undisturbed.met();
    assert!(points.len() >= 2, "{points:?}");
    for point in points {
        for doom in dooms(&point) {
            let (twin, host) = (site.twin(), Fated::new(Some((point.clone(), *doom))));
            println!("{scenario:?}: {} {} {:?} {doom:?}", point.operation, point.step, point.moment);
            live(scenario, &twin, &host);
            assert!(host.met().contains(&point), "the point was not met");
            check(scenario, &twin, &copy.twin());
        }
    }
}

#[test]
fn a_save_survives_every_fate_at_every_step() {
    every_fate_of(Scenario::Save);
    every_fate_of(Scenario::SaveOfNothing);
}

#[test]
fn a_rollback_survives_every_fate_at_every_step() {
    every_fate_of(Scenario::Rollback);
}

#[test]
fn growing_and_going_back_to_before_survive_every_fate_at_every_step() {
    every_fate_of(Scenario::Grow);
    every_fate_of(Scenario::Shrink);
}

#[test]
fn a_restore_survives_every_fate_at_every_step() {
    every_fate_of(Scenario::RestoreEarly);
    every_fate_of(Scenario::RestoreLate);
}

#[test]
fn a_restore_of_a_damaged_base_survives_every_fate_at_every_step() {
    every_fate_of(Scenario::RestoreDamaged);
}

#[test]
fn a_restore_of_a_wrecked_base_survives_every_fate_at_every_step() {
    every_fate_of(Scenario::RestoreWrecked);
}
