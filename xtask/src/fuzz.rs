//! `cargo xtask fuzz`: the fuzz targets, built by the pinned compiler and run for a fixed number of inputs.
//!
//! They are laid out for `cargo fuzz`, which needs a nightly compiler for its sanitizers. Coverage alone needs none:
//! see `docs/decisions/0004-fuzzing.md`.

use crate::run::{cargo, note, program, root, run, target_directory};
use fault::{Context as _, Error, Result};
use std::path::Path;

/// What a compiler is told so that libFuzzer sees which branches an input takes.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// A target, where its inputs are kept beside `fuzz/corpus`, and how many new ones are tried in CI.
struct Target {
    name: &'static str,
    kept: &'static str,
    runs: u32,
    dictionary: Option<&'static str>,
}

const TARGETS: &[Target] = &[
    Target { name: "inf", kept: super::fixtures::INFS, runs: 20_000, dictionary: Some("fuzz/inf.dict") },
    Target { name: "listing", kept: "fuzz/corpus/listing", runs: 60_000, dictionary: None },
    Target { name: "patch", kept: "crates/disk-patch/tests/fixtures", runs: 60_000, dictionary: None },
    Target { name: "manifest", kept: "fuzz/corpus/manifest", runs: 60_000, dictionary: None },
    Target { name: "report", kept: "fuzz/corpus/report", runs: 100_000, dictionary: None },
];

/// Runs all targets for a while, or one of them with what libFuzzer takes.
pub(crate) fn run_targets(arguments: &[&str]) -> Result<()> {
    let directory = target_directory()?.join("fuzz");
    let host = build(&directory)?;
    let programs = directory.join(host).join("release");
    match arguments {
        [] => TARGETS.iter().try_for_each(|target| run_target(target, &programs, &directory, target.runs)),
        ["--runs", runs] => {
            let runs = runs.parse().map_err(|_| Error::invalid(format!("--runs {runs}")))?;
            TARGETS.iter().try_for_each(|target| run_target(target, &programs, &directory, runs))
        }
        [name, rest @ ..] => run(program(programs.join(name)).args(rest)),
    }
}

/// Builds the targets; answers the name of this kind of machine. Naming it keeps the flags from what runs while building.
fn build(directory: &Path) -> Result<String> {
    let version = crate::run::output(program("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Error::unavailable("rustc names no host"))?.to_owned();
    let mut command =
        cargo(&["build", "--release", "--locked", "--quiet", "--manifest-path", "fuzz/Cargo.toml"]);
    run(command.args(["--target", &host, "--target-dir"]).arg(directory).env("RUSTFLAGS", COVERAGE))?;
    Ok(host)
}

fn run_target(target: &Target, programs: &Path, directory: &Path, runs: u32) -> Result<()> {
    note(&format!("==> fuzz {}: the kept inputs and {runs} new ones", target.name));
    let found = directory.join("found").join(target.name);
    // Each time from the same beginning.
    let _nothing_there = std::fs::remove_dir_all(&found);
    std::fs::create_dir_all(&found).context(|| "make a directory for inputs")?;
    let mut command = program(programs.join(target.name));
    command.args(["-seed=1", "-max_len=16384", "-rss_limit_mb=1500", "-timeout=20", "-verbosity=0"]);
    command.arg("-print_final_stats=0").arg(format!("-runs={runs}"));
    command.arg(format!("-artifact_prefix={}/fuzz-{}-", directory.display(), target.name));
    if let Some(dictionary) = target.dictionary {
        command.arg(format!("-dict={}", root().join(dictionary).display()));
    }
    let corpus = Path::new("fuzz/corpus").join(target.name);
    command.arg(found).arg(target.kept);
    if root().join(&corpus).is_dir() {
        command.arg(corpus);
    }
    // It says much that nobody wants to know while all is well.
    let output = command.output().context(|| format!("start {}", target.name))?;
    if output.status.success() {
        return Ok(());
    }
    note(&String::from_utf8_lossy(&output.stderr));
    Err(Error::bug(format!("fuzz target {} found something: {}", target.name, output.status)))
}
