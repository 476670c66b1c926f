//! The disk file: where it is, whether somebody uses it, and the right to write it.
//!
//! While it is written, a marker `<disk>.updating` lies beside it: as long as that exists, the file is no valid
//! disk, and whatever starts desktops must not open it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use fault::{Context, Error, Result};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, Flock, FlockArg, fcntl};
use nix::libc;

use crate::files;
use crate::limits::{FREE_SPACE_MARGIN_BYTES, IN_USE_COMMAND_TIME};
use crate::state::Config;

/// The names that belong to a disk file.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The disk file itself: always a whole version, or marked.
    pub disk: PathBuf,
    /// A first download that is not finished.
    pub partial: PathBuf,
    /// Exists while the disk file is not valid.
    pub marker: PathBuf,
}

impl Paths {
    /// The names beside `disk`.
    pub fn of(disk: &Path) -> Self {
        let beside = |suffix: &str| {
            let mut name = disk.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        Self { disk: disk.to_owned(), partial: beside(".partial"), marker: beside(".updating") }
    }
}

/// The right to write the disk file: nobody uses it, and nobody who asks can begin to.
#[derive(Debug)]
pub struct Held {
    _file: Flock<File>,
}

/// Takes the right to write the disk; an error with notice `disk.in_use` when somebody uses it.
///
/// Both kinds of locks are taken: flock for scripts and virt tools, and an open-file-description lock over the
/// whole file, which conflicts with those of QEMU and qemu-nbd in both directions.
pub fn hold(config: &Config) -> Result<Held> {
    if let Some(path) = &config.in_use_file
        && path.try_exists().map_err(|error| files::explain(error, "look for", path))?
    {
        return Err(in_use(config, &format!("{} exists", path.display())));
    }
    if let Some(why) = command_says_in_use(&config.in_use_command) {
        return Err(in_use(config, &why));
    }
    let opened = OpenOptions::new().read(true).write(true).open(&config.disk);
    let file = opened.map_err(|error| files::explain(error, "open", &config.disk))?;
    let file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(file) => file,
        Err((_, Errno::EWOULDBLOCK)) => return Err(in_use(config, "another program holds a lock on it")),
        Err((_, errno)) => return Err(files::explain(io::Error::from(errno), "lock", &config.disk)),
    };
    match fcntl(&*file, FcntlArg::F_OFD_SETLK(&whole_file())) {
        Ok(_) => Ok(Held { _file: file }),
        Err(Errno::EAGAIN | Errno::EACCES) => {
            Err(in_use(config, "a virtual machine or an export has it open"))
        }
        Err(errno) => Err(files::explain(io::Error::from(errno), "lock", &config.disk)),
    }
}

/// Whether something says that the disk is in use, without taking it even for a moment: a desktop may be about to start.
pub fn is_said_to_be_used(config: &Config) -> bool {
    config.in_use_file.as_ref().is_some_and(|path| path.exists())
        || command_says_in_use(&config.in_use_command).is_some()
        || is_locked(&config.disk)
}

/// Whether QEMU or an export has locked the disk. Locks of scripts (flock) cannot be seen without taking them.
fn is_locked(disk: &Path) -> bool {
    let Ok(file) = File::open(disk) else { return false };
    let mut whole = whole_file();
    fcntl(&file, FcntlArg::F_OFD_GETLK(&mut whole)).is_ok() && whole.l_type != libc::F_UNLCK as libc::c_short
}

/// A lock over the whole file, for writing.
fn whole_file() -> libc::flock {
    libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

fn in_use(config: &Config, why: &str) -> Error {
    Error::busy(format!("write {}: {why}", config.disk.display()))
        .with_notice("disk.in_use")
        .with_value("path", config.disk.display())
        .with_value("cause", why)
}

/// Why the command says that the disk is in use; nothing when it says that it is free. In doubt it is in use.
fn command_says_in_use(command: &[String]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Some(format!("{program} cannot be run: {error}")),
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.code() == Some(1) => return None,
            Ok(Some(status)) => return Some(format!("{program} says so ({status})")),
            Ok(None) if start.elapsed() < IN_USE_COMMAND_TIME => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            _ => {
                let _best_effort = child.kill().and_then(|()| child.wait());
                return Some(format!("{program} does not end"));
            }
        }
    }
}

