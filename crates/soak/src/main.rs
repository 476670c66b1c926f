//! `cargo xtask soak` runs this.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use fault::{Error, Result};
use soak::{Diary, Length, Plan, SmallDisk};

const USAGE: &str = "soak [--minutes N | --rounds N] [--seed S] [--terminals N] [--dir DIR]";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let (mut minutes, mut rounds, mut terminals) = (30, None, 20);
    let mut seed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |time| time.as_nanos() as u64 % 1_000_000);
    let mut place = std::env::temp_dir();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return Err(Error::invalid(USAGE)) };
        let number = || value.parse::<u64>().map_err(|_| Error::invalid(format!("{name} {value}: {USAGE}")));
        match name.as_str() {
            "--minutes" => minutes = number()?,
            "--rounds" => rounds = Some(number()? as u32),
            "--seed" => seed = number()?,
            "--terminals" => terminals = number()? as usize,
            "--dir" => place = Path::new(value).to_owned(),
            _ => return Err(Error::invalid(format!("{name}: {USAGE}"))),
        }
    }
    let program = std::env::current_exe()?;
    let directory = tempfile::Builder::new().prefix("driver-center-soak-").tempdir_in(place)?;
    let has_small_disks = SmallDisk::mount(&directory.path().join("trial"), 1 << 20).map(drop);
    if let Err(error) = &has_small_disks {
        println!("SKIPPED: full disks, because of this: cannot {error}");
    }
    let plan = Plan {
        programs: program.parent().unwrap_or(Path::new(".")).to_owned(),
        directory: directory.path().to_owned(),
        seed,
        terminals,
        length: rounds.map_or(Length::Time(Duration::from_secs(minutes * 60)), Length::Rounds),
        has_small_disks: has_small_disks.is_ok(),
    };
    println!("seed {seed}");
    let report = soak::run(&plan, &Diary::new(true))?;
    println!(
        "\nseed {seed}: {} rounds up to version {}; {} syncs of terminals and {} that were killed; {} backups, {} \
         that were killed, and {} centers that came back, {} of them for one that was lost; {} workers killed",
        report.rounds,
        report.version,
        report.syncs,
        report.killed_syncs,
        report.backups,
        report.killed_backups,
        report.restored,
        report.lost,
        report.killed_workers
    );
    for ((action, fault), count) in report.faults {
        println!("{count:5} {action:10} {fault:?}");
    }
    println!("everything acknowledged is there; all {terminals} terminals are identical");
    Ok(())
}
