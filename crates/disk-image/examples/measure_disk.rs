//! Measures the life of a disk: `cargo run --release -p disk-image --example measure_disk -- DIRECTORY [FILES BYTES_EACH]...`
//!
//! Without numbers: 2,000 files of 625 kB (drivers), and 20,000 files of 2 to 20 kB (small files).
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use disk_image::{
    Access, CreateOptions, DiskPath, DiskSession, Image, WorkerProgram, check, create_active, create_base,
    merge,
};
use fault::{Error, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or_else(|| Error::invalid("name a directory"))?);
    let worker = WorkerProgram::beside_current_exe()?;
    let base = directory.join("measure-base.qcow2");
    let info = timed("create a Base", || create_base(&worker, &base, &CreateOptions::default()))?;
    println!("  file of {} MB", info.file_size_bytes / 1_000_000);
    let view = timed("open Base", || DiskSession::open(&worker, Image::Base(base.clone()), Access::Read))?;
    drop(view);
    edit(&worker, &directory, &base, "large files", 2_000, |_| 625_000)?;
    edit(&worker, &directory, &base, "small files", 20_000, |index| 2_000 + (index * 7_919) % 18_001)?;
    std::fs::remove_file(&base)?;
    Ok(())
}

fn edit(
    worker: &WorkerProgram,
    directory: &Path,
    base: &Path,
    name: &str,
    files: usize,
    size: impl Fn(usize) -> usize,
) -> Result<()> {
    println!("{name}:");
    let active = directory.join("measure-active.qcow2");
    timed("  create an Active", || create_active(worker, &active, base))?;
    let image = Image::Active { active: active.clone(), base: base.to_owned() };
    let session = timed("  open Active", || DiskSession::open(worker, image, Access::Write))?;
    let content = noise(1 << 20);
    let (start, own_before) = (Instant::now(), processor_seconds("self"));
    let mut import = session.begin_import(&DiskPath::new(&format!("sys/tq/{name}"))?)?;
    for index in 0..files {
        import.file(&format!("directory {}/file {index}", index / 100), size(index) as u64, None)?;
        import.data(&content[index % 4096..][..size(index)])?;
    }
    let report = import.finish()?;
    let written = start.elapsed().as_secs_f64();
    session.sync()?;
    let synced = start.elapsed().as_secs_f64();
    let megabytes = report.bytes as f64 / 1e6;
    println!(
        "  import: {written:.2} s, with sync {synced:.2} s: {:.0} MB/s, {:.0} files/s",
        megabytes / synced,
        files as f64 / synced
    );
    let (own, worker_time) =
        (processor_seconds("self"), processor_seconds(&session.worker_process_id().to_string()));
    println!("  processor time: {:.2} s here, {worker_time:.2} s in the worker", own - own_before);
    println!("  peak memory of the worker: {} MB", peak_memory(session.worker_process_id()) / 1000);
    let sealed = timed("  seal", || session.seal())?;
    println!(
        "  {:.0} MB of files, Active {:.0} MB ({:.2}), {sealed:?}",
        megabytes,
        sealed.allocated_bytes as f64 / 1e6,
        sealed.allocated_bytes as f64 / report.bytes as f64
    );
    let capture = directory.join("measure-capture");
    let merged = timed("  merge", || merge(worker, &active, base, &capture, &mut |_, _| true))?;
    let bytes: u64 = merged.ranges.iter().map(|range| range.end - range.start).sum();
    println!("  captured {} MB in {} ranges", bytes / 1_000_000, merged.ranges.len());
    timed("  check", || check(worker, &active))?;
    std::fs::remove_file(&capture)?;
    disk_image::remove_active(&active)
}

fn timed<T>(what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = run();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// User and system time; the kernel counts them in hundredths of a second.
fn processor_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length / 8).flat_map(|_| next().to_le_bytes()).collect()
}
