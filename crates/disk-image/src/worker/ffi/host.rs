//! System calls that std does not offer.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use disk_image::limits::{PROGRAM_MEMORY_BYTES, WORKER_MEMORY_BYTES};

/// Takes from this process what it does not need: other descriptors, core dumps, memory without end.
pub(crate) fn confine() -> io::Result<()> {
    // SAFETY: closing descriptors from 3 on is sound here, because the process has just started and owns no others.
    let closed = unsafe { libc::close_range(3, u32::MAX, 0) };
    if closed != 0 && io::Error::last_os_error().raw_os_error() != Some(libc::ENOSYS) {
        return Err(io::Error::last_os_error());
    }
    limit(libc::RLIMIT_CORE, 0, 0)?;
    limit(libc::RLIMIT_AS, WORKER_MEMORY_BYTES, PROGRAM_MEMORY_BYTES)?;
    // SAFETY: these calls take plain numbers and touch no memory of ours.
    let results = unsafe {
        libc::umask(0o077);
        [libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0), libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)]
    };
    if results.iter().any(|&result| result != 0) {
        return Err(io::Error::last_os_error());
    }
    // Whoever ends the server ends the worker by closing its input: only so the image is left in order.
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: ignoring a signal installs no handler, so nothing can run at a wrong time.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    // A bigger pipe saves turns between the processes; where it is refused, the usual size does.
    // SAFETY: the call takes plain numbers and touches no memory of ours.
    unsafe { libc::fcntl(0, libc::F_SETPIPE_SZ, 1024 * 1024) };
    Ok(())
}

fn limit(resource: libc::__rlimit_resource_t, soft: u64, hard: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: `limit` lives through the call, which only reads it.
    match unsafe { libc::setrlimit(resource, &limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Makes `range` of `file` a hole; a file system without holes keeps the bytes, which is no error.
pub(crate) fn punch_hole(file: &File, range: Range<u64>) -> io::Result<()> {
    let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    let (start, length) = (to_offset(range.start)?, to_offset(range.end - range.start)?);
    // SAFETY: the descriptor is open, and the call touches no memory of ours.
    match unsafe { libc::fallocate(file.as_raw_fd(), mode, start, length) } {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::EOPNOTSUPP) => Ok(()),
            error => Err(error),
        },
    }
}

/// The first range from `position` on that is no hole.
pub(crate) fn next_data(file: &File, position: u64) -> io::Result<Option<Range<u64>>> {
    let Some(start) = seek(file, position, libc::SEEK_DATA)? else { return Ok(None) };
    let end = seek(file, start, libc::SEEK_HOLE)?.unwrap_or(start);
    Ok((start < end).then_some(start..end))
}

fn seek(file: &File, position: u64, whence: libc::c_int) -> io::Result<Option<u64>> {
    // SAFETY: the descriptor is open, and the call touches no memory of ours.
    match unsafe { libc::lseek(file.as_raw_fd(), to_offset(position)?, whence) } {
        found @ 0.. => Ok(Some(found as u64)),
        _ => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ENXIO) => Ok(None),
            error => Err(error),
        },
    }
}

fn to_offset(value: u64) -> io::Result<libc::off_t> {
    libc::off_t::try_from(value).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// Lets a child end with this process, and gives it its memory.
///
/// Only for what the main thread starts: the kernel ties the child's end to the thread, not to the process.
pub(crate) fn prepare_child(command: &mut Command) {
    let arrange = || {
        limit(libc::RLIMIT_AS, PROGRAM_MEMORY_BYTES, PROGRAM_MEMORY_BYTES)?;
        // SAFETY: the call is async-signal-safe and touches no memory of ours.
        match unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: the closure runs between fork and exec; it makes two system calls, allocates nothing and takes no lock.
    unsafe { command.pre_exec(arrange) };
}

/// Lets another thread end the process without running what C has registered for its end.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: the call does not return and touches no memory of ours.
    unsafe { libc::_exit(code) }
}
