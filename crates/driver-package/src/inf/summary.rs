//! From sections to a report: `[Version]`, the lists, and the warnings.

use std::borrow::Cow;

use fault::Notice;

use super::limits::Limits;
use super::strings::{LanguageId, Strings, language_of};
use super::syntax::{Document, Oddity, fold};
use super::{Inf, models, version};
use crate::report::{CatalogFile, Device, InfReport};

/// The setup class of extension INFs (Microsoft, "Using an extension INF file").
const EXTENSION_CLASS: &str = "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}";

pub(super) fn report(inf: &Inf, path: &str, language: Option<LanguageId>) -> InfReport {
    let mut writer = Writer::new(inf, path, language);
    writer.syntax_warnings(inf);
    writer.version();
    if writer.report.is_driver_inf {
        models::fill(&mut writer);
        writer.section_names();
        writer.excluded();
        writer.check();
    }
    writer.report
}

/// A report being written, with the budget for it.
pub(super) struct Writer<'a> {
    pub(super) document: &'a Document,
    pub(super) limits: &'a Limits,
    pub(super) report: InfReport,
    strings: Strings<'a>,
    bytes_left: usize,
    #[cfg(test)]
    pub(super) work: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(inf: &'a Inf, path: &str, language: Option<LanguageId>) -> Self {
        let mut report = InfReport::empty(path);
        report.encoding = Some(inf.encoding);
        Self {
            document: &inf.document,
            limits: &inf.limits,
            report,
            strings: Strings::new(&inf.document, language),
            bytes_left: inf.limits.report_bytes,
            #[cfg(test)]
            work: 0,
        }
    }

    /// Takes `cost` bytes from the budget; `false` when it does not suffice. All that a file can make us repeat goes
    /// through here, so the budget bounds time as well as memory.
    pub(super) fn spend(&mut self, cost: usize) -> bool {
        let suffices = cost <= self.bytes_left;
        self.bytes_left = self.bytes_left.saturating_sub(cost);
        #[cfg(test)]
        {
            self.work += cost;
        }
        suffices
    }

    /// `raw` with its tokens replaced, cut to the limit.
    pub(super) fn text(&mut self, raw: &str) -> String {
        let limit = self.limits.text_chars;
        let source = cut(raw, limit.saturating_mul(4));
        let mut undefined: Vec<String> = Vec::new();
        let text = self.strings.expand(&source, limit.saturating_mul(4), |token| {
            if undefined.len() < 4 {
                undefined.push(token.to_owned());
            }
        });
        let kept = cut(text.trim(), limit);
        if matches!(source, Cow::Owned(_)) || matches!(kept, Cow::Owned(_)) {
            self.warn("inf.text_cut", &[("limit", &limit.to_string())]);
        }
        let kept = kept.into_owned();
        for token in undefined {
            self.warn("inf.token_undefined", &[("token", &token)]);
        }
        self.spend(kept.len().max(source.len()) + size_of::<String>());
        kept
    }

    /// Takes what `row` repeats of its section from the budget; `false` when it does not suffice.
    pub(super) fn charge(&mut self, row: &Device) -> bool {
        let repeated = [&row.description, &row.install_section, &row.manufacturer, &row.models_section];
        self.spend(size_of::<Device>() + repeated.iter().map(|text| text.len()).sum::<usize>())
    }

    /// Like [`Self::text`], with `None` for nothing.
    fn some_text(&mut self, raw: &str) -> Option<String> {
        Some(self.text(raw)).filter(|text| !text.is_empty())
    }

    /// A GUID in capitals, so that two spellings are one.
    fn guid(&mut self, raw: &str) -> Option<String> {
        self.some_text(raw).map(|text| text.to_ascii_uppercase())
    }

    pub(super) fn warn(&mut self, id: &'static str, values: &[(&'static str, &str)]) {
        if self.report.warnings.len() >= self.limits.warnings {
            return;
        }
        let values =
            values.iter().map(|&(name, value)| (name.into(), cut(value, 200).into_owned())).collect();
        let notice = Notice { id: id.into(), values };
        if !self.report.warnings.contains(&notice) {
            self.report.warnings.push(notice);
        }
    }

    /// Warns once `length` has reached the limit of lists, and tells whether it has.
    pub(super) fn list_full(&mut self, what: &'static str, length: usize) -> bool {
        let limit = self.limits.list_entries;
        if length >= limit {
            self.warn("inf.list_cut", &[("what", what), ("limit", &limit.to_string())]);
        }
        length >= limit
    }

    fn syntax_warnings(&mut self, inf: &Inf) {
        if inf.replaced_bytes {
            self.warn("inf.bad_text", &[("encoding", inf.encoding.as_str())]);
        }
        for oddity in &inf.document.oddities {
            let (id, line) = match oddity {
                Oddity::LineOutsideSection { line } => ("inf.line_outside_section", line),
                Oddity::SectionNotClosed { line } => ("inf.section_not_closed", line),
            };
            self.warn(id, &[("line", &line.to_string())]);
        }
    }

    fn version(&mut self) {
        let document = self.document;
        let lines = document.section("Version").into_iter().flat_map(|section| section.lines());
        // Of repeated entries the first counts.
        let value = |name: &str| lines.clone().find(|line| line.has_key(name)).map(|line| line.field(0));
        self.report.signature = value("Signature").map(|raw| self.text(raw)).unwrap_or_default();
        self.report.is_driver_inf = self.report.signature.len() > 2
            && self.report.signature.starts_with('$')
            && self.report.signature.ends_with('$');
        if !self.report.is_driver_inf {
            self.warn("inf.not_a_driver", &[]);
        }
        self.report.class = value("Class").and_then(|raw| self.some_text(raw));
        self.report.class_guid = value("ClassGuid").and_then(|raw| self.guid(raw));
        self.report.provider = value("Provider").and_then(|raw| self.some_text(raw));
        self.report.extension_id = value("ExtensionId").and_then(|raw| self.guid(raw));
        // Old files have it in their install sections instead.
        let anywhere = document.sections().flat_map(|section| section.lines());
        if let Some(line) = lines.clone().chain(anywhere).find(|line| line.has_key("DriverVer")) {
            self.driver_ver(line.field(0), line.field(1));
        }
        for line in lines {
            let Some(decoration) = line.key().and_then(catalog_decoration) else { continue };
            if self.list_full("catalogs", self.report.catalog_files.len()) {
                break;
            }
            let catalog = CatalogFile { decoration: self.text(decoration), name: self.text(line.field(0)) };
            if !catalog.name.is_empty() {
                self.report.catalog_files.push(catalog);
            }
        }
    }

    fn driver_ver(&mut self, date: &str, version: &str) {
        if let Some(date) = self.some_text(date) {
            self.report.driver_date = version::iso_date(&date);
            if self.report.driver_date.is_none() {
                self.warn("inf.date_invalid", &[("date", &date)]);
            }
        }
        self.report.driver_version = self.some_text(version);
        if let Some(version) = self.report.driver_version.clone().filter(|text| !version::is_version(text)) {
            self.warn("inf.version_invalid", &[("version", &version)]);
        }
    }

    /// What the names of sections say.
    fn section_names(&mut self) {
        let document = self.document;
        for section in document.sections() {
            let name = section.name();
            if let Some(language) = language_of(section) {
                if !self.list_full("languages", self.report.string_languages.len()) {
                    self.report.string_languages.push(format!("{:04x}", language.0));
                }
                continue;
            }
            let (base, decoration) = name.split_once('.').unwrap_or((name, ""));
            let is_part = ["services", "software", "components", "events", "interfaces"];
            if base.eq_ignore_ascii_case("DefaultInstall")
                && !is_part.iter().any(|part| fold(decoration).split('.').any(|piece| piece == *part))
                && !self.list_full("sections", self.report.default_install.len())
            {
                let decoration = self.text(decoration);
                self.report.default_install.push(decoration);
            }
        }
    }

    fn excluded(&mut self) {
        let document = self.document;
        for section in document.sections() {
            let is_control = section.name().eq_ignore_ascii_case("ControlFlags");
            for line in section.lines() {
                let Some(key) = line.key() else { continue };
                if key.eq_ignore_ascii_case("ExcludeID") {
                    let ids = std::mem::take(&mut self.report.exclude_ids);
                    self.report.exclude_ids = self.extend(ids, line.fields());
                } else if is_control && fold(key.split('.').next().unwrap_or_default()) == "excludefromselect"
                {
                    let ids = std::mem::take(&mut self.report.exclude_from_select);
                    self.report.exclude_from_select = self.extend(ids, line.fields());
                }
            }
        }
    }

    fn extend(&mut self, mut list: Vec<String>, fields: impl Iterator<Item = &'a str>) -> Vec<String> {
        for field in fields {
            if self.list_full("excluded", list.len()) {
                break;
            }
            list.extend(self.some_text(field));
        }
        list
    }

    fn check(&mut self) {
        let report = &mut self.report;
        let is = |text: &Option<String>, name: &str| {
            text.as_ref().is_some_and(|text| text.eq_ignore_ascii_case(name))
        };
        report.is_extension = is(&report.class, "Extension") || is(&report.class_guid, EXTENSION_CLASS);
        if report.is_extension && report.extension_id.is_none() {
            self.warn("inf.extension_id_missing", &[]);
        }
    }
}

/// `CatalogFile` gives an empty decoration, `CatalogFile.NTamd64` gives `NTamd64`.
fn catalog_decoration(key: &str) -> Option<&str> {
    let (base, decoration) = key.split_once('.').unwrap_or((key, ""));
    base.trim().eq_ignore_ascii_case("CatalogFile").then(|| decoration.trim())
}

/// At most `chars` characters of `text`; owned exactly when something was cut off.
fn cut(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((end, _)) => Cow::Owned(text[..end].to_owned()),
        None => Cow::Borrowed(text),
    }
}
