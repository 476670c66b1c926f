//! What a file was some patches ago: the same bytes, while the file stays as it is.

use disk_patch::{Patch, invert, rewind, unwatched};
use proptest::prelude::*;

use crate::scenario::{Scenario, leaves_of, rich, scenarios};
use crate::sim::{MemoryObjects, MemoryStore, World};

/// Takes `patches` to a file with the content `now` and expects to see `then`.
fn expect(now: &[u8], patches: &[&Patch], then: &[u8], objects: &MemoryObjects) {
    let (file, scratch, state) = (MemoryStore::of(now), MemoryStore::default(), World::default());
    let patches: Vec<Patch> = patches.iter().copied().cloned().collect();
    let seen = rewind(&file, &leaves_of(now), &patches, objects, &scratch, &state, &mut unwatched()).unwrap();
    assert_eq!(seen.leaves, leaves_of(then));
    let (mut content, scratch) = (now.to_vec(), scratch.content());
    content.resize(then.len(), 0);
    let mut free_from = 0;
    for range in seen.ranges {
        assert!(range.start >= free_from && range.start < range.end, "ranges are in order and not empty");
        free_from = range.end;
        let range = range.start as usize..range.end as usize;
        content[range.clone()].copy_from_slice(&scratch[range]);
    }
    assert!(content == then, "the earlier content");
    assert!(file.content() == now, "the file itself stays");
}

fn check(scenario: &Scenario) {
    let objects = MemoryObjects::default();
    let built = scenario.build(&objects);
    let old = MemoryStore::of(&scenario.old);
    let inverse = invert(&built.patch, &old, &scenario.old_leaves(), &objects, &mut unwatched()).unwrap();
    let (patch, old, new) = (&built.patch, &scenario.old, &scenario.new);
    expect(new, &[], new, &objects);
    expect(new, &[&inverse], old, &objects);
    expect(old, &[patch, &inverse], old, &objects);
    expect(new, &[&inverse, patch, &inverse], old, &objects);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_patches_can_be_taken_back(scenario in scenarios()) {
        check(&scenario);
    }
}

#[test]
fn files_that_grew_and_shrank_are_seen_as_they_were() {
    for (old, new) in [(170_000, 230_000), (230_000, 100_500), (0, 70_000), (70_000, 0)] {
        check(&rich(old, new));
    }
}

#[test]
fn a_file_that_is_another_one_is_refused() {
    let objects = MemoryObjects::default();
    let scenario = rich(170_000, 230_000);
    let patch = scenario.build(&objects).patch;
    let other = &scenario.new[1..];
    let (file, scratch, state) = (MemoryStore::of(other), MemoryStore::default(), World::default());
    let seen = rewind(&file, &leaves_of(other), &[patch], &objects, &scratch, &state, &mut unwatched());
    assert_eq!(seen.unwrap_err().notice().unwrap().id, "patch.base_differs");
}
