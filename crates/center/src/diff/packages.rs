//! Packages of two versions, from their records alone.

use std::collections::{HashMap, HashSet};

use protocol::api::{ChangeKind, PackageChange, VersionPackage};

use crate::db::DateTime;
use crate::db::entities::printer;
use crate::versions::PackageRecord;

/// What `after` has, has no more, or has otherwise than `before`; in the order of names.
///
/// A driver keeps its number. One that was imported anew under the same name, or in the same directory, took the place
/// of the other and counts as changed.
pub(crate) fn compare(before: &[PackageRecord], after: &[PackageRecord]) -> Vec<PackageChange> {
    let kept: HashSet<_> = after.iter().map(PackageRecord::driver).collect();
    let known: HashMap<_, _> = before.iter().map(|old| (old.driver(), old)).collect();
    let mut gone: Vec<&PackageRecord> = before.iter().filter(|old| !kept.contains(&old.driver())).collect();
    let mut changes = Vec::new();
    for new in after {
        match known.get(&new.driver()).copied() {
            Some(old) if says_the_same(old, new) => {}
            Some(old) => changes.push(change(Some(old), Some(new))),
            None => {
                let replaced = gone.iter().position(|old| takes_the_place_of(new, old));
                let old = replaced.map(|at| gone.remove(at));
                changes.push(change(old, Some(new)));
            }
        }
    }
    changes.extend(gone.into_iter().map(|old| change(Some(old), None)));
    changes.sort_by_key(|change| change.name().to_lowercase());
    changes
}

/// Words that one of the versions does not know are no difference.
pub(crate) fn says_the_same(old: &PackageRecord, new: &PackageRecord) -> bool {
    let same_words = match (&old.words, &new.words) {
        (Some(old), Some(new)) => old == new,
        _ => true,
    };
    let same_printer = old.printer.as_deref().map(told) == new.printer.as_deref().map(told);
    same_words
        && same_printer
        && old.name == new.name
        && old.directory == new.directory
        && old.sha256 == new.sha256
}

/// What of a printer driver counts as a difference: not when its row was touched.
fn told(row: &printer::Model) -> printer::Model {
    let never = DateTime::default();
    printer::Model {
        created_at: never,
        updated_at: never,
        deleted_at: None,
        deleted: false,
        changed_version: None,
        ..row.clone()
    }
}

fn takes_the_place_of(new: &PackageRecord, old: &PackageRecord) -> bool {
    new.printer.is_some() == old.printer.is_some()
        && (new.name.to_lowercase() == old.name.to_lowercase()
            || new.directory.to_lowercase() == old.directory.to_lowercase())
}

fn change(before: Option<&PackageRecord>, after: Option<&PackageRecord>) -> PackageChange {
    PackageChange {
        change: match (before, after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        },
        before: before.map(wire),
        after: after.map(wire),
    }
}

/// A package as it travels.
pub(crate) fn wire(record: &PackageRecord) -> VersionPackage {
    let (words, printer) = (record.words.as_ref(), record.printer.as_ref());
    let os_type = words.map(|words| &words.os_type).or(printer.map(|row| &row.environment));
    let archive_name = words.map(|words| &words.archive_name).or(printer.map(|row| &row.archive_name));
    let describe = words.map(|words| &words.describe).or(printer.map(|row| &row.describe));
    VersionPackage {
        object: if printer.is_some() { "printer" } else { "driver" }.to_owned(),
        driver_id: record.driver_id,
        name: record.name.clone(),
        directory: record.directory.clone(),
        sha256: record.sha256.clone(),
        os_type: os_type.map(|number| number.parse().unwrap_or(0)),
        describe: describe.cloned().flatten(),
        kind: words.map(|words| words.kind).or(printer.map(|row| row.r#type)),
        size: words.map(|words| words.size).or(printer.map(|row| row.size)),
        archive_name: archive_name.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::PackageWords;

    fn record(driver_id: i64, name: &str, sha256: &str) -> PackageRecord {
        let words = PackageWords {
            os_type: "4".into(),
            describe: None,
            kind: 2,
            size: 10,
            archive_name: format!("{name}.tq"),
        };
        PackageRecord {
            driver_id,
            name: name.into(),
            directory: format!("/sys/tq/{name}"),
            sha256: sha256.into(),
            printer: None,
            words: Some(words),
        }
    }

    /// Changes as `+name`, `-name`, `*name`.
    fn shown(before: &[PackageRecord], after: &[PackageRecord]) -> Vec<String> {
        let sign = |change: ChangeKind| match change {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '*',
        };
        compare(before, after).iter().map(|found| format!("{}{}", sign(found.change), found.name())).collect()
    }

    #[test]
    fn packages_come_go_and_change() {
        let before = [record(1, "net", "a"), record(2, "Audio", "b"), record(3, "gpu", "c")];
        let after = [record(1, "net", "a"), record(4, "chipset", "d"), record(5, "audio", "e")];
        assert_eq!(shown(&before, &after), ["*audio", "+chipset", "-gpu"]);
        assert_eq!(shown(&after, &before), ["*Audio", "-chipset", "+gpu"]);
        assert_eq!(shown(&before, &before), [""; 0]);
    }

    #[test]
    fn another_name_or_description_is_a_change_and_unknown_words_are_none() {
        let old = record(1, "net", "a");
        let renamed = PackageRecord { name: "network".into(), ..old.clone() };
        assert_eq!(shown(std::slice::from_ref(&old), &[renamed]), ["*network"]);
        let mut described = old.clone();
        described.words.as_mut().unwrap().describe = Some("for room 7".into());
        assert_eq!(shown(std::slice::from_ref(&old), &[described]), ["*net"]);
        let wordless = PackageRecord { words: None, ..old.clone() };
        assert_eq!(shown(&[wordless], &[old]), [""; 0]);
    }

    #[test]
    fn records_of_the_first_release_are_read() {
        let text = r#"[{"driver_id":1,"name":"net","directory":"/sys/tq/net","sha256":"a"}]"#;
        let records: Vec<PackageRecord> = serde_json::from_str(text).unwrap();
        assert_eq!(records, [PackageRecord { words: None, ..record(1, "net", "a") }]);
        let whole = serde_json::to_string(&[record(1, "net", "a")]).unwrap();
        assert_eq!(serde_json::from_str::<Vec<PackageRecord>>(&whole).unwrap(), [record(1, "net", "a")]);
    }
}
