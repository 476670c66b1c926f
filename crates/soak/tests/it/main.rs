//! A bounded part of the trial, as the tests run it: seeded kills, cuts and full disks against the real programs.
//!
//! `cargo xtask soak` runs the same for as long as one likes. A failure prints the seed and what was done.

#![expect(
    clippy::print_stdout,
    reason = "what was done is shown where a test fails, and what was left out always"
)]

use std::path::PathBuf;

use soak::{Diary, Fault, Length, Plan, Report, SmallDisk};

/// Two trials run side by side; together they kill at 200 moments.
const ROUNDS: u32 = 200;
/// What must have met every kind of fault.
const OPERATIONS: [&str; 8] =
    ["import", "delete", "save", "rollback", "restore", "sync", "backup", "come back"];

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

/// A directory that lives in memory where there is room for it.
fn temporary() -> tempfile::TempDir {
    let memory = "/dev/shm";
    let has_room = nix::sys::statvfs::statvfs(memory)
        .is_ok_and(|stat| stat.blocks_available() * stat.fragment_size() >= 2 << 30);
    let in_memory = has_room.then(|| tempfile::tempdir_in(memory).ok()).flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().expect("make a directory"))
}

fn try_out(seed: u64, has_small_disks: bool) -> Report {
    let place = temporary();
    let plan = Plan {
        programs: programs(),
        directory: place.path().to_owned(),
        seed,
        terminals: 3,
        length: Length::Rounds(ROUNDS),
        has_small_disks,
    };
    let diary = Diary::new(false);
    let outcome = soak::run(&plan, &diary);
    println!("{}", diary.text());
    outcome.unwrap_or_else(|error| panic!("cannot {error}"))
}

/// How often this fault has met this operation, or any.
fn count(reports: &[Report], operation: Option<&str>, fault: Fault) -> u32 {
    let all = reports.iter().flat_map(|report| &report.faults);
    let wanted =
        all.filter(|((action, met), _)| *met == fault && operation.is_none_or(|name| name == action));
    wanted.map(|(_, count)| count).sum()
}

#[test]
fn nothing_is_lost_by_kills_and_full_disks_over_every_operation() {
    let has_small_disks = can_mount();
    let reports = std::thread::scope(|scope| {
        let trials = [1, 2].map(|seed| scope.spawn(move || try_out(seed, has_small_disks)));
        trials.map(|trial| trial.join().expect("a trial"))
    });
    for operation in OPERATIONS {
        let mut faults = vec![Fault::KillServer, Fault::KillWorker, Fault::Cut];
        faults.extend(has_small_disks.then_some(Fault::FillServer));
        for fault in faults {
            assert!(count(&reports, Some(operation), fault) > 0, "{fault:?} never met {operation}");
        }
    }
    let kills = [Fault::KillServer, Fault::KillWorker, Fault::KillAgent, Fault::KillBackup];
    let kills: u32 = kills.into_iter().map(|fault| count(&reports, None, fault)).sum();
    assert!(kills >= 200, "only {kills} moments");
    let sum = |of: fn(&Report) -> u32| reports.iter().map(of).sum::<u32>();
    assert!(sum(|report| report.killed_syncs) > 5 && sum(|report| report.killed_workers) > 10);
    assert!(sum(|report| report.restored) > 5 && sum(|report| report.lost) > 2);
}
