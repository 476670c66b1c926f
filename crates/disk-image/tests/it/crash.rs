//! A worker that dies, and what it leaves.

use std::process::Command;

use disk_image::{Access, DiskSession, Image, Layout, WorkerProgram, create_active, remove_active};
use fault::{Error, Kind};

use crate::support::{Disk, Random, import, names, path, read, time, worker};

fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap().success());
}

fn kill(process: u32) {
    signal(process, "KILL");
}

fn notice(error: &Error) -> (Kind, &str) {
    (error.kind(), error.notice().map_or("", |notice| &notice.id))
}

#[test]
fn a_worker_killed_in_an_import_is_a_clear_error_and_its_active_is_refused() {
    let disk = Disk::new(Layout::WholeVolume);
    let before = std::fs::read(&disk.base).unwrap();
    let session = disk.edit();
    let mut import = session.begin_import(&path("/sys/tq/p")).unwrap();
    import.file("a", 1 << 30, Some(time(0))).unwrap();
    import.data(&[1; 1 << 20]).unwrap();
    // The worker has begun to write when it answers something later.
    session.space().unwrap();
    kill(session.worker_process_id());
    let error = (0..1023).find_map(|_| import.data(&[1; 1 << 20]).err()).expect("the worker is dead");
    assert_eq!(notice(&error), (Kind::Unavailable, "disk.worker_died"));
    assert_eq!(notice(&session.list(&path("/")).unwrap_err()), (Kind::Unavailable, "disk.worker_died"));
    assert_eq!(notice(&import.finish().unwrap_err()).1, "disk.size_mismatch");
    drop(session);

    for access in [Access::Write, Access::Read] {
        let error = DiskSession::open(&worker(), disk.image(), access).unwrap_err();
        assert_eq!(notice(&error), (Kind::Corrupt, "disk.active_unclean"));
    }
    let scratch = disk.file("capture");
    let error =
        disk_image::merge(&worker(), &disk.active, &disk.base, &scratch, &mut |_, _| true).unwrap_err();
    assert_eq!(notice(&error), (Kind::Corrupt, "disk.active_unclean"));
    let error = create_active(&worker(), &disk.active, &disk.base).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "disk.active_unclean");
    assert!(std::fs::read(&disk.base).unwrap() == before, "Base has changed");

    remove_active(&disk.active).unwrap();
    create_active(&worker(), &disk.active, &disk.base).unwrap();
    let session = disk.edit();
    assert!(names(&session, "/sys/tq").is_empty());
    session.close().unwrap();
}

#[test]
fn what_was_synced_survives_a_kill() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let data = Random(41).bytes(3_000_000);
    import(&session, "/sys/tq/p", &[("a/b", data.clone())]);
    session.sync().unwrap();
    assert_eq!(names(&session, "/sys/tq"), ["p"]);
    kill(session.worker_process_id());
    assert!(session.sync().is_err());
    drop(session);
    let session = disk.edit();
    assert!(read(&session, "/sys/tq/p/a/b") == data);
    session.seal().unwrap();
}

#[test]
fn a_worker_killed_while_it_waits_leaves_nothing_behind() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    kill(session.worker_process_id());
    drop(session);
    disk.edit().close().unwrap();
    assert_eq!(std::fs::read_dir(disk.directory.path()).unwrap().count(), 2);
}

#[test]
fn dropping_a_session_closes_the_image_in_order() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let mut half = session.begin_import(&path("/sys/wang/half")).unwrap();
    half.file("x", 10, None).unwrap();
    import_file(&session);
    drop((half, session));
    let session = disk.edit();
    assert!(names(&session, "/sys/wang").is_empty());
    session.close().unwrap();
}

fn import_file(session: &DiskSession) {
    let error = session.begin_file(&path("/pri/x.zip"), 1, None, false).unwrap_err();
    assert_eq!(notice(&error), (Kind::Busy, "disk.import_running"));
}

#[test]
fn a_missing_worker_says_how_it_is_called() {
    let program = WorkerProgram("/nowhere/disk-worker".into());
    let error = DiskSession::open(&program, Image::Base("/nowhere/base".into()), Access::Read).unwrap_err();
    assert_eq!(notice(&error), (Kind::Unavailable, "disk.worker_missing"));
}

#[test]
fn what_is_no_image_is_refused() {
    let disk = Disk::new(Layout::WholeVolume);
    let text = disk.file("text");
    std::fs::write(&text, "no image at all, but long enough to be read as the header of one".repeat(9))
        .unwrap();
    let open = |path| DiskSession::open(&worker(), Image::Base(path), Access::Read).unwrap_err();
    assert_eq!(notice(&open(text)), (Kind::Invalid, "disk.not_qcow2"));
    assert_eq!(notice(&open(disk.file("missing"))).0, Kind::NotFound);
    assert_eq!(notice(&open(disk.directory.path().to_owned())).1, "disk.not_qcow2");
    assert_eq!(notice(&open(disk.active.clone())), (Kind::Invalid, "disk.not_ntfs"));
}

#[test]
fn signals_that_end_the_server_do_not_end_the_worker_in_a_change() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let mut import = session.begin_import(&path("/sys/tq/p")).unwrap();
    import.file("a", 4, None).unwrap();
    for name in ["INT", "TERM", "HUP"] {
        signal(session.worker_process_id(), name);
    }
    import.data(b"data").unwrap();
    import.finish().unwrap();
    session.seal().unwrap();
}

#[test]
fn the_marker_of_another_active_is_left_alone() {
    let disk = Disk::new(Layout::WholeVolume);
    let old = disk.edit();
    import(&old, "/sys/tq/old", &[("a", vec![1])]);
    remove_active(&disk.active).unwrap();
    create_active(&worker(), &disk.active, &disk.base).unwrap();
    let new = disk.edit();
    import(&new, "/sys/tq/new", &[("a", vec![1])]);
    old.close().unwrap();
    kill(new.worker_process_id());
    drop(new);
    let error = DiskSession::open(&worker(), disk.image(), Access::Write).unwrap_err();
    assert_eq!(notice(&error), (Kind::Corrupt, "disk.active_unclean"));
}
