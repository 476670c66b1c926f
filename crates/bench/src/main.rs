//! Measures the driver center beside what a user would pick today, in one run, as ratios.
//!
//! `cargo xtask bench [NAME…] [--dir DIR]` builds this in release and runs it. Each measurement makes its own data, does
//! both ways alternately [`ROUNDS`] times, and prints the medians. It prints rows for `docs/benchmarks.md`; it never
//! fails for being slow, only for being wrong. With `--small`, the long ones take little data and few terminals, to see that
//! they work; such numbers mean nothing.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

mod apply;
mod data;
mod fleet;
mod glance;
mod heartbeats;
mod import;
mod lists;
mod memory;
mod open;
mod processes;
mod restore;
mod rollback;
mod save;
mod scale;
mod served;
mod service;
mod site;
mod tools;
mod update;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use fault::{Error, Result};

/// Times that each way is measured.
const ROUNDS: usize = 3;

/// What was measured: our way, another way, and what it means.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) other: String,
    pub(crate) ratio: String,
    pub(crate) bar: &'static str,
}

type Measurement = fn(&std::path::Path) -> Result<Vec<Row>>;

const ALL: &[(&str, Measurement)] = &[
    ("import", import::large_files),
    ("small-files", import::small_files),
    ("open", open::session),
    ("save", save::edit_of_300_mb),
    ("update", update::bytes),
    ("apply", apply::against_sequential_writes),
    ("fleet", fleet::two_hundred_terminals),
    ("heartbeats", heartbeats::on_sqlite),
    ("heartbeats-mariadb", heartbeats::on_mariadb),
    ("glance", glance::registration),
    ("lists", lists::on_sqlite),
    ("lists-mariadb", lists::on_mariadb),
    ("save-scale", scale::save_on_small_and_large),
    ("restore", restore::from_archives),
    ("rollback", rollback::of_the_last_version),
    ("memory", memory::at_20_gb),
];

fn main() -> std::process::ExitCode {
    // Says nothing unless RUST_LOG asks: how long each step of a save takes is told there.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            println!("cannot {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Whether the long measurements are only tried out.
static IS_SMALL: AtomicBool = AtomicBool::new(false);

/// The one while measuring, the other while trying out.
pub(crate) fn full_or_small<T>(full: T, small: T) -> T {
    if IS_SMALL.load(Ordering::Relaxed) { small } else { full }
}

fn run(mut arguments: Vec<String>) -> Result<()> {
    if let Some(at) = arguments.iter().position(|argument| argument == "--small") {
        arguments.remove(at);
        IS_SMALL.store(true, Ordering::Relaxed);
    }
    let directory = match arguments.iter().position(|argument| argument == "--dir") {
        Some(at) if at + 1 < arguments.len() => {
            PathBuf::from(arguments.drain(at..at + 2).nth(1).unwrap_or_default())
        }
        _ => std::env::temp_dir(),
    };
    if let Some(unknown) = arguments.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        let known: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(Error::invalid(format!("measure {unknown:?}: known are {}", known.join(", "))));
    }
    println!("| what | driver center | beside it | ratio | bar |\n| --- | --- | --- | --- | --- |");
    for (name, measure) in
        ALL.iter().filter(|(name, _)| arguments.is_empty() || arguments.iter().any(|a| a == name))
    {
        let room = tempfile::Builder::new().prefix("driver-center-bench-").tempdir_in(&directory)?;
        for row in measure(room.path()).map_err(|error| error.in_context(format!("measure {name}")))? {
            println!("| {} | {} | {} | {} | {} |", row.what, row.ours, row.other, row.ratio, row.bar);
        }
    }
    Ok(())
}

/// The middle one of some measured times.
pub(crate) fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Seconds that `work` takes.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let started = std::time::Instant::now();
    let outcome = work()?;
    Ok((started.elapsed().as_secs_f64(), outcome))
}
