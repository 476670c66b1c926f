//! libntfs-3g behind safe types.
//!
//! What the library demands and C cannot enforce is enforced here: an inode is never open twice, inodes are closed
//! before their volume, and a volume stays with the thread that mounted it (the types are not `Send`).

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::c_void;
use std::io;
use std::rc::Rc;

use super::shim as raw;

/// The disk below a volume. Its errors reach libntfs-3g as their number.
pub(crate) trait BlockDevice {
    /// Fills `buffer` from `offset`.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `data` at `offset`.
    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()>;
    /// Bytes of the volume.
    fn size_bytes(&self) -> u64;
}

/// A record number with its sequence number: names one file for as long as it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileReference(pub(crate) u64);

impl FileReference {
    /// The root directory.
    pub(crate) const ROOT: Self = Self(5);
    const RECORD_MASK: u64 = 0x0000_ffff_ffff_ffff;
    /// Records below belong to NTFS itself.
    const FIRST_USER_RECORD: u64 = 16;

    /// The record number alone.
    pub(crate) fn record(self) -> u64 {
        self.0 & Self::RECORD_MASK
    }

    /// Whether it belongs to NTFS itself; the root directory does not.
    pub(crate) fn is_system(self) -> bool {
        self.record() < Self::FIRST_USER_RECORD && self.record() != Self::ROOT.record()
    }
}

/// What an inode says about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InodeFacts {
    pub(crate) reference: FileReference,
    pub(crate) size_bytes: u64,
    pub(crate) modified_ticks: u64,
    pub(crate) is_directory: bool,
}

/// What a volume says about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VolumeFacts {
    pub(crate) cluster_count: u64,
    pub(crate) cluster_size_bytes: u32,
    pub(crate) is_dirty: bool,
}

/// One name in a directory.
#[derive(Clone, Debug)]
pub(crate) struct RawEntry {
    pub(crate) name: Vec<u16>,
    pub(crate) reference: FileReference,
}

/// What the C side gets as its context; its address stays the same while the volume is mounted.
struct Context(Rc<dyn BlockDevice>);

static CALLS: raw::DeviceCalls =
    raw::DeviceCalls { read_at: device_read_at, write_at: device_write_at, flush: device_flush };

/// Runs one request of the C side; a panic must not unwind into C, and ends the process there by Rust's rules.
fn device_request(
    context: *mut c_void,
    run: impl FnOnce(&dyn BlockDevice) -> io::Result<()>,
    count: i64,
) -> i64 {
    // SAFETY: `context` is the `Context` that `Volume::mount` passed, which lives until after `shim_unmount`.
    let context = unsafe { &*context.cast::<Context>() };
    match run(&*context.0) {
        Ok(()) => count,
        Err(error) => -i64::from(error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

extern "C" fn device_read_at(context: *mut c_void, buffer: *mut c_void, count: i64, offset: i64) -> i64 {
    // SAFETY: the shim passes a buffer of `count` bytes, and has checked that `count` and `offset` are not negative.
    let buffer = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), count as usize) };
    device_request(context, |device| device.read_at(buffer, offset as u64), count)
}

extern "C" fn device_write_at(context: *mut c_void, data: *const c_void, count: i64, offset: i64) -> i64 {
    // SAFETY: the shim passes `count` initialised bytes, and has checked that neither number is negative.
    let data = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), count as usize) };
    device_request(context, |device| device.write_at(data, offset as u64), count)
}

extern "C" fn device_flush(_context: *mut c_void) -> i32 {
    // The worker flushes the image itself, after unmounting.
    0
}

struct Mounted {
    raw: *mut raw::ShimVolume,
    /// Records of the inodes that are open.
    open: RefCell<HashSet<u64>>,
    context: *mut Context,
}

