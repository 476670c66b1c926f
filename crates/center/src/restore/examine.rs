//! What Base is, beside what it should be. Reads; changes nothing.

use std::path::Path;

use disk_patch::{
    Digest, Disk, FileIdentity, FileStore, FsFolder, LeafTable, ObjectDir, OnProgress, PackSource, Root,
};
use fault::{Error, Kind, Result};

use crate::config::DataDir;
use crate::db::entities::version;
use crate::findings::{Finding, Mend};

/// What is known of the file of Base.
#[derive(Default)]
pub(crate) struct Examined {
    /// The leaf table that it should have, if one is left.
    pub(crate) expected: Option<LeafTable>,
    /// The leaf table of the file as it is, if there is a file that can be read.
    pub(crate) found: Option<LeafTable>,
    /// What is wrong.
    pub(crate) findings: Vec<Finding>,
}

impl Examined {
    /// Whether the file is what it should be.
    pub(crate) fn is_whole(&self, identity: &FileIdentity) -> bool {
        self.found.as_ref().is_some_and(|found| found.identity() == *identity)
    }
}

/// What a version's row says that Base is.
pub(crate) fn identity_of(row: &version::Model) -> Result<FileIdentity> {
    let root: Root = row.root.parse().map_err(|e| Error::corrupt(format!("version {}: {e}", row.number)))?;
    Ok(FileIdentity { root, length: row.length as u64 })
}

/// Reads all of Base and compares it with `identity`.
pub(crate) fn examine(
    directory: &DataDir,
    identity: &FileIdentity,
    on_progress: OnProgress<'_>,
) -> Result<Examined> {
    let mut examined = Examined::default();
    match read_whole(&directory.base(), on_progress) {
        Ok(found) => examined.found = Some(found),
        Err(error) if error.kind() == Kind::Cancelled => return Err(error),
        Err(error) if error.kind() == Kind::NotFound => {
            examined.findings.push(Finding::new("found.base_missing", Mend::Restore));
        }
        Err(error) => {
            examined.findings.push(Finding::new("found.base_unreadable", Mend::Restore).with("cause", &error))
        }
    }
    if examined.is_whole(identity) {
        if saved_table(directory, identity).is_none() {
            examined.findings.push(Finding::new("found.leaf_table", Mend::Restore));
        }
        examined.expected.clone_from(&examined.found);
        return Ok(examined);
    }
    examined.expected = find_table(directory, identity);
    let compared = examined.found.as_ref().map(|found| compare(examined.expected.as_ref(), found, identity));
    examined.findings.extend(compared.into_iter().flatten());
    Ok(examined)
}

fn compare(expected: Option<&LeafTable>, found: &LeafTable, identity: &FileIdentity) -> Vec<Finding> {
    let mut findings = Vec::new();
    if found.byte_len() != identity.length {
        let finding = Finding::new("found.base_length", Mend::Restore);
        findings.push(finding.with("found_bytes", found.byte_len()).with("expected_bytes", identity.length));
    }
    let Some(expected) = expected else {
        findings.push(Finding::new("found.base_unknown", Mend::Restore));
        return findings;
    };
    let runs = expected.differing(found);
    if let Some(first) = runs.first() {
        let leaves: u64 = runs.iter().map(|run| run.end - run.start).sum();
        let finding = Finding::new("found.base_leaves", Mend::Restore).with("leaves", leaves);
        let offset = expected.leaf_range(first.start).start;
        findings.push(finding.with("total", expected.leaf_count()).with("first", offset));
    }
    findings
}

fn read_whole(path: &Path, on_progress: OnProgress<'_>) -> Result<LeafTable> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::invalid(format!("{} is no ordinary file", path.display())));
    }
    LeafTable::of_store(&FileStore::open_read_only(path)?, on_progress)
}

