//! Work on whole images; each has a worker of its own.

use std::path::Path;

use fault::{Context, Error, Result};

use crate::client::connection::{Connection, Pending, unexpected};
use crate::client::program::WorkerProgram;
use crate::types::{Capture, CheckReport, CreateOptions, DiskFacts, ImageInfo};
use crate::wire::{Answer, MARKER_SUFFIX, PENDING_SUFFIX, Request};

/// Tells how far a job is, `(done, total)` in bytes; `false` cancels it.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

fn start(program: &WorkerProgram, request: &Request) -> Result<Pending> {
    Connection::start(program)?.send(request)
}

/// Makes an empty Base with the directories of the layout. `path` must not exist; it appears whole or not at all.
pub fn create_base(program: &WorkerProgram, path: &Path, options: &CreateOptions) -> Result<ImageInfo> {
    let request = Request::CreateBase { path: path.to_owned(), options: options.clone() };
    match start(program, &request)?.answer()? {
        Answer::Image(info) => Ok(info),
        other => Err(unexpected(other)),
    }
}

/// Makes an empty Active on `base`, without naming it inside. `active` must not exist.
pub fn create_active(program: &WorkerProgram, active: &Path, base: &Path) -> Result<()> {
    start(program, &Request::CreateActive { active: active.to_owned(), base: base.to_owned() })?.done()
}

/// Removes an Active with what belongs to it; nothing there is no error.
pub fn remove_active(active: &Path) -> Result<()> {
    // The marker last: an Active without it would count as whole.
    for suffix in ["", PENDING_SUFFIX, MARKER_SUFFIX] {
        let mut path = active.as_os_str().to_owned();
        path.push(suffix);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context(|| format!("remove {}", Path::new(&path).display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Copies a foreign Base, such as virt-make-fs makes, to `dest`, after checking it; adds directories of the layout
/// that it lacks. `source` is not changed; `dest` must not exist, and appears whole or not at all.
pub fn adopt_base(
    program: &WorkerProgram,
    source: &Path,
    dest: &Path,
    progress: Progress<'_>,
) -> Result<ImageInfo> {
    let pending = start(program, &Request::AdoptBase { source: source.to_owned(), dest: dest.to_owned() })?;
    loop {
        match pending.answer()? {
            Answer::Progress { done, total } => go_on(&pending, progress, done, total)?,
            Answer::Image(info) => return Ok(info),
            other => return Err(unexpected(other)),
        }
    }
}

/// Computes what merging a sealed Active changes in the file of Base; neither image is changed.
///
/// The new bytes go to the file `capture`, which must not exist; the caller removes it, also after an error.
pub fn merge(
    program: &WorkerProgram,
    active: &Path,
    base: &Path,
    capture: &Path,
    progress: Progress<'_>,
) -> Result<Capture> {
    let request =
        Request::Merge { active: active.to_owned(), base: base.to_owned(), capture: capture.to_owned() };
    captured(&start(program, &request)?, progress)
}

fn captured(pending: &Pending, progress: Progress<'_>) -> Result<Capture> {
    let mut result = Capture::default();
    loop {
        match pending.answer()? {
            Answer::Progress { done, total } => go_on(pending, progress, done, total)?,
            Answer::Ranges(mut ranges) => result.ranges.append(&mut ranges),
            Answer::Captured { new_length } => return Ok(Capture { new_length, ..result }),
            other => return Err(unexpected(other)),
        }
    }
}

/// Computes what making a disk larger, with the volume on it, changes in the file of Base; Base is not changed.
///
/// `capture` is as for [`merge`]. The size must be a whole number of 64 KiB, more than the disk has, and not more than
/// [`inspect`] allows.
pub fn grow(
    program: &WorkerProgram,
    base: &Path,
    capture: &Path,
    virtual_size_bytes: u64,
) -> Result<Capture> {
    let request = Request::Grow { base: base.to_owned(), capture: capture.to_owned(), virtual_size_bytes };
    captured(&start(program, &request)?, &mut |_, _| true)
}

/// Makes a Base larger that nobody reads yet; where it fails, the file is to be thrown away.
pub fn grow_new(program: &WorkerProgram, path: &Path, virtual_size_bytes: u64) -> Result<()> {
    start(program, &Request::GrowNew { path: path.to_owned(), virtual_size_bytes })?.done()
}

/// Says how large a disk is, and how large it may become.
pub fn inspect(program: &WorkerProgram, base: &Path) -> Result<DiskFacts> {
    match start(program, &Request::Inspect { path: base.to_owned() })?.answer()? {
        Answer::Facts(facts) => Ok(facts),
        other => Err(unexpected(other)),
    }
}

/// Checks the structure of a qcow2 file: every cluster has exactly the references that it counts.
pub fn check(program: &WorkerProgram, path: &Path) -> Result<CheckReport> {
    match start(program, &Request::Check { path: path.to_owned() })?.answer()? {
        Answer::Checked(report) => Ok(report),
        other => Err(unexpected(other)),
    }
}

fn go_on(pending: &Pending, progress: Progress<'_>, done: u64, total: u64) -> Result<()> {
    if progress(done, total) {
        return Ok(());
    }
    pending.connection().kill();
    Err(Error::cancelled("finish the work on the image: it was cancelled"))
}
