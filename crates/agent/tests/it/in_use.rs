//! A disk that is in use is left alone; what is fetched switches later, also without the network.

use std::path::Path;

use agent::local::Applied;
use agent::sync::Outcome;
use agent::watch::Unwatched;

use crate::center::{Center, Mischief};
use crate::fixture::{Machine, disk, edited, enrolled};

#[test]
fn an_update_waits_for_the_disk_and_switches_offline() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    let second = edited(&first, 2);
    center.publish(&second);

    let user = std::fs::File::open(machine.disk()).unwrap();
    user.lock().unwrap();
    assert!(matches!(machine.sync().unwrap(), Outcome::Waiting(seen, _) if seen.version == 2));
    assert!(machine.content() == first && !machine.terminal.is_updating());
    // Asking again fetches nothing but the head.
    center.requests();
    assert!(matches!(machine.sync().unwrap(), Outcome::Waiting(..)));
    assert_eq!(center.requests(), ["/api/v1/sync/head"]);

    center.spoil(|_| Mischief::Status(503));
    drop(user);
    machine.terminal.recover(&Unwatched).unwrap();
    let applied = machine.terminal.apply_pending(&Unwatched).unwrap();
    assert!(matches!(applied, Applied::Version(seen) if seen.version == 2));
    machine.assert_whole(&second);
    assert_eq!(machine.terminal.apply_pending(&Unwatched).unwrap(), Applied::Nothing);
}

/// Publishes an update and lets the machine fetch it while somebody uses its disk.
fn make_ready(center: &Center, machine: &Machine, content: &[u8]) {
    center.publish(content);
    let user = std::fs::File::open(machine.disk()).unwrap();
    user.lock().unwrap();
    assert!(matches!(machine.sync().unwrap(), Outcome::Waiting(..)));
}

/// The disk is complete, and the process ends before it could note which version that is.
#[test]
fn what_was_complete_before_an_interruption_is_known_without_the_network() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::new(&center);
    // Nothing can be noted as long as this is in the way.
    let obstacle = machine.terminal.state.join("state.json.new");
    let put = obstacle.clone();
    center.spoil(move |path| {
        if path.contains("/base/") {
            let _there_already = std::fs::create_dir(&put);
        }
        Mischief::None
    });
    machine.sync().unwrap_err();
    assert_interrupted(&machine, &center, &obstacle, 1, &first);

    center.spoil(|_| Mischief::None);
    let second = edited(&first, 2);
    make_ready(&center, &machine, &second);
    std::fs::create_dir(&obstacle).unwrap();
    machine.terminal.apply_pending(&Unwatched).unwrap_err();
    assert_interrupted(&machine, &center, &obstacle, 2, &second);
}

/// What one center has made ready is nothing to another one; what was begun is finished all the same.
#[test]
fn an_update_of_the_former_center_is_finished_and_then_replaced() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    let second = edited(&first, 2);
    make_ready(&center, &machine, &second);
    let obstacle = machine.terminal.state.join("disk/leaves.new");
    std::fs::create_dir(&obstacle).unwrap();
    machine.terminal.apply_pending(&Unwatched).unwrap_err();
    assert!(machine.terminal.has_journal() && machine.terminal.state.join("staging").exists());
    std::fs::remove_dir(&obstacle).unwrap();

    let other = Center::start();
    other.state(|state| state.name = "center-2".into());
    other.publish(&disk(50, 9));
    let terminal = enrolled(&other, machine.terminal.state.path(), machine.disk());
    terminal.recover(&Unwatched).unwrap();
    assert!(machine.content() == second && !terminal.has_journal());
    assert_eq!(terminal.record().unwrap().disk, None);
    assert_eq!(terminal.apply_pending(&Unwatched).unwrap(), Applied::Nothing);
    assert!(terminal.is_updating(), "this center has not vouched for it");
    assert!(matches!(terminal.sync(&Unwatched).unwrap(), Outcome::Updated(seen) if seen.version == 1));
    machine.assert_whole(&disk(50, 9));
}

fn assert_interrupted(machine: &Machine, center: &Center, obstacle: &Path, version: u64, content: &[u8]) {
    let known = || machine.terminal.record().unwrap().disk.map_or(0, |seen| seen.version);
    assert!(machine.content() == content && known() == version - 1);
    std::fs::remove_dir(obstacle).unwrap();
    center.spoil(|_| Mischief::Status(503));
    machine.terminal.recover(&Unwatched).unwrap();
    assert_eq!((known(), machine.terminal.is_updating()), (version, false));
    assert_eq!(machine.terminal.apply_pending(&Unwatched).unwrap(), Applied::Nothing);
    assert!(machine.content() == content && machine.terminal.state.pending().unwrap().is_none());
}

#[test]
fn a_version_that_comes_while_one_waits_is_taken_instead() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    let user = std::fs::File::open(machine.disk()).unwrap();
    user.lock().unwrap();
    let mut content = first;
    for seed in 2..4 {
        content = edited(&content, seed);
        center.publish(&content);
        assert!(matches!(machine.sync().unwrap(), Outcome::Waiting(seen, _) if seen.version == seed));
    }
    drop(user);
    assert!(matches!(machine.sync().unwrap(), Outcome::Updated(seen) if seen.version == 3));
    machine.assert_whole(&content);
}

#[test]
fn an_unfinished_update_is_not_touched_while_somebody_has_the_disk() {
    let center = Center::start();
    let first = disk(20, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    agent::disk::mark(&machine.terminal.paths).unwrap();
    let user = std::fs::File::open(machine.disk()).unwrap();
    user.lock().unwrap();
    let error = machine.sync().unwrap_err();
    assert!(agent::sync::is_in_use(&error), "{error}");
    drop(user);
    machine.sync().unwrap();
    machine.assert_whole(&first);
}
