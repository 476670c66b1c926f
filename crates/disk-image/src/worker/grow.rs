//! Making a disk larger: the image, the partition where there is one, and the NTFS volume, which then fills it.
//!
//! What grows is a Base on a capturing storage, as in a merge, so that Base itself does not change; or a Base that is
//! being made. No file is moved, so the change is as small as the tables: qcow2's first table, `$Bitmap`, `$BadClus`,
//! both boot sectors. How NTFS lays these out is what `mkntfs` writes for a volume of that size.

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use fault::{Context, Error, Result};
use imago::format::PreallocateMode;

use disk_image::limits::{NTFS_CLUSTERS_MAX, VIRTUAL_SIZE_MAX_BYTES};
use disk_image::{Capture, DiskFacts, Layout};

use crate::device::Disk;
use crate::ffi::ntfs::Volume;
use crate::header::{CLUSTER_BYTES, Header, damaged};
use crate::images::{Access, Lock, OpenImage, open_file};
use crate::layout::{self, SECTOR_BYTES};
use crate::merge::{capturing, explain_full, finish};
use crate::seal::{Holding, holding};
use crate::session::{Session, explain_mount, not_clean};
use crate::survey::Survey;

/// Says how large a disk is and may become.
pub(crate) fn inspect(path: &Path) -> Result<DiskFacts> {
    let image = OpenImage::base(path)?;
    let window = layout::find(&image.access, path)?;
    facts(&image, &window)
}

/// Computes what growing changes in the file of Base.
pub(crate) fn captured(base_path: &Path, scratch_path: &Path, size: u64) -> Result<Capture> {
    let base_file = open_file(base_path, Lock::Shared)?;
    Header::read(&base_file, base_path)?.expect_plain(base_path)?;
    let before = Survey::run(&base_file, base_path)?;
    if !before.report.is_clean() {
        return Err(damaged(base_path, "its structure is damaged"));
    }
    let storage = capturing(base_file.try_clone()?, scratch_path)?;
    OpenImage::captured(base_file, &storage, base_path)
        .and_then(|image| run(image, size))
        .and_then(|image| image.access.flush().map_err(Error::from))
        .and_then(|()| finish(&storage, &before, base_path))
        .map_err(|error| explain_full(error.in_context("grow"), scratch_path))
}

/// Grows a Base that nobody reads yet.
pub(crate) fn in_place(path: &Path, size: u64) -> Result<()> {
    let image = run(OpenImage::new_base(path)?, size)?;
    image.access.flush().and_then(|()| image.file.sync_all()).context(|| format!("write {}", path.display()))
}

fn facts(image: &OpenImage, (layout, window): &(Layout, Range<u64>)) -> Result<DiskFacts> {
    let boot = BootSector::read(&image.access, window.start)?;
    let of_volume = window.start.saturating_add(NTFS_CLUSTERS_MAX.saturating_mul(boot.cluster_bytes()));
    let of_partition = match layout {
        Layout::WholeVolume => VIRTUAL_SIZE_MAX_BYTES,
        Layout::MbrPartition => layout::partition_limit(&first_sector(&image.access)?, window),
    };
    let largest = VIRTUAL_SIZE_MAX_BYTES.min(of_volume).min(of_partition);
    Ok(DiskFacts {
        virtual_size_bytes: image.access.size(),
        largest_size_bytes: largest / CLUSTER_BYTES * CLUSTER_BYTES,
    })
}

fn run(mut image: OpenImage, size: u64) -> Result<OpenImage> {
    let found = layout::find(&image.access, &image.path)?;
    expect_size(&facts(&image, &found)?, size)?;
    let (layout, before) = found;
    let mut boot = BootSector::read(&image.access, before.start)?;
    let window = before.start..size;
    let clusters = boot.clusters_of(&window);
    image.access.resize_grow(size, PreallocateMode::None).context(|| "make the image larger")?;
    // The old backup of the boot sector goes, and whatever else lies behind the volume.
    let end = before.start + boot.clusters() * boot.cluster_bytes();
    clear(&mut image.access, end..size).context(|| "clear what is added")?;
    let image = grow_files(image, &window, clusters)?;
    boot.fill(&window).write(&image.access, &window).context(|| "write the boot sectors")?;
    if layout == Layout::MbrPartition {
        let mut sector = first_sector(&image.access)?;
        layout::set_partition(&mut sector, &window);
        image.access.write(&sector[..], 0).context(|| "write the partition table")?;
    }
    prove(image, &window, clusters)
}

fn expect_size(facts: &DiskFacts, size: u64) -> Result<()> {
    let allowed = facts.virtual_size_bytes + 1..=facts.largest_size_bytes;
    match allowed.contains(&size) && size.is_multiple_of(CLUSTER_BYTES) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "make a disk of {} bytes {size} bytes large",
            facts.virtual_size_bytes
        ))
        .with_notice("disk.bad_options")
        .with_value("option", "size")),
    }
}

