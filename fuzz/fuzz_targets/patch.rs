//! Patches and leaf tables, as they are fetched.

#![no_main]

use std::sync::LazyLock;

use disk_patch::{Digest, FileIdentity, LeafTable, Patch, Root};
use fuzz::{Cost, bounded};
use libfuzzer_sys::fuzz_target;

/// A body that compresses well may be long: as long as the limits say.
const COST: Cost = Cost { fixed_ms: 3_000, byte_ns: 50_000, fixed_bytes: 512 << 20, byte_bytes: 4_000 };
/// A body that is there as it is costs what it is long.
const BODY_COST: Cost = Cost { fixed_ms: 50, byte_ns: 50_000, fixed_bytes: 4 << 20, byte_bytes: 4_000 };

/// What an encoded patch begins with, whatever the version of the format is.
static MAGIC: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let nothing = FileIdentity { root: Root(Digest([0; 32])), length: 0 };
    let patch = Patch::new(nothing, nothing, Vec::new(), Vec::new()).expect("a patch that does nothing");
    patch.encode().expect("it can be written")[..8].to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(patch) = bounded(bytes.len(), COST, || Patch::decode(bytes)) {
        check(&patch);
    }
    if let Ok(table) = bounded(bytes.len(), COST, || LeafTable::decode(bytes)) {
        assert_eq!(table.encode(), bytes);
    }
    // The compression is another's; what is inside of it is ours.
    let wrapped = wrap(bytes);
    if let Ok(patch) = bounded(bytes.len(), BODY_COST, || Patch::decode(&wrapped)) {
        check(&patch);
    }
});

fn check(patch: &Patch) {
    let again = Patch::decode(&patch.encode().expect("a patch can be written")).expect("and read");
    assert_eq!(&again, patch);
    let _room = patch.room();
}

/// The body of a patch as its file has it.
fn wrap(body: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.clone();
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&zstd::bulk::compress(body, 1).expect("it can be compressed"));
    bytes
}
