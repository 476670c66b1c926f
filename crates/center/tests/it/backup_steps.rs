//! Making and restoring a backup: each fails, ends and is run twice at each step, and fails at each piece that it copies.
//!
//! Neither has a cursor. Whoever was interrupted gives the same command again; until then earlier backups are as they
//! were, and no center begins on what is half there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use center::{Center, Host, Machine, Moment, backup};
use fault::{Error, Result};
use protocol::api::Backup;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::backup::{Watch, check, create_on, restore_on};
use crate::fated::{Doom, Fated, Point, dooms};
use crate::life_time::Life;
use crate::site::{Site, copy_directory, save, temporary};
use crate::terminal::Copy;

/// A center that was closed, with two versions and an open edit, a terminal of its first version, and one backup.
struct Scene {
    site: Site,
    copy: Copy,
    first: Backup,
}

impl Scene {
    fn prepare() -> Self {
        let site = Site::of_sqlite();
        let life = Life::begin(&site, Arc::new(Machine));
        let backups = site.directory.path().join("backups");
        let (copy, first) = life.run(async |center: &Center| {
            site.import(center, "one").await;
            save(center).await;
            let copy = Copy::of(center, &site.directory.path().join("terminal"));
            let first = create_on(&site, &backups, Arc::new(Machine), &|_| Ok(())).await.unwrap();
            site.import(center, "two").await;
            save(center).await;
            site.import(center, "three").await;
            (copy, first)
        });
        life.close();
        Self { site, copy, first }
    }

    fn backups(&self) -> PathBuf {
        self.site.directory.path().join("backups")
    }

    /// A directory of backups to try something on: with the first one, or not there yet.
    fn directory(&self, has_first: bool) -> (TempDir, PathBuf) {
        let own = temporary();
        let path = own.path().join("backups");
        if has_first {
            copy_directory(&self.backups(), &path);
        }
        (own, path)
    }

    fn create(&self, directory: &Path, host: Arc<dyn Host>, watch: Watch<'_>) -> Result<Backup> {
        Runtime::new().unwrap().block_on(create_on(&self.site, directory, host, watch))
    }

    fn create_fated(&self, directory: &Path, host: &Arc<Fated>) {
        Runtime::new().unwrap().block_on(async {
            tokio::select! {
                () = host.ended.notified() => {}
                made = create_on(&self.site, directory, host.clone(), &|_| Ok(())) => drop(made),
            }
        });
    }

    /// Whatever an attempt came to: the first backup is whole, the next attempt makes another, and all can be used.
    fn check_goes_on(&self, directory: &Path, has_first: bool) {
        if has_first {
            assert_whole(directory, &self.first.id);
        }
        let second = self.create(directory, Arc::new(Machine), &|_| Ok(())).unwrap();
        assert_eq!(second.version, 2);
        let listed = backup::list(directory).unwrap();
        assert_eq!(listed.last(), Some(&second));
        // The attempt may have come to its end, and only not to say so.
        assert!((1..=2).contains(&(listed.len() - usize::from(has_first))), "{listed:?}");
        listed.iter().for_each(|backup| assert_whole(directory, &backup.id));
        backup::prune(directory, 1).unwrap();
        assert_whole(directory, &second.id);
        assert_eq!(backup::list(directory).unwrap(), [second]);
    }

    /// The center is all that it was, under a number above all.
    fn check_center(&self, site: &Site) {
        let life = Life::begin(site, Arc::new(Machine));
        life.run(async |center: &Center| {
            let newest = center.versions(0, 10).await.unwrap();
            let numbers: Vec<u64> = newest.iter().map(|version| version.number).collect();
            assert_eq!(numbers, [2000, 2, 1, 0]);
            assert_eq!(center.changes().await.unwrap().len(), 1);
            check(center, &["one", "two", "three"]).await;
            self.copy.twin().follow(center).await;
            assert_eq!(save(center).await, 2001);
        });
        life.end();
    }
}

fn assert_whole(directory: &Path, id: &str) {
    let (_, damaged) = backup::verify(directory, Some(id), &|_| Ok(())).unwrap();
    assert_eq!(damaged, Vec::<String>::new(), "{id}");
}

fn notice(error: &Error) -> &str {
    error.notice().map_or("", |notice| notice.id.as_ref())
}

/// Fails when it is called for the time of this number.
fn failing_at(number: usize) -> impl Fn(u64) -> Result<()> + Sync {
    let calls = AtomicUsize::new(0);
    move |_| match calls.fetch_add(1, Ordering::Relaxed) == number {
        true => Err(Error::unavailable("copy: the test wants it to fail")),
        false => Ok(()),
    }
}

/// Each point with each fate, said when it fails.
#[expect(clippy::print_stdout, reason = "says where the test was when it fails")]
fn each_fate(points: &[Point], mut live: impl FnMut(&Point, Doom, &Arc<Fated>)) {
    assert!(points.len() > 10, "{points:?}");
    for point in points {
        for doom in dooms(point) {
            println!("{} {} {:?} {doom:?}", point.operation, point.step, point.moment);
            let host = Fated::new(Some((point.clone(), *doom)));
            live(point, *doom, &host);
            assert!(host.met().contains(point), "the point was not met");
        }
    }
}

