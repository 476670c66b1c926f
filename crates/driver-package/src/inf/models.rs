//! `[Manufacturer]` and its Models sections: which devices a file installs.
//!
//! A line `name = models, decoration, …` of `[Manufacturer]` stands for the section `[models]` and for each
//! `[models.decoration]`. A line `description = install section, hardware ID, compatible ID, …` of such a section
//! gives one row per ID. Rows multiply (manufacturers × decorations × lines × IDs), so they are counted against
//! [`super::Limits::devices`] and, with their texts, against [`super::Limits::report_bytes`].

use std::collections::HashSet;

use super::summary::Writer;
use super::syntax::{Line, fold};
use crate::os::Decoration;
use crate::report::{Device, IdKind, Manufacturer};

/// Fills manufacturers and devices of the report.
pub(super) fn fill(writer: &mut Writer<'_>) {
    let document = writer.document;
    let mut decorations = 0;
    for line in document.section("Manufacturer").into_iter().flat_map(|section| section.lines()) {
        if writer.list_full("manufacturers", writer.report.manufacturers.len()) {
            break;
        }
        let manufacturer = manufacturer(writer, line, &mut decorations);
        if manufacturer.models.is_empty() {
            continue;
        }
        devices_of(writer, &manufacturer);
        writer.report.manufacturers.push(manufacturer);
    }
    warn_of_unlisted(writer);
}

fn manufacturer(writer: &mut Writer<'_>, line: Line<'_>, decorations: &mut usize) -> Manufacturer {
    let mut fields = line.fields();
    let first = fields.next().unwrap_or_default();
    // A line without `=` names manufacturer and section at once.
    let name = writer.text(line.key().unwrap_or(first));
    let mut found = Manufacturer { name, models: writer.text(first), decorations: Vec::new() };
    for field in fields {
        if writer.list_full("decorations", *decorations) {
            break;
        }
        let decoration = writer.text(field);
        if decoration.is_empty() {
            continue;
        }
        *decorations += 1;
        if Decoration::is_placeholder(&decoration) {
            writer.warn("inf.template", &[("decoration", &decoration)]);
        } else if Decoration::parse(&decoration).is_none() {
            writer.warn("inf.decoration_unknown", &[("decoration", &decoration)]);
        }
        found.decorations.push(decoration);
    }
    found
}

fn devices_of(writer: &mut Writer<'_>, manufacturer: &Manufacturer) {
    let plain = models_section(writer, manufacturer, "");
    if !plain && manufacturer.decorations.is_empty() {
        writer.warn("inf.models_missing", &[("section", &manufacturer.models)]);
    }
    for decoration in &manufacturer.decorations {
        if !models_section(writer, manufacturer, decoration) {
            let name = format!("{}.{decoration}", manufacturer.models);
            writer.warn("inf.models_missing", &[("section", &name)]);
        }
    }
}

/// Adds the rows of one Models section and tells whether it exists.
fn models_section(writer: &mut Writer<'_>, manufacturer: &Manufacturer, decoration: &str) -> bool {
    let document = writer.document;
    let name = match decoration {
        "" => manufacturer.models.clone(),
        _ => format!("{}.{decoration}", manufacturer.models),
    };
    let Some(section) = document.section(&name) else { return false };
    for line in section.lines() {
        if !writer.spend(size_of::<Line<'_>>()) {
            warn_of_cut(writer);
            break;
        }
        let row = Device {
            id: None,
            kind: IdKind::None,
            description: String::new(),
            install_section: String::new(),
            manufacturer: manufacturer.name.clone(),
            models_section: name.clone(),
            decoration: decoration.to_owned(),
        };
        if !add_line(writer, line, row) {
            break;
        }
    }
    true
}

/// Adds the rows of one line; `false` when there is no room for more.
fn add_line(writer: &mut Writer<'_>, line: Line<'_>, mut row: Device) -> bool {
    let Some(key) = line.key() else { return true };
    row.description = writer.text(key);
    row.install_section = writer.text(line.field(0));
    let mut found = false;
    for (position, field) in line.fields().skip(1).enumerate() {
        if !writer.spend(size_of::<&str>()) {
            warn_of_cut(writer);
            return false;
        }
        if field.is_empty() {
            continue;
        }
        let id = writer.text(field);
        found = true;
        let kind = if position == 0 { IdKind::Hardware } else { IdKind::Compatible };
        if !push(writer, Device { id: Some(id), kind, ..row.clone() }) {
            return false;
        }
    }
    found || push(writer, row)
}

fn push(writer: &mut Writer<'_>, row: Device) -> bool {
    if writer.report.devices.len() >= writer.limits.devices || !writer.charge(&row) {
        warn_of_cut(writer);
        return false;
    }
    writer.report.devices.push(row);
    true
}

fn warn_of_cut(writer: &mut Writer<'_>) {
    let limit = writer.limits.devices;
    writer.warn("inf.devices_cut", &[("limit", &limit.to_string())]);
}

/// A decorated section whose decoration is not listed is dead text; vendors forget the listing.
fn warn_of_unlisted(writer: &mut Writer<'_>) {
    let document = writer.document;
    let mut models = HashSet::new();
    let mut listed = HashSet::new();
    for manufacturer in &writer.report.manufacturers {
        let base = fold(&manufacturer.models);
        listed.extend(manufacturer.decorations.iter().map(|text| format!("{base}.{}", fold(text))));
        models.insert(base);
    }
    for section in document.sections() {
        let name = fold(section.name());
        let Some((base, decoration)) = name.split_once(".nt") else { continue };
        let is_models = models.contains(base) && Decoration::parse(&format!("nt{decoration}")).is_some();
        if is_models && !listed.contains(&name) && !models.contains(&name) {
            let name = section.name().to_owned();
            writer.warn("inf.models_unlisted", &[("section", &name)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inf::{Limits, parse};

    /// The work for a file whose one Models section, `[M]`, is asked for 4,000 times.
    fn work(section: &str, limits: &Limits) -> usize {
        let manufacturers = "a=M,NTamd64,NTx86,NTarm\n".repeat(1_000);
        let text = format!(
            "[Version]\nSignature=$A$\n[Manufacturer]\n{manufacturers}[Strings]\ne=\n[M]\n{section}\n[M.NTx86]\n{section}"
        );
        let inf = parse(text.as_bytes(), limits).unwrap();
        let mut writer = Writer::new(&inf, "", None);
        fill(&mut writer);
        assert!(writer.report.warnings.iter().any(|notice| notice.id == "inf.devices_cut"));
        writer.work
    }

    #[test]
    fn repeating_a_section_ends_with_the_budget_whatever_its_lines_are() {
        let limits = Limits { report_bytes: 1 << 20, ..Limits::default() };
        let sections = [
            "k=i,x\n".repeat(1_000),
            "no key\n".repeat(10_000),
            format!("k=i{}", ",".repeat(50_000)),
            format!("k=i{}", ",%e%".repeat(50_000)),
            format!("{}=i,x\n", "%e%".repeat(5_000)).repeat(20),
            format!("{}=i,x\n", "x".repeat(100_000)).repeat(20),
            format!("\"{}%\"=i,x\n", " ".repeat(100_000)).repeat(20),
        ];
        for section in sections {
            let work = work(&section, &limits);
            // What is left over: names, and for each of 4,096 sections at most one line that finds the budget empty.
            assert!(work <= (1 << 20) + 4_096 * 300, "{work} for {:.20}", section);
        }
    }
}
