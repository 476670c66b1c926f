//! Checks what the reader says before anyone acts on it.

use std::collections::HashSet;

use fault::{Error, Notice, Result, WireError};
use serde::de::DeserializeOwned;

use super::{Event, Sink};
use crate::frame::{Closing, Header, Listing, Tag};
use crate::limits::{Limits, REPORT_BYTES, WARNINGS};
use crate::report::InfReport;
use crate::{PackageKind, PackageReport, names, os, refusal};

/// What has been received of one archive.
pub(super) struct Receiver<'a, 's> {
    kind: PackageKind,
    limits: &'a Limits,
    sink: Option<&'a mut Sink<'s>>,
    listing: Option<Listing>,
    seen: Listing,
    directories: HashSet<String>,
    /// Bytes of the last file that are still to come.
    owed_bytes: u64,
    infs: Vec<InfReport>,
    report_bytes: usize,
}

impl<'a, 's> Receiver<'a, 's> {
    pub(super) fn new(kind: PackageKind, limits: &'a Limits, sink: Option<&'a mut Sink<'s>>) -> Self {
        Self {
            kind,
            limits,
            sink,
            listing: None,
            seen: Listing { files: 0, directories: 0, unpacked_bytes: 0 },
            directories: HashSet::new(),
            owed_bytes: 0,
            infs: Vec::new(),
            report_bytes: 0,
        }
    }

    /// Takes one message; the closing one is handed back.
    pub(super) fn take(&mut self, tag: Tag, payload: &[u8]) -> Result<Option<Closing>> {
        let may_interrupt = matches!(tag, Tag::Data | Tag::Alive | Tag::Refused);
        if self.owed_bytes > 0 && !may_interrupt {
            return Err(broken("a file ended early"));
        }
        if self.listing.is_none() && !matches!(tag, Tag::Listing | Tag::Alive | Tag::Refused) {
            return Err(broken("the listing did not come first"));
        }
        match tag {
            Tag::Listing => self.listing(parse(payload)?)?,
            Tag::Directory => self.directory(&parse(payload)?)?,
            Tag::File => self.file(&parse(payload)?)?,
            Tag::Data => self.data(payload)?,
            Tag::Inf => self.inf(payload)?,
            Tag::Piece => return Err(broken("a piece of an archive that nobody wants to change")),
            Tag::Alive => {}
            Tag::End => return parse(payload).map(Some),
            Tag::Refused => return Err(parse::<WireError>(payload)?.into()),
        }
        Ok(None)
    }

    /// The report, once everything announced has come.
    pub(super) fn finish(self, closing: Closing) -> Result<PackageReport> {
        let listing = self.listing.unwrap_or(self.seen);
        if self.sink.is_some() && self.seen != listing {
            return Err(broken("the content differs from the listing"));
        }
        let mut warnings = closing.warnings;
        warnings.truncate(WARNINGS);
        warnings.iter_mut().for_each(bound);
        if let Some(configuration) = &closing.configuration {
            configuration.settings.check()?;
        }
        Ok(PackageReport {
            kind: self.kind,
            files: listing.files,
            directories: listing.directories,
            unpacked_bytes: listing.unpacked_bytes,
            os_types: os::supported_by(&self.infs),
            infs: self.infs,
            configuration: closing.configuration,
            warnings,
        })
    }

    fn listing(&mut self, listing: Listing) -> Result<()> {
        if self.listing.replace(listing).is_some() {
            return Err(broken("two listings"));
        }
        let capacity = self.limits.capacity(self.kind);
        let entries = listing.files.saturating_add(listing.directories);
        if entries > capacity.entries {
            return Err(refusal::too_many_entries(entries, capacity.entries));
        }
        if listing.unpacked_bytes > capacity.unpacked_bytes {
            return Err(refusal::too_large("", listing.unpacked_bytes, capacity.unpacked_bytes));
        }
        let Listing { files, directories, unpacked_bytes } = listing;
        self.tell(Event::Listing { kind: self.kind, files, directories, unpacked_bytes })
    }

    fn directory(&mut self, header: &Header) -> Result<()> {
        self.check_path(&header.path)?;
        if !self.directories.insert(names::fold(&header.path)) {
            return Err(broken("a directory came twice"));
        }
        self.seen.directories += 1;
        self.check_announced()?;
        self.tell(Event::Directory { path: &header.path, modified: header.modified })
    }

    fn file(&mut self, header: &Header) -> Result<()> {
        self.check_path(&header.path)?;
        self.seen.files += 1;
        self.seen.unpacked_bytes = self.seen.unpacked_bytes.saturating_add(header.size);
        self.check_announced()?;
        self.owed_bytes = header.size;
        self.tell(Event::File { path: &header.path, size: header.size, modified: header.modified })
    }

