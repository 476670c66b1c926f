//! Reading whole archives through the real, confined reader process.

use std::collections::BTreeMap;
use std::path::Path;

use driver_package::reader::read;
use driver_package::{Event, Limits, PackageReport, ReaderProgram};
use fault::{Error, Result};

pub(crate) fn program() -> ReaderProgram {
    ReaderProgram::new(env!("CARGO_BIN_EXE_package-reader")).with_spool_directory(env!("CARGO_TARGET_TMPDIR"))
}

/// Everything that came out of one archive.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    announced: Option<(u64, u64, u64)>,
    pub(crate) directories: Vec<String>,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    last: String,
}

impl Unpacked {
    pub(crate) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Listing { files, directories, unpacked_bytes, .. } => {
                assert!(
                    self.announced.is_none() && self.files.is_empty(),
                    "the listing must come first, once"
                );
                self.announced = Some((files, directories, unpacked_bytes));
            }
            Event::Directory { path, .. } => self.directories.push(path.to_owned()),
            Event::File { path, size, .. } => {
                path.clone_into(&mut self.last);
                let capacity = usize::try_from(size).unwrap();
                assert!(
                    self.files.insert(path.to_owned(), Vec::with_capacity(capacity)).is_none(),
                    "{path} twice"
                );
            }
            Event::Data(bytes) => self.files.get_mut(&self.last).unwrap().extend_from_slice(bytes),
        }
    }

    fn bytes(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }
}

/// Reads an archive and compares what came with what was announced.
pub(crate) fn unpack(archive: &Path, limits: &Limits) -> Result<(PackageReport, Unpacked)> {
    let name = archive.file_name().unwrap().to_str().unwrap();
    let mut unpacked = Unpacked::default();
    let report = read(&program(), archive, name, limits, &mut |event| {
        unpacked.take(event);
        Ok(())
    })?;
    let totals = (unpacked.files.len() as u64, unpacked.directories.len() as u64, unpacked.bytes());
    assert_eq!(unpacked.announced, Some(totals), "{name}");
    assert_eq!((report.files, report.directories, report.unpacked_bytes), totals, "{name}");
    Ok((report, unpacked))
}

pub(crate) fn notice(error: &Error) -> &str {
    error.notice().map_or("none", |notice| &notice.id)
}

/// What a user gets for an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Refused, with this notice.
    Refused(&'static str),
    /// Read, with this many files, and INF files that describe drivers.
    Read { files: u64, drivers: usize },
}

/// Reads an archive for a table of outcomes.
pub(crate) fn outcome(archive: &Path) -> std::result::Result<Outcome, String> {
    match unpack(archive, &Limits::default()) {
        Ok((report, _)) => {
            let drivers = report.infs.iter().filter(|inf| inf.is_driver_inf).count();
            Ok(Outcome::Read { files: report.files, drivers })
        }
        Err(error) => Err(notice(&error).to_owned()),
    }
}

/// Whether `archive` came out as expected, and how not.
pub(crate) fn mismatch(archive: &Path, expected: Outcome) -> Option<String> {
    let got = outcome(archive);
    let same = match (&got, expected) {
        (Ok(got), expected) => *got == expected,
        (Err(got), Outcome::Refused(expected)) => got == expected,
        (Err(_), Outcome::Read { .. }) => false,
    };
    (!same).then(|| format!("{}: {got:?}, expected {expected:?}", archive.display()))
}
