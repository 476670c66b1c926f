//! Takes an archive's files as they stream by: sends them on, reads the INF files, sets nested archives aside.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use fault::{Context, Error, Notice, Result};

use super::contents::{Contents, Entry};
use super::nested::{self, Spools};
use super::output::Output;
use super::plan::Plan;
use crate::frame::{Closing, Header};
use crate::limits::{CONFIGURATION_FILE_BYTES, Limits, WARNINGS};
use crate::printer::{self, Configuration};
use crate::report::InfReport;
use crate::{PackageKind, inf, names, refusal};

/// Where a file lies: in the uploaded archive (depth 0) or in one nested in it.
pub(super) struct Place {
    /// In front of each path; ends in `/` unless it is empty.
    pub(super) prefix: String,
    pub(super) depth: u32,
}

/// What is done with a file besides sending it on.
enum Role {
    Inf,
    Configuration,
    Archive,
    Plain,
}

/// What was learned so far.
pub(super) struct Collector<'a> {
    kind: PackageKind,
    pub(super) limits: &'a Limits,
    pub(super) output: &'a mut Output,
    pub(super) spools: Spools,
    warnings: Vec<Notice>,
    warnings_left_out: u64,
    infs: usize,
    archives: usize,
    nested_bytes: u64,
    drivers: bool,
    printers: bool,
    /// Something could not be looked into, so that a lack of drivers proves nothing.
    opaque: bool,
    configuration: Option<Configuration>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(kind: PackageKind, limits: &'a Limits, output: &'a mut Output, spools: Spools) -> Self {
        Self {
            kind,
            limits,
            output,
            spools,
            warnings: Vec::new(),
            warnings_left_out: 0,
            infs: 0,
            archives: 0,
            nested_bytes: 0,
            drivers: false,
            printers: false,
            opaque: false,
            configuration: None,
        }
    }

    /// Whether it is worth to read on: some name promises a driver.
    pub(super) fn may_hold_drivers(&self, plan: &Plan) -> bool {
        plan.each_file().any(|(_, entry)| promising(entry))
    }

    /// Reads the uploaded archive to its end.
    pub(super) fn whole(&mut self, plan: &Plan, contents: &mut dyn Contents) -> Result<()> {
        self.output.listing(&plan.listing())?;
        for header in plan.directories() {
            self.output.directory(header)?;
        }
        let place = Place { prefix: String::new(), depth: 0 };
        let mut seen = BTreeSet::new();
        let is_file = |index| plan.entry(index).is_some_and(|entry| !entry.directory);
        contents.each(&is_file, &mut |index, source| {
            if !seen.insert(index) {
                return Err(Error::bug("a file was visited twice"));
            }
            self.file(plan, index, source, &place)
        })?;
        match seen.len() as u64 == plan.files() {
            true => Ok(()),
            false => Err(refusal::damaged("", "not all of its files can be read")),
        }
    }

    /// The last word about a good archive.
    pub(super) fn close(mut self) -> Result<Closing> {
        if !self.drivers && !self.opaque {
            return Err(refusal::no_driver());
        }
        if self.kind == PackageKind::Printer && !self.printers && !self.opaque {
            self.warn("printer.no_printer", Vec::new());
        }
        if self.warnings_left_out > 0 {
            let count = self.warnings_left_out.to_string();
            self.warnings
                .push(Notice { id: "package.more_warnings".into(), values: vec![("count".into(), count)] });
        }
        Ok(Closing { warnings: self.warnings, configuration: self.configuration })
    }

    /// Takes one file of the archive at `place`.
    pub(super) fn file(
        &mut self,
        plan: &Plan,
        index: usize,
        source: &mut dyn Read,
        place: &Place,
    ) -> Result<()> {
        let entry = plan.entry(index).ok_or_else(|| Error::bug("a file that is not in the plan"))?;
        let path = format!("{}{}", place.prefix, entry.path);
        let top = place.depth == 0;
        if top {
            let Entry { path, size, modified, .. } = entry.clone();
            self.output.file(&Header { path, size, modified })?;
        } else {
            self.charge(entry, &path)?;
        }
        let what = (path.as_str(), entry.size);
        match self.role(entry, &path, place)? {
            Role::Plain => self.output.bytes(what, top, source, &mut |_| Ok(())),
            Role::Inf => {
                let bytes = self.whole_file(what, top, source)?;
                self.inf(plan, entry, &path, &bytes)
            }
            Role::Configuration => {
                let bytes = self.whole_file(what, top, source)?;
                self.configuration = Some(Configuration::parse(bytes.trim_ascii_end())?);
                Ok(())
            }
            Role::Archive => {
                let depth = place.depth + 1;
                let mut spool = self.spools.empty(depth)?;
                self.output.bytes(what, top, source, &mut |piece| {
                    spool.write_all(piece).context(|| format!("keep {path} while it is looked into"))
                })?;
                self.nested(&path, depth)
            }
        }
    }

    /// Sends a file on and keeps it.
    fn whole_file(&mut self, what: (&str, u64), top: bool, source: &mut dyn Read) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.output.bytes(what, top, source, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Counts what is unpacked from nested archives.
    fn charge(&mut self, entry: &Entry, path: &str) -> Result<()> {
        self.nested_bytes = self.nested_bytes.saturating_add(entry.size);
        let limit = self.limits.nested_unpacked_bytes;
        if self.nested_bytes > limit {
            Err(refusal::too_large(path, self.nested_bytes, limit))
        } else {
            Ok(())
        }
    }

    fn role(&mut self, entry: &Entry, path: &str, place: &Place) -> Result<Role> {
        if is_inf(entry) {
            return Ok(self.inf_role(entry, path));
        }
        if self.kind == PackageKind::Printer && place.depth == 0 && printer::is_configuration(path) {
            return configuration_role(entry);
        }
        if !is_archive(entry) {
            return Ok(Role::Plain);
        }
        if place.depth >= self.limits.nested_depth {
            return Err(refusal::too_deep(path, u64::from(self.limits.nested_depth)));
        }
        self.archives += 1;
        if self.archives > self.limits.nested_archives || entry.size > self.limits.nested_bytes {
            self.unread_archive(path, "package.too_large");
            return Ok(Role::Plain);
        }
        Ok(Role::Archive)
    }

    fn inf_role(&mut self, entry: &Entry, path: &str) -> Role {
        self.infs += 1;
        if self.infs <= self.limits.infs && entry.size <= self.limits.inf_bytes {
            return Role::Inf;
        }
        self.unread_inf(entry, path);
        Role::Plain
    }

    fn inf(&mut self, plan: &Plan, entry: &Entry, path: &str, bytes: &[u8]) -> Result<()> {
        let mut report = match inf::parse(bytes, &inf::Limits::default()) {
            Ok(inf) => inf.report(path),
            Err(error) => InfReport::unreadable(path, &error),
        };
        if report.is_driver_inf {
            self.drivers = true;
            self.printers |= printer::is_printer(&report);
            report.catalog_present = catalog_present(plan, entry, &report);
        }
        if !self.output.inf(&report)? {
            self.unread_inf(entry, path);
        }
        Ok(())
    }

    fn unread_inf(&mut self, entry: &Entry, path: &str) {
        self.opaque = true;
        let bytes = ("bytes".into(), entry.size.to_string());
        self.warn("package.inf_unread", vec![("entry".into(), refusal::shown(path)), bytes]);
    }

    /// Notes that a nested archive is stored as it is, but nobody knows what is in it.
    pub(super) fn unread_archive(&mut self, path: &str, reason: &str) {
        self.opaque = true;
        let reason = ("reason".into(), reason.to_owned());
        self.warn("package.nested_unread", vec![("entry".into(), refusal::shown(path)), reason]);
    }

    fn warn(&mut self, id: &'static str, values: Vec<(std::borrow::Cow<'static, str>, String)>) {
        if self.warnings.len() < WARNINGS - 1 {
            self.warnings.push(Notice { id: id.into(), values });
        } else {
            self.warnings_left_out += 1;
        }
    }
}

