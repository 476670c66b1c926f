//! Opening qcow2 files: exactly those that are named, checked first, and locked.
//!
//! A Base is locked shared, and so is an Active to be read; an Active to be written is locked alone. An Active
//! has a marker file beside it from before its first changed byte until its changes are durable: where the worker dies
//! in between, the marker stays, and the Active is refused.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use disk_image::limits::LOCK_PATIENCE;
use disk_image::wire::MARKER_SUFFIX;
use fault::{Context, Error, Result};
use imago::file::File as ImagoFile;
use imago::qcow2::Qcow2;
use imago::{DenyImplicitOpenGate, DynStorage, FormatAccess, FormatDriverBuilder};

use crate::capture::Capturing;
use crate::header::{Header, damaged};
use crate::ranges::RangeSet;

/// A qcow2 image on a host file, or on what one was earlier.
pub(crate) type Access = FormatAccess<Box<dyn DynStorage>>;

/// How to lock a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    Shared,
    Alone,
}

/// Opens and locks a file; writable if the lock is for one alone.
pub(crate) fn open_file(path: &Path, lock: Lock) -> Result<File> {
    let mut options = File::options();
    options.read(true).write(lock == Lock::Alone);
    let file = options.open(path).context(|| format!("open {}", path.display()))?;
    if !file.metadata().context(|| format!("open {}", path.display()))?.is_file() {
        return Err(Error::invalid(format!("open {}: it is no ordinary file", path.display()))
            .with_notice("disk.not_qcow2")
            .with_value("path", path.display()));
    }
    match wait_for_lock(&file, lock) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::busy(format!("open {}: it is in use", path.display()))
            .with_notice("disk.locked")
            .with_value("path", path.display())),
        Err(TryLockError::Error(error)) => Err(error).context(|| format!("lock {}", path.display())),
    }
}

fn wait_for_lock(file: &File, lock: Lock) -> Result<(), TryLockError> {
    const PAUSE: Duration = Duration::from_millis(10);
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        let locked = match lock {
            Lock::Shared => file.try_lock_shared(),
            Lock::Alone => file.try_lock(),
        };
        match locked {
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
}

/// Interprets an open file as a qcow2 image over `backing`.
pub(crate) fn open_qcow2(file: &File, path: &Path, write: bool, backing: Option<Access>) -> Result<Access> {
    Header::read(file, path)?.expect_plain(path)?;
    let storage = || Ok(Box::new(ImagoFile::try_from(file.try_clone()?)?) as _);
    open_storage(storage, path, write, backing)
}

fn open_storage(
    storage: impl FnOnce() -> io::Result<Box<dyn DynStorage>>,
    path: &Path,
    write: bool,
    backing: Option<Access>,
) -> Result<Access> {
    let open = || -> io::Result<Access> {
        let image = Qcow2::builder(storage()?).write(write).backing(backing).data_file(None);
        Ok(FormatAccess::new(image.open(DenyImplicitOpenGate::default())?))
    };
    open().map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => damaged(path, "its structure is damaged").with_source(error),
        _ => Error::from(error).in_context(format!("open {}", path.display())),
    })
}

/// An Active over its Base, or a Base, with what keeps others away from it.
pub(crate) struct OpenImage {
    pub(crate) access: Access,
    /// The top file: what is written, where anything is.
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) marker: Option<Marker>,
    /// The Base below an Active, with its path; held for its lock, too.
    pub(crate) base: Option<(File, PathBuf)>,
}

impl OpenImage {
    /// A Base that may be read.
    pub(crate) fn base(path: &Path) -> Result<Self> {
        let file = open_file(path, Lock::Shared)?;
        let access = open_qcow2(&file, path, false, None)?;
        Ok(Self { access, file, path: path.to_owned(), marker: None, base: None })
    }

