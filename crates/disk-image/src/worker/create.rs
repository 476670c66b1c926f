//! Making a Base or an Active. A file gets its name when it is whole and durable, and never replaces another.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fault::{Context, Error, Result};
use imago::FormatCreateBuilder;
use imago::file::File as ImagoFile;
use imago::qcow2::Qcow2;

use disk_image::limits::{LABEL_UNITS_MAX, VIRTUAL_SIZE_MAX_BYTES, VIRTUAL_SIZE_MIN_BYTES};
use disk_image::wire::{PENDING_SUFFIX, StreamId};
use disk_image::{CreateOptions, DiskPath, FileTime, ImageInfo};

use crate::ffi::host::next_data;
use crate::header::CLUSTER_BYTES;
use crate::images::{Lock, Marker, OpenImage, open_file, open_qcow2, sync_directory_of};
use crate::layout::{self, SECTOR_BYTES};
use crate::programs::make_ntfs;
use crate::read_at::ReadAt;
use crate::session::Session;
use crate::writer::{Writer, ensure_path};

/// The marker by which libguestfs' inspection accepts the disk (`guestmount -i`).
const MARKER_FILE: &str = "DOS/COMMAND.COM";
const MARKER_CONTENT: &[u8] = b"This file lets disk inspection tools open this disk.\r\n";
/// Where packages go.
const DIRECTORIES: [&str; 3] = ["sys/wang", "sys/tq", "pri"];
const COPY_CHUNK_BYTES: u64 = 1024 * 1024;

/// Makes an empty Base.
pub(crate) fn base(path: &Path, options: &CreateOptions) -> Result<ImageInfo> {
    expect_valid(options)?;
    let pending = PendingFile::new(path)?;
    let volume = PendingFile::beside(path, ".volume")?;
    let window = layout::window(options.layout, options.virtual_size_bytes);
    let raw = create_file(volume.path())?;
    raw.set_len(window.end - window.start).context(|| format!("create {}", volume.path().display()))?;
    make_ntfs(volume.path(), &options.label, window.start / SECTOR_BYTES)?;
    create_qcow2(pending.path(), options.virtual_size_bytes)?;
    fill(pending.path(), &raw, &window).context(|| format!("write {}", pending.path().display()))?;
    drop(volume);
    let file_size_bytes = complete_layout(pending.path())?;
    pending.publish()?;
    Ok(ImageInfo {
        virtual_size_bytes: options.virtual_size_bytes,
        file_size_bytes,
        layout: options.layout,
        normalised: false,
    })
}

fn expect_valid(options: &CreateOptions) -> Result<()> {
    let size = options.virtual_size_bytes;
    let refuse = |option: &str| {
        Err(Error::invalid(format!("create a disk with that {option}"))
            .with_notice("disk.bad_options")
            .with_value("option", option))
    };
    if !(VIRTUAL_SIZE_MIN_BYTES..=VIRTUAL_SIZE_MAX_BYTES).contains(&size)
        || !size.is_multiple_of(CLUSTER_BYTES)
    {
        return refuse("size");
    }
    if options.label.encode_utf16().count() > LABEL_UNITS_MAX || options.label.chars().any(char::is_control) {
        return refuse("label");
    }
    Ok(())
}

/// Makes an empty Active on a Base. It names no backing file: whoever opens it says which Base it belongs to.
pub(crate) fn active(active: &Path, base: &Path) -> Result<()> {
    let base_file = open_file(base, Lock::Shared)?;
    let size = open_qcow2(&base_file, base, false, None)?.size();
    Marker::beside(active).expect_absent()?;
    let pending = PendingFile::new(active)?;
    create_qcow2(pending.path(), size)?;
    let file = File::open(pending.path()).context(|| format!("open {}", pending.path().display()))?;
    file.sync_all().context(|| format!("write {}", pending.path().display()))?;
    pending.publish()
}