#[test]
fn making_a_backup_survives_every_fate_at_every_step() {
    let scene = Scene::prepare();
    for has_first in [false, true] {
        let undisturbed = Fated::new(None);
        let (_own, directory) = scene.directory(has_first);
        scene.create_fated(&directory, &undisturbed);
        each_fate(&undisturbed.met(), |_, _, host| {
            let (_own, directory) = scene.directory(has_first);
            scene.create_fated(&directory, host);
            scene.check_goes_on(&directory, has_first);
        });
    }
}

#[test]
fn making_a_backup_may_fail_at_each_piece() {
    let scene = Scene::prepare();
    for number in 0.. {
        let (_own, directory) = scene.directory(true);
        let made = scene.create(&directory, Arc::new(Machine), &failing_at(number));
        if made.is_ok() {
            assert!(number > 20, "only {number} pieces");
            return;
        }
        assert_eq!(backup::list(&directory).unwrap(), std::slice::from_ref(&scene.first), "{number}");
        scene.check_goes_on(&directory, true);
    }
}

/// What a first backup leaves that is killed while it makes its directory.
#[test]
fn a_directory_that_was_begun_is_taken() {
    let scene = Scene::prepare();
    let (_own, directory) = scene.directory(false);
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("driver-center-backup.new"), "{").unwrap();
    let made = scene.create(&directory, Arc::new(Machine), &|_| Ok(())).unwrap();
    assert_whole(&directory, &made.id);

    let (_own, directory) = scene.directory(false);
    std::fs::create_dir(&directory).unwrap();
    std::fs::copy(scene.backups().join("driver-center-backup"), directory.join("driver-center-backup"))
        .unwrap();
    assert_eq!(backup::list(&directory).unwrap(), []);
    scene.check_goes_on(&directory, false);
}

/// Gives the command until it has come to its end.
fn restore_to_the_end(scene: &Scene, site: &Site, backups: &Path, id: &str) {
    let data = site.directory.path().join("data");
    let is_begun = data.join("restoring-a-backup").exists();
    if is_begun {
        let refused = Runtime::new().unwrap().block_on(site.open_on(Arc::new(Machine)));
        assert_eq!(refused.err().as_ref().map(notice), Some("backup.unfinished"));
        let other = Some(scene.first.id.as_str());
        assert_eq!(notice(&restore_now(site, backups, other, &|_| Ok(())).unwrap_err()), "backup.not_empty");
    }
    match restore_now(site, backups, Some(id), &|_| Ok(())) {
        Ok(_) => {}
        // It had ended, and only did not come to say so.
        Err(error) => assert!(!is_begun && notice(&error) == "backup.not_empty", "{error}"),
    }
}

fn restore_now(site: &Site, backups: &Path, id: Option<&str>, watch: Watch<'_>) -> Result<Backup> {
    Runtime::new().unwrap().block_on(restore_on(site, backups, id, Arc::new(Machine), watch))
}

fn restore_fated(site: &Site, backups: &Path, id: &str, host: &Arc<Fated>) {
    Runtime::new().unwrap().block_on(async {
        tokio::select! {
            () = host.ended.notified() => {}
            done = restore_on(site, backups, Some(id), host.clone(), &|_| Ok(())) => drop(done),
        }
    });
}

#[test]
fn restoring_a_backup_survives_every_fate_at_every_step() {
    let scene = Scene::prepare();
    let (_own, backups) = scene.directory(true);
    let id = scene.create(&backups, Arc::new(Machine), &|_| Ok(())).unwrap().id;
    let undisturbed = Fated::new(None);
    let site = Site::of_sqlite();
    restore_fated(&site, &backups, &id, &undisturbed);
    scene.check_center(&site);
    each_fate(&undisturbed.met(), |point, doom, host| {
        let site = Site::of_sqlite();
        restore_fated(&site, &backups, &id, host);
        if doom != Doom::Repeats {
            restore_to_the_end(&scene, &site, &backups, &id);
        }
        let is_late = point.moment == Moment::After || point.step == "end";
        // Most of what is read is the same; it is read where something was there before.
        if is_late {
            scene.check_center(&site);
        }
    });
}

#[test]
fn restoring_a_backup_may_fail_at_each_piece() {
    let scene = Scene::prepare();
    let (_own, backups) = scene.directory(true);
    let id = scene.create(&backups, Arc::new(Machine), &|_| Ok(())).unwrap().id;
    for number in 0.. {
        let site = Site::of_sqlite();
        let done = restore_now(&site, &backups, Some(&id), &failing_at(number));
        if done.is_err() {
            restore_to_the_end(&scene, &site, &backups, &id);
        }
        if done.is_ok() || number % 5 == 0 {
            scene.check_center(&site);
        }
        if done.is_ok() {
            assert!(number > 20, "only {number} pieces");
            return;
        }
    }
}
