//! `7zz` as a source of entries and bytes: for disc images, and for methods of compression that nothing here knows.
//!
//! It runs under this process and shares its confinement. It gets the archive as an inherited descriptor and opens it
//! again as `/proc/self/fd/N`, with no input, an empty password (it never asks), and a fixed locale. `-ba` keeps the
//! archive's own comment out of the listing, which could forge entries; in names, 7zz shows control characters as `_`.
//! `x -so` gives all files one after the other in the order of the listing, so the sizes of the listing cut the stream.
//!
//! Not taken from a disc image: `[BOOT]/…`, which 7zz makes up for boot images that are no files of the disc.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use fault::{Context, Error, Result};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

use super::contents::{Contents, Entry, Visit};
use super::listing::Listing;
use super::sniff::Content;
use crate::limits::Limits;
use crate::refusal;

/// Where packages put the program.
const PLACES: [&str; 2] = ["/usr/bin/7zz", "/usr/local/bin/7zz"];
/// Longest line of a listing, in bytes: a path at its limit, and room.
const LINE_BYTES: u64 = 64 << 10;

/// The program, with the archive that it is to read.
pub(super) struct Tool {
    program: PathBuf,
    archive: OwnedFd,
}

impl Tool {
    pub(super) fn find(given: Option<&Path>, archive: &File) -> Result<Self> {
        let candidates =
            given.map_or_else(|| PLACES.map(PathBuf::from).to_vec(), |path| vec![path.to_owned()]);
        let program = candidates.into_iter().find(|path| path.is_file()).ok_or_else(refusal::tool_missing)?;
        let archive = archive.as_fd().try_clone_to_owned().context(|| "hand the archive to 7zz")?;
        Ok(Self { program, archive })
    }

    pub(super) fn path(&self) -> &Path {
        &self.program
    }

    /// The archive as 7zz sees it, entries and all.
    pub(super) fn open(self, content: Content, limits: &Limits) -> Result<Box<dyn Contents>> {
        let entries = self.list(content, limits)?;
        Ok(Box::new(Streamed { tool: self, content, entries }))
    }

    /// Only the bytes through 7zz; `entries` are those of the archive, in its order.
    pub(super) fn stream(self, content: Content, entries: Vec<Entry>) -> Box<dyn Contents> {
        Box::new(Streamed { tool: self, content, entries })
    }

    fn list(&self, content: Content, limits: &Limits) -> Result<Vec<Entry>> {
        let mut run = self.run(content, &["l", "-slt", "-ba"])?;
        let mut lines = BufReader::new(run.output()?);
        let mut listing = Listing::default();
        let mut line = Vec::new();
        // One more than any kind of package may have is enough to refuse it.
        let most = limits.universal.entries.max(limits.extracted.entries);
        while listing.len() as u64 <= most {
            line.clear();
            lines
                .by_ref()
                .take(LINE_BYTES)
                .read_until(b'\n', &mut line)
                .context(|| "read the listing of 7zz")?;
            if line.is_empty() {
                run.finish()?;
                return listing.finish();
            }
            listing.line(&line)?;
        }
        Err(refusal::too_many_entries(listing.len() as u64, most))
    }

    fn run(&self, content: Content, verb: &[&str]) -> Result<Run> {
        let kind = match content {
            Content::Udf => "-tudf",
            Content::Iso => "-tiso",
            Content::SevenZip => "-t7z",
            Content::Zip => "-tzip",
            Content::Executable | Content::Unknown => {
                return Err(Error::bug("7zz is not used for this content"));
            }
        };
        fcntl(&self.archive, FcntlArg::F_SETFD(FdFlag::empty())).map_err(std::io::Error::from)?;
        let child = Command::new(&self.program)
            .args(verb)
            .args([kind, "-p", "-mmt1", "-sccUTF-8", "-x![BOOT]", "--"])
            .arg(format!("/proc/self/fd/{}", self.archive.as_raw_fd()))
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context(|| format!("start {}", self.program.display()))?;
        Ok(Run(child))
    }
}

/// A running 7zz; it does not outlive this value.
struct Run(Child);

impl Run {
    fn output(&mut self) -> Result<ChildStdout> {
        let pipe = self.0.stdout.take().ok_or_else(|| Error::bug("7zz has no output"))?;
        // A larger pipe only saves switches between the processes; the default will do where it is refused.
        let _ = fcntl(&pipe, FcntlArg::F_SETPIPE_SZ(1 << 20));
        Ok(pipe)
    }

    /// Waits for the end; 7zz answers 0 for success and 1 for warnings that cost no data.
    fn finish(mut self) -> Result<()> {
        let status = self.0.wait().context(|| "wait for 7zz")?;
        match status.code() {
            Some(0 | 1) => Ok(()),
            Some(2) => Err(refusal::damaged("", "7zz cannot read it")),
            Some(8) => Err(refusal::unsupported("", "7zz needs more memory for it than is allowed")),
            _ => Err(refusal::reader_failed(&format!("7zz ended with {status}"))),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An archive whose bytes come out of 7zz.
struct Streamed {
    tool: Tool,
    content: Content,
    entries: Vec<Entry>,
}

impl Contents for Streamed {
    fn entries(&mut self) -> Result<Vec<Entry>> {
        Ok(self.entries.clone())
    }

    /// Everything passes by, so everything is visited.
    fn each(&mut self, _wanted: &dyn Fn(usize) -> bool, visit: &mut Visit<'_>) -> Result<()> {
        let mut run = self.tool.run(self.content, &["x", "-so"])?;
        let mut stream = run.output()?;
        for (index, entry) in self.entries.iter().enumerate().filter(|(_, entry)| !entry.directory) {
            visit(index, &mut (&mut stream).take(entry.size))?;
        }
        if stream.read(&mut [0; 1]).context(|| "read from 7zz")? > 0 {
            return Err(refusal::damaged("", "it holds more than its directory says"));
        }
        run.finish()
    }
}
