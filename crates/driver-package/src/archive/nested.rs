//! Archives inside the uploaded archive: collections keep their drivers in `DP_*.7z`.
//!
//! They are stored as they are. To learn what is in them they are kept in unlinked spool files, one for each
//! depth, and only as much is unpacked as leads to INF files. One that cannot be read is a warning, not an error; one
//! that goes too deep is an error, because nothing but a trap is made like that.

use std::fs::File;
use std::io::Seek;
use std::path::Path;

use fault::{Context, Error, Kind, Result};

use super::collect::{Collector, Place, promising};
use super::contents::Contents;
use super::plan::{Budget, Plan};
use super::sniff::{Content, sniff};
use super::{sevenz, zipped};
use crate::refusal;

/// Files of these extensions are looked into.
pub(super) const EXTENSIONS: [&str; 3] = ["7z", "zip", "tq"];

/// One spool file for each depth. They have no name, so a crash leaves nothing behind.
pub(super) struct Spools(Vec<File>);

impl Spools {
    pub(super) fn open(directory: &Path, depths: u32) -> Result<Self> {
        let open = |_| tempfile::tempfile_in(directory);
        let files: std::io::Result<Vec<File>> = (0..depths).map(open).collect();
        files.map(Self).context(|| format!("make a temporary file in {}", directory.display()))
    }

    /// The spool of `depth` (from 1), empty.
    pub(super) fn empty(&self, depth: u32) -> Result<File> {
        let mut file = self.file(depth)?;
        file.set_len(0).and_then(|()| file.rewind()).context(|| "empty a temporary file")?;
        Ok(file)
    }

    /// The spool of `depth`, at its beginning.
    fn filled(&self, depth: u32) -> Result<File> {
        let mut file = self.file(depth)?;
        file.rewind().context(|| "read a temporary file")?;
        Ok(file)
    }

    fn file(&self, depth: u32) -> Result<File> {
        let file = (depth as usize).checked_sub(1).and_then(|index| self.0.get(index));
        let file = file.ok_or_else(|| Error::bug("no spool for this depth"))?;
        file.try_clone().context(|| "open a temporary file")
    }
}

impl Collector<'_> {
    /// Reads the INF files of the archive that was just spooled.
    pub(super) fn nested(&mut self, path: &str, depth: u32) -> Result<()> {
        self.output.flush()?;
        let outcome = self.look_into(path, depth);
        self.spools.empty(depth)?;
        match outcome {
            Err(error) if is_its_own_fault(&error) => {
                let reason = error.notice().map_or("package.damaged", |notice| &*notice.id).to_owned();
                self.unread_archive(path, &reason);
                Ok(())
            }
            other => other,
        }
    }

    fn look_into(&mut self, path: &str, depth: u32) -> Result<()> {
        let file = self.spools.filled(depth)?;
        let archive_bytes = file.metadata().context(|| format!("measure {path}"))?.len();
        let mut contents: Box<dyn Contents> = match sniff(&file)? {
            Content::SevenZip => Box::new(sevenz::SevenZip::open(file, self.limits)?),
            Content::Zip => Box::new(zipped::Zip::open(file)?),
            other => return Err(refusal::wrong_type(path, &format!("it is a {other}"))),
        };
        let budget = Budget { capacity: self.limits.extracted, archive_bytes, limits: self.limits };
        let plan = Plan::check(contents.entries()?, &budget)?;
        let place = Place { prefix: format!("{path}/"), depth };
        let wanted = |index| plan.entry(index).is_some_and(promising);
        contents.each(&wanted, &mut |index, source| self.file(&plan, index, source, &place))
    }
}

/// Whether the nested archive is to blame and the uploaded one can be used all the same.
fn is_its_own_fault(error: &Error) -> bool {
    let deep = error.notice().is_some_and(|notice| notice.id == "package.too_deep");
    !deep && matches!(error.kind(), Kind::Invalid | Kind::Corrupt)
}