impl Mounted {
    fn unmount(&mut self) -> io::Result<()> {
        if self.raw.is_null() {
            return Ok(());
        }
        // SAFETY: `raw` came from `shim_mount` and is not used after this.
        let result = check(unsafe { raw::shim_unmount(self.raw) });
        self.raw = std::ptr::null_mut();
        // SAFETY: the pointer came from `Box::into_raw`; the C side, its only user, is gone.
        drop(unsafe { Box::from_raw(self.context) });
        result
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Where the result matters, `Volume::unmount` was called.
        let _ = self.unmount();
    }
}

/// A mounted NTFS volume.
pub(crate) struct Volume(Rc<Mounted>);

impl Volume {
    /// Mounts the volume on `device`.
    pub(crate) fn mount(device: Rc<dyn BlockDevice>, read_only: bool) -> io::Result<Self> {
        let size_bytes = device.size_bytes();
        let context = Box::into_raw(Box::new(Context(device)));
        let mut volume = std::ptr::null_mut();
        // SAFETY: context and calls live until after `shim_unmount`; `volume` is valid for the one write.
        let result = check(unsafe {
            raw::shim_mount(context.cast(), &CALLS, size_bytes, i32::from(read_only), &mut volume)
        });
        if let Err(error) = result {
            // SAFETY: the pointer came from `Box::into_raw`, and a failed mount keeps no copy of it.
            drop(unsafe { Box::from_raw(context) });
            return Err(error);
        }
        Ok(Self(Rc::new(Mounted { raw: volume, open: RefCell::default(), context })))
    }

    /// Writes back all that libntfs-3g holds and ends; every inode must be closed.
    pub(crate) fn unmount(self) -> io::Result<()> {
        match Rc::try_unwrap(self.0) {
            Ok(mut mounted) => mounted.unmount(),
            Err(_) => Err(io::Error::other("unmount a volume with open files")),
        }
    }

    /// What the volume says about itself.
    pub(crate) fn facts(&self) -> VolumeFacts {
        let mut facts = raw::VolumeFacts::default();
        // SAFETY: the volume is mounted, and `facts` is valid for the write.
        unsafe { raw::shim_volume_facts(self.0.raw, &mut facts) };
        VolumeFacts {
            cluster_count: facts.cluster_count,
            cluster_size_bytes: facts.cluster_size_bytes,
            is_dirty: facts.is_dirty != 0,
        }
    }

    /// Counts the free clusters.
    pub(crate) fn free_clusters(&self) -> io::Result<u64> {
        // SAFETY: the volume is mounted.
        count(unsafe { raw::shim_free_clusters(self.0.raw) }).map(|clusters| clusters as u64)
    }

    /// Sets or clears the flag that makes Windows check the volume.
    pub(crate) fn set_dirty(&self, dirty: bool) -> io::Result<()> {
        // SAFETY: the volume is mounted.
        check(unsafe { raw::shim_set_dirty(self.0.raw, i32::from(dirty)) })
    }

    /// Makes the volume's own files know `cluster_count` clusters, which must be more than it has; what is added must
    /// read as zeroes. The boot sectors are for the caller, and the volume must be mounted anew afterwards.
    pub(crate) fn grow(&self, cluster_count: u64) -> io::Result<()> {
        // SAFETY: the volume is mounted, and no inode but those that mounting opens is open.
        check(unsafe { raw::shim_grow(self.0.raw, cluster_count) })
    }

    /// Reads the bitmap of used clusters from `offset` in bytes; short at its end.
    pub(crate) fn read_bitmap(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        // SAFETY: the volume is mounted, and the buffer has the length that is passed.
        count(unsafe {
            raw::shim_bitmap_read(self.0.raw, offset, buffer.as_mut_ptr().cast(), buffer.len() as i64)
        })
    }

    /// Opens an inode, which must not be open.
    pub(crate) fn open(&self, reference: FileReference) -> io::Result<Inode> {
        if !self.0.open.borrow_mut().insert(reference.record()) {
            return Err(io::Error::other(format!("file record {} is open already", reference.record())));
        }
        let mut inode = std::ptr::null_mut();
        // SAFETY: the volume is mounted, and `inode` is valid for the one write.
        match check(unsafe { raw::shim_inode_open(self.0.raw, reference.0, &mut inode) }) {
            Ok(()) => Ok(Inode { raw: inode, record: reference.record(), volume: Rc::clone(&self.0) }),
            Err(error) => {
                self.0.open.borrow_mut().remove(&reference.record());
                Err(error)
            }
        }
    }

