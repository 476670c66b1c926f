//! Content by leaves: whole downloads, repairs in place, and being killed at both.

use disk_patch::{
    ByteStore, Disk, Finished, Folder, LeafStage, LeafTable, PartialFile, pack_leaves, unpack_leaves,
    unwatched, wanted_leaves,
};

use crate::scenario::{leaves_of, noise, rich};
use crate::sim::{Dice, MemoryObjects, MemoryStore, Trouble, World};

const LEAF: usize = 65_536;

/// A server's file of about 90 leaves with zeros and an odd end.
fn server() -> (MemoryStore, LeafTable) {
    let mut content = noise(1, 90 * LEAF + 777);
    content[10 * LEAF..40 * LEAF].fill(0);
    content[70 * LEAF..71 * LEAF].fill(0);
    (MemoryStore::of(&content), leaves_of(&content))
}

#[test]
fn only_what_is_needed_travels() {
    let (_, target) = server();
    let nothing = LeafTable::of_zeros(0).unwrap();
    assert_eq!(wanted_leaves(&target, &nothing), [0..64, 64..91], "aligned runs when most of one is wanted");
    let mut have = target.clone();
    let store = MemoryStore::of(&vec![0; target.byte_len() as usize]);
    have.update(&store, &[3 * 65_536..5 * 65_536, 20 * 65_536..21 * 65_536], &mut unwatched()).unwrap();
    assert_eq!(wanted_leaves(&target, &have), [3..5], "and single leaves otherwise, but no zeros");
    assert!(wanted_leaves(&target, &target).is_empty());
}

#[test]
fn leaves_are_checked_on_both_sides() {
    let (file, target) = server();
    let packed = pack_leaves(&file, &target, 64..91).unwrap();
    let leaves = unpack_leaves(&packed, &target, 64..91).unwrap();
    assert_eq!((leaves.offset(), leaves.bytes().len()), (64 * 65_536, 26 * LEAF + 777));
    assert!(unpack_leaves(&packed, &target, 0..27).is_err(), "other leaves");
    assert!(unpack_leaves(&packed, &target, 64..90).is_err(), "fewer leaves");
    for range in [5..5, 60..125, 90..92] {
        assert!(pack_leaves(&file, &target, range.clone()).is_err(), "{range:?}");
    }
    for at in 0..packed.len().min(64) {
        let mut damaged = packed.clone();
        damaged[at] ^= 0x10;
        let same =
            unpack_leaves(&damaged, &target, 64..91).is_ok_and(|found| found.bytes() == leaves.bytes());
        assert!(same || unpack_leaves(&damaged, &target, 64..91).is_err(), "byte {at}");
    }
    file.write_all_at(&[1], 64 * 65_536).unwrap();
    assert!(pack_leaves(&file, &target, 64..91).is_err(), "a rotten leaf is not sent");
}

/// Downloads until `most` runs were written or all is done.
fn download(world: &World, target: &LeafTable, from: &MemoryStore, most: usize) -> fault::Result<bool> {
    let mut partial = PartialFile::open(world, "disk", target, &mut unwatched())?;
    for run in partial.missing().into_iter().take(most) {
        let packed = pack_leaves(from, target, run.clone())?;
        partial.write(&unpack_leaves(&packed, target, run)?)?;
        partial.checkpoint()?;
    }
    if !partial.missing().is_empty() {
        return Ok(false);
    }
    Ok(partial.finish(world, &mut unwatched())? == Finished::Complete)
}

fn content_of(world: &World, name: &str) -> Option<Vec<u8>> {
    let file = world.open(name).unwrap()?;
    let mut content = vec![0; file.byte_len().unwrap() as usize];
    file.read_exact_at(&mut content, 0).unwrap();
    Some(content)
}

