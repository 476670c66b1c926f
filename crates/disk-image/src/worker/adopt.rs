//! Taking over a foreign Base: checked, copied, brought into form, completed.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use fault::{Context, Error, Result};

use disk_image::ImageInfo;

use crate::create::{PendingFile, complete_layout};
use crate::ffi::host::next_data;
use crate::header::{Header, damaged};
use crate::images::{Lock, OpenImage, open_file};
use crate::layout;
use crate::programs::convert;
use crate::read_at::ReadAt;
use crate::survey::Survey;

const COPY_CHUNK_BYTES: u64 = 1024 * 1024;

/// Adopts `source` as `dest`; `tell` hears how far it is.
pub(crate) fn run(
    source: &Path,
    dest: &Path,
    tell: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<ImageInfo> {
    let file = open_file(source, Lock::Shared)?;
    let header = Header::read(&file, source)?;
    header.expect_safe(source)?;
    let pending = PendingFile::new(dest)?;
    let normalised = needs_conversion(&file, &header, source)?;
    match normalised {
        true => convert_file(&file, source, pending.path(), tell)?,
        false => copy_file(&file, pending.path(), tell).context(|| format!("copy {}", source.display()))?,
    }
    // Checked again as it came out: the source may have changed meanwhile.
    if !Survey::run(&File::open(pending.path())?, pending.path())?.report.is_clean() {
        return Err(damaged(source, "its structure is damaged"));
    }
    let image = OpenImage::base(pending.path())?;
    let (layout, _) = layout::find(&image.access, source)?;
    drop(image);
    let file_size_bytes = complete_layout(pending.path()).map_err(|error| explain_dirty(error, source))?;
    pending.publish()?;
    Ok(ImageInfo { virtual_size_bytes: header.virtual_size_bytes, file_size_bytes, layout, normalised })
}

/// Whether the file uses what is not written here; one that is damaged is refused.
fn needs_conversion(file: &File, header: &Header, source: &Path) -> Result<bool> {
    if header.deviation().is_some() {
        return Ok(true);
    }
    let survey = Survey::run(file, source)?;
    if survey.compressed_clusters > 0 {
        // Their references are not followed, so that errors may be no errors: what converts it will see.
        return Ok(true);
    }
    match survey.report.errors {
        0 => Ok(survey.report.leaked_clusters > 0),
        _ => Err(damaged(source, "its structure is damaged")),
    }
}

fn convert_file(
    file: &File,
    source: &Path,
    dest: &Path,
    tell: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<()> {
    let total = file.length()?;
    convert(source, dest, &mut |percent| tell((total as f64 * percent / 100.0) as u64, total))
        .context(|| format!("convert {}", source.display()))
}

fn copy_file(file: &File, dest: &Path, tell: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
    let total = file.length()?;
    let out = File::options().write(true).create_new(true).open(dest)?;
    let mut buffer = vec![0; COPY_CHUNK_BYTES as usize];
    let mut position = 0;
    while let Some(data) = next_data(file, position)? {
        position = data.start;
        while position < data.end {
            let chunk = &mut buffer[..COPY_CHUNK_BYTES.min(data.end - position) as usize];
            file.read_all_at(chunk, position)?;
            out.write_all_at(chunk, position)?;
            position += chunk.len() as u64;
            tell(position, total)?;
        }
    }
    out.set_len(total).map_err(Error::from)
}

/// For an Active a dirty volume means that it was left in the middle of a change; here it is Windows' business.
fn explain_dirty(error: Error, source: &Path) -> Error {
    match error.notice().is_some_and(|notice| notice.id == "disk.active_unclean") {
        true => Error::conflict(format!("adopt {}: NTFS was not unmounted cleanly", source.display()))
            .with_notice("disk.ntfs_dirty")
            .with_value("path", source.display()),
        false => error,
    }
}