/// Marks the disk as invalid, durably.
pub fn mark(paths: &Paths) -> Result<()> {
    files::replace(&paths.marker, b"tool-disk is writing this disk; do not open it\n", 0o644)
}

/// The disk is valid again.
pub fn unmark(paths: &Paths) -> Result<()> {
    if paths.marker.exists() {
        files::remove(&paths.marker)?;
        files::sync_parent(&paths.marker)?;
    }
    Ok(())
}

/// Fails with notice `sync.no_space` unless `bytes` more fit where `path` is, with a margin.
pub fn require_space(path: &Path, bytes: u64) -> Result<()> {
    let directory = path.ancestors().find(|directory| directory.is_dir()).unwrap_or(Path::new("/"));
    let found = nix::sys::statvfs::statvfs(directory).map_err(io::Error::from);
    let found = found.context(|| format!("measure the free space at {}", directory.display()))?;
    let free = found.blocks_available().saturating_mul(found.fragment_size());
    let needed = bytes.saturating_add(FREE_SPACE_MARGIN_BYTES);
    if bytes == 0 || free >= needed {
        return Ok(());
    }
    Err(Error::no_space(format!("keep {needed} more bytes at {}: {free} are free", directory.display()))
        .with_notice("sync.no_space")
        .with_value("path", directory.display())
        .with_value("needed_bytes", needed)
        .with_value("free_bytes", free))
}

#[cfg(test)]
mod tests {
    use fault::Kind;

    use super::*;

    fn config(directory: &Path) -> Config {
        let disk = directory.join("disk");
        std::fs::write(&disk, "x").unwrap();
        Config { disk, in_use_file: Some(directory.join("in-use")), ..Config::default() }
    }

    fn verdict(config: &Config) -> Option<String> {
        hold(config).err().map(|error| error.notice().unwrap().id.to_string())
    }

    #[test]
    fn a_disk_is_held_by_one_and_only_while_nobody_uses_it() {
        let directory = tempfile::tempdir().unwrap();
        let mut config = config(directory.path());
        let held = hold(&config).unwrap();
        assert_eq!(verdict(&config).as_deref(), Some("disk.in_use"));
        drop(held);
        std::fs::write(config.in_use_file.as_ref().unwrap(), "").unwrap();
        assert_eq!(verdict(&config).as_deref(), Some("disk.in_use"));
        config.in_use_file = None;
        for (code, free) in [(0, false), (1, true), (2, false)] {
            config.in_use_command = ["sh", "-c", &format!("exit {code}")].map(str::to_owned).to_vec();
            assert_eq!(hold(&config).is_ok(), free, "exit code {code}");
        }
        config.in_use_command = vec!["/nonexistent".into()];
        assert_eq!(verdict(&config).as_deref(), Some("disk.in_use"));
    }

    /// QEMU locks single bytes behind offset 100 for reading.
    #[test]
    fn a_lock_like_that_of_qemu_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path());
        let other = File::open(&config.disk).unwrap();
        let mut byte = libc::flock {
            l_type: libc::F_RDLCK as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: 103,
            l_len: 1,
            l_pid: 0,
        };
        fcntl(&other, FcntlArg::F_OFD_SETLK(&byte)).unwrap();
        assert_eq!(verdict(&config).as_deref(), Some("disk.in_use"));
        assert!(is_said_to_be_used(&config));
        // Closing is not enough: a child that another test starts may hold the same open file for a moment.
        byte.l_type = libc::F_UNLCK as libc::c_short;
        fcntl(&other, FcntlArg::F_OFD_SETLK(&byte)).unwrap();
        assert_eq!(verdict(&config), None);
        assert!(!is_said_to_be_used(&config));
    }

    #[test]
    fn missing_space_is_told_with_its_size() {
        let directory = tempfile::tempdir().unwrap();
        require_space(&directory.path().join("a/b"), 1).unwrap();
        let error = require_space(directory.path(), u64::MAX).unwrap_err();
        assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NoSpace, "sync.no_space"));
    }
}