#[test]
fn a_download_has_its_name_only_when_it_is_proven() {
    let (file, target) = server();
    let world = World::default();
    world.expect(None);
    assert!(download(&world, &target, &file, 99).unwrap());
    let steps = world.ios();
    let mut dice = Dice(3);
    for step in 0..steps {
        let mut world = World::default();
        world.expect(Some((step, Trouble::Dies)));
        assert!(download(&world, &target, &file, 99).is_err());
        world = world.crashed(dice.throw(u64::MAX));
        if let Some(content) = content_of(&world, "disk") {
            assert!(content == file.content(), "step {step}: a file of that name is the whole file");
        }
        assert!(download(&world, &target, &file, 99).unwrap(), "step {step}: it goes on");
        assert!(content_of(&world, "disk").unwrap() == file.content());
        let disk = world.open("disk").unwrap().unwrap();
        assert_eq!(Disk { file: &*disk, state: &world }.leaves().unwrap(), Some(target.clone()));
    }
}

#[test]
fn a_killed_download_fetches_only_the_rest() {
    let (file, target) = server();
    let world = World::default();
    assert!(!download(&world, &target, &file, 1).unwrap());
    let partial = PartialFile::open(&world, "disk", &target, &mut unwatched()).unwrap();
    assert_eq!(partial.missing(), [64..91], "without the first run");
}

#[test]
fn wrong_leaves_of_a_partial_file_are_fetched_again() {
    let (file, target) = server();
    let world = World::default();
    let mut partial = PartialFile::open(&world, "disk", &target, &mut unwatched()).unwrap();
    partial.reuse(&file, &target).unwrap();
    assert!(partial.missing().is_empty(), "all of it was reused");
    let raw = world.open("disk.partial").unwrap().unwrap();
    raw.write_all_at(&[1], 5 * 65_536).unwrap();
    raw.write_all_at(&[1], 12 * 65_536).unwrap();
    let finished = partial.finish(&world, &mut unwatched()).unwrap();
    assert_eq!(finished, Finished::Missing(vec![5..6]), "leaf 12 is zeros and mends itself");
    partial.reuse(&file, &target).unwrap();
    assert_eq!(partial.finish(&world, &mut unwatched()).unwrap(), Finished::Complete);
}

#[test]
fn a_valid_file_is_repaired_and_updated_in_place() {
    for (old, new) in [(170_000, 230_000), (230_000, 100_500), (0, 200_000), (200_000, 0)] {
        let scenario = rich(old, new);
        let (target, source) = (leaves_of(&scenario.new), MemoryStore::of(&scenario.new));
        let (file, state, objects) =
            (MemoryStore::of(&scenario.old), World::default(), MemoryObjects::default());
        let disk = Disk { file: &file, state: &state };
        let have = disk.adopt(&mut unwatched()).unwrap();
        let stage = LeafStage::open(&state, &objects, &target).unwrap();
        for run in stage.missing(&have) {
            // As if it was killed after each run.
            let mut stage = LeafStage::open(&state, &objects, &target).unwrap();
            stage.accept(run.clone(), &pack_leaves(&source, &target, run).unwrap()).unwrap();
        }
        let stage = LeafStage::open(&state, &objects, &target).unwrap();
        assert!(stage.missing(&have).is_empty());
        let patch = stage.patch(&have).unwrap();
        assert_eq!(disk.apply(&patch, &objects, &mut unwatched()).unwrap(), target.identity());
        assert!(file.content() == scenario.new);
        stage.finish().unwrap();
        assert!(state.open("fetched").unwrap().is_none());
    }
}

#[test]
fn a_torn_list_costs_its_last_run_only() {
    let (file, target) = server();
    let (state, objects, nothing) =
        (World::default(), MemoryObjects::default(), LeafTable::of_zeros(0).unwrap());
    let mut stage = LeafStage::open(&state, &objects, &target).unwrap();
    for run in stage.missing(&nothing) {
        stage.accept(run.clone(), &pack_leaves(&file, &target, run).unwrap()).unwrap();
    }
    let list = state.open("fetched").unwrap().unwrap();
    list.set_len(list.byte_len().unwrap() - 1).unwrap();
    let stage = LeafStage::open(&state, &objects, &target).unwrap();
    assert_eq!(stage.missing(&nothing), [64..91]);
    assert!(stage.patch(&nothing).is_err(), "no patch before all is there");
    let other = LeafTable::of_zeros(LEAF as u64).unwrap();
    assert!(LeafStage::open(&state, &objects, &other).unwrap().missing(&nothing).is_empty());
    assert_eq!(
        LeafStage::open(&state, &objects, &target).unwrap().missing(&nothing).len(),
        2,
        "the old list is gone"
    );
}
