//! Making one `.zip` of a folder of driver files.
//!
//! The same files always give the same bytes, so that an upload of them goes on where an earlier run has stopped.
//! Nothing is left out but Windows' precompiled INF files (`.pnf`), which belong to the machine; links are not followed.

use fault::{Context as _, Error, Result};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::files;
use crate::limits::{DEPTH_MAX, ENTRIES_MAX, UNPACKED_BYTES_MAX};
use crate::ui::{Meter, Ui};

/// A file of a folder.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// Its path in the archive.
    name: String,
    path: PathBuf,
    bytes: u64,
}

/// Packs the files of `folder` into the new file `archive`; answers how many there are.
pub(crate) fn pack(folder: &Path, archive: &Path, ui: &Ui) -> Result<usize> {
    let entries = entries(folder)?;
    if !entries.iter().any(|entry| has_extension(&entry.name, "inf")) {
        return Err(Error::invalid(format!("pack {}: it has no INF file", folder.display()))
            .with_notice("client.no_inf")
            .with_value("path", folder.display()));
    }
    let total = entries.iter().map(|entry| entry.bytes).sum();
    let mut meter = ui.meter(&ui.text("step.pack", &[]), 0, total);
    let file = File::create_new(archive).map_err(|e| files::unwritable(archive, e.into()))?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    for entry in &entries {
        add(&mut zip, entry, archive, &mut meter)?;
    }
    let finished = zip.finish().map_err(|e| failed(archive, e))?;
    let finished = finished.into_inner().map_err(|e| files::unwritable(archive, e.into_error().into()))?;
    finished.sync_all().map_err(|e| files::unwritable(archive, e.into()))?;
    Ok(entries.len())
}

fn add(zip: &mut ZipWriter<BufWriter<File>>, entry: &Entry, archive: &Path, meter: &mut Meter) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .large_file(entry.bytes > u64::from(u32::MAX));
    zip.start_file(entry.name.as_str(), options).map_err(|e| failed(archive, e))?;
    let mut source = files::open(&entry.path)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = std::io::Read::read(&mut source, &mut buffer)
            .map_err(|e| files::unreadable(&entry.path, e.into()))?;
        if count == 0 {
            return Ok(());
        }
        zip.write_all(&buffer[..count]).map_err(|e| files::unwritable(archive, e.into()))?;
        meter.add(count as u64);
    }
}

fn failed(archive: &Path, error: zip::result::ZipError) -> Error {
    let cause = match error {
        zip::result::ZipError::Io(cause) => cause.into(),
        other => Error::bug(format!("pack: {other}")),
    };
    files::unwritable(archive, cause)
}

/// All files below `folder`, by name.
fn entries(folder: &Path) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    let mut seen = 0;
    collect(folder, "", 0, &mut seen, &mut found)?;
    let bytes: u64 = found.iter().map(|entry| entry.bytes).sum();
    if bytes > UNPACKED_BYTES_MAX {
        return Err(Error::invalid(format!("pack {bytes} bytes"))
            .with_notice("client.too_large")
            .with_value("limit_bytes", UNPACKED_BYTES_MAX));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    seen: &mut usize,
    found: &mut Vec<Entry>,
) -> Result<()> {
    let unreadable = |e: std::io::Error| files::unreadable(folder, e.into());
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        *seen += 1;
        if *seen > ENTRIES_MAX || depth > DEPTH_MAX {
            return Err(too_many());
        }
        let name = entry.file_name();
        let name = format!("{prefix}{}", name.to_str().ok_or_else(|| odd(&path))?);
        let metadata =
            path.symlink_metadata().context(|| "look at it").map_err(|e| files::unreadable(&path, e))?;
        match metadata.file_type() {
            kind if kind.is_dir() => collect(&path, &format!("{name}/"), depth + 1, seen, found)?,
            kind if !kind.is_file() => return Err(odd(&path)),
            _ if has_extension(&name, "pnf") => {}
            _ => found.push(Entry { name, path, bytes: metadata.len() }),
        }
    }
    Ok(())
}

fn too_many() -> Error {
    Error::invalid("pack a folder with too many files")
        .with_notice("client.too_many_files")
        .with_value("limit", ENTRIES_MAX)
}

fn odd(path: &Path) -> Error {
    Error::invalid(format!("pack {}: a link, a device, or a name that is no text", path.display()))
        .with_notice("client.odd_file")
        .with_value("path", path.display())
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use wording::Language;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    fn packed(folder: &Path) -> Result<Vec<u8>> {
        let out = tempfile::tempdir().unwrap();
        let archive = out.path().join("a.zip");
        pack(folder, &archive, &Ui::new(Language::English, true))?;
        Ok(std::fs::read(archive).unwrap())
    }

    #[test]
    fn the_same_files_give_the_same_archive_without_what_belongs_to_the_machine() {
        let files =
            [("lp.inf", "[Version]"), ("amd64/驱动.dll", "x"), ("LP.PNF", "machine"), ("amd64/a", "")];
        let (one, other) = (folder(&files), folder(&files));
        let bytes = packed(one.path()).unwrap();
        assert_eq!(bytes, packed(other.path()).unwrap());
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["amd64/a", "amd64/驱动.dll", "lp.inf"]);
        let mut text = String::new();
        zip.by_name("amd64/驱动.dll").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "x");
    }

    #[test]
    fn what_is_no_driver_is_refused_with_its_name() {
        let notice = |folder: &Path| packed(folder).unwrap_err().notice().unwrap().id.to_string();
        assert_eq!(notice(folder(&[("readme.txt", "")]).path()), "client.no_inf");
        assert_eq!(notice(Path::new("/nowhere-at-all")), "client.unreadable");
        #[cfg(unix)]
        {
            let with_link = folder(&[("lp.inf", "")]);
            std::os::unix::fs::symlink("/etc/passwd", with_link.path().join("lp.dll")).unwrap();
            assert_eq!(notice(with_link.path()), "client.odd_file");
        }
    }
}
