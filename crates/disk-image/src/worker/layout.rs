//! Where NTFS lies on a disk, and the MBR that says so.

use std::io;
use std::ops::Range;
use std::path::Path;

use fault::{Context, Error, Result};

use disk_image::Layout;

use crate::images::Access;

pub(crate) const SECTOR_BYTES: u64 = 512;
/// Where the first partition begins.
pub(crate) const PARTITION_START: u64 = 1024 * 1024;
const TYPE_NTFS: u8 = 7;
const SIGNATURE_AT: usize = 510;
const TABLE_AT: usize = 446;
const ENTRY_BYTES: usize = 16;
/// Cylinder, head and sector of what they cannot say.
const BEYOND_CHS: [u8; 3] = [0xfe, 0xff, 0xff];

/// Finds the one NTFS volume.
pub(crate) fn find(access: &Access, path: &Path) -> Result<(Layout, Range<u64>)> {
    let sector = |offset: u64| -> io::Result<[u8; SECTOR_BYTES as usize]> {
        let mut bytes = [0; SECTOR_BYTES as usize];
        access.read(&mut bytes[..], offset)?;
        Ok(bytes)
    };
    let read = |offset| sector(offset).context(|| format!("read {}", path.display()));
    let first = read(0)?;
    if is_ntfs(&first) {
        return Ok((Layout::WholeVolume, 0..access.size()));
    }
    for partition in partitions(&first, access.size()) {
        if is_ntfs(&read(partition.start)?) {
            return Ok((Layout::MbrPartition, partition));
        }
    }
    Err(Error::invalid(format!("use {}: it holds no NTFS volume", path.display()))
        .with_notice("disk.not_ntfs")
        .with_value("path", path.display()))
}

fn is_ntfs(sector: &[u8]) -> bool {
    &sector[3..11] == b"NTFS    " && has_signature(sector)
}

fn has_signature(sector: &[u8]) -> bool {
    sector[SIGNATURE_AT..SIGNATURE_AT + 2] == [0x55, 0xaa]
}

/// The NTFS partitions of an MBR that lie on the disk.
fn partitions(sector: &[u8], disk_bytes: u64) -> Vec<Range<u64>> {
    if !has_signature(sector) {
        return Vec::new();
    }
    let entries = sector[TABLE_AT..SIGNATURE_AT].chunks_exact(ENTRY_BYTES);
    entries
        .filter(|entry| entry[4] == TYPE_NTFS)
        .map(|entry| (word(&entry[8..12]) * SECTOR_BYTES, word(&entry[12..16]) * SECTOR_BYTES))
        .filter(|&(start, length)| start > 0 && length > 0 && start + length <= disk_bytes)
        .map(|(start, length)| start..start + length)
        .collect()
}

/// Where a partition may end: before the next one, and where an MBR can still say it.
pub(crate) fn partition_limit(first_sector: &[u8], partition: &Range<u64>) -> u64 {
    let entries =
        first_sector[TABLE_AT..SIGNATURE_AT].chunks_exact(ENTRY_BYTES).filter(|entry| entry[4] != 0);
    let starts =
        entries.map(|entry| word(&entry[8..12]) * SECTOR_BYTES).filter(|start| *start > partition.start);
    starts.fold(partition.start + u64::from(u32::MAX) * SECTOR_BYTES, u64::min)
}

/// Gives the partition that begins where `partition` does its end in an MBR.
pub(crate) fn set_partition(first_sector: &mut [u8], partition: &Range<u64>) {
    let entries = first_sector[TABLE_AT..SIGNATURE_AT].chunks_exact_mut(ENTRY_BYTES);
    for entry in entries.filter(|entry| word(&entry[8..12]) * SECTOR_BYTES == partition.start) {
        entry[5..8].copy_from_slice(&BEYOND_CHS);
        entry[12..16].copy_from_slice(&sectors(partition.end - partition.start));
    }
}

fn word(bytes: &[u8]) -> u64 {
    u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

fn sectors(bytes: u64) -> [u8; 4] {
    ((bytes / SECTOR_BYTES) as u32).to_le_bytes()
}

/// Where the volume goes on a new disk.
pub(crate) fn window(layout: Layout, disk_bytes: u64) -> Range<u64> {
    match layout {
        Layout::WholeVolume => 0..disk_bytes,
        // An MBR counts sectors in 32 bits.
        Layout::MbrPartition => PARTITION_START..disk_bytes.min(u64::from(u32::MAX) * SECTOR_BYTES),
    }
}

/// The MBR of a disk with one NTFS partition.
pub(crate) fn mbr(partition: &Range<u64>) -> [u8; SECTOR_BYTES as usize] {
    let mut sector = [0; SECTOR_BYTES as usize];
    let entry = &mut sector[TABLE_AT..TABLE_AT + ENTRY_BYTES];
    entry[1..4].copy_from_slice(&BEYOND_CHS);
    entry[4] = TYPE_NTFS;
    entry[5..8].copy_from_slice(&BEYOND_CHS);
    entry[8..12].copy_from_slice(&sectors(partition.start));
    entry[12..16].copy_from_slice(&sectors(partition.end - partition.start));
    // A disk needs a signature that Windows can tell from zero.
    sector[440..444].copy_from_slice(&[0x44, 0x49, 0x53, 0x4b]);
    sector[SIGNATURE_AT..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_that_is_written_is_found() {
        let disk = 256 << 30;
        let partition = window(Layout::MbrPartition, disk);
        assert_eq!(partition, PARTITION_START..disk);
        assert_eq!(partitions(&mbr(&partition), disk), [partition]);
    }

    #[test]
    fn a_partition_grows_up_to_the_next_one() {
        let (before, after) = (PARTITION_START..256 << 30, PARTITION_START..512 << 30);
        let mut sector = mbr(&before);
        assert_eq!(partition_limit(&sector, &before), PARTITION_START + u64::from(u32::MAX) * SECTOR_BYTES);
        set_partition(&mut sector, &after);
        assert_eq!(sector, mbr(&after));
        sector[TABLE_AT + ENTRY_BYTES + 4] = 0x27;
        sector[TABLE_AT + ENTRY_BYTES + 8..][..4].copy_from_slice(&sectors(600 << 30));
        assert_eq!(partition_limit(&sector, &after), 600 << 30);
    }

    #[test]
    fn a_partition_beyond_the_disk_is_no_partition() {
        let partition = window(Layout::MbrPartition, 1 << 30);
        assert!(partitions(&mbr(&partition), 1 << 29).is_empty());
        assert!(partitions(&[0; 512], 1 << 30).is_empty());
    }
}
