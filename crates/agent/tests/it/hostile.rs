//! Nothing that a center, or somebody between, sends wrongly ever reaches the disk.

use ed25519_dalek::SigningKey;
use fault::Kind;
use protocol::sync::{Head, Manifest, hex};

use crate::center::{Center, Mischief};
use crate::fixture::{Machine, disk, edited, notice};

/// A center at version 2, a terminal at version 1, one without a disk, and both contents.
fn scene() -> (Center, Machine, Machine, [Vec<u8>; 2]) {
    let center = Center::start();
    let first = disk(70, 1);
    center.publish(&first);
    let (behind, new) = (Machine::synced(&center), Machine::new(&center));
    let second = edited(&first, 2);
    center.publish(&second);
    (center, behind, new, [first, second])
}

#[test]
fn spoiled_answers_are_never_used_and_the_next_sync_succeeds() {
    let (center, one_behind, _, [first, second]) = scene();
    for mischief in [
        Mischief::Wrong,
        Mischief::Short,
        Mischief::Endless,
        Mischief::Huge,
        Mischief::Cut,
        Mischief::Status(200),
        Mischief::Status(302),
        Mischief::Status(500),
    ] {
        for part in ["/head", "/objects/", "/base/"] {
            let (behind, new) = (one_behind.twin(&center), Machine::new(&center));
            center.spoil(move |path| if path.contains(part) { mischief } else { Mischief::None });
            let error = new.sync().expect_err(part);
            assert!(
                matches!(error.kind(), Kind::Corrupt | Kind::Unavailable),
                "{part} {mischief:?}: {:?} {error}",
                error.kind()
            );
            assert!(!new.disk().exists());
            if part != "/base/" {
                behind.sync().expect_err(part);
                assert!(behind.content() == first && !behind.terminal.is_updating());
            }
            center.spoil(|_| Mischief::None);
            for machine in [&behind, &new] {
                machine.sync().unwrap();
                machine.assert_whole(&second);
            }
        }
    }
}

#[test]
fn heads_that_are_not_ours_or_go_back_are_refused() {
    type Change = fn(&mut crate::center::State);
    let cases: [(&str, Change); 5] = [
        ("sync.bad_signature", |state| {
            state.key = SigningKey::from_bytes(&[8; 32]);
            state.sign(|_| {}, |_| {});
        }),
        ("sync.other_center", |state| state.sign(|_| {}, |head| head.center = "center-2".into())),
        ("sync.newer_format", |state| state.sign(|_| {}, |head| head.format = 2)),
        ("sync.older_version", |state| {
            state.version = 1;
            state.sign(|_| {}, |head| head.version = 1);
        }),
        ("sync.version_changed", |state| state.sign(|_| {}, |head| head.root = hex(&[9; 32]))),
    ];
    for (id, change) in cases {
        let (center, behind, _, [_, second]) = scene();
        behind.sync().unwrap();
        center.state(change);
        let error = behind.sync().unwrap_err();
        assert_eq!(notice(&error), id, "{error}");
        behind.assert_whole(&second);
    }
}

/// A version that was only heard of, and not taken, counts too.
#[test]
fn no_head_goes_back_behind_one_that_was_believed() {
    let (center, behind, _, [first, _]) = scene();
    let old_head = center.state(|state| state.head.clone());
    let third = edited(&first, 3);
    center.publish(&third);
    center.spoil(|path| if path.contains("/objects/") { Mischief::Status(503) } else { Mischief::None });
    behind.sync().unwrap_err();
    center.spoil(|_| Mischief::None);
    center.state(|state| state.head = old_head);
    assert_eq!(notice(&behind.sync().unwrap_err()), "sync.older_version");
    assert!(behind.content() == first);
}

/// What it says of a patch, and what the patch is: the leaves lead to the signed root all the same.
#[test]
fn a_patch_that_is_not_as_announced_is_passed_over() {
    let lies: [fn(&mut Manifest); 5] = [
        |manifest| manifest.updates[1].patch.bytes += 1,
        |manifest| manifest.updates[1].patch.bytes -= 1,
        |manifest| manifest.updates[1].patch.bytes = u64::MAX,
        |manifest| manifest.updates[1].packs_bytes += 1,
        |manifest| manifest.updates[1].packs_bytes = u64::MAX,
    ];
    for lie in lies {
        let (center, behind, _, [_, second]) = scene();
        center.state(|state| state.sign(lie, |_| {}));
        behind.sync().unwrap();
        behind.assert_whole(&second);
        assert!(center.requests().iter().any(|path| path.contains("/base/")));
    }
}

#[test]
fn a_manifest_that_lies_is_found_out() {
    type Lie = (fn(&mut Manifest), fn(&mut Head));
    let lies: [Lie; 3] = [
        (|manifest| manifest.updates[1].patch.digest = "../../etc/passwd".into(), |_| {}),
        (|manifest| manifest.length += 1, |_| {}),
        (|manifest| manifest.version += 1, |_| {}),
    ];
    for (number, (lie, head_lie)) in lies.into_iter().enumerate() {
        let (center, behind, _, [first, _]) = scene();
        center.state(|state| state.sign(lie, head_lie));
        let error = behind.sync().unwrap_err();
        assert!(matches!(error.kind(), Kind::Corrupt | Kind::Invalid), "{number}: {error}");
        assert!(behind.content() == first && !behind.terminal.is_updating(), "{number}");
    }
}

#[test]
fn a_leaf_table_of_another_size_or_disk_is_found_out() {
    let lies: [fn(&mut Manifest); 3] = [
        |manifest| manifest.leaf_table.bytes += 32,
        |manifest| manifest.leaf_table.bytes = u64::MAX,
        |manifest| manifest.leaf_table.digest = manifest.updates[0].patch.digest.clone(),
    ];
    for lie in lies {
        let (center, _, new, _) = scene();
        center.state(|state| state.sign(lie, |_| {}));
        assert_eq!(new.sync().unwrap_err().kind(), Kind::Corrupt);
        assert!(!new.disk().exists() && !new.terminal.paths.partial.exists());
    }
    // A disk of an impossible length is refused before anything is made for it.
    let (center, _, new, _) = scene();
    center.state(|state| {
        let huge = u64::MAX / 2;
        state.sign(|manifest| manifest.length = huge, |head| head.length = huge);
    });
    new.sync().unwrap_err();
    assert!(!new.terminal.paths.partial.exists());
}

/// The patch is well-formed and signed for, but it does not lead where the manifest says.
#[test]
fn a_patch_to_another_root_is_passed_over() {
    let (center, behind, _, [first, _]) = scene();
    let third = edited(&first, 5);
    center.publish(&third);
    center.state(|state| {
        let wrong = state.updates[1].patch.clone();
        state.sign(|manifest| manifest.updates[2].patch = wrong, |_| {});
    });
    behind.sync().unwrap();
    behind.assert_whole(&third);
}

#[test]
fn a_terminal_that_is_not_known_any_more_is_told_so() {
    let (_center, behind, _, _) = scene();
    behind.terminal.state.save_secret("another").unwrap();
    let terminal = agent::terminal::Terminal::open(
        behind.terminal.state.clone(),
        wording::Language::English,
        agent::stop::Stop::default(),
    );
    let error = terminal.unwrap().sync(&agent::watch::Unwatched).unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
}
