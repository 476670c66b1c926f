//! The disk below NTFS: a window of a qcow2 image.

use std::cell::RefCell;
use std::io;
use std::ops::Range;

use fault::{Context, Error, Result};

use crate::ffi::ntfs::BlockDevice;
use crate::images::OpenImage;

/// An open image, and where in it NTFS lies.
pub(crate) struct Disk {
    image: OpenImage,
    window: Range<u64>,
    /// The first error of the host; what NTFS then makes of it is never trusted again.
    failure: RefCell<Option<io::Error>>,
}

impl Disk {
    /// NTFS in `window` of `image`.
    pub(crate) fn new(image: OpenImage, window: Range<u64>) -> Self {
        Self { image, window, failure: RefCell::new(None) }
    }

    /// The image below.
    pub(crate) fn image(&self) -> &OpenImage {
        &self.image
    }

    /// Takes the image back.
    pub(crate) fn into_image(self) -> OpenImage {
        self.image
    }

    /// Where NTFS lies.
    pub(crate) fn window(&self) -> Range<u64> {
        self.window.clone()
    }

    /// What went wrong on the host since the image was opened, if anything did.
    pub(crate) fn failure(&self) -> Option<Error> {
        let failure = self.failure.borrow();
        let error = failure.as_ref()?;
        let path = self.image.path.display();
        let copy = match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        let error = Error::from(copy).in_context(format!("write {path}"));
        Some(match error.kind() {
            fault::Kind::NoSpace => error.with_notice("disk.no_space").with_value("path", path),
            _ => error,
        })
    }

    /// Makes all that was written durable.
    pub(crate) fn flush(&self) -> Result<()> {
        let flush = || {
            self.image.access.flush()?;
            self.image.file.sync_all()
        };
        flush()
            .inspect_err(|error| self.remember(error))
            .context(|| format!("write {}", self.image.path.display()))?;
        match &self.image.marker {
            Some(marker) => marker.clear().context(|| format!("write beside {}", self.image.path.display())),
            None => Ok(()),
        }
    }

    fn remember(&self, error: &io::Error) {
        self.failure.borrow_mut().get_or_insert_with(|| match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::new(error.kind(), error.to_string()),
        });
    }
}

impl BlockDevice for Disk {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.image.access.read(buffer, self.window.start + offset)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let write = || {
            if let Some(marker) = &self.image.marker {
                marker.set()?;
            }
            self.image.access.write(data, self.window.start + offset)
        };
        write().inspect_err(|error| self.remember(error))
    }

    fn size_bytes(&self) -> u64 {
        self.window.end - self.window.start
    }
}
