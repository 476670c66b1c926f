//! Whatever changes: the patch makes exactly the new content, and its inverse exactly the old one.

use disk_patch::{Disk, LeafTable, Patch, Recovered, invert, unwatched};
use proptest::prelude::*;

use crate::scenario::{Edit, Scenario, leaves_of, rich, scenarios};
use crate::sim::{MemoryObjects, MemoryStore, World};

fn check(scenario: &Scenario) {
    let objects = MemoryObjects::default();
    let built = scenario.build(&objects);
    let old = MemoryStore::of(&scenario.old);
    let inverse = invert(&built.patch, &old, &scenario.old_leaves(), &objects, &mut unwatched()).unwrap();
    assert_eq!(built.new_leaves, leaves_of(&scenario.new), "leaves follow the change");

    let state = World::default();
    let disk = Disk { file: &old, state: &state };
    disk.adopt(&mut unwatched()).unwrap();
    for (patch, expected) in
        [(&built.patch, &scenario.new), (&inverse, &scenario.old), (&built.patch, &scenario.new)]
    {
        let patch = Patch::decode(&patch.encode().unwrap()).unwrap();
        let identity = disk.apply(&patch, &objects, &mut unwatched()).unwrap();
        assert!(old.content() == *expected, "the content is the promised one");
        assert_eq!(identity, leaves_of(expected).identity());
        assert_eq!(disk.leaves().unwrap(), Some(leaves_of(expected)));
        assert_eq!(disk.recover(&objects, &mut unwatched()).unwrap(), Recovered::Nothing);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_patch_and_its_inverse_are_exact(scenario in scenarios()) {
        check(&scenario);
    }
}

#[test]
fn files_that_grow_shrink_vanish_and_appear() {
    for (old, new) in
        [(170_000, 230_000), (230_000, 100_500), (0, 70_000), (70_000, 0), (0, 0), (65_536, 131_072)]
    {
        check(&rich(old, new));
    }
}

#[test]
fn what_is_like_the_old_file_travels_as_what_differs() {
    let objects = MemoryObjects::default();
    let release = [Edit::Release { from: 30_000, to: 30_700, len: 120_000 }];
    let built = Scenario::new(3, 200_000, 200_000, &release).build(&objects);
    assert!(built.stats.similar_bytes > built.stats.literal_bytes / 3, "{:?}", built.stats);
    assert!(built.stats.packed_bytes < built.stats.literal_bytes / 5, "{:?}", built.stats);
    check(&Scenario::new(3, 200_000, 200_000, &release));
}

#[test]
fn blocks_that_moved_travel_by_name_only() {
    let objects = MemoryObjects::default();
    let scenario = rich(170_000, 230_000);
    let built = scenario.build(&objects);
    let stats = built.stats;
    assert!(stats.copied_bytes >= 12 * 4096, "{stats:?}");
    assert!(stats.repeated_bytes >= 3 * 4096, "{stats:?}");
    assert!(stats.zero_bytes >= 4096, "{stats:?}");
}

#[test]
fn an_unchanged_file_needs_an_empty_patch() {
    let objects = MemoryObjects::default();
    let mut scenario = Scenario::new(1, 150_000, 150_000, &[]);
    scenario.ranges = vec![0..1, 5_000..140_000];
    let built = scenario.build(&objects);
    assert!(built.patch.ops().is_empty() && built.patch.packs().is_empty());
    assert_eq!(built.patch.from(), built.patch.to());
}

#[test]
fn a_table_survives_its_encoding() {
    for length in [0, 1, 65_536, 65_537, 1_000_000] {
        let table = LeafTable::of_zeros(length).unwrap();
        assert_eq!(table, leaves_of(&vec![0; length as usize]));
        let encoded = table.encode();
        assert_eq!(encoded.len() as u64, LeafTable::encoded_bytes(length));
        assert_eq!(LeafTable::decode_expecting(&encoded, &table.identity()).unwrap(), table);
    }
}
