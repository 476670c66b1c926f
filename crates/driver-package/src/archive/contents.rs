//! What all kinds of archives have in common: a directory of entries, and bytes in some order.

use std::io::Read;

use fault::Result;

use crate::FileTime;

/// One entry as the archive's directory describes it: not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) directory: bool,
    /// A symbolic link, a device, or another thing that is no file.
    pub(super) special: bool,
    pub(super) encrypted: bool,
    pub(super) size: u64,
    pub(super) modified: Option<FileTime>,
}

/// Takes a file: its index among the entries, and its bytes.
pub(super) type Visit<'a> = dyn FnMut(usize, &mut dyn Read) -> Result<()> + 'a;

/// An open archive.
pub(super) trait Contents {
    /// All entries, once.
    fn entries(&mut self) -> Result<Vec<Entry>>;

    /// Visits each wanted entry, which must be a file, and such others as must be unpacked on the way to one.
    ///
    /// The visitor reads the bytes to their end, where a wrong checksum shows as an error of the reader.
    fn each(&mut self, wanted: &dyn Fn(usize) -> bool, visit: &mut Visit<'_>) -> Result<()>;
}
