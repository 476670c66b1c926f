//! Copies of large files with holes.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use fault::{Context, Error, Result};
use rustix::fs::{SeekFrom as Extent, ioctl_ficlone, seek};
use rustix::io::Errno;

use crate::{Progress, limits};

/// Bytes that the file occupies, holes left out.
pub(super) fn allocated_bytes(file: &File) -> Result<u64> {
    let metadata = file.metadata().context(|| "examine an image")?;
    Ok(metadata.len().min(metadata.blocks().saturating_mul(512)))
}

/// Copies `source` to the new file `target` and syncs it; shares the blocks where the file system can.
pub(super) fn copy_sparse(source: &File, target: &Path, progress: Progress<'_>) -> Result<u64> {
    let context = || format!("copy to {}", target.display());
    let copy = OpenOptions::new().write(true).create_new(true).open(target).context(context)?;
    let length = source.metadata().context(context)?.len();
    if ioctl_ficlone(&copy, source).is_err() {
        copy_extents(source, &copy, length, progress).context(context)?;
    }
    copy.sync_all().context(context)?;
    progress(length, length);
    Ok(length)
}

fn copy_extents(mut source: &File, mut copy: &File, length: u64, progress: Progress<'_>) -> Result<()> {
    copy.set_len(length)?;
    let mut position = 0;
    while let Some(start) = extent(source, Extent::Data(position), length)? {
        let end = extent(source, Extent::Hole(start), length)?.unwrap_or(length);
        position = start;
        while position < end {
            if !progress(position, length) {
                return Err(Error::cancelled("stopped on request"));
            }
            let step = (end - position).min(limits::STEP_BYTES);
            source.seek(SeekFrom::Start(position))?;
            copy.seek(SeekFrom::Start(position))?;
            // The standard library lets the kernel copy between two files.
            if std::io::copy(&mut source.take(step), &mut copy)? != step {
                return Err(Error::conflict("the image got shorter while it was read"));
            }
            position += step;
        }
    }
    Ok(())
}

/// Where the next data or hole begins; `None` where there is none before `length`.
fn extent(file: &File, from: Extent, length: u64) -> Result<Option<u64>> {
    match seek(file, from) {
        Ok(position) if position < length => Ok(Some(position)),
        Ok(_) | Err(Errno::NXIO) => Ok(None),
        Err(error) => Err(std::io::Error::from(error).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;

    #[test]
    fn a_copy_has_the_bytes_and_the_holes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("source");
        let source = OpenOptions::new().read(true).write(true).create_new(true).open(&path).unwrap();
        source.set_len(64 << 20).unwrap();
        source.write_all_at(&[1; 5000], 0).unwrap();
        source.write_all_at(&[2; 70_000], 20 << 20).unwrap();
        source.write_all_at(&[3; 1], (64 << 20) - 1).unwrap();
        let target = directory.path().join("copy");
        assert_eq!(copy_sparse(&source, &target, &mut |_, _| true).unwrap(), 64 << 20);
        assert!(std::fs::read(&path).unwrap() == std::fs::read(&target).unwrap());
        assert!(allocated_bytes(&File::open(&target).unwrap()).unwrap() < 1 << 20);
    }

    #[test]
    fn an_empty_file_and_one_hole_are_copied() {
        let directory = tempfile::tempdir().unwrap();
        for length in [0, 10_000] {
            let path = directory.path().join(format!("source{length}"));
            File::create(&path).unwrap().set_len(length).unwrap();
            let (source, target) =
                (File::open(&path).unwrap(), directory.path().join(format!("copy{length}")));
            copy_sparse(&source, &target, &mut |_, _| true).unwrap();
            assert_eq!(std::fs::read(target).unwrap(), vec![0; length as usize]);
        }
    }
}
