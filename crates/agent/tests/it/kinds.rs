//! Each kind of answer, spoiled in each way: nothing of it is applied, and it costs bounded time and bytes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use agent::remote::Patience;
use fault::Kind as ErrorKind;
use protocol::client::Limits;
use protocol::sync::Manifest;

use crate::center::{Center, Mischief};
use crate::fixture::{Machine, disk, edited};

/// Kinds of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Head,
    Manifest,
    LeafTable,
    Patch,
    Pack,
    Leaves,
}

/// A center at version 2, and what it answered as version 1.
struct Scene {
    center: Center,
    first: Vec<u8>,
    second: Vec<u8>,
    behind: Machine,
    old: HashMap<Kind, Vec<u8>>,
}

/// More than any kind may take, and all tries and connections together.
const FLOOD_BYTES_MAX: u64 = 128 << 20;
/// More than the tries of one request take, and the pauses between them.
const PATIENCE: Duration = Duration::from_secs(20);

impl Scene {
    fn prepare() -> Self {
        let center = Center::start();
        let first = disk(70, 1);
        center.publish(&first);
        let mut old = HashMap::new();
        for (digest, kind) in kinds(&center) {
            old.insert(kind, center.state(|state| state.objects[&digest].clone()));
        }
        let root = center.state(|state| state.table.root().to_string());
        old.insert(Kind::Leaves, center.honest(&format!("/api/v1/sync/base/{root}/0-8")));
        let behind = Machine::synced(&center);
        let second = edited(&first, 2);
        center.publish(&second);
        Self { center, first, second, behind, old }
    }

    /// A terminal that needs answers of this kind: one version behind, or without a disk.
    fn machine(&self, kind: Kind) -> Machine {
        let mut machine = match kind {
            Kind::LeafTable | Kind::Leaves => Machine::new(&self.center),
            _ => self.behind.twin(&self.center),
        };
        let limits = Limits {
            stall: Duration::from_millis(300),
            answer: Duration::from_secs(1),
            slowest_bytes_per_second: 64 << 20,
            ..Limits::default()
        };
        machine.terminal = machine.terminal.with_limits(limits).unwrap();
        machine.terminal.patience = Patience { attempts: 2, pause: Duration::from_millis(2) };
        machine
    }

    /// Spoils the answers of one kind; beside those of patches the leaves, which would be taken instead.
    fn spoil(&self, kind: Kind, mischief: Mischief) {
        let known = kinds(&self.center);
        let is_of_patches = matches!(kind, Kind::Patch | Kind::Pack);
        self.center.spoil(move |path| match kind_of(&known, path) {
            Some(Kind::Leaves) if is_of_patches => mischief,
            asked if asked == Some(kind) => mischief,
            _ => Mischief::None,
        });
    }

    #[expect(clippy::print_stdout, reason = "says where the test was when it fails")]
    fn try_out(&self, kind: Kind, mischief: Mischief) {
        println!("{kind:?} {mischief:?}");
        let mut machine = self.machine(kind);
        let before = machine.content();
        self.center.state(|state| {
            state.flood_bytes = 0;
            state.other = self.old.get(&kind).cloned().unwrap_or_default();
        });
        self.spoil(kind, mischief);
        let begun = Instant::now();
        let error = machine.sync().expect_err("what is spoiled is not used");
        assert!(begun.elapsed() < PATIENCE, "it took {:?}", begun.elapsed());
        assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Unavailable), "{error}");
        assert!(machine.content() == before && !machine.terminal.is_updating());
        let flood = self.center.state(|state| state.flood_bytes);
        assert!(flood < FLOOD_BYTES_MAX, "{flood} bytes were taken");
        self.center.spoil(|_| Mischief::None);
        // What is honest may be slow.
        machine.terminal = machine.terminal.with_limits(Limits::default()).unwrap();
        machine.sync().unwrap();
        machine.assert_whole(&self.second);
    }
}

/// What the objects of the present version are.
fn kinds(center: &Center) -> HashMap<String, Kind> {
    center.state(|state| {
        let head = state.head.as_ref().unwrap().verify(&state.key.verifying_key()).unwrap();
        let manifest: Manifest = serde_json::from_slice(&state.objects[&head.manifest]).unwrap();
        let mut kinds = HashMap::from([
            (head.manifest.clone(), Kind::Manifest),
            (manifest.leaf_table.digest, Kind::LeafTable),
        ]);
        let update = manifest.updates.last().unwrap();
        let patch = disk_patch::Patch::decode(&state.objects[&update.patch.digest]).unwrap();
        kinds.insert(update.patch.digest.clone(), Kind::Patch);
        kinds.extend(patch.packs().iter().map(|pack| (pack.digest.to_hex(), Kind::Pack)));
        kinds
    })
}

fn kind_of(known: &HashMap<String, Kind>, path: &str) -> Option<Kind> {
    match path.strip_prefix("/api/v1/sync/")? {
        head if head.starts_with("head") => Some(Kind::Head),
        leaves if leaves.starts_with("base/") => Some(Kind::Leaves),
        object => known.get(object.strip_prefix("objects/")?).copied(),
    }
}

fn every_mischief_on(kind: Kind) {
    let scene = Scene::prepare();
    for mischief in [
        Mischief::Wrong,
        Mischief::Short,
        Mischief::Cut,
        Mischief::Endless,
        Mischief::Huge,
        Mischief::Stalled,
        Mischief::Trickle,
        Mischief::Status(200),
    ] {
        scene.try_out(kind, mischief);
    }
    // Nothing keeps a terminal without any version from an old head: what it knows begins with the first one.
    if kind != Kind::Head {
        scene.try_out(kind, Mischief::Other);
    }
    assert!(scene.behind.content() == scene.first);
}

#[test]
fn no_spoiled_head_is_used() {
    every_mischief_on(Kind::Head);
}

#[test]
fn no_spoiled_manifest_is_used() {
    every_mischief_on(Kind::Manifest);
}

#[test]
fn no_spoiled_leaf_table_is_used() {
    every_mischief_on(Kind::LeafTable);
}

#[test]
fn no_spoiled_patch_is_used() {
    every_mischief_on(Kind::Patch);
}

#[test]
fn no_spoiled_pack_is_used() {
    every_mischief_on(Kind::Pack);
}

#[test]
fn no_spoiled_leaves_are_used() {
    every_mischief_on(Kind::Leaves);
}
