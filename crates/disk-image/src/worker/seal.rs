//! Ending the editing of an Active: what NTFS does not use is given back, in it and, with the merge, in its Base.

use std::ops::Range;

use fault::{Context, Error, Result};
use imago::ShallowMapping;

use disk_image::SealReport;

use crate::ffi::host::{next_data, punch_hole};
use crate::ffi::ntfs::Volume;
use crate::header::{CLUSTER_BYTES, damaged};
use crate::images::{Access, OpenImage, open_qcow2};
use crate::session::Session;
use crate::survey::Survey;

/// How much of the bitmap is read at once.
const BITMAP_CHUNK_BYTES: usize = 256 * 1024;

/// Seals an Active.
pub(crate) fn run(mut session: Session) -> Result<SealReport> {
    session.sync()?;
    let window = session.disk().window();
    let free = free_space(session.volume()?, window.start).context(|| "read the volume's bitmap")?;
    let mut image = session.close()?;
    if let Some(marker) = &image.marker {
        marker.set().context(|| "mark the image as being changed")?;
    }
    let mut report = SealReport::default();
    trim(&mut image, &free, &mut report).context(|| "give back free space")?;
    finish(image, report)
}

/// Ranges of the disk that NTFS does not use, as far as they are whole clusters of the image.
fn free_space(volume: &Volume, volume_start: u64) -> std::io::Result<Vec<Range<u64>>> {
    let facts = volume.facts();
    let cluster_bytes = u64::from(facts.cluster_size_bytes);
    let mut runs = FreeRuns { ranges: Vec::new(), open: None };
    let mut chunk = vec![0; BITMAP_CHUNK_BYTES];
    let (mut offset, mut cluster) = (0, 0);
    while cluster < facts.cluster_count {
        let count = volume.read_bitmap(offset, &mut chunk)?;
        if count == 0 {
            break;
        }
        for &byte in &chunk[..count] {
            runs.add(byte, cluster, facts.cluster_count);
            cluster += 8;
        }
        offset += count as u64;
    }
    runs.end(facts.cluster_count);
    let to_disk = |run: Range<u64>| {
        let (start, end) = (volume_start + run.start * cluster_bytes, volume_start + run.end * cluster_bytes);
        start.next_multiple_of(CLUSTER_BYTES)..end / CLUSTER_BYTES * CLUSTER_BYTES
    };
    Ok(runs.ranges.into_iter().map(to_disk).filter(|range| range.start < range.end).collect())
}

/// Collects runs of bits that are not set.
struct FreeRuns {
    ranges: Vec<Range<u64>>,
    open: Option<u64>,
}

impl FreeRuns {
    fn add(&mut self, byte: u8, first: u64, limit: u64) {
        match (byte, self.open) {
            (0, Some(_)) | (0xff, None) => {}
            (0, None) => self.open = Some(first),
            (0xff, Some(_)) => self.end(first),
            _ => (0..8).for_each(|bit| self.add_bit(byte >> bit & 1 == 0, (first + bit).min(limit))),
        }
    }

    fn add_bit(&mut self, is_free: bool, at: u64) {
        match (is_free, self.open) {
            (true, None) => self.open = Some(at),
            (false, Some(_)) => self.end(at),
            _ => {}
        }
    }

    fn end(&mut self, at: u64) {
        if let Some(start) = self.open.take()
            && start < at
        {
            self.ranges.push(start..at);
        }
    }
}

fn trim(image: &mut OpenImage, free: &[Range<u64>], report: &mut SealReport) -> Result<()> {
    let Some((base_file, base_path)) = &image.base else {
        return Err(Error::bug("seal an image without a Base"));
    };
    let base = open_qcow2(base_file, base_path, false, None)?;
    for range in free {
        let mut at = range.start;
        while at < range.end {
            let (held, length) = holding(&image.access, at, range.end - at)?;
            let (in_base, length) = match held {
                // What is given back already stays so.
                Holding::Zero => (Holding::Nothing, length),
                _ => holding(&base, at, length)?,
            };
            if held == Holding::Data {
                report.discarded_bytes += length;
            }
            if in_base == Holding::Data {
                report.released_base_bytes += length;
                image.access.discard_to_zero(at, length)?;
            } else if held == Holding::Data {
                image.access.discard_to_backing(at, length)?;
            }
            at += length;
        }
    }
    Ok(())
}

/// What one image holds at an offset, whatever is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holding {
    Data,
    Zero,
    Nothing,
}

pub(crate) fn holding(access: &Access, offset: u64, limit: u64) -> Result<(Holding, u64)> {
    let (mapping, length) = access.get_shallow_mapping(offset, limit)?;
    if length == 0 {
        return Err(Error::corrupt("the image has a mapping without length"));
    }
    let held = match mapping {
        ShallowMapping::Raw { .. } | ShallowMapping::Special { .. } => Holding::Data,
        ShallowMapping::Zero { explicit: true, .. } => Holding::Zero,
        _ => Holding::Nothing,
    };
    Ok((held, length))
}

/// Writes all back, checks the image, gives its free clusters back to the host, and makes it durable.
fn finish(image: OpenImage, mut report: SealReport) -> Result<SealReport> {
    let OpenImage { access, file, path, marker, base: _base } = image;
    access.flush().context(|| format!("write {}", path.display()))?;
    drop(access);
    let survey = Survey::run(&file, &path)?;
    if !survey.report.is_clean() {
        return Err(damaged(&path, "its structure is damaged"));
    }
    let close = || {
        survey.free_ranges().into_iter().try_for_each(|free| give_back(&file, free))?;
        file.sync_all()?;
        marker.as_ref().map_or(Ok(()), |marker| marker.clear())?;
        file.metadata()
    };
    report.file_size_bytes = close().context(|| format!("write {}", path.display()))?.len();
    report.allocated_bytes = survey.data_clusters * CLUSTER_BYTES;
    Ok(report)
}

fn give_back(file: &std::fs::File, free: Range<u64>) -> std::io::Result<()> {
    match next_data(file, free.start)? {
        Some(data) if data.start < free.end => punch_hole(file, free),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(bitmap: &[u8], clusters: u64) -> Vec<(u64, u64)> {
        let mut runs = FreeRuns { ranges: Vec::new(), open: None };
        bitmap.iter().enumerate().for_each(|(index, &byte)| runs.add(byte, index as u64 * 8, clusters));
        runs.end(clusters);
        runs.ranges.into_iter().map(|run| (run.start, run.end)).collect()
    }

    #[test]
    fn runs_of_free_clusters_cross_bytes() {
        assert_eq!(runs(&[0xff, 0x0f, 0x00, 0xfe, 0xff], 40), [(12, 25)]);
        assert_eq!(runs(&[0b1010_0101], 8), [(1, 2), (3, 5), (6, 7)]);
    }

    #[test]
    fn what_lies_behind_the_last_cluster_is_not_free() {
        assert_eq!(runs(&[0x00, 0x00], 11), [(0, 11)]);
        assert_eq!(runs(&[0xff, 0b1111_0111], 11), []);
        assert_eq!(runs(&[0xff, 0b1111_1011], 11), [(10, 11)]);
    }
}
