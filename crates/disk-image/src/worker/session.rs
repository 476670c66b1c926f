//! An open image and what is under way on it.

use std::path::Path;
use std::rc::Rc;

use fault::{Context, Error, Result, WireError};

use disk_image::wire::StreamId;
use disk_image::{DiskPath, Space};

use crate::device::Disk;
use crate::ffi::ntfs::Volume;
use crate::files;
use crate::images::{OpenImage, unclean};
use crate::layout;
use crate::writer::Writer;

/// An open image with the volume on it.
pub(crate) struct Session {
    disk: Rc<Disk>,
    /// Mounted at the first use after opening or [`Session::sync`].
    volume: Option<Volume>,
    writable: bool,
    /// Whether the volume's dirty flag has been set since the last [`Session::sync`].
    marked_dirty: bool,
    writer: Option<Under>,
}

/// A tree or file under way.
struct Under {
    stream: StreamId,
    writer: Writer,
    /// Why it failed; what it has written is removed already.
    failed: Option<WireError>,
}

impl Session {
    /// Finds and mounts the volume of an image.
    pub(crate) fn open(image: OpenImage, writable: bool) -> Result<Self> {
        let (_, window) = layout::find(&image.access, &image.path)?;
        let disk = Rc::new(Disk::new(image, window));
        let mut session = Self { disk, volume: None, writable, marked_dirty: false, writer: None };
        if session.volume()?.facts().is_dirty && writable {
            return Err(unclean(&session.disk.image().path));
        }
        Ok(session)
    }

    /// The image below.
    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The mounted volume.
    pub(crate) fn volume(&mut self) -> Result<&Volume> {
        if self.volume.is_none() {
            let mounted = Volume::mount(Rc::clone(&self.disk) as _, !self.writable);
            let volume = mounted.map_err(|error| explain_mount(&self.disk.image().path, error))?;
            self.volume = Some(volume);
        }
        self.volume.as_ref().ok_or_else(|| Error::bug("mount the volume"))
    }

    /// The volume, with the inodes of a running import closed.
    pub(crate) fn quiet_volume(&mut self) -> Result<&Volume> {
        if let Some(under) = self.writer.as_mut() {
            under.writer.park()?;
        }
        self.volume()
    }

    /// The quiet volume for a change.
    fn volume_to_change(&mut self) -> Result<&Volume> {
        if !self.writable {
            return Err(Error::bug("change an image that was opened to be read"));
        }
        if let Some(failure) = self.disk.failure() {
            return Err(failure);
        }
        self.quiet_volume()?;
        if !self.marked_dirty {
            self.volume()?.set_dirty(true).context(|| "mark the volume as being changed")?;
            self.marked_dirty = true;
        }
        self.volume()
    }

    /// Begins a tree or a file.
    pub(crate) fn begin(
        &mut self,
        stream: StreamId,
        begin: impl FnOnce(&Volume) -> Result<Writer>,
    ) -> Result<()> {
        if self.writer.is_some() {
            return Err(
                Error::busy("begin an import: another one is running").with_notice("disk.import_running")
            );
        }
        let writer = begin(self.volume_to_change()?);
        let writer = self.judge(writer)?;
        self.writer = Some(Under { stream, writer, failed: None });
        Ok(())
    }

    /// Goes on with the tree or file of `stream`. An error undoes it, and is told once.
    pub(crate) fn go_on(
        &mut self,
        stream: StreamId,
        step: impl FnOnce(&mut Writer, &Volume) -> Result<()>,
    ) -> Result<()> {
        self.volume()?;
        let (Some(under), Some(volume)) = (self.writer.as_mut(), self.volume.as_ref()) else { return Ok(()) };
        // After a failure what was sent meanwhile still arrives.
        if under.stream != stream || under.failed.is_some() {
            return Ok(());
        }
        let Err(error) = step(&mut under.writer, volume) else { return Ok(()) };
        let error = self.judge::<()>(Err(error)).expect_err("an error stays one");
        if let Some(under) = self.writer.as_mut() {
            under.failed = Some(WireError::from(&error));
        }
        self.undo()?;
        Err(error)
    }