    /// Creates a file or directory that must not exist; answers its open inode.
    pub(crate) fn create(&self, directory: &Inode, name: &[u16], is_directory: bool) -> io::Result<Inode> {
        let mut inode = std::ptr::null_mut();
        // SAFETY: volume and directory are open, the name has the length that is passed (a name is at most 255 units
        // long, which its caller has checked), and `inode` is valid for the one write.
        check(unsafe {
            raw::shim_create(
                self.0.raw,
                directory.raw,
                name.as_ptr(),
                name.len() as u32,
                i32::from(is_directory),
                &mut inode,
            )
        })?;
        let mut created = Inode { raw: inode, record: 0, volume: Rc::clone(&self.0) };
        created.record = created.facts().reference.record();
        self.0.open.borrow_mut().insert(created.record);
        Ok(created)
    }

    /// Removes one name of an inode, and the file with its last name; a directory must be empty.
    pub(crate) fn delete(&self, directory: Inode, inode: Inode, name: &[u16]) -> io::Result<()> {
        let (directory, inode) = (directory.into_raw(), inode.into_raw());
        // SAFETY: all three are open; the call closes both inodes in any case, and `into_raw` has given them up.
        check(unsafe { raw::shim_delete(self.0.raw, directory, inode, name.as_ptr(), name.len() as u32) })
    }
}

/// An open file or directory.
pub(crate) struct Inode {
    raw: *mut c_void,
    record: u64,
    volume: Rc<Mounted>,
}

impl Inode {
    /// What the inode says about itself.
    pub(crate) fn facts(&self) -> InodeFacts {
        let mut facts = raw::InodeFacts::default();
        // SAFETY: the inode is open, and `facts` is valid for the write.
        unsafe { raw::shim_inode_facts(self.raw, &mut facts) };
        InodeFacts {
            reference: FileReference(facts.reference),
            size_bytes: facts.size_bytes,
            modified_ticks: facts.modified_ticks,
            is_directory: facts.is_directory != 0,
        }
    }

    /// Sets all times of the file.
    pub(crate) fn set_times(&self, ticks: u64) {
        // SAFETY: the inode is open.
        unsafe { raw::shim_inode_set_times(self.raw, ticks) };
    }

