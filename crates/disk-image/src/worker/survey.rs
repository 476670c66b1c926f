//! An own check of a qcow2 file: which clusters it refers to, and which it counts as used.
//!
//! It holds two bytes per 64 KiB of the file, and reads nothing but tables. It refuses features that are not written
//! here instead of interpreting them, so it runs only on files that passed [`Header::expect_plain`].

use std::ops::Range;
use std::path::Path;

use fault::{Context, Result};

use disk_image::CheckReport;

use crate::header::{CLUSTER_BYTES, Header, damaged};
use crate::read_at::ReadAt;

const OFFSET_MASK: u64 = 0x00ff_ffff_ffff_fe00;
const FLAG_COPIED: u64 = 1 << 63;
const FLAG_COMPRESSED: u64 = 1 << 62;
const FLAG_ZERO: u64 = 1;
const ENTRIES_PER_L2: usize = (CLUSTER_BYTES / 8) as usize;
const COUNTS_PER_BLOCK: usize = (CLUSTER_BYTES / 2) as usize;
/// L1 entries of the largest disk that is accepted.
const L1_ENTRIES_MAX: u32 = 64 * 1024;
/// A reference count table for files of 128 TiB.
const REFCOUNT_TABLE_CLUSTERS_MAX: u32 = 8;

/// What the tables of a file say.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) report: CheckReport,
    /// Clusters with guest data.
    pub(crate) data_clusters: u64,
    /// Compressed clusters, which are not written here.
    pub(crate) compressed_clusters: u64,
    /// What the reference counts say, by cluster of the file.
    counted: Vec<u16>,
}

impl Survey {
    /// Surveys a file.
    pub(crate) fn run(file: &impl ReadAt, path: &Path) -> Result<Self> {
        let header = Header::read(file, path)?;
        header.expect_plain(path)?;
        if header.l1_entries > L1_ENTRIES_MAX || header.refcount_table_clusters > REFCOUNT_TABLE_CLUSTERS_MAX
        {
            return Err(damaged(path, "its tables are too large"));
        }
        let mut surveyor = Surveyor::new(file, file.length()?);
        surveyor.run(&header).context(|| format!("check {}", path.display()))?;
        Ok(surveyor.finish())
    }

    /// Whether all of a range of the file is counted as free.
    pub(crate) fn is_free(&self, range: &Range<u64>) -> bool {
        let clusters = (range.start / CLUSTER_BYTES) as usize..range.end.div_ceil(CLUSTER_BYTES) as usize;
        clusters.into_iter().all(|cluster| self.counted.get(cluster).is_none_or(|&count| count == 0))
    }

    /// Clusters of the file that are counted as free, up to its end.
    pub(crate) fn free_clusters(&self) -> impl Iterator<Item = Range<u64>> {
        let free = self.counted.iter().enumerate().filter(|(_, count)| **count == 0);
        free.map(|(index, _)| index as u64 * CLUSTER_BYTES).map(|start| start..start + CLUSTER_BYTES)
    }

    /// Ranges of the file that are counted as free, up to its end.
    pub(crate) fn free_ranges(&self) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for cluster in self.free_clusters() {
            match ranges.last_mut() {
                Some(last) if last.end == cluster.start => last.end = cluster.end,
                _ => ranges.push(cluster),
            }
        }
        ranges
    }
}

struct Surveyor<'f, F> {
    file: &'f F,
    referred: Vec<u16>,
    counted: Vec<u16>,
    errors: u64,
    data_clusters: u64,
    compressed_clusters: u64,
}

impl<'f, F: ReadAt> Surveyor<'f, F> {
    fn new(file: &'f F, length: u64) -> Self {
        let clusters = length.div_ceil(CLUSTER_BYTES) as usize;
        Self {
            file,
            referred: vec![0; clusters],
            counted: vec![0; clusters],
            errors: 0,
            data_clusters: 0,
            compressed_clusters: 0,
        }
    }

    fn run(&mut self, header: &Header) -> Result<()> {
        self.refer(0);
        self.read_counts(header)?;
        let l1 = self.read_table(header.l1_offset, header.l1_entries as usize)?;
        for cluster in 0..(u64::from(header.l1_entries) * 8).div_ceil(CLUSTER_BYTES) {
            self.refer(header.l1_offset + cluster * CLUSTER_BYTES);
        }
        let tables: Vec<u64> = l1.into_iter().filter(|entry| entry & OFFSET_MASK != 0).collect();
        for entry in tables {
            self.check_entry(entry);
            let table = self.read_table(entry & OFFSET_MASK, ENTRIES_PER_L2)?;
            table.into_iter().for_each(|entry| self.visit_data(entry));
        }
        Ok(())
    }

    fn read_counts(&mut self, header: &Header) -> Result<()> {
        let clusters = u64::from(header.refcount_table_clusters);
        let table = self.read_table(header.refcount_table_offset, (clusters * CLUSTER_BYTES / 8) as usize)?;
        for cluster in 0..clusters {
            self.refer(header.refcount_table_offset + cluster * CLUSTER_BYTES);
        }
        let mut block = vec![0; CLUSTER_BYTES as usize];
        for (index, offset) in table.into_iter().enumerate().filter(|(_, offset)| *offset != 0) {
            self.refer(offset);
            self.file.read_padded(&mut block, offset)?;
            let first = index * COUNTS_PER_BLOCK;
            for (at, bytes) in block.chunks_exact(2).enumerate() {
                let count = u16::from_be_bytes([bytes[0], bytes[1]]);
                match self.counted.get_mut(first + at) {
                    Some(slot) => *slot = count,
                    // Counted, but beyond the end: nothing can be there.
                    None => self.errors += u64::from(count != 0),
                }
            }
        }
        Ok(())
    }

    fn visit_data(&mut self, entry: u64) {
        if entry & FLAG_COMPRESSED != 0 {
            self.compressed_clusters += 1;
            return;
        }
        if entry & OFFSET_MASK != 0 {
            self.check_entry(entry);
            self.data_clusters += u64::from(entry & FLAG_ZERO == 0);
        }
    }

    /// A reference to a cluster of its own, as all are in an image without snapshots.
    fn check_entry(&mut self, entry: u64) {
        if entry & FLAG_COPIED == 0 {
            self.errors += 1;
        }
        self.refer(entry & OFFSET_MASK);
    }

    fn refer(&mut self, offset: u64) {
        let slot = self.referred.get_mut((offset / CLUSTER_BYTES) as usize);
        match slot {
            Some(slot) if offset.is_multiple_of(CLUSTER_BYTES) => *slot = slot.saturating_add(1),
            _ => self.errors += 1,
        }
    }

    fn read_table(&self, offset: u64, entries: usize) -> Result<Vec<u64>> {
        let mut bytes = vec![0; entries * 8];
        self.file.read_padded(&mut bytes, offset)?;
        let entry = |bytes: &[u8]| bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte));
        Ok(bytes.chunks_exact(8).map(entry).collect())
    }

    fn finish(self) -> Survey {
        let mut report = CheckReport { errors: self.errors, ..CheckReport::default() };
        for (&referred, &counted) in self.referred.iter().zip(&self.counted) {
            report.clusters += u64::from(counted != 0);
            report.leaked_clusters += u64::from(counted > referred);
            report.errors += u64::from(counted < referred || referred > 1);
        }
        Survey {
            report,
            data_clusters: self.data_clusters,
            compressed_clusters: self.compressed_clusters,
            counted: self.counted,
        }
    }
}