    /// Ends the tree or file of `stream`.
    pub(crate) fn finish(&mut self, stream: StreamId) -> Result<disk_image::ImportReport> {
        self.volume()?;
        let Some(under) = self.writer.take_if(|under| under.stream == stream) else {
            return Err(Error::bug("end an import that is not running"));
        };
        if let Some(failed) = under.failed {
            return Err(failed.into());
        }
        let mut writer = under.writer;
        let finished = writer.finish(self.volume()?);
        self.judge(finished)
    }

    /// Cancels the tree or file of `stream`, if it is running.
    pub(crate) fn cancel(&mut self, stream: StreamId) -> Result<()> {
        if self.writer.as_ref().is_some_and(|under| under.stream == stream) {
            let undone = self.undo();
            self.writer = None;
            undone?;
        }
        Ok(())
    }

    fn undo(&mut self) -> Result<()> {
        self.volume()?;
        let (Some(under), Some(volume)) = (self.writer.as_mut(), self.volume.as_ref()) else { return Ok(()) };
        let undone = under.writer.cancel(volume);
        self.judge(undone)
    }

    /// Whether an import is running.
    pub(crate) fn is_writing(&self) -> bool {
        self.writer.is_some()
    }

    /// Makes another change to the volume.
    pub(crate) fn change(&mut self, change: impl FnOnce(&Volume) -> Result<()>) -> Result<()> {
        let changed = change(self.volume_to_change()?);
        self.judge(changed)
    }

    /// Removes a file or a directory, but not what is being written.
    pub(crate) fn remove(&mut self, path: &DiskPath) -> Result<()> {
        if self.writer.is_some() {
            return Err(Error::busy(format!("remove {path}: an import is running"))
                .with_notice("disk.import_running"));
        }
        self.change(|volume| files::remove(volume, path))
    }

    /// Where the host failed, that is the reason, and not what NTFS made of it.
    fn judge<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.disk.failure().unwrap_or(error))
    }

    /// Space in the volume.
    pub(crate) fn space(&mut self) -> Result<Space> {
        let volume = self.volume()?;
        let (facts, free) = (volume.facts(), volume.free_clusters().context(|| "count free clusters")?);
        Ok(Space {
            total_bytes: facts.cluster_count * u64::from(facts.cluster_size_bytes),
            free_bytes: free * u64::from(facts.cluster_size_bytes),
            cluster_bytes: facts.cluster_size_bytes,
        })
    }

    /// Makes all so far durable, and the volume clean; a running import goes on after it.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.quiet_volume()?;
        if let Some(failure) = self.disk.failure() {
            return Err(failure);
        }
        let synced = self.unmount().and_then(|()| self.disk.flush());
        self.judge(synced)
    }

    /// Unmounting writes back all that libntfs-3g holds, which nothing else does for sure.
    fn unmount(&mut self) -> Result<()> {
        let Some(volume) = self.volume.take() else { return Ok(()) };
        if std::mem::take(&mut self.marked_dirty) {
            volume.set_dirty(false).context(|| "mark the volume as clean")?;
        }
        volume.unmount().context(|| "unmount the volume")
    }

    /// Ends the session; an import that is still running is undone.
    pub(crate) fn close(mut self) -> Result<OpenImage> {
        if let Some(under) = &self.writer {
            self.cancel(under.stream)?;
        }
        match self.writable {
            true => self.sync()?,
            false => self.unmount()?,
        }
        let disk = Rc::try_unwrap(self.disk).map_err(|_| Error::bug("close an image that is in use"))?;
        Ok(disk.into_image())
    }
}

/// Why a volume cannot be mounted.
pub(crate) fn explain_mount(path: &Path, error: std::io::Error) -> Error {
    match error.raw_os_error() {
        // Its log is not empty, or Windows hibernates on it.
        Some(libc::EOPNOTSUPP | libc::EPERM) => not_clean(path).with_source(error),
        _ => crate::header::damaged(path, "NTFS cannot be mounted").with_source(error),
    }
}

/// NTFS was not unmounted in order.
pub(crate) fn not_clean(path: &Path) -> Error {
    Error::conflict(format!("use {}: NTFS is not clean", path.display()))
        .with_notice("disk.ntfs_dirty")
        .with_value("path", path.display())
}
