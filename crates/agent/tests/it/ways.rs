//! The ways to the current version, and going on after the network broke.

use agent::sync::Outcome;

use crate::center::{Center, Mischief};
use crate::fixture::{LEAF, Machine, disk, edited};

fn objects(requests: &[String]) -> usize {
    requests.iter().filter(|path| path.starts_with("/api/v1/sync/objects/")).count()
}

fn leaf_runs(requests: &[String]) -> Vec<(u64, u64)> {
    let runs = requests.iter().filter_map(|path| path.strip_prefix("/api/v1/sync/base/"));
    runs.map(|rest| {
        let (first, last) = rest.split_once('/').unwrap().1.split_once('-').unwrap();
        (first.parse().unwrap(), last.parse().unwrap())
    })
    .collect()
}

#[test]
fn a_new_terminal_takes_the_whole_disk() {
    let center = Center::start();
    let content = disk(40, 1);
    center.publish(&content);
    let machine = Machine::new(&center);
    assert!(matches!(machine.sync().unwrap(), Outcome::Updated(seen) if seen.version == 1));
    machine.assert_whole(&content);
    assert!(matches!(machine.sync().unwrap(), Outcome::Current(_)));
    machine.assert_whole(&content);
}

#[test]
fn zeros_are_not_downloaded() {
    let center = Center::start();
    let mut content = vec![0; 300 * LEAF];
    content[200 * LEAF..201 * LEAF].fill(9);
    center.publish(&content);
    let machine = Machine::new(&center);
    machine.sync().unwrap();
    assert_eq!(leaf_runs(&center.requests()), [(200, 200)]);
    machine.assert_whole(&content);
    let blocks = std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(machine.disk()).unwrap());
    assert!(blocks * 512 < 3 * LEAF as u64, "{blocks} blocks of 512 bytes");
}

#[test]
fn a_terminal_one_or_several_behind_takes_patches() {
    let center = Center::start();
    let mut content = disk(120, 1);
    center.publish(&content);
    let machines: Vec<_> = (0..2).map(|_| Machine::synced(&center)).collect();
    for seed in 2..5 {
        content = edited(&content, seed);
        center.publish(&content);
        let one = machines[0].sync().unwrap();
        assert!(matches!(one, Outcome::Updated(seen) if seen.version == seed));
        machines[0].assert_whole(&content);
    }
    let requests = center.requests();
    assert!(leaf_runs(&requests).is_empty() && objects(&requests) >= 9, "{requests:?}");
    assert!(matches!(machines[1].sync().unwrap(), Outcome::Updated(seen) if seen.version == 4));
    assert!(leaf_runs(&center.requests()).is_empty());
    machines[1].assert_whole(&content);
    assert_eq!(machines[1].terminal.record().unwrap().disk.unwrap().version, 4);
}

#[test]
fn a_terminal_that_is_not_covered_takes_the_leaves_that_differ() {
    let center = Center::start();
    let content = disk(120, 1);
    center.publish(&content);
    let machine = Machine::synced(&center);
    let mut content = edited(&content, 2);
    center.publish(&content);
    content[..100].fill(3);
    center.publish(&content);
    center.state(|state| {
        state.updates.remove(1);
        state.sign(|_| {}, |_| {});
    });
    machine.sync().unwrap();
    machine.assert_whole(&content);
    let leaves: u64 = leaf_runs(&center.requests()).iter().map(|(first, last)| last - first + 1).sum();
    assert!(leaves > 0 && leaves < 60, "{leaves} leaves were fetched");
}

#[test]
fn a_disk_that_came_another_way_is_used() {
    let center = Center::start();
    let mut content = disk(40, 1);
    center.publish(&content);
    let machine = Machine::new(&center);
    std::fs::write(machine.disk(), &content).unwrap();
    assert!(matches!(machine.sync().unwrap(), Outcome::Current(_)));
    machine.assert_whole(&content);

    let other = Machine::new(&center);
    content[5 * LEAF] ^= 1;
    std::fs::write(other.disk(), &content).unwrap();
    center.requests();
    other.sync().unwrap();
    assert_eq!(leaf_runs(&center.requests()), [(5, 5)]);
}

#[test]
fn a_connection_that_is_cut_anywhere_costs_one_request() {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let second = edited(&first, 2);
    for number in 0.. {
        let machine = Machine::new(&center);
        let mut seen = 0;
        center.spoil(move |_| {
            seen += 1;
            if seen == number + 1 { Mischief::Cut } else { Mischief::None }
        });
        machine.sync().unwrap();
        center.spoil(|_| Mischief::None);
        if center.requests().len() <= number {
            assert!(number >= 4);
            break;
        }
        machine.assert_whole(&first);
    }
    let machines: Vec<_> = (0..8).map(|_| Machine::synced(&center)).collect();
    center.publish(&second);
    for (number, machine) in machines.iter().enumerate() {
        let mut seen = 0;
        center.spoil(move |_| {
            seen += 1;
            if seen == number + 1 { Mischief::Cut } else { Mischief::None }
        });
        machine.sync().unwrap();
        machine.assert_whole(&second);
    }
}

