//! What a Base looked like earlier: the ranges in which it differed, in a file for the worker to read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use fault::{Context, Error, Result};

use crate::limits::EARLIER_RANGES_MAX;
use crate::wire::range_bytes;

/// Writes the ranges of an [`Image::Earlier`](crate::Image::Earlier): ascending, neither overlapping nor touching.
pub fn save_ranges(path: &Path, ranges: &[Range<u64>]) -> Result<()> {
    if ranges.len() as u64 > EARLIER_RANGES_MAX {
        return Err(Error::invalid(format!(
            "look at a disk that differs in {} places: the limit is {EARLIER_RANGES_MAX}",
            ranges.len()
        )));
    }
    let write = || {
        let mut file = BufWriter::new(File::create(path)?);
        ranges.iter().try_for_each(|range| file.write_all(&range_bytes(range)))?;
        file.flush()
    };
    write().context(|| format!("write {}", path.display()))
}
