//! Takes away from this process what it does not need, before it looks at the first byte that matters.
//!
//! - resource limits: memory, processor time, open files, size of written files, no core dumps;
//! - no new privileges, ever; death with the server;
//! - started by root: it becomes `nobody`, without groups;
//! - Landlock, as far as the kernel knows it: no path at all, or, while 7zz may be needed, only to read and start
//!   programs and libraries and to read this one archive; no network, no signals to others.
//!
//! What stays are the open descriptors: the archive, the output, and the spool files. [`seal`] takes the rest when 7zz
//! turns out not to be needed. A kernel without Landlock weakens this; `doctor` shows it.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use fault::{Context, Error, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, geteuid, getppid, setgid, setgroups, setuid};

use crate::limits::Limits;
use crate::refusal;

/// The user and group that own nothing.
const NOBODY: u32 = 65_534;
/// Rights that this code was tested with; older kernels enforce those that they know.
const RIGHTS: ABI = ABI::V6;
/// Where programs and libraries are.
const PROGRAMS: [&str; 4] = ["/usr", "/lib", "/lib64", "/bin"];
/// Files that a program needs to start.
const START_FILES: [&str; 2] = ["/etc/ld.so.cache", "/etc/ld.so.preload"];
const OPEN_FILES: u64 = 64;
/// Processes and threads of the user nobody, others' included; enough to stop a fork bomb.
const PROCESSES: u64 = 512;

/// What may still be reached by a path.
pub(super) enum Reach<'a> {
    Nothing,
    /// Programs, and this archive.
    Tool {
        program: &'a Path,
        archive: &'a File,
    },
}

/// Confines this process and tells how far that went, a line for each means.
pub(super) fn enter(limits: &Limits, parent: i32, reach: Reach<'_>) -> Result<Vec<String>> {
    let mut lines = vec![limit_resources(limits)?];
    lines.push(landlock(&reach)?);
    lines.push(drop_user()?);
    prctl::set_no_new_privs().map_err(std::io::Error::from).context(|| "give up new privileges")?;
    lines.push("no new privileges".to_owned());
    // Changing the user resets it, so it comes last.
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(std::io::Error::from).context(|| "die with the server")?;
    if getppid().as_raw() != parent {
        return Err(Error::cancelled("the server is gone"));
    }
    Ok(lines)
}

/// Closes what the server may have left open by mistake; only input, output and error output are meant for us.
///
/// To be called before anything is opened.
pub(super) fn close_inherited() -> Result<()> {
    let listing = std::fs::read_dir("/proc/self/fd").context(|| "list the open files")?;
    let open: Vec<i32> = listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    for number in open.into_iter().filter(|number| *number > 2) {
        // The listing itself is among them and closed already.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}

/// Takes away all paths, for good.
pub(super) fn seal() -> Result<()> {
    landlock(&Reach::Nothing).map(drop)
}

/// Makes sure that the user nobody can read an archive that 7zz opens again.
///
/// Opening `/proc/self/fd/N` asks for the file's own permissions, not those of its directory. Only root can have to do
/// this: the directory of kept archives is what keeps others out.
pub(super) fn let_nobody_read(archive: &File) -> Result<()> {
    const OTHERS_READ: u32 = 0o004;
    let metadata = archive.metadata().context(|| "look at the archive")?;
    if !geteuid().is_root() || metadata.mode() & OTHERS_READ != 0 {
        return Ok(());
    }
    let mut permissions = metadata.permissions();
    permissions.set_mode(metadata.mode() & 0o7777 | OTHERS_READ);
    archive.set_permissions(permissions).context(|| "let the unprivileged reader read the archive")
}

fn limit_resources(limits: &Limits) -> Result<String> {
    let file_bytes = limits.nested_bytes;
    let bounds = [
        (Resource::RLIMIT_AS, limits.memory_bytes),
        (Resource::RLIMIT_CPU, limits.cpu_seconds),
        (Resource::RLIMIT_NOFILE, OPEN_FILES),
        (Resource::RLIMIT_FSIZE, file_bytes),
        (Resource::RLIMIT_CORE, 0),
    ];
    for (resource, bound) in bounds {
        setrlimit(resource, bound, bound)
            .map_err(std::io::Error::from)
            .context(|| format!("limit {resource:?} to {bound}"))?;
    }
    let memory_mib = limits.memory_bytes >> 20;
    Ok(format!(
        "limits: {memory_mib} MiB memory, {} s processor time, {OPEN_FILES} files",
        limits.cpu_seconds
    ))
}

fn landlock(reach: &Reach<'_>) -> Result<String> {
    let status = ruleset(reach)
        .and_then(RulesetCreated::restrict_self)
        .map_err(|error| Error::unavailable("confine the archive reader").with_source(error))?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => "landlock: files, network and signals".to_owned(),
        RulesetStatus::PartiallyEnforced => "landlock: partly, this kernel knows an older version".to_owned(),
        RulesetStatus::NotEnforced => "landlock: not available in this kernel".to_owned(),
    })
}

fn ruleset(reach: &Reach<'_>) -> std::result::Result<RulesetCreated, landlock::RulesetError> {
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(RIGHTS))?
        .handle_access(AccessNet::from_all(RIGHTS))?
        .scope(Scope::from_all(RIGHTS))?
        .create()?;
    let Reach::Tool { program, archive } = reach else { return Ok(ruleset) };
    ruleset
        .add_rules(path_beneath_rules(PROGRAMS, AccessFs::from_read(RIGHTS)))?
        .add_rules(path_beneath_rules([program], AccessFs::ReadFile | AccessFs::Execute))?
        .add_rules(path_beneath_rules(START_FILES, AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rule(PathBeneath::new(archive, AccessFs::ReadFile))
}

fn drop_user() -> Result<String> {
    if !geteuid().is_root() {
        return Ok(format!("user: {} (not started by root)", geteuid()));
    }
    setrlimit(Resource::RLIMIT_NPROC, PROCESSES, PROCESSES)
        .map_err(std::io::Error::from)
        .context(|| format!("limit the processes to {PROCESSES}"))?;
    let dropped = setgroups(&[])
        .and_then(|()| setgid(Gid::from_raw(NOBODY)))
        .and_then(|()| setuid(Uid::from_raw(NOBODY)));
    dropped.map_err(|error| refusal::reader_failed(&format!("it cannot become the user nobody: {error}")))?;
    Ok("user: nobody".to_owned())
}
