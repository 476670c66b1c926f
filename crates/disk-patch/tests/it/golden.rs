//! Files written once, by the first release that had the format. Every later one must read them.
//!
//! `make` wrote them; it is never run again for the same version. A new version of a format gets a new directory.

use std::fs;
use std::path::{Path, PathBuf};

use disk_patch::{Digest, Disk, Folder, LeafTable, ObjectDir, Patch, Recovered, unwatched};
use fault::Kind;

use crate::scenario::{Scenario, leaves_of, noise};
use crate::sim::{MemoryObjects, MemoryStore, Trouble, World};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v2")
}

fn golden(name: &str) -> Vec<u8> {
    fs::read(directory().join(name)).unwrap()
}

/// The content before and after. This function is part of the fixtures: it must not change.
fn contents() -> (Vec<u8>, Vec<u8>) {
    let block = |number: usize| noise(number as u64, 4096);
    let old: Vec<u8> =
        (0..40).flat_map(|number| if number % 9 == 4 { vec![0; 4096] } else { block(number) }).collect();
    let mut new = old[..150_000].to_vec();
    new.copy_within(4096..9 * 4096, 3 * 4096);
    new[100_000..110_000].copy_from_slice(&[200, 201].repeat(5000));
    new[20 * 4096..22 * 4096].fill(0);
    new.copy_within(15 * 4096..18 * 4096, 28 * 4096 - 700);
    new[30 * 4096..31 * 4096].copy_from_slice(&block(100));
    new[33 * 4096..34 * 4096].copy_from_slice(&block(100));
    (old, new)
}

fn scenario() -> Scenario {
    let (old, new) = contents();
    Scenario { old, ranges: vec![0..new.len() as u64], new }
}

#[test]
#[ignore = "writes the fixtures of a new version of a format"]
fn make() {
    let (scenario, objects) = (scenario(), MemoryObjects::default());
    let built = scenario.build(&objects);
    fs::create_dir_all(directory()).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(directory().join(name), bytes).unwrap();
    write("patch", &built.patch.encode().unwrap());
    write("leaves", &scenario.old_leaves().encode());
    let roots = [&scenario.old, &scenario.new].map(|content| leaves_of(content).root().to_string());
    write("roots.txt", format!("{}\n{}\n", roots[0], roots[1]).as_bytes());
    assert_eq!(built.patch.packs().len(), 1);
    assert!(!built.patch.packs()[0].reference.is_empty());
    write("pack", &disk_patch::PackSource::read(&objects, &built.patch.packs()[0].digest).unwrap());
    let (world, file) = (World::default(), MemoryStore::of(&scenario.old));
    let disk = Disk { file: &file, state: &world };
    disk.adopt(&mut unwatched()).unwrap();
    let journal = (0..).find_map(|step| {
        world.expect(Some((step, Trouble::Fails)));
        let _fails = disk.apply(&built.patch, &objects.in_world(&world), &mut unwatched());
        world.expect(None);
        disk.pending().unwrap()
    });
    assert_eq!(journal, Some(built.patch));
    for name in ["journal", "staged"] {
        let stored = world.open(name).unwrap().unwrap();
        let mut bytes = vec![0; stored.byte_len().unwrap() as usize];
        stored.read_exact_at(&mut bytes, 0).unwrap();
        write(name, &bytes);
    }
}

fn put(folder: &dyn Folder, name: &str, bytes: &[u8]) {
    folder.create(name).unwrap().write_all_at(bytes, 0).unwrap();
}

fn pack() -> (tempfile::TempDir, ObjectDir) {
    let directory = tempfile::tempdir().unwrap();
    let objects = ObjectDir::open(directory.path()).unwrap();
    objects.insert(&golden("pack")).unwrap();
    (directory, objects)
}

#[test]
fn names_have_not_changed() {
    let (old, new) = contents();
    let roots = String::from_utf8(golden("roots.txt")).unwrap();
    assert_eq!(roots, format!("{}\n{}\n", leaves_of(&old).root(), leaves_of(&new).root()));
    assert_eq!(LeafTable::decode(&golden("leaves")).unwrap(), leaves_of(&old));
}

#[test]
fn an_old_patch_still_applies() {
    let (old, new) = contents();
    let (file, state) = (MemoryStore::of(&old), World::default());
    put(&state, "leaves", &golden("leaves"));
    let patch = Patch::decode(&golden("patch")).unwrap();
    Disk { file: &file, state: &state }.apply(&patch, &pack().1, &mut unwatched()).unwrap();
    assert!(file.content() == new);
}

#[test]
fn an_old_journal_is_still_finished() {
    let (old, new) = contents();
    let (file, state) = (MemoryStore::of(&old), World::default());
    for name in ["leaves", "journal", "staged"] {
        put(&state, name, &golden(name));
    }
    let disk = Disk { file: &file, state: &state };
    let recovered = disk.recover(&pack().1, &mut unwatched()).unwrap();
    assert_eq!(recovered, Recovered::Finished(leaves_of(&new).identity()));
    assert!(file.content() == new);
}

/// Each cut, and each byte changed.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let cut = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    let changed = (0..bytes.len()).map(|at| {
        let mut changed = bytes.to_vec();
        changed[at] ^= 0x41;
        changed
    });
    cut.chain(changed)
}

#[test]
fn damaged_tables_and_journals_are_refused() {
    for bytes in damaged(&golden("leaves")) {
        assert_eq!(LeafTable::decode(&bytes).map_err(|error| error.kind()).unwrap_err(), Kind::Corrupt);
        let state = World::default();
        put(&state, "leaves", &bytes);
        assert!(LeafTable::load(&state, "leaves").is_err());
    }
    let (old, _) = contents();
    let file = MemoryStore::of(&old);
    for (name, other) in [("journal", "staged"), ("staged", "journal")] {
        // The staged blocks are checked by one digest, so that a part of the cases is enough.
        for bytes in damaged(&golden(name)).step_by(if name == "staged" { 97 } else { 1 }) {
            let state = World::default();
            put(&state, name, &bytes);
            put(&state, other, &golden(other));
            let error = Disk { file: &file, state: &state }.recover(&pack().1, &mut unwatched()).unwrap_err();
            assert_eq!(error.notice().unwrap().id, "patch.damaged", "{error}");
        }
    }
    assert!(file.content() == old, "and nothing was written");
}

#[test]
fn damaged_patches_never_pass_for_the_wanted_one() {
    let whole = golden("patch");
    let objects = MemoryObjects::default();
    let digest = Digest::of(&whole);
    for bytes in damaged(&whole) {
        let _refused_or_another = Patch::decode(&bytes);
        disk_patch::PackSink::store(&objects, &digest, &bytes).unwrap();
        assert_eq!(Patch::read(&objects, &digest).unwrap_err().kind(), Kind::Corrupt);
    }
}
