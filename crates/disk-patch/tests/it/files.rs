//! On real files: objects, the index, and a whole update.

use std::fs;

use disk_patch::{
    BlockIndex, ByteStore, Change, Digest, Disk, FileIdentity, FileStore, FsFolder, LeafTable, ObjectDir,
    PackSink, PackSource, Patch, build, invert, unwatched,
};
use fault::Kind;

use crate::scenario::{noise, rich};

#[test]
fn an_object_is_whole_or_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let objects = ObjectDir::open(directory.path().join("objects")).unwrap();
    let digest = objects.insert(b"literal").unwrap();
    objects.sync().unwrap();
    assert_eq!(objects.read(&digest).unwrap(), b"literal");
    assert_eq!(objects.path_of(&digest).parent().unwrap().file_name().unwrap(), &digest.to_hex()[..2]);

    fs::write(objects.path_of(&digest), b"literaL").unwrap();
    assert_eq!(objects.read(&digest).unwrap_err().kind(), Kind::Corrupt);
    objects.insert(b"literal").unwrap();
    assert_eq!(objects.read(&digest).unwrap(), b"literal", "storing it again mends it");

    objects.remove(&digest).unwrap();
    let error = objects.read(&digest).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NotFound, "patch.object_missing"));

    let leftover = directory.path().join("objects/1-1.new");
    fs::write(&leftover, b"half").unwrap();
    objects.remove_leftovers().unwrap();
    assert!(!leftover.exists());
}

#[test]
fn an_update_on_real_files_goes_forth_and_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let scenario = rich(170_000, 230_000);
    fs::write(path("disk"), &scenario.old).unwrap();
    fs::write(path("writes"), &scenario.new).unwrap();
    let (file, writes) =
        (FileStore::open(path("disk")).unwrap(), FileStore::open_read_only(path("writes")).unwrap());
    let (state, objects) =
        (FsFolder::open(path("state")).unwrap(), ObjectDir::open(path("objects")).unwrap());
    let disk = Disk { file: &file, state: &state };
    let leaves = disk.adopt(&mut unwatched()).unwrap();
    let index = BlockIndex::rebuild(&path("index"), &file, &leaves.identity(), &mut unwatched()).unwrap();
    let change = Change { old: &file, writes: &writes, ranges: &scenario.ranges, new_length: 230_000 };
    let built = build(&change, &leaves, &index, &objects, &mut unwatched()).unwrap();
    let inverse = invert(&built.patch, &file, &leaves, &objects, &mut unwatched()).unwrap();
    let name = built.patch.write(&objects).unwrap();
    disk.apply(&Patch::read(&objects, &name).unwrap(), &objects, &mut unwatched()).unwrap();
    assert!(fs::read(path("disk")).unwrap() == scenario.new);
    disk.apply(&inverse, &objects, &mut unwatched()).unwrap();
    assert!(fs::read(path("disk")).unwrap() == scenario.old);
    let left: Vec<_> = fs::read_dir(path("state")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["leaves"], "nothing is left behind");
}

/// Builds the patch that puts `piece` at the end of the file, and answers how much of it was found in the index.
fn copied_by(index: &BlockIndex, file: &FileStore, leaves: &LeafTable, piece: &[u8]) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let writes = FileStore::create(directory.path().join("writes")).unwrap();
    let end = leaves.byte_len().next_multiple_of(4096);
    writes.write_all_at(piece, end).unwrap();
    let new_length = end + piece.len() as u64;
    let change = Change { old: file, writes: &writes, ranges: &[end..new_length], new_length };
    let objects = ObjectDir::open(directory.path().join("objects")).unwrap();
    build(&change, leaves, index, &objects, &mut unwatched()).unwrap().stats.copied_bytes
}