fn configuration_role(entry: &Entry) -> Result<Role> {
    if entry.path.contains('/') {
        return Err(printer::misplaced(&entry.path));
    }
    let limit = CONFIGURATION_FILE_BYTES as u64;
    if entry.size > limit {
        return Err(refusal::too_large(&entry.path, entry.size, limit));
    }
    Ok(Role::Configuration)
}

/// Whether reading this file can lead to a driver.
pub(super) fn promising(entry: &Entry) -> bool {
    is_inf(entry) || is_archive(entry)
}

fn is_inf(entry: &Entry) -> bool {
    names::has_extension(&entry.path, "inf")
}

fn is_archive(entry: &Entry) -> bool {
    entry.size > 0 && nested::EXTENSIONS.iter().any(|extension| names::has_extension(&entry.path, extension))
}

/// Whether one of the catalogs that the INF names lies beside it; nothing when it names none.
fn catalog_present(plan: &Plan, entry: &Entry, report: &InfReport) -> Option<bool> {
    let directory = names::parent(&entry.path);
    let beside = |name: &str| match directory {
        "" => plan.has_file(name),
        _ => plan.has_file(&format!("{directory}/{name}")),
    };
    let named = !report.catalog_files.is_empty();
    named.then(|| report.catalog_files.iter().any(|catalog| beside(&catalog.name)))
}