    /// A Base as it was earlier.
    pub(crate) fn earlier(base: &Path, scratch: &Path, ranges: &Path, length: u64) -> Result<Self> {
        let file = open_file(base, Lock::Shared)?;
        let open = || -> io::Result<Capturing> {
            let (below, over) = (file.try_clone()?, File::open(scratch)?);
            Ok(Capturing::over(below, over, RangeSet::read(ranges, length)?, length))
        };
        let storage = open().context(|| format!("open {}", scratch.display()))?;
        Header::read(&storage, base)?.expect_plain(base)?;
        let access = open_storage(|| Ok(Box::new(storage)), base, false, None)?;
        Ok(Self { access, file, path: base.to_owned(), marker: None, base: None })
    }

    /// A Base whose changes go elsewhere.
    pub(crate) fn captured(base: File, storage: &Capturing, path: &Path) -> Result<Self> {
        let access = open_storage(|| Ok(Box::new(storage.clone())), path, true, None)?;
        Ok(Self { access, file: base, path: path.to_owned(), marker: None, base: None })
    }

    /// A new Base that nobody knows yet, and that is being made.
    pub(crate) fn new_base(path: &Path) -> Result<Self> {
        let file = open_file(path, Lock::Alone)?;
        let access = open_qcow2(&file, path, true, None)?;
        Ok(Self { access, file, path: path.to_owned(), marker: None, base: None })
    }

    /// An Active over its Base.
    pub(crate) fn active(active: &Path, base: &Path, write: bool) -> Result<Self> {
        let file = open_file(active, if write { Lock::Alone } else { Lock::Shared })?;
        let marker = Marker::beside(active);
        marker.expect_absent()?;
        let base_file = open_file(base, Lock::Shared)?;
        let backing = open_qcow2(&base_file, base, false, None)?;
        let expected = backing.size();
        let access = open_qcow2(&file, active, write, Some(backing))?;
        if access.size() != expected {
            return Err(damaged(active, "its size is not that of its Base"));
        }
        let (marker, base) = (write.then_some(marker), Some((base_file, base.to_owned())));
        Ok(Self { access, file, path: active.to_owned(), marker, base })
    }
}

/// The file beside an Active that says: it is being changed.
#[derive(Debug)]
pub(crate) struct Marker {
    path: PathBuf,
    active: PathBuf,
    /// Open while it is set.
    file: RefCell<Option<File>>,
}

impl Marker {
    /// The marker of an Active.
    pub(crate) fn beside(active: &Path) -> Self {
        let mut name = OsString::from(active);
        name.push(MARKER_SUFFIX);
        Self { path: name.into(), active: active.to_owned(), file: RefCell::new(None) }
    }

    /// Refuses an Active that was left in the middle of a change.
    pub(crate) fn expect_absent(&self) -> Result<()> {
        match self.path.try_exists().context(|| format!("look for {}", self.path.display()))? {
            false => Ok(()),
            true => Err(unclean(&self.active)),
        }
    }

    /// Makes it durable that the Active is being changed; does nothing where it is already.
    pub(crate) fn set(&self) -> io::Result<()> {
        let mut file = self.file.borrow_mut();
        if file.is_none() {
            let created = File::create_new(&self.path)?;
            sync_directory_of(&self.path)?;
            *file = Some(created);
        }
        Ok(())
    }

    /// The changes are durable. Should the removal itself get lost, the Active is refused without need, no more.
    pub(crate) fn clear(&self) -> io::Result<()> {
        match self.file.borrow_mut().take() {
            // Where Active was removed meanwhile, a marker of that name belongs to another one.
            Some(file) if file.metadata()?.nlink() > 0 => std::fs::remove_file(&self.path),
            _ => Ok(()),
        }
    }
}

/// The error of an Active that was left in the middle of a change.
pub(crate) fn unclean(active: &Path) -> Error {
    Error::corrupt(format!("use {}: it was left in the middle of a change", active.display()))
        .with_notice("disk.active_unclean")
        .with_value("path", active.display())
}

/// Makes the entries of a file's directory durable.
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