    /// Finds a name in this directory, whatever its case.
    pub(crate) fn lookup(&self, name: &[u16]) -> io::Result<Option<FileReference>> {
        let mut found = 0;
        // SAFETY: the inode is open, the name has the length that is passed, `found` is valid for the one write.
        let result =
            check(unsafe { raw::shim_lookup(self.raw, name.as_ptr(), name.len() as u32, &mut found) });
        match result {
            Ok(()) => Ok(Some(FileReference(found))),
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names in this directory, at most `limit`; and whether that is all of them.
    pub(crate) fn list(&self, limit: usize) -> io::Result<(Vec<RawEntry>, bool)> {
        let mut listing = Listing { entries: Vec::new(), limit, is_whole: true };
        let context = (&raw mut listing).cast();
        // SAFETY: the inode is open, and `listing` outlives the call, which is the only user of the pointer.
        let result = check(unsafe { raw::shim_directory_list(self.raw, collect_entry, context) });
        // It fails because we have ended it.
        if listing.is_whole {
            result?;
        }
        Ok((listing.entries, listing.is_whole))
    }

    /// Gives the inode one more name.
    pub(crate) fn link(&self, directory: &Inode, name: &[u16]) -> io::Result<()> {
        // SAFETY: both inodes are open, and the name has the length that is passed.
        check(unsafe { raw::shim_link(self.raw, directory.raw, name.as_ptr(), name.len() as u32) })
    }

    /// Writes the inode back; `directory`, where it is open, must be the one that holds its name.
    pub(crate) fn close(self, directory: Option<&Inode>) -> io::Result<()> {
        let above = directory.map_or(std::ptr::null_mut(), |directory| directory.raw);
        // SAFETY: the inode is open and given up by `into_raw`; `above` is null or open.
        check(unsafe { raw::shim_inode_close(self.into_raw(), above) })
    }

    fn into_raw(mut self) -> *mut c_void {
        self.volume.open.borrow_mut().remove(&self.record);
        std::mem::replace(&mut self.raw, std::ptr::null_mut())
    }
}

impl Drop for Inode {
    fn drop(&mut self) {
        if !self.raw.is_null() {
            self.volume.open.borrow_mut().remove(&self.record);
            // SAFETY: the inode is open, and nothing uses it after this.
            unsafe { raw::shim_inode_close(self.raw, std::ptr::null_mut()) };
        }
    }
}

/// An open file with its data.
pub(crate) struct FileData {
    raw: *mut c_void,
    inode: Inode,
}

impl FileData {
    /// Opens the data of a file.
    pub(crate) fn open(inode: Inode) -> io::Result<Self> {
        let mut data = std::ptr::null_mut();
        // SAFETY: the inode is open, and `data` is valid for the one write.
        check(unsafe { raw::shim_data_open(inode.raw, &mut data) })?;
        Ok(Self { raw: data, inode })
    }

    /// Sets the size and allocates all of it at once.
    pub(crate) fn reserve(&self, size_bytes: u64) -> io::Result<()> {
        let size = i64::try_from(size_bytes).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
        // SAFETY: the data are open, and so is their volume.
        check(unsafe { raw::shim_data_reserve(self.inode.volume.raw, self.raw, size) })
    }

    /// Reads from `offset`; short at the end.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        // SAFETY: the data are open, and the buffer has the length that is passed.
        count(unsafe {
            raw::shim_data_read(self.raw, buffer.as_mut_ptr().cast(), buffer.len() as i64, offset as i64)
        })
    }

    /// Writes all of `data` at `offset`.
    pub(crate) fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        // SAFETY: the data are open, and the buffer has the length that is passed.
        count(unsafe {
            raw::shim_data_write(self.raw, data.as_ptr().cast(), data.len() as i64, offset as i64)
        })
        .map(drop)
    }

    /// Closes the data, and gives back the inode.
    pub(crate) fn into_inode(self) -> Inode {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the data are open and, with the drop disarmed, not used after this.
        unsafe { raw::shim_data_close(this.raw) };
        // SAFETY: the inode is moved out once; the drop of its old place is disarmed.
        unsafe { std::ptr::read(&this.inode) }
    }
}

impl Drop for FileData {
    fn drop(&mut self) {
        // SAFETY: the data are open, and nothing uses them after this.
        unsafe { raw::shim_data_close(self.raw) };
    }
}

struct Listing {
    entries: Vec<RawEntry>,
    limit: usize,
    is_whole: bool,
}

extern "C" fn collect_entry(context: *mut c_void, name: *const u16, units: u32, reference: u64) -> i32 {
    // SAFETY: `context` is the `Listing` of the call of `Inode::list` that is under way, which nothing else uses.
    let listing = unsafe { &mut *context.cast::<Listing>() };
    if listing.entries.len() >= listing.limit {
        listing.is_whole = false;
        return -1;
    }
    // SAFETY: the shim passes a name of `units` units, which lives through this call.
    let name = unsafe { std::slice::from_raw_parts(name, units as usize) }.to_vec();
    listing.entries.push(RawEntry { name, reference: FileReference(reference) });
    0
}

fn check(result: i32) -> io::Result<()> {
    match result {
        0.. => Ok(()),
        number => Err(io::Error::from_raw_os_error(-number)),
    }
}

fn count(result: i64) -> io::Result<usize> {
    usize::try_from(result)
        .map_err(|_| io::Error::from_raw_os_error(i32::try_from(-result).unwrap_or(libc::EIO)))
}
