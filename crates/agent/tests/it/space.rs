//! A file system that is too small.

use std::path::Path;
use std::process::Command;

use agent::watch::Unwatched;
use fault::Kind;

use crate::center::Center;
use crate::fixture::{LEAF, Noise, disk, enrolled, notice, temporary};

struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    /// Nothing where tests may not mount.
    fn of(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(directory.path());
        let mounted = mount.stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success());
        if !mounted {
            println!("SKIPPED: no permission to mount a tmpfs");
        }
        mounted.then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _best_effort = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_disk_that_does_not_fit_is_refused_before_it_is_fetched() {
    let Some(small) = Tmpfs::of("18m") else { return };
    let center = Center::start();
    center.publish(&disk(100, 1));
    let state = temporary();
    let terminal = enrolled(&center, state.path(), small.path().join("disk"));
    let error = terminal.sync(&Unwatched).unwrap_err();
    assert_eq!((error.kind(), notice(&error)), (Kind::NoSpace, "sync.no_space"));
    assert!(center.requests().iter().all(|path| !path.contains("/base/")));
}

#[test]
fn an_update_that_does_not_fit_leaves_the_disk_and_goes_on_with_more_space() {
    let Some(small) = Tmpfs::of("40m") else { return };
    let center = Center::start();
    let first = disk(150, 1);
    center.publish(&first);
    let terminal = enrolled(&center, &small.path().join("state"), small.path().join("disk"));
    terminal.sync(&Unwatched).unwrap();
    let mut second = first.clone();
    Noise(4).fill(&mut second[..100 * LEAF]);
    center.publish(&second);

    let ballast = small.path().join("ballast");
    std::fs::write(&ballast, vec![1; 15 << 20]).unwrap();
    let error = terminal.sync(&Unwatched).unwrap_err();
    assert_eq!(error.kind(), Kind::NoSpace, "{error}");
    assert!(std::fs::read(small.path().join("disk")).unwrap() == first && !terminal.is_updating());
    std::fs::remove_file(&ballast).unwrap();
    terminal.sync(&Unwatched).unwrap();
    assert!(std::fs::read(small.path().join("disk")).unwrap() == second && !terminal.is_updating());
}
