//! A bounded part of the trial, as the tests run it: seeded kills, cuts and full disks against the real programs.
//!
//! `cargo xtask soak` runs the same for as long as one likes. A failure prints the seed and what was done.

#![expect(
    clippy::print_stdout,
    reason = "what was done is shown where a test fails, and what was left out always"
)]

use std::path::PathBuf;

use soak::{Diary, Fault, Length, Plan, SmallDisk};

/// Two of them run side by side; together these are 200 moments.
const ROUNDS: u32 = 100;

/// The programs lie beside the tests: `cargo test --workspace` has built them.
fn programs() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this program");
    let directory = own.ancestors().nth(2).expect("a directory above deps").to_owned();
    for name in ["driver-center", "tool-disk", "disk-worker", "package-reader"] {
        assert!(directory.join(name).is_file(), "{name} is missing: cargo build --workspace");
    }
    directory
}

fn can_mount() -> bool {
    let directory = tempfile::tempdir().expect("make a directory");
    match SmallDisk::mount(directory.path(), 1 << 20) {
        Ok(_) => true,
        Err(error) => {
            println!("SKIPPED: full disks, because of this: cannot {error}");
            assert!(std::env::var_os("CI").is_none(), "in CI full disks must be tested");
            false
        }
    }
}

fn try_out(seed: u64) {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("make a directory");
    let plan = Plan {
        programs: programs(),
        directory: place.path().to_owned(),
        seed,
        terminals: 3,
        length: Length::Rounds(ROUNDS),
        has_small_disks: can_mount(),
    };
    let diary = Diary::new(false);
    let outcome = soak::run(&plan, &diary);
    println!("{}", diary.text());
    let report = outcome.unwrap_or_else(|error| panic!("cannot {error}"));
    assert!(report.version > 3, "only {} versions: nothing was tried", report.version);
    let kills = report.faults.iter().filter(|((_, fault), _)| *fault == Fault::KillServer);
    assert!(kills.map(|(_, count)| count).sum::<u32>() > 10);
}

#[test]
fn nothing_is_lost_with_seed_1() {
    try_out(1);
}

#[test]
fn nothing_is_lost_with_seed_2() {
    try_out(2);
}