/// Makes a range read as zeroes without taking room for it; most often it does already.
fn clear(access: &mut Access, range: Range<u64>) -> Result<()> {
    let mut at = range.start;
    while at < range.end {
        let (held, length) = holding(access, at, range.end - at)?;
        let to_border = at.next_multiple_of(CLUSTER_BYTES) - at;
        let length = if to_border > 0 { length.min(to_border) } else { length };
        match held {
            Holding::Data if to_border > 0 => access.write(&vec![0; length as usize][..], at)?,
            Holding::Data => access.discard_to_backing(at, length)?,
            Holding::Zero | Holding::Nothing => {}
        }
        at += length;
    }
    Ok(())
}

/// Has libntfs-3g lengthen the volume's own files.
fn grow_files(image: OpenImage, window: &Range<u64>, clusters: u64) -> Result<OpenImage> {
    let disk = Rc::new(Disk::new(image, window.clone()));
    let path = disk.image().path.clone();
    let volume = Volume::mount(Rc::clone(&disk) as _, false).map_err(|error| explain_mount(&path, error))?;
    if volume.facts().is_dirty {
        return Err(not_clean(&path));
    }
    let grown = volume.grow(clusters).and_then(|()| volume.unmount());
    // Where the host failed, that is the reason, and not what NTFS made of it.
    grown.context(|| "make the volume larger").map_err(|error| disk.failure().unwrap_or(error))?;
    let disk = Rc::try_unwrap(disk).map_err(|_| Error::bug("grow an image that is in use"))?;
    Ok(disk.into_image())
}

/// Opens the result as anybody would.
fn prove(image: OpenImage, window: &Range<u64>, clusters: u64) -> Result<OpenImage> {
    let mut session = Session::open(image, false)?;
    let (found, facts) = (session.disk().window(), session.volume()?.facts());
    if found != *window || facts.cluster_count != clusters {
        return Err(Error::bug(format!("the volume fills {found:?} with {} clusters", facts.cluster_count)));
    }
    session.close()
}

fn first_sector(access: &Access) -> Result<[u8; SECTOR_BYTES as usize]> {
    let mut sector = [0; SECTOR_BYTES as usize];
    access.read(&mut sector[..], 0).context(|| "read the partition table")?;
    Ok(sector)
}

/// The first sector of a volume, of which the last one is a copy; as in `mkntfs`, the copy is not counted.
struct BootSector {
    bytes: Vec<u8>,
    sector_bytes: u64,
}

impl BootSector {
    const SECTOR_BYTES_AT: usize = 11;
    const SECTORS_PER_CLUSTER_AT: usize = 13;
    const SECTORS_AT: usize = 40;

    fn read(access: &Access, start: u64) -> Result<Self> {
        let mut bytes = vec![0; SECTOR_BYTES as usize];
        access.read(&mut bytes[..], start).context(|| "read the boot sector")?;
        let of_sector = &bytes[Self::SECTOR_BYTES_AT..Self::SECTORS_PER_CLUSTER_AT];
        let sector_bytes = u64::from(u16::from_le_bytes([of_sector[0], of_sector[1]]));
        if !sector_bytes.is_power_of_two() || !(SECTOR_BYTES..=4096).contains(&sector_bytes) {
            return Err(Error::corrupt(format!("the boot sector has {sector_bytes} bytes")));
        }
        bytes.resize(sector_bytes as usize, 0);
        access.read(&mut bytes[..], start).context(|| "read the boot sector")?;
        Ok(Self { bytes, sector_bytes })
    }

    /// Up to 128 as it is, else as a negative power of two.
    fn cluster_bytes(&self) -> u64 {
        let sectors = match self.bytes[Self::SECTORS_PER_CLUSTER_AT] {
            few @ 0..=128 => u64::from(few),
            many => 1 << many.wrapping_neg().min(12),
        };
        self.sector_bytes * sectors.max(1)
    }

    /// Clusters that the volume has.
    fn clusters(&self) -> u64 {
        let sectors = &self.bytes[Self::SECTORS_AT..Self::SECTORS_AT + 8];
        let sectors = sectors.iter().rev().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        sectors / (self.cluster_bytes() / self.sector_bytes)
    }

    /// Clusters that a volume in `window` has.
    fn clusters_of(&self, window: &Range<u64>) -> u64 {
        (window.end - window.start - self.sector_bytes) / self.cluster_bytes()
    }

    fn fill(&mut self, window: &Range<u64>) -> &Self {
        let sectors = (window.end - window.start) / self.sector_bytes - 1;
        self.bytes[Self::SECTORS_AT..Self::SECTORS_AT + 8].copy_from_slice(&sectors.to_le_bytes());
        self
    }

    fn write(&self, access: &Access, window: &Range<u64>) -> std::io::Result<()> {
        access.write(&self.bytes[..], window.start)?;
        access.write(&self.bytes[..], window.end - self.sector_bytes)
    }
}