fn create_file(path: &Path) -> Result<File> {
    let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(path);
    file.context(|| format!("create {}", path.display()))
}

fn create_qcow2(path: &Path, virtual_size_bytes: u64) -> Result<()> {
    let create = |file: File| {
        Qcow2::<ImagoFile>::create_builder(ImagoFile::try_from(file)?).size(virtual_size_bytes).create()
    };
    create(create_file(path)?).context(|| format!("create {}", path.display()))
}

/// Copies what a volume has into the window of an image.
fn fill(path: &Path, raw: &File, window: &Range<u64>) -> Result<()> {
    let image = OpenImage::new_base(path)?;
    if window.start > 0 {
        image.access.write(&layout::mbr(window)[..], 0)?;
    }
    let mut buffer = vec![0; COPY_CHUNK_BYTES as usize];
    let mut position = 0;
    while let Some(data) = next_data(raw, position)? {
        position = data.start;
        while position < data.end {
            let chunk = &mut buffer[..COPY_CHUNK_BYTES.min(data.end - position) as usize];
            raw.read_all_at(chunk, position)?;
            if chunk.iter().any(|&byte| byte != 0) {
                image.access.write(&*chunk, window.start + position)?;
            }
            position += chunk.len() as u64;
        }
    }
    image.access.flush().map_err(Error::from)
}

/// Adds what the layout has and the disk lacks; makes the file durable, and answers its length.
pub(crate) fn complete_layout(path: &Path) -> Result<u64> {
    let mut session = Session::open(OpenImage::new_base(path)?, true)?;
    let (stream, marker) = (StreamId(0), DiskPath::new(MARKER_FILE)?);
    for directory in DIRECTORIES {
        session.change(|volume| ensure_path(volume, &DiskPath::new(directory)?))?;
    }
    if crate::files::find(session.volume()?, &marker)?.is_none() {
        if let Some((parent, _)) = marker.split_last() {
            session.change(|volume| ensure_path(volume, &parent))?;
        }
        let now = FileTime::from(SystemTime::now());
        session
            .begin(stream, |volume| Writer::file(volume, &marker, MARKER_CONTENT.len() as u64, now, false))?;
        session.go_on(stream, |writer, volume| writer.add_data(volume, MARKER_CONTENT))?;
        session.finish(stream)?;
    }
    let image = session.close()?;
    Ok(image.file.length()?)
}

/// A file under a temporary name, which goes away unless it is published.
pub(crate) struct PendingFile {
    temporary: PathBuf,
    name: PathBuf,
}

impl PendingFile {
    /// A file that is to become `name`, which must not exist.
    pub(crate) fn new(name: &Path) -> Result<Self> {
        if name.symlink_metadata().is_ok() {
            return Err(Error::conflict(format!("create {}: it exists already", name.display()))
                .with_notice("disk.path_exists")
                .with_value("path", name.display()));
        }
        Self::beside(name, PENDING_SUFFIX)
    }

    /// A file that goes away, beside `name`. One that an interrupted run has left is removed.
    pub(crate) fn beside(name: &Path, suffix: &str) -> Result<Self> {
        let mut temporary = OsString::from(name);
        temporary.push(suffix);
        let temporary = PathBuf::from(temporary);
        match std::fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).context(|| format!("remove {}", temporary.display()));
            }
            _ => {}
        }
        Ok(Self { temporary, name: name.to_owned() })
    }

    /// Where the file is meanwhile.
    pub(crate) fn path(&self) -> &Path {
        &self.temporary
    }

    /// Gives the durable file its name, if nobody has taken that meanwhile.
    pub(crate) fn publish(self) -> Result<()> {
        let publish = || {
            std::fs::hard_link(&self.temporary, &self.name)?;
            std::fs::remove_file(&self.temporary)?;
            sync_directory_of(&self.name)
        };
        publish().context(|| format!("create {}", self.name.display()))
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        // After publishing it is gone already.
        let _ = std::fs::remove_file(&self.temporary);
    }
}
