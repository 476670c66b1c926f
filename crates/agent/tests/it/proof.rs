//! A disk that is not proven to be a version counts as none anywhere, and is mended.

use std::path::Path;
use std::time::{Duration, Instant};

use protocol::api::TerminalState;
use serde_json::Value;

use crate::center::{Center, Mischief};
use crate::fixture::{LEAF, disk, temporary};
use crate::process::{Running, enrol, run};

/// A terminal with version 1, at a center whose automatic updates are off from now on.
fn synced(state: &Path, center: &Center) -> Vec<u8> {
    let content = disk(30, 1);
    enrol(state, center);
    center.publish(&content);
    assert_eq!(run(state, &["sync"]).0, 0);
    center.state(|state| state.release = false);
    content
}

fn damage(state: &Path, content: &[u8]) {
    let mut damaged = content.to_vec();
    damaged[20 * LEAF + 5] ^= 1;
    std::fs::write(state.join("tool-disk.qcow2"), damaged).unwrap();
}

fn is_whole(state: &Path, content: &[u8]) -> bool {
    std::fs::read(state.join("tool-disk.qcow2")).unwrap() == content && run(state, &["status"]).0 == 0
}

#[test]
fn damage_that_could_not_be_mended_at_once_is_not_forgotten() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    let content = synced(state, &center);
    for mend in ["sync", "verify"] {
        damage(state, &content);
        center.spoil(|_| Mischief::Status(503));
        assert_eq!(run(state, &["verify", "--repair"]).0, 4);
        assert_eq!(run(state, &["status"]).1["state"], "unproven");
        let (code, verdict) = run(state, &["verify"]);
        assert_eq!(
            (code, &verdict["good"], &verdict["damaged_leaves"]),
            (5, &Value::from(false), &Value::Null)
        );

        center.spoil(|_| Mischief::None);
        let heard = center.state(|state| state.reports.len());
        let (code, answer) = match mend {
            "sync" => run(state, &["sync"]),
            _ => run(state, &["verify", "--repair"]),
        };
        assert!(code == 0 && (answer["outcome"] == "updated" || answer["repaired"] == true), "{answer}");
        let told = center
            .state(|state| state.reports[heard..].iter().map(|report| report.version).collect::<Vec<_>>());
        assert_eq!(
            (told.first(), told.last()),
            (Some(&0), Some(&1)),
            "what is damaged is told as no version"
        );
        assert!(is_whole(state, &content));
    }
}

#[test]
fn the_daemon_mends_as_soon_as_the_disk_is_free() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    let content = synced(state, &center);
    let _daemon = Running::start(state, &["daemon"]);
    let last_is = |version, wanted| {
        move |state: &crate::center::State| {
            state.reports.last().is_some_and(|last| last.version == version && last.state == wanted)
        }
    };
    let begun = center.state(|state| state.reports.len());
    center.await_state(move |state| state.reports.len() >= begun + 2);
    let user = std::fs::File::open(state.join("tool-disk.qcow2")).unwrap();
    user.lock().unwrap();
    damage(state, &content);
    assert_eq!(run(state, &["verify", "--repair"]).0, 7);
    center.await_state(last_is(0, TerminalState::Waiting));
    drop(user);
    center.await_state(last_is(1, TerminalState::Idle));
    assert!(is_whole(state, &content));
}

#[test]
fn a_leaf_table_that_is_damaged_is_made_again() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    synced(state, &center);
    let path = state.join("disk/leaves");
    let table = std::fs::read(&path).unwrap();
    let spoil = || {
        let mut spoilt = table.clone();
        spoilt[100..102].fill(0xee);
        std::fs::write(&path, spoilt).unwrap();
    };
    spoil();
    let (code, status) = run(state, &["status"]);
    assert_eq!((code, &status["state"], &status["version"]), (9, &Value::from("unproven"), &Value::Null));
    center.spoil(|_| Mischief::Status(503));
    assert_eq!(run(state, &["verify"]).1["good"], true);
    assert_eq!(run(state, &["status"]).0, 0);

    center.spoil(|_| Mischief::None);
    let _daemon = Running::start(state, &["daemon"]);
    let begun = center.state(|state| state.reports.len());
    center.await_state(move |state| state.reports.len() >= begun + 2);
    spoil();
    let limit = Instant::now() + Duration::from_secs(120);
    while std::fs::read(&path).unwrap() != table {
        assert!(Instant::now() < limit, "the daemon left it so");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_disk_that_nobody_has_proven_is_not_good() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    enrol(state, &center);
    let content = disk(30, 1);
    center.publish(&content);
    damage(state, &content);
    let (code, verdict) = run(state, &["verify"]);
    assert_eq!((code, &verdict["good"], &verdict["root"]), (9, &Value::from(false), &Value::Null));
    assert_eq!(run(state, &["verify", "--repair"]).1["repaired"], true);
    assert!(is_whole(state, &content));
}
