//! Patches from files of which only a part is left.

use disk_patch::{
    BlockIndex, Disk, FileStore, FsFolder, LeafTable, ObjectDir, Remains, Stats, Successor,
    build_from_remains, unwatched,
};

use crate::scenario::{leaves_of, noise};
use crate::sim::MemoryStore;

const BLOCK: usize = 4096;
const LEAF: usize = 65_536;

/// Forty leaves of which every fifth is zeros, with an odd end.
fn old() -> Vec<u8> {
    let mut content = noise(1, 40 * LEAF + 1234);
    content.chunks_mut(LEAF).step_by(5).for_each(|leaf| leaf.fill(0));
    content
}

/// The same blocks in another order, a little that is new, and what was not zero becomes zeros here and there.
fn new(old: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> =
        old.chunks_exact(BLOCK).rev().filter(|block| block[0] != 0).flatten().copied().collect();
    content[7 * LEAF..8 * LEAF].fill(0);
    content[20 * LEAF + BLOCK..20 * LEAF + 3 * BLOCK].fill(0);
    content[25 * LEAF..25 * LEAF + 10 * BLOCK].copy_from_slice(&noise(2, 10 * BLOCK));
    content.extend_from_slice(&old[5 * LEAF..9 * LEAF]);
    content
}

/// Makes the patch with `rest` left of the old file, applies it to the whole old file, and compares.
fn check(rest: Option<&[u8]>, with_hints: bool) -> Stats {
    let (old, directory) = (old(), tempfile::tempdir().unwrap());
    let new = new(&old);
    let path = |name: &str| directory.path().join(name);
    let index = |name: &str, content: &[u8]| {
        let identity = leaves_of(content).identity();
        BlockIndex::rebuild(&path(name), &MemoryStore::of(content), &identity, &mut unwatched()).unwrap()
    };
    let (old_leaves, new_leaves) = (leaves_of(&old), leaves_of(&new));
    let (hints, new_index) = (index("old.index", &old), index("new.index", &new));
    let rest = rest.map(|rest| (MemoryStore::of(rest), leaves_of(rest)));
    let remains = Remains {
        leaves: &old_leaves,
        rest: rest.as_ref().map(|(store, leaves)| (store as _, leaves)),
        hints: with_hints.then_some(&hints),
    };
    let new_store = MemoryStore::of(&new);
    let successor = Successor { store: &new_store, leaves: &new_leaves, index: &new_index };
    let objects = ObjectDir::open(path("objects")).unwrap();
    let scratch = path("scratch");
    let built = build_from_remains(&remains, &successor, &scratch, &objects, &mut unwatched()).unwrap();
    assert_eq!((*built.patch.from(), *built.patch.to()), (old_leaves.identity(), new_leaves.identity()));

    std::fs::write(path("disk"), &old).unwrap();
    let (file, state) = (FileStore::open(path("disk")).unwrap(), FsFolder::open(path("state")).unwrap());
    let disk = Disk { file: &file, state: &state };
    disk.adopt(&mut unwatched()).unwrap();
    disk.apply(&built.patch, &objects, &mut unwatched()).unwrap();
    assert!(std::fs::read(path("disk")).unwrap() == new);
    built.stats
}

#[test]
fn a_file_that_is_there_whole_is_copied_from() {
    let stats = check(Some(&old()), false);
    assert!(stats.literal_bytes <= 11 * BLOCK as u64, "{stats:?}");
}

#[test]
fn damaged_leaves_are_not_copied_from() {
    let mut damaged = old();
    // One that is zeros in the new file, one whose blocks are somewhere in it, and the last one.
    for at in [3 * LEAF + 9, 12 * LEAF + 70, 40 * LEAF + 5] {
        damaged[at] ^= 1;
    }
    damaged[5 * LEAF] = 1;
    let stats = check(Some(&damaged), false);
    let at_most = (11 + 2 * 16) * BLOCK as u64;
    assert!(stats.literal_bytes > 11 * BLOCK as u64 && stats.literal_bytes <= at_most, "{stats:?}");
    // The tags say where its blocks are.
    assert!(check(Some(&damaged), true).literal_bytes < stats.literal_bytes);
}

#[test]
fn a_file_that_was_cut_or_is_longer_is_copied_from_where_it_is_right() {
    let whole = old();
    let cut = check(Some(&whole[..20 * LEAF + 100]), false);
    assert!(cut.copied_bytes > 10 * LEAF as u64, "{cut:?}");
    let mut longer = whole.clone();
    longer.extend_from_slice(&noise(3, 3 * LEAF));
    assert!(check(Some(&longer), false).literal_bytes <= (11 + 16) * BLOCK as u64);
}

#[test]
fn of_a_file_that_is_gone_the_tags_tell_what_the_new_one_has() {
    let hinted = check(None, true);
    let blind = check(None, false);
    assert!(hinted.copied_bytes > 25 * LEAF as u64, "{hinted:?}");
    assert!(hinted.literal_bytes < blind.literal_bytes / 3, "{hinted:?} {blind:?}");
    // Another file that took its place is no better than none.
    assert_eq!(check(Some(&noise(9, 30 * LEAF)), false), blind);
}

#[test]
fn nothing_can_be_left_of_an_empty_file() {
    let empty = LeafTable::of_zeros(0).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (store, objects) = (MemoryStore::of(&[]), ObjectDir::open(path("objects")).unwrap());
    let index = BlockIndex::rebuild(&path("index"), &store, &empty.identity(), &mut unwatched()).unwrap();
    let remains = Remains { leaves: &empty, rest: None, hints: None };
    let new = Successor { store: &store, leaves: &empty, index: &index };
    let built = build_from_remains(&remains, &new, &path("s"), &objects, &mut unwatched()).unwrap();
    assert!(built.patch.ops().is_empty());
}
