//! Parsing an archive: what the confined process `package-reader` does.
//!
//! ```text
//! standard input (the archive) ─► sniff ─► confine ─► directory ─► plan (all refusals that it allows) ─► bytes
//!                                                                        │                                 │
//! standard output (messages)  ◄──────────────────────── Listing ◄───────┘   Directory, File, Data, Inf ◄──┘
//! ```
//!
//! This module owns nothing outside its own process and writes nowhere but to its standard output and to unlinked
//! spool files. The server must never call into it; [`crate::reader`] is the server's side.

mod collect;
mod confine;
mod contents;
mod listing;
mod nested;
mod output;
mod plan;
mod rewrite;
mod sevenz;
mod sniff;
mod tool;
mod zipped;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::process::ExitCode;

use fault::{Context, Error, Result};

use crate::frame::{Closing, Job};
use crate::{PackageKind, refusal};
use collect::Collector;
use confine::Reach;
use contents::Contents;
use nested::Spools;
use output::Output;
use plan::{Budget, Plan};
use sniff::Content;
use tool::Tool;

/// The reader's whole life. Its only argument is the job, or `--confinement` for a test of the confinement.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let argument = arguments.into_iter().nth(1).and_then(|text| text.into_string().ok()).unwrap_or_default();
    let outcome = confine::close_inherited().and_then(|()| match argument.as_str() {
        "--confinement" => describe_confinement(),
        job => serve(job),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The server shows this when there was no way to tell it properly.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// The paths of the files that would be unpacked by a listing of `7zz`: a door for the fuzz targets.
pub fn paths_of_listing(text: &[u8]) -> Result<Vec<String>> {
    let mut listing = listing::Listing::default();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        listing.line(line)?;
    }
    let limits = crate::Limits::default();
    let budget = Budget { capacity: limits.extracted, archive_bytes: text.len() as u64, limits: &limits };
    let plan = Plan::check(listing.finish()?, &budget)?;
    Ok(plan.each_file().map(|(_, entry)| entry.path.clone()).collect())
}

fn describe_confinement() -> Result<()> {
    let lines = confine::enter(&crate::Limits::default(), nix::unistd::getppid().as_raw(), Reach::Nothing)?;
    writeln!(std::io::stdout(), "{}", lines.join("\n")).context(|| "write the confinement")
}

fn serve(job: &str) -> Result<()> {
    let job: Job = serde_json::from_str(job).map_err(|error| {
        Error::invalid("package-reader is started by the driver center only").with_source(error)
    })?;
    let pipe = std::io::stdout().as_fd().try_clone_to_owned().context(|| "open the output")?;
    let mut output = Output::new(File::from(pipe), job.with_bytes);
    let outcome = match &job.configuration {
        None => read(&job, &mut output),
        Some(configuration) => configure(&job, configuration, &mut output),
    };
    match outcome {
        Ok(closing) => output.end(&closing),
        Err(error) => output.refuse(&error),
    }
}

fn read(job: &Job, output: &mut Output) -> Result<Closing> {
    let archive = File::from(std::io::stdin().as_fd().try_clone_to_owned().context(|| "open the archive")?);
    let spools = Spools::open(&job.spool_directory, job.limits.nested_depth)?;
    let content = sniff::sniff(&archive)?;
    check_kind(job, content)?;
    let mut contents = open(job, content, archive)?;
    let archive_bytes = contents.archive_bytes;
    let capacity = job.limits.capacity(job.kind);
    let plan =
        Plan::check(contents.inner.entries()?, &Budget { capacity, archive_bytes, limits: &job.limits })?;
    if plan.files() == 0 {
        return Err(refusal::empty());
    }
    let mut collector = Collector::new(job.kind, &job.limits, output, spools);
    if !collector.may_hold_drivers(&plan) {
        return Err(refusal::no_driver());
    }
    collector.whole(&plan, contents.inner.as_mut())?;
    collector.close()
}

/// Describes the archive with another configuration file, as pieces of this one and new bytes.
fn configure(job: &Job, configuration: &str, output: &mut Output) -> Result<Closing> {
    let archive = File::from(std::io::stdin().as_fd().try_clone_to_owned().context(|| "open the archive")?);
    check_kind(job, sniff::sniff(&archive)?)?;
    confine::enter(&job.limits, job.parent, Reach::Nothing)?;
    for part in rewrite::parts(&archive, configuration)? {
        output.piece(&part)?;
    }
    Ok(Closing::default())
}

/// The content must be what the extension says.
fn check_kind(job: &Job, content: Content) -> Result<()> {
    let agrees = match job.kind {
        PackageKind::Universal => matches!(content, Content::Iso | Content::Udf),
        PackageKind::Extracted => matches!(content, Content::SevenZip | Content::Zip),
        PackageKind::Printer => content == Content::Zip,
    };
    if agrees {
        return Ok(());
    }
    Err(refusal::wrong_type(&job.file_name, &format!("it is a {content}, and no {}", job.kind)))
}

struct Opened {
    inner: Box<dyn Contents>,
    archive_bytes: u64,
}

/// Confines the process as far as `content` allows, and opens the archive.
fn open(job: &Job, content: Content, archive: File) -> Result<Opened> {
    let archive_bytes = archive.metadata().context(|| "measure the archive")?.len();
    let limits = &job.limits;
    let tool = Tool::find(job.tool.as_deref(), &archive);
    if matches!(content, Content::Iso | Content::Udf) {
        sniff::check_volume_size(&archive, content)?;
        confine::let_nobody_read(&archive)?;
    }
    let reach = match &tool {
        Ok(tool) => Reach::Tool { program: tool.path(), archive: &archive },
        Err(_) => Reach::Nothing,
    };
    confine::enter(limits, job.parent, reach)?;
    let inner: Box<dyn Contents> = match content {
        Content::Iso | Content::Udf => tool?.open(content, limits)?,
        Content::SevenZip => {
            let mut seven = sevenz::SevenZip::open(archive, limits)?;
            match seven.foreign_method() {
                None => alone(seven)?,
                Some(_) => tool?.stream(content, seven.entries()?),
            }
        }
        Content::Zip => {
            let mut zip = zipped::Zip::open(archive)?;
            match zip.foreign_method()? {
                None => alone(zip)?,
                Some(_) => tool?.stream(content, zip.entries()?),
            }
        }
        Content::Executable | Content::Unknown => return Err(Error::bug("this content has no reader")),
    };
    Ok(Opened { inner, archive_bytes })
}

/// The archive needs no help, so nothing has to be in reach any more.
fn alone(contents: impl Contents + 'static) -> Result<Box<dyn Contents>> {
    confine::seal()?;
    Ok(Box::new(contents))
}
