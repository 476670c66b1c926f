//! The shim, as `shim/ntfs_shim.h` declares it.

use std::ffi::c_void;
use std::marker::{PhantomData, PhantomPinned};

#[repr(C)]
pub(super) struct ShimVolume {
    _opaque: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

#[repr(C)]
pub(super) struct DeviceCalls {
    pub(super) read_at: extern "C" fn(*mut c_void, *mut c_void, i64, i64) -> i64,
    pub(super) write_at: extern "C" fn(*mut c_void, *const c_void, i64, i64) -> i64,
    pub(super) flush: extern "C" fn(*mut c_void) -> i32,
}

#[repr(C)]
#[derive(Default)]
pub(super) struct VolumeFacts {
    pub(super) cluster_count: u64,
    pub(super) cluster_size_bytes: u32,
    pub(super) is_dirty: u32,
    pub(super) major_version: u8,
    pub(super) minor_version: u8,
}

#[repr(C)]
#[derive(Default)]
pub(super) struct InodeFacts {
    pub(super) reference: u64,
    pub(super) size_bytes: u64,
    pub(super) modified_ticks: u64,
    pub(super) is_directory: u32,
}

pub(super) type Visit = extern "C" fn(*mut c_void, *const u16, u32, u64) -> i32;

unsafe extern "C" {
    pub(super) fn shim_mount(
        context: *mut c_void,
        calls: *const DeviceCalls,
        size_bytes: u64,
        read_only: i32,
        out: *mut *mut ShimVolume,
    ) -> i32;
    pub(super) fn shim_unmount(volume: *mut ShimVolume) -> i32;
    pub(super) fn shim_volume_facts(volume: *const ShimVolume, out: *mut VolumeFacts);
    pub(super) fn shim_free_clusters(volume: *mut ShimVolume) -> i64;
    pub(super) fn shim_set_dirty(volume: *mut ShimVolume, dirty: i32) -> i32;
    pub(super) fn shim_grow(volume: *mut ShimVolume, cluster_count: u64) -> i32;
    pub(super) fn shim_bitmap_read(
        volume: *mut ShimVolume,
        offset: u64,
        buffer: *mut c_void,
        count: i64,
    ) -> i64;
    pub(super) fn shim_inode_open(volume: *mut ShimVolume, reference: u64, out: *mut *mut c_void) -> i32;
    pub(super) fn shim_inode_close(inode: *mut c_void, directory: *mut c_void) -> i32;
    pub(super) fn shim_inode_facts(inode: *mut c_void, out: *mut InodeFacts);
    pub(super) fn shim_inode_set_times(inode: *mut c_void, ticks: u64);
    pub(super) fn shim_lookup(directory: *mut c_void, name: *const u16, units: u32, out: *mut u64) -> i32;
    pub(super) fn shim_directory_list(directory: *mut c_void, visit: Visit, context: *mut c_void) -> i32;
    pub(super) fn shim_create(
        volume: *mut ShimVolume,
        directory: *mut c_void,
        name: *const u16,
        units: u32,
        is_directory: i32,
        out: *mut *mut c_void,
    ) -> i32;
    pub(super) fn shim_link(inode: *mut c_void, directory: *mut c_void, name: *const u16, units: u32) -> i32;
    pub(super) fn shim_delete(
        volume: *mut ShimVolume,
        directory: *mut c_void,
        inode: *mut c_void,
        name: *const u16,
        units: u32,
    ) -> i32;
    pub(super) fn shim_data_open(inode: *mut c_void, out: *mut *mut c_void) -> i32;
    pub(super) fn shim_data_close(data: *mut c_void);
    pub(super) fn shim_data_reserve(volume: *mut ShimVolume, data: *mut c_void, size: i64) -> i32;
    pub(super) fn shim_data_read(data: *mut c_void, buffer: *mut c_void, count: i64, offset: i64) -> i64;
    pub(super) fn shim_data_write(data: *mut c_void, buffer: *const c_void, count: i64, offset: i64) -> i64;
}
