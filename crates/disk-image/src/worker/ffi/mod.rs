//! All calls into C: libntfs-3g through the shim, and the system calls that std does not offer.
//!
//! `unsafe` is here and nowhere else but in the storage that imago asks to be implemented with it.
#![expect(unsafe_code, reason = "this is the FFI module")]

pub(crate) mod host;
pub(crate) mod ntfs;
mod shim;
