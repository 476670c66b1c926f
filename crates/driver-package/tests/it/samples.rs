//! The shared samples of archives, where they are installed: each must get what its row says.

use std::path::{Path, PathBuf};

use driver_package::Limits;

use crate::support::Outcome::{self, Read, Refused};
use crate::support::{mismatch, unpack};

/// What each sample gets, with the row's own words where they leave a choice.
const EXPECTED: [(&str, Outcome); 39] = [
    ("universal-sample.iso", Read { files: 12, drivers: 30 }),
    ("universal-sample-joliet-only.iso", Read { files: 12, drivers: 30 }),
    ("universal-sample-iso9660-level1.iso", Read { files: 12, drivers: 30 }),
    ("empty-udf201.iso", Refused("package.empty")),
    ("extracted-sample.tq", Read { files: 24, drivers: 8 }),
    ("extracted-sample-nonsolid.tq", Read { files: 24, drivers: 8 }),
    ("printer-sample.zip", Read { files: 80, drivers: 17 }),
    ("h-traversal.zip", Refused("package.bad_name")),
    ("h-absolute.zip", Refused("package.bad_name")),
    ("h-symlink.zip", Refused("package.link")),
    ("h-reserved-names.zip", Refused("package.bad_name")),
    ("h-trailing.zip", Refused("package.bad_name")),
    ("h-long-names.zip", Refused("package.bad_name")),
    ("h-gbk-names.zip", Read { files: 4, drivers: 1 }),
    // Stopped from the declared size, before any byte is unpacked: no matter how large it is.
    ("h-bomb-10g.zip", Refused("package.too_large")),
    ("h-nest-40-deep.zip", Refused("package.too_deep")),
    ("h-many-entries.zip", Refused("package.too_many_entries")),
    ("h-lying-size.zip", Refused("package.damaged")),
    ("h-truncated.zip", Refused("package.damaged")),
    ("h-truncated.tq", Refused("package.damaged")),
    ("h-truncated.iso", Refused("package.damaged")),
    ("h-bitflip.tq", Refused("package.damaged")),
    ("h-encrypted.tq", Refused("package.encrypted")),
    ("h-encrypted.zip", Refused("package.encrypted")),
    ("h-exe-as.tq", Refused("package.wrong_type")),
    // A self-extractor is a program: refused, with the advice to pack it again.
    ("h-sfx-exe.tq", Refused("package.wrong_type")),
    ("h-text-as.iso", Refused("package.wrong_type")),
    ("h-zip-as.tq", Read { files: 80, drivers: 17 }),
    // Printer drivers are kept as ZIP files and edited there.
    ("h-7z-as.zip", Refused("package.wrong_type")),
    ("h-empty.zip", Refused("package.empty")),
    ("h-zero.tq", Refused("package.empty")),
    ("h-empty-dir.tq", Refused("package.empty")),
    ("h-no-inf.zip", Refused("package.no_driver")),
    ("h-symlink.tq", Refused("package.link")),
    ("h-traversal.tq", Refused("package.bad_name")),
    ("h-absolute.tq", Refused("package.bad_name")),
    ("h-reserved.tq", Refused("package.bad_name")),
    ("h-bomb-2g.tq", Refused("package.too_large")),
    // One of its INF files is called `nul.inf`, which Windows cannot open.
    ("h-hostile-infs.zip", Refused("package.bad_name")),
];

fn samples() -> Option<PathBuf> {
    let given = std::env::var_os("DRIVER_CENTER_TEST_DATA").map(PathBuf::from);
    let data = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let archives = data.join("archives");
    if archives.join("samples.json").is_file() {
        return Some(archives);
    }
    println!("skipped: no samples at {}", archives.display());
    None
}

#[test]
fn every_sample_gets_what_its_row_says() {
    let Some(directory) = samples() else { return };
    let rows = std::fs::read(directory.join("samples.json")).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&rows).unwrap();
    let mut wrong = Vec::new();
    for row in &rows {
        let name = row["file"].as_str().unwrap();
        match EXPECTED.iter().find(|(file, _)| *file == name) {
            Some((_, expected)) => wrong.extend(mismatch(&directory.join(name), *expected)),
            None => wrong.push(format!("{name}: no expectation for {}", row["expect"])),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} samples read", rows.len());
    assert_eq!(rows.len(), EXPECTED.len());
}

#[test]
fn names_and_nested_drivers_of_the_samples_are_right() {
    let Some(directory) = samples() else { return };
    let (_, gbk) = unpack(&directory.join("h-gbk-names.zip"), &Limits::default()).unwrap();
    assert!(gbk.files.contains_key("打印机驱动/惠普/ghostpdf.inf"), "{:?}", gbk.files.keys());
    let (report, disc) = unpack(&directory.join("universal-sample.iso"), &Limits::default()).unwrap();
    assert!(disc.files.contains_key("说明.txt"));
    let nested = report.infs.iter().filter(|inf| inf.path.contains(".7z/")).count();
    assert!(nested > 20 && report.warnings.is_empty(), "{nested} {:?}", report.warnings);
}