/// How many leaves of a file are what they should be, zeros not counted: they prove nothing.
pub(crate) fn right_leaves(expected: &LeafTable, found: &LeafTable) -> u64 {
    let is_right = |leaf: &u64| {
        expected.leaf(*leaf) == found.leaf(*leaf) && expected.leaf_range(*leaf) == found.leaf_range(*leaf)
    };
    let right = (0..expected.leaf_count()).filter(is_right);
    right.filter(|leaf| !expected.is_zero_leaf(*leaf)).count() as u64
}

/// The saved leaf table, if it is that of `identity`.
pub(crate) fn saved_table(directory: &DataDir, identity: &FileIdentity) -> Option<LeafTable> {
    let state = FsFolder::open(directory.base_state()).ok()?;
    let nowhere = Nowhere;
    let saved = Disk { file: &nowhere, state: &state }.leaves().ok()??;
    (saved.identity() == *identity).then_some(saved)
}

/// The leaf table of `identity`: the saved one, else the one that was published.
pub(crate) fn find_table(directory: &DataDir, identity: &FileIdentity) -> Option<LeafTable> {
    saved_table(directory, identity).or_else(|| published_table(directory, identity))
}

/// Looks among the objects. Of those, only leaf tables of a file of that length have that size.
fn published_table(directory: &DataDir, identity: &FileIdentity) -> Option<LeafTable> {
    let size = LeafTable::encoded_bytes(identity.length);
    let objects = ObjectDir::open(directory.objects()).ok()?;
    let folders = std::fs::read_dir(directory.objects()).ok()?.flatten();
    let files = folders.filter_map(|folder| std::fs::read_dir(folder.path()).ok()).flatten().flatten();
    let fitting = files.filter(|file| file.metadata().is_ok_and(|metadata| metadata.len() == size));
    let mut tables = fitting.filter_map(|file| {
        let digest = Digest::from_hex(file.file_name().to_str()?).ok()?;
        LeafTable::decode_expecting(&objects.read(&digest).ok()?, identity).ok()
    });
    tables.next()
}

/// Stands for a file where only the state beside it is asked for.
struct Nowhere;

impl disk_patch::ByteStore for Nowhere {
    fn read_exact_at(&self, _: &mut [u8], _: u64) -> Result<()> {
        Err(Error::bug("read no file"))
    }

    fn write_all_at(&self, _: &[u8], _: u64) -> Result<()> {
        Err(Error::bug("write no file"))
    }

    fn byte_len(&self) -> Result<u64> {
        Ok(0)
    }

    fn set_len(&self, _: u64) -> Result<()> {
        Err(Error::bug("cut no file"))
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}

/// Gives up what `apply` had begun and cannot finish: afterwards only reading says what Base is.
pub(crate) fn abandon_journal(directory: &DataDir) -> Result<()> {
    let state = FsFolder::open(directory.base_state())?;
    Disk { file: &Nowhere, state: &state }.abandon()
}

/// Whether `apply` has begun something that is not finished; a journal that cannot be read counts, too.
pub(crate) fn has_journal(directory: &DataDir) -> Result<bool> {
    let state = FsFolder::open(directory.base_state())?;
    let pending = Disk { file: &Nowhere, state: &state }.pending();
    Ok(!matches!(pending, Ok(None)))
}

/// Finishes what `apply` had begun, or gives it up where that can never work. Fails where it may work later.
pub(crate) fn settle_journal(directory: &DataDir) -> Result<bool> {
    if !has_journal(directory)? {
        return Ok(false);
    }
    let objects = ObjectDir::open(directory.objects())?;
    let finish = || {
        let file = FileStore::open(directory.base())?;
        let state = FsFolder::open(directory.base_state())?;
        Disk { file: &file, state: &state }.recover(&objects, &mut disk_patch::unwatched())
    };
    match finish() {
        Ok(_) => Ok(true),
        Err(error) if is_lasting(&error) => {
            tracing::warn!(target: "voi_drive_backups_manage", %error, "the journal of Base is given up");
            abandon_journal(directory).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Whether the same attempt can only fail in the same way.
pub(crate) fn is_lasting(error: &Error) -> bool {
    matches!(error.kind(), Kind::Corrupt | Kind::NotFound | Kind::Conflict | Kind::Invalid)
}