#[test]
fn what_was_fetched_before_a_failure_is_not_fetched_again() {
    let center = Center::start();
    let content = disk(64 * 6, 1);
    center.publish(&content);
    let machine = Machine::new(&center);
    let mut runs = 0;
    center.spoil(move |path| {
        runs += usize::from(path.contains("/base/"));
        if runs > 3 { Mischief::Status(503) } else { Mischief::None }
    });
    assert_eq!(machine.sync().unwrap_err().kind(), fault::Kind::Unavailable);
    assert!(!machine.disk().exists());
    center.spoil(|_| Mischief::None);
    center.requests();
    machine.sync().unwrap();
    machine.assert_whole(&content);
    let fetched = leaf_runs(&center.requests()).len();
    assert!((1..=4).contains(&fetched), "{fetched} of 6 runs were fetched again");
}

#[test]
fn packs_that_were_fetched_are_kept_over_a_failure() {
    let center = Center::start();
    let first = disk(200, 1);
    center.publish(&first);
    let machine = Machine::synced(&center);
    let mut second = first.clone();
    // Written over itself one block later, so that each leaf differs and the packs are the cheaper way.
    crate::fixture::Noise(9).fill(&mut second[..9 << 20]);
    second.copy_within(9 << 20..12 << 20, (9 << 20) + 4096);
    center.publish(&second);
    let mut objects_seen = 0;
    center.spoil(move |path| {
        objects_seen += usize::from(path.contains("/objects/"));
        if objects_seen > 5 { Mischief::Status(503) } else { Mischief::None }
    });
    machine.sync().unwrap_err();
    assert!(machine.content() == first && !machine.terminal.is_updating());
    center.spoil(|_| Mischief::None);
    center.requests();
    machine.sync().unwrap();
    // The manifest and the leaf table again, and the pack that was missing; not the patch, not the other packs.
    let again = objects(&center.requests());
    assert!((3..=4).contains(&again), "{again} objects were fetched again");
    machine.assert_whole(&second);
}

#[test]
fn a_version_that_comes_during_a_download_costs_what_changed() {
    let center = Center::start();
    let first = disk(64 * 6, 1);
    center.publish(&first);
    let mut second = first.clone();
    second[0] ^= 1;
    let machine = Machine::new(&center);
    let (publisher, published) = (center.clone(), second.clone());
    let mut runs = 0;
    center.spoil(move |path| {
        runs += usize::from(path.contains("/base/"));
        if runs == 4 {
            runs += 1000;
            publisher.publish(&published);
        }
        Mischief::None
    });
    assert!(matches!(machine.sync().unwrap(), Outcome::Updated(seen) if seen.version == 2));
    // It holds the center, which would never go.
    center.spoil(|_| Mischief::None);
    machine.assert_whole(&second);
    let runs = leaf_runs(&center.requests()).len();
    assert!(runs <= 6 + 1 + 3, "{runs} runs for a disk of 6 of which one changed");
}

/// The center has lost a part of its patches, or cannot read it: its disk is whole, and so are the leaves.
#[test]
fn patches_that_the_center_has_lost_are_passed_over_for_leaves() {
    type Loss = fn(&mut Vec<u8>) -> bool;
    let losses: [Loss; 2] = [
        |_| false,
        |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes[middle + 1] ^= 1;
            true
        },
    ];
    let center = Center::start();
    let first = disk(200, 1);
    center.publish(&first);
    let one = Machine::synced(&center);
    let mut second = first.clone();
    // Each leaf differs, and the packs are the cheaper way.
    crate::fixture::Noise(9).fill(&mut second[..4 << 20]);
    second.copy_within(5 << 20..12 << 20, (5 << 20) + 4096);
    center.publish(&second);
    let whole = one.twin(&center);
    center.requests();
    whole.sync().unwrap();
    let requests = center.requests();
    assert!(leaf_runs(&requests).is_empty(), "the packs are cheaper");
    // The manifest comes first, then the patch and the packs.
    let wanted: Vec<_> =
        requests.iter().filter_map(|path| path.strip_prefix("/api/v1/sync/objects/")).skip(1).collect();
    let objects = center.state(|state| state.objects.clone());
    let patch = center.state(|state| state.updates[1].patch.digest.clone());
    let pack = wanted.iter().find(|digest| **digest != patch && objects[**digest].len() > 100_000);
    for (lost, lose) in
        [patch.as_str(), pack.unwrap()].into_iter().flat_map(|lost| losses.map(|lose| (lost, lose)))
    {
        center.state(|state| {
            state.objects.clone_from(&objects);
            state.objects.retain(|digest, bytes| digest != lost || lose(bytes));
        });
        let machine = one.twin(&center);
        center.requests();
        machine.sync().unwrap();
        assert!(!leaf_runs(&center.requests()).is_empty());
        machine.assert_whole(&second);
        assert_eq!(machine.terminal.record().unwrap().disk.unwrap().version, 2);
    }
}

#[test]
fn an_object_that_is_gone_for_good_is_told() {
    let center = Center::start();
    center.publish(&disk(10, 1));
    let machine = Machine::new(&center);
    center.state(|state| state.objects.clear());
    let error = machine.sync().unwrap_err();
    assert_eq!(crate::fixture::notice(&error), "sync.incomplete", "{error}");
}