#[test]
fn the_index_follows_the_file_and_only_helps() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let scenario = rich(170_000, 230_000);
    fs::write(path("disk"), &scenario.old).unwrap();
    let file = FileStore::open(path("disk")).unwrap();
    let (state, objects) =
        (FsFolder::open(path("state")).unwrap(), ObjectDir::open(path("objects")).unwrap());
    let disk = Disk { file: &file, state: &state };
    let leaves = disk.adopt(&mut unwatched()).unwrap();
    assert!(BlockIndex::open(&path("index"), &leaves.identity()).unwrap().is_none(), "there is none yet");
    let index = BlockIndex::rebuild(&path("index"), &file, &leaves.identity(), &mut unwatched()).unwrap();
    let memory = crate::sim::MemoryStore::of(&scenario.new);
    let change = Change { old: &file, writes: &memory, ranges: &scenario.ranges, new_length: 230_000 };
    let built = build(&change, &leaves, &index, &objects, &mut unwatched()).unwrap();
    disk.apply(&built.patch, &objects, &mut unwatched()).unwrap();
    index.announce(&built).unwrap();
    let reopened = |identity: &FileIdentity| BlockIndex::open(&path("index"), identity).unwrap();
    assert!(reopened(&leaves.identity()).is_some(), "the file has not changed yet");
    reopened(built.patch.to()).unwrap().announce(&built).unwrap();
    assert!(reopened(built.patch.to()).is_some(), "what is of another file is not noted");
    assert!(reopened(&leaves.identity()).is_none(), "it is of the new file now");

    let rebuilt = BlockIndex::rebuild(&path("rebuilt"), &file, built.patch.to(), &mut unwatched()).unwrap();
    drop(rebuilt);
    assert!(
        fs::read(path("index")).unwrap() == fs::read(path("rebuilt")).unwrap(),
        "following is as good as reading"
    );

    let piece = [&scenario.new[190_000 / 4096 * 4096..][..8192], &noise(1234, 4096)].concat();
    let index = BlockIndex::open(&path("index"), built.patch.to()).unwrap().unwrap();
    assert_eq!(copied_by(&index, &file, &built.new_leaves, &piece), 8192);
    assert_eq!(copied_by(&BlockIndex::empty(), &file, &built.new_leaves, &piece), 0);

    // Wrong hints cost matches and nothing else.
    let mut tags = fs::read(path("index")).unwrap();
    tags[48..].rotate_left(4);
    fs::write(path("index"), &tags).unwrap();
    let wrong = BlockIndex::open(&path("index"), built.patch.to()).unwrap().unwrap();
    assert_eq!(copied_by(&wrong, &file, &built.new_leaves, &piece), 0);

    tags.pop();
    fs::write(path("index"), &tags).unwrap();
    assert!(BlockIndex::open(&path("index"), built.patch.to()).unwrap().is_none(), "a cut one is not used");
    assert!(
        BlockIndex::open(&path("rebuilt"), built.patch.from()).unwrap().is_none(),
        "nor one of another file"
    );
}

#[test]
fn damage_in_the_old_file_stops_a_save() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = rich(170_000, 170_000);
    let leaves = scenario.old_leaves();
    let mut rotten = scenario.old.clone();
    rotten[100_000] ^= 1;
    let (old, writes) = (crate::sim::MemoryStore::of(&rotten), crate::sim::MemoryStore::of(&scenario.new));
    let objects = ObjectDir::open(directory.path()).unwrap();
    let change = Change { old: &old, writes: &writes, ranges: &scenario.ranges, new_length: 170_000 };
    let error = build(&change, &leaves, &BlockIndex::empty(), &objects, &mut unwatched()).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "patch.disk_damaged");
    assert_eq!(error.notice().unwrap().values, [("offset".into(), "65536".to_owned())]);
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let objects = crate::sim::MemoryObjects::default();
    let store = crate::sim::MemoryStore::of(&[7; 10_000]);
    let leaves = crate::scenario::leaves_of(&[7; 10_000]);
    for ranges in [vec![0..10_001], vec![5..5], vec![100..200, 150..300], vec![200..300, 100..150]] {
        let change = Change { old: &store, writes: &store, ranges: &ranges, new_length: 10_000 };
        let error = build(&change, &leaves, &BlockIndex::empty(), &objects, &mut unwatched()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{ranges:?}");
    }
    let change = Change { old: &store, writes: &store, ranges: &[], new_length: u64::MAX };
    let error = build(&change, &leaves, &BlockIndex::empty(), &objects, &mut unwatched()).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "patch.too_large");
    assert_eq!(Digest::of(b"").to_hex().len(), 64);
}
