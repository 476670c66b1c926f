//! Changing the configuration file of a printer driver: the server's side.
//!
//! The confined process answers with a description: pieces of the old archive, and new bytes. The server only copies
//! bytes, within bounds, and never learns what they mean. All entries but the configuration file stay as they are.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use fault::{Context, Result};

use super::messages::Messages;
use super::process::Running;
use super::receive::{broken, parse};
use super::{ReaderProgram, open};
use crate::frame::{Job, Piece, Tag};
use crate::limits::{CONFIGURATION_FILE_BYTES, DIRECTORY_BYTES, Limits};
use crate::printer::Configuration;
use crate::{PackageKind, refusal};

/// Bytes that are copied at once.
const COPY_BYTES: usize = 1 << 20;

/// Writes the printer driver at `archive` to `out`, with `configuration` as its one configuration file; answers its
/// length. What comes out was not read as an archive yet.
pub fn configure(
    program: &ReaderProgram,
    archive: &Path,
    configuration: &Configuration,
    limits: &Limits,
    cancel: &AtomicBool,
    out: &mut dyn Write,
) -> Result<u64> {
    let old = open(archive, limits)?;
    let bytes = old.metadata().context(|| format!("measure {}", archive.display()))?.len();
    let job = Job {
        kind: PackageKind::Printer,
        file_name: "printer.zip".into(),
        with_bytes: true,
        configuration: Some(configuration.encode()?),
        limits: limits.clone(),
        tool: None,
        spool_directory: program.spool_directory.clone(),
        parent: nix::unistd::getpid().as_raw(),
    };
    let mut running = Running::start(program, open(archive, limits)?, &job)?;
    let mut new = Composed { old: &old, old_bytes: bytes, out, bytes: 0, new_bytes: 0 };
    let mut messages = Messages::new(running.take_output()?, limits, cancel)?;
    while let Some((tag, payload)) = messages.next()? {
        match tag {
            Tag::Piece => new.copy(parse(payload)?)?,
            Tag::Data => new.add(payload)?,
            Tag::Alive => {}
            Tag::End => return Ok(new.bytes),
            Tag::Refused => return Err(parse::<fault::WireError>(payload)?.into()),
            _ => return Err(broken("a message that does not describe an archive")),
        }
    }
    Err(running.cause_of_death())
}

/// The new archive as it comes to be.
struct Composed<'a> {
    old: &'a File,
    old_bytes: u64,
    out: &'a mut dyn Write,
    bytes: u64,
    new_bytes: u64,
}

impl Composed<'_> {
    fn copy(&mut self, piece: Piece) -> Result<()> {
        let end = piece.offset.checked_add(piece.length).filter(|end| *end <= self.old_bytes);
        let end = end.ok_or_else(|| broken("a piece beyond the end of the archive"))?;
        if self.bytes.saturating_add(piece.length) > self.old_bytes + DIRECTORY_BYTES {
            return Err(broken("the new archive is far longer than the old one"));
        }
        let mut buffer = vec![0; COPY_BYTES.min(usize::try_from(piece.length).unwrap_or(COPY_BYTES))];
        let mut at = piece.offset;
        while at < end {
            let want = usize::try_from(end - at).unwrap_or(COPY_BYTES).min(buffer.len());
            self.old.read_exact_at(&mut buffer[..want], at).context(|| "read the archive")?;
            self.out.write_all(&buffer[..want]).context(|| "write the new archive")?;
            at += want as u64;
        }
        self.bytes += piece.length;
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<()> {
        self.new_bytes += bytes.len() as u64;
        let limit = DIRECTORY_BYTES + 2 * CONFIGURATION_FILE_BYTES as u64;
        if self.new_bytes > limit {
            return Err(refusal::too_large("", self.new_bytes, limit));
        }
        self.out.write_all(bytes).context(|| "write the new archive")?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}