    fn data(&mut self, bytes: &[u8]) -> Result<()> {
        self.owed_bytes = self
            .owed_bytes
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| broken("a file is longer than announced"))?;
        self.tell(Event::Data(bytes))
    }

    fn inf(&mut self, payload: &[u8]) -> Result<()> {
        self.report_bytes += payload.len();
        if self.infs.len() >= self.limits.infs || self.report_bytes > REPORT_BYTES {
            return Err(broken("too many INF reports"));
        }
        self.infs.push(parse(payload)?);
        Ok(())
    }

    fn check_path(&self, path: &str) -> Result<()> {
        names::check(path, self.limits)?;
        let parent = names::parent(path);
        if !parent.is_empty() && !self.directories.contains(&names::fold(parent)) {
            return Err(broken("an entry came before its directory"));
        }
        Ok(())
    }

    fn check_announced(&self) -> Result<()> {
        let announced = self.listing.unwrap_or(self.seen);
        let within = self.seen.files <= announced.files
            && self.seen.directories <= announced.directories
            && self.seen.unpacked_bytes <= announced.unpacked_bytes;
        if within { Ok(()) } else { Err(broken("more came than was announced")) }
    }

    fn tell(&mut self, event: Event<'_>) -> Result<()> {
        match (&mut self.sink, event) {
            (Some(sink), event) => sink(event),
            (None, Event::Listing { .. }) => Ok(()),
            (None, _) => Err(broken("bytes came that nobody asked for")),
        }
    }
}

pub(super) fn parse<T: DeserializeOwned>(payload: &[u8]) -> Result<T> {
    serde_json::from_slice(payload)
        .map_err(|error| broken("a message cannot be understood").with_source(error))
}

/// An error about the reader itself: it breaks the rules, so it was taken over or is another version.
pub(super) fn broken(what: &str) -> Error {
    refusal::reader_failed(what)
}

fn bound(notice: &mut Notice) {
    notice.values.truncate(8);
    for (_, value) in &mut notice.values {
        *value = refusal::shown(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Message = (Tag, Vec<u8>);

    fn receiver(limits: &Limits) -> Receiver<'_, 'static> {
        Receiver::new(PackageKind::Extracted, limits, None)
    }

    fn listing(files: u64, directories: u64, unpacked_bytes: u64) -> Vec<u8> {
        serde_json::to_vec(&Listing { files, directories, unpacked_bytes }).unwrap()
    }

    fn header(path: &str, size: u64) -> Vec<u8> {
        serde_json::to_vec(&Header { path: path.to_owned(), size, modified: None }).unwrap()
    }

    /// Feeds messages to a receiver and tells the text of the first refusal.
    fn refused(messages: &[Message]) -> String {
        let limits = Limits::default();
        let mut ignore = |_: Event<'_>| Ok(());
        let mut receiver = Receiver::new(PackageKind::Extracted, &limits, Some(&mut ignore));
        for (tag, payload) in messages {
            match receiver.take(*tag, payload) {
                Ok(None) => {}
                Ok(Some(closing)) => {
                    return receiver.finish(closing).map_or_else(|e| e.to_string(), |_| "accepted".into());
                }
                Err(error) => return error.to_string(),
            }
        }
        "nothing".into()
    }

    #[test]
    fn a_hostile_reader_is_refused() {
        let end = || (Tag::End, br#"{"warnings":[]}"#.to_vec());
        let one = || (Tag::Listing, listing(1, 0, 4));
        let cases: Vec<(&str, Vec<Message>)> = vec![
            ("listing did not come first", vec![(Tag::File, header("a", 1))]),
            ("traversal", vec![one(), (Tag::File, header("../a", 1))]),
            ("absolute", vec![one(), (Tag::Directory, header("/etc", 0))]),
            ("before its directory", vec![one(), (Tag::File, header("d/a", 4))]),
            ("more came", vec![one(), (Tag::File, header("a", 5))]),
            ("more came", vec![one(), (Tag::Directory, header("d", 0))]),
            ("longer than announced", vec![one(), (Tag::File, header("a", 4)), (Tag::Data, vec![0; 5])]),
            ("ended early", vec![one(), (Tag::File, header("a", 4)), (Tag::Data, vec![0; 3]), end()]),
            ("differs from the listing", vec![one(), end()]),
            ("two listings", vec![one(), one()]),
            ("over the limit", vec![(Tag::Listing, listing(u64::MAX, 5, 0))]),
            ("more than the limit", vec![(Tag::Listing, listing(1, 0, u64::MAX))]),
            ("cannot be understood", vec![(Tag::Listing, b"{".to_vec())]),
        ];
        for (expected, messages) in cases {
            let text = refused(&messages);
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let good = vec![one(), (Tag::File, header("a", 4)), (Tag::Data, vec![0; 4]), end()];
        assert_eq!(refused(&good), "accepted");
    }

    #[test]
    fn bytes_are_refused_when_only_a_report_was_asked_for() {
        let limits = Limits::default();
        let mut receiver = receiver(&limits);
        receiver.take(Tag::Listing, &listing(1, 0, 4)).unwrap();
        assert!(receiver.take(Tag::File, &header("a", 4)).is_err());
    }
}
