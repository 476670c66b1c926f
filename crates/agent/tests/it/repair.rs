//! Damage is found, told, and mended by fetching what differs.

use agent::watch::Unwatched;

use crate::center::Center;
use crate::fixture::{LEAF, Machine, disk, edited, notice};

#[test]
fn verify_finds_damaged_leaves_and_repair_fetches_only_them() {
    let center = Center::start();
    let content = disk(120, 1);
    center.publish(&content);
    let machine = Machine::synced(&center);
    assert!(machine.terminal.verify(true, &Unwatched).unwrap().is_good());

    let mut damaged = content.clone();
    damaged[20 * LEAF + 5] ^= 1;
    // A leaf of zeros is mended without asking anybody.
    damaged[31 * LEAF] = 1;
    std::fs::write(machine.disk(), &damaged).unwrap();
    let verdict = machine.terminal.verify(false, &Unwatched).unwrap();
    assert_eq!((verdict.damaged_leaves(), verdict.damaged), (Some(2), Some(vec![20..21, 31..32])));
    // Only looking changes nothing: the damage is found again.
    assert!(!machine.terminal.verify(true, &Unwatched).unwrap().is_good());
    center.requests();
    machine.sync().unwrap();
    let runs = center.requests().into_iter().filter(|path| path.contains("/base/")).collect::<Vec<_>>();
    assert!(runs.len() == 1 && runs[0].ends_with("/20-20"), "{runs:?}");
    machine.assert_whole(&content);
}

#[test]
fn a_disk_that_was_cut_or_lost_is_fetched_again() {
    let center = Center::start();
    let content = disk(40, 1);
    center.publish(&content);
    let machine = Machine::synced(&center);
    std::fs::write(machine.disk(), &content[..10 * LEAF]).unwrap();
    assert!(!machine.terminal.verify(true, &Unwatched).unwrap().is_good());
    machine.sync().unwrap();
    machine.assert_whole(&content);
    std::fs::remove_file(machine.disk()).unwrap();
    assert_eq!(notice(&machine.terminal.verify(true, &Unwatched).unwrap_err()), "disk.none");
    machine.sync().unwrap();
    machine.assert_whole(&content);
}

/// Nobody noticed the damage before the update: it mends what the patch stumbles over.
#[test]
fn an_update_of_a_damaged_disk_mends_it() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    let mut second = first.clone();
    second.copy_within(11 * LEAF..12 * LEAF, 50 * LEAF);
    center.publish(&second);
    let mut damaged = first;
    damaged[11 * LEAF..12 * LEAF].fill(0xee);
    std::fs::write(machine.disk(), &damaged).unwrap();
    machine.sync().unwrap();
    machine.assert_whole(&second);
}

/// The journal is there, but what it needs is not: the update is given up, and the disk mended.
#[test]
fn an_update_that_cannot_be_finished_is_mended() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    std::fs::write(machine.terminal.state.join("disk").join("journal"), "not a journal").unwrap();
    assert!(machine.terminal.is_updating());
    let second = edited(&first, 2);
    center.publish(&second);
    machine.sync().unwrap();
    machine.assert_whole(&second);
}
