//! What must be refused, and that refusing touches nothing.

use std::ops::ControlFlow;

use disk_patch::{ByteStore, Disk, Patch, Phase, Progress, unwatched};
use fault::{Error, Kind};

use crate::scenario::{Scenario, rich};
use crate::sim::{MemoryObjects, MemoryStore, World};

struct Refused {
    scenario: Scenario,
    patch: Patch,
    objects: MemoryObjects,
    file: MemoryStore,
    state: World,
}

impl Refused {
    fn new() -> Self {
        let (scenario, objects) = (rich(170_000, 230_000), MemoryObjects::default());
        let patch = scenario.build(&objects).patch;
        let (file, state) = (MemoryStore::of(&scenario.old), World::default());
        Disk { file: &file, state: &state }.adopt(&mut unwatched()).unwrap();
        Self { scenario, patch, objects, file, state }
    }

    fn disk(&self) -> Disk<'_> {
        Disk { file: &self.file, state: &self.state }
    }

    /// Applies, expects the notice, and that nothing has happened.
    fn check(&self, notice: &str) -> Error {
        let before = self.file.content();
        let error = self.disk().apply(&self.patch, &self.objects, &mut unwatched()).unwrap_err();
        assert_eq!(error.notice().map(|notice| notice.id.as_ref()), Some(notice), "{error}");
        assert!(self.file.content() == before);
        assert!(self.disk().pending().unwrap().is_none());
        error
    }
}

#[test]
fn another_file_is_refused() {
    let refused = Refused::new();
    refused.file.write_all_at(&[1], 3).unwrap();
    refused.disk().adopt(&mut unwatched()).unwrap();
    assert_eq!(refused.check("patch.base_differs").kind(), Kind::Conflict);
}

#[test]
fn a_missing_pack_is_named() {
    let refused = Refused::new();
    let pack = refused.patch.packs()[0].digest;
    refused.objects.remove(&pack);
    let error = refused.check("patch.object_missing");
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(error.notice().unwrap().values, [("digest".into(), pack.to_hex())]);
}

#[test]
fn a_damaged_pack_is_refused() {
    let refused = Refused::new();
    refused.objects.damage(&refused.patch.packs()[0].digest);
    assert_eq!(refused.check("patch.damaged").kind(), Kind::Corrupt);
}

#[test]
fn damage_in_what_stays_is_found_before_anything_is_written() {
    // Block 4 is copied elsewhere; byte 100,000 is in a leaf that is written in part.
    for offset in [4 * 4096 + 9, 100_000] {
        let refused = Refused::new();
        let byte = [refused.scenario.old[offset] ^ 1];
        refused.file.write_all_at(&byte, offset as u64).unwrap();
        assert_eq!(refused.check("patch.disk_damaged").kind(), Kind::Corrupt);
    }
}

#[test]
fn a_file_of_another_length_is_refused() {
    let refused = Refused::new();
    refused.file.set_len(170_001).unwrap();
    refused.check("patch.disk_damaged");
}

#[test]
fn stopping_works_until_the_file_is_written() {
    let refused = Refused::new();
    let stop_at = |phase: Phase| {
        let mut stop = |progress: Progress| match progress.phase == phase {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        refused.disk().apply(&refused.patch, &refused.objects, &mut stop)
    };
    assert_eq!(stop_at(Phase::Preflight).unwrap_err().kind(), Kind::Cancelled);
    assert!(refused.file.content() == refused.scenario.old);
    assert_eq!(stop_at(Phase::Write).unwrap(), *refused.patch.to());
}

#[test]
fn a_promise_that_does_not_hold_keeps_the_journal() {
    let refused = Refused::new();
    // A patch that claims another result, as a broken or lying maker would produce it.
    let (from, mut to) = (*refused.patch.from(), *refused.patch.to());
    to.root.0.0[0] ^= 1;
    let lie = Patch::new(from, to, refused.patch.packs().to_vec(), refused.patch.ops().to_vec()).unwrap();
    let error = refused.disk().apply(&lie, &refused.objects, &mut unwatched()).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "patch.result_differs");
    assert_eq!(refused.disk().pending().unwrap(), Some(lie));

    let error = refused.disk().apply(&refused.patch, &refused.objects, &mut unwatched()).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "patch.journal_pending");
    assert!(refused.disk().recover(&refused.objects, &mut unwatched()).is_err());

    refused.disk().abandon().unwrap();
    assert_eq!(refused.disk().leaves().unwrap(), None, "nobody knows the file any more");
    assert!(refused.disk().pending().unwrap().is_none());
}
