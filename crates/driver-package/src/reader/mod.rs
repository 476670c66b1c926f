//! Reading an uploaded archive through a confined process: the server's side.
//!
//! The server never parses an archive. It starts `package-reader`, hands it the open archive as its standard input, and
//! takes back messages (a listing, names, bytes, INF reports), each of which is bounded and checked again here: a
//! reader that was taken over by a hostile archive can send wrong bytes, but no path outside the package, no more
//! than it announced, and nothing that keeps the server busy for ever.
//!
//! ```text
//! read(): open archive ─ spawn ─► Listing ─► (Directory | File, Data*)* ─► End ─► PackageReport
//!                                    any refusal, stall, cancellation, sink error: kill, error
//! ```
//!
//! The process and all it started are killed when the reading ends, however it ends.

mod configure;
mod messages;
mod process;
mod receive;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use fault::{Context, Error, Result};

use crate::frame::Job;
use crate::limits::Limits;
use crate::{FileTime, PackageKind, PackageReport, refusal};
pub use configure::configure;
use messages::Messages;
use process::Running;
use receive::Receiver;

/// Where the reader and what it needs are found.
#[derive(Clone, Debug)]
pub struct ReaderProgram {
    program: PathBuf,
    tool: Option<PathBuf>,
    spool_directory: PathBuf,
}

impl ReaderProgram {
    /// The reader at `program`, with `7zz` in the usual places and `/var/tmp` for nested archives.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), tool: None, spool_directory: PathBuf::from("/var/tmp") }
    }

    /// The `package-reader` that is installed beside the running program; tests and examples find the one that
    /// cargo has built a directory above them.
    pub fn beside_current_exe() -> Result<Self> {
        let own = std::env::current_exe().context(|| "find the running program")?;
        let directory = own.parent().unwrap_or(&own);
        let is_cargos = directory.ends_with("deps") || directory.ends_with("examples");
        let directory = if is_cargos { directory.parent().unwrap_or(directory) } else { directory };
        Ok(Self::new(directory.join("package-reader")))
    }

    /// Uses this `7zz` instead of looking for one.
    #[must_use]
    pub fn with_tool(mut self, tool: impl Into<PathBuf>) -> Self {
        self.tool = Some(tool.into());
        self
    }

    /// Keeps nested archives in (unlinked files of) this directory while they are looked into.
    #[must_use]
    pub fn with_spool_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.spool_directory = directory.into();
        self
    }

    /// The executable.
    pub fn path(&self) -> &Path {
        &self.program
    }

    /// How well a reader is confined on this machine, in words for an administrator.
    pub fn confinement(&self) -> Result<Vec<String>> {
        process::confinement(self)
    }
}

/// What is told while an archive is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Always first: what the whole archive holds. Limits were checked already.
    Listing {
        /// What it is used for.
        kind: PackageKind,
        /// Files that will follow.
        files: u64,
        /// Directories that will follow.
        directories: u64,
        /// Sum of the sizes of the files.
        unpacked_bytes: u64,
    },
    /// A directory. It precedes everything inside it and comes once.
    Directory {
        /// Relative, with `/`; a valid Windows path.
        path: &'a str,
        /// Last modification, if the archive says so.
        modified: Option<FileTime>,
    },
    /// A file, whose bytes follow.
    File {
        /// Relative, with `/`; a valid Windows path.
        path: &'a str,
        /// How many bytes follow.
        size: u64,
        /// Last modification, if the archive says so.
        modified: Option<FileTime>,
    },
    /// The next bytes of the last file. They belong to a good archive only when [`read`] returns a report.
    Data(&'a [u8]),
}

/// Takes the events; its error ends the reading and is what [`read`] returns.
pub type Sink<'a> = dyn FnMut(Event<'_>) -> Result<()> + 'a;

/// Reads `archive` to its end and gives all of it to `sink`.
///
/// `file_name` is the name that the user gave the file: its extension says what it is used for, and the content must
/// agree. An error means that nothing given to `sink` may be kept.
pub fn read(
    program: &ReaderProgram,
    archive: &Path,
    file_name: &str,
    limits: &Limits,
    sink: &mut Sink<'_>,
) -> Result<PackageReport> {
    read_until(program, archive, file_name, limits, &AtomicBool::new(false), sink)
}

/// Like [`read`], and stops with [`fault::Kind::Cancelled`] soon after `cancel` becomes true.
pub fn read_until(
    program: &ReaderProgram,
    archive: &Path,
    file_name: &str,
    limits: &Limits,
    cancel: &AtomicBool,
    sink: &mut Sink<'_>,
) -> Result<PackageReport> {
    run(program, archive, file_name, limits, cancel, Some(sink))
}

/// Checks all of `archive` and reports what is in it, without handing out its bytes.
pub fn inspect(
    program: &ReaderProgram,
    archive: &Path,
    file_name: &str,
    limits: &Limits,
    cancel: &AtomicBool,
) -> Result<PackageReport> {
    run(program, archive, file_name, limits, cancel, None)
}

fn run(
    program: &ReaderProgram,
    archive: &Path,
    file_name: &str,
    limits: &Limits,
    cancel: &AtomicBool,
    sink: Option<&mut Sink<'_>>,
) -> Result<PackageReport> {
    let kind = PackageKind::from_file_name(file_name)
        .ok_or_else(|| refusal::wrong_type(file_name, "its name must end in .iso, .tq or .zip"))?;
    let file = open(archive, limits).context(|| format!("read {}", refusal::shown(file_name)))?;
    let job = Job {
        kind,
        file_name: file_name.to_owned(),
        with_bytes: sink.is_some(),
        configuration: None,
        limits: limits.clone(),
        tool: program.tool.clone(),
        spool_directory: program.spool_directory.clone(),
        parent: nix::unistd::getpid().as_raw(),
    };
    let mut running = Running::start(program, file, &job)?;
    let outcome = Messages::new(running.take_output()?, limits, cancel)
        .and_then(|messages| receive(messages, Receiver::new(kind, limits, sink)));
    let outcome = match outcome {
        Ok(Some(report)) => Ok(report),
        Ok(None) => Err(running.cause_of_death()),
        Err(error) => Err(error),
    };
    outcome.context(|| format!("read {}", refusal::shown(file_name)))
}

fn open(archive: &Path, limits: &Limits) -> Result<File> {
    let file = File::open(archive).context(|| format!("open {}", archive.display()))?;
    let metadata = file.metadata().context(|| format!("open {}", archive.display()))?;
    if !metadata.is_file() {
        return Err(Error::invalid(format!("{} is no regular file", archive.display())));
    }
    match metadata.len() {
        0 => Err(refusal::empty()),
        bytes if bytes > limits.archive_bytes => Err(refusal::too_large("", bytes, limits.archive_bytes)),
        _ => Ok(file),
    }
}

/// The report, or nothing when the reader went away before its end.
fn receive(mut messages: Messages<'_>, mut receiver: Receiver<'_, '_>) -> Result<Option<PackageReport>> {
    while let Some((tag, payload)) = messages.next()? {
        if let Some(closing) = receiver.take(tag, payload)? {
            return receiver.finish(closing).map(Some);
        }
    }
    Ok(None)
}
