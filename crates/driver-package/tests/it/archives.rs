//! Archives made on the spot by `fixtures/make-archives.sh`: what is read, and what is refused.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use driver_package::os::OsType;
use driver_package::reader::{inspect, read};
use driver_package::{Event, Limits, PackageKind};

use crate::support::Outcome::{self, Read, Refused};
use crate::support::{mismatch, notice, program, unpack};

/// Made once for each state of the script and of what goes into the archives; test processes share them.
static ARCHIVES: LazyLock<PathBuf> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/make-archives.sh");
    let mut state = DefaultHasher::new();
    std::fs::read(&script).unwrap().hash(&mut state);
    for package in std::fs::read_dir(inf_fixtures()).unwrap() {
        let package = package.unwrap();
        if package.path().is_dir() {
            originals("", &[package.file_name().to_str().unwrap()]).hash(&mut state);
        }
    }
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("archives-{:016x}", state.finish()));
    if !made.is_dir() {
        make_archives(&script, &made);
    }
    made
});

fn make_archives(script: &Path, target: &Path) {
    let unfinished = target.with_extension(std::process::id().to_string());
    let output = Command::new(script).arg(inf_fixtures()).arg(&unfinished).output().expect("bash is needed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "making the archives needs 7zz, genisoimage and python3: {said}");
    if std::fs::rename(&unfinished, target).is_err() {
        // Another test process was faster.
        std::fs::remove_dir_all(&unfinished).unwrap();
        assert!(target.is_dir());
    }
}

fn inf_fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inf")
}

fn archive(name: &str) -> PathBuf {
    ARCHIVES.join(name)
}

const STORE: Outcome = Read { files: 12, drivers: 4 };

const EXPECTED: &[(&str, Outcome)] = &[
    ("collection.iso", Read { files: 7, drivers: 4 }),
    ("collection-udf.iso", Read { files: 7, drivers: 4 }),
    ("collection-rockridge.iso", Read { files: 7, drivers: 4 }),
    ("cut.iso", Refused("package.damaged")),
    ("link.iso", Refused("package.link")),
    ("text.iso", Refused("package.wrong_type")),
    ("store.tq", STORE),
    ("store-single.tq", STORE),
    ("store-copy.tq", STORE),
    ("store-bcj2.tq", STORE),
    ("store-foreign.tq", STORE),
    ("store-zip.tq", STORE),
    ("store-zip-lzma.tq", STORE),
    ("printer.zip", Read { files: 4, drivers: 1 }),
    ("gbk.zip", Read { files: 3, drivers: 1 }),
    ("backslashes.zip", Read { files: 1, drivers: 1 }),
    ("nested-three.tq", Read { files: 1, drivers: 1 }),
    ("nested-four.tq", Refused("package.too_deep")),
    ("locked-inside.tq", Read { files: 1, drivers: 0 }),
    ("encrypted.tq", Refused("package.encrypted")),
    ("encrypted-names.tq", Refused("package.encrypted")),
    ("encrypted.zip", Refused("package.encrypted")),
    ("link.tq", Refused("package.link")),
    ("link.zip", Refused("package.link")),
    ("empty-directory.tq", Refused("package.empty")),
    ("empty.zip", Refused("package.empty")),
    ("zero.tq", Refused("package.empty")),
    ("no-driver.zip", Refused("package.no_driver")),
    ("only-autorun.zip", Refused("package.no_driver")),
    ("renamed.zip", Refused("package.wrong_type")),
    ("self-extracting.tq", Refused("package.wrong_type")),
    ("cut.tq", Refused("package.damaged")),
    ("cut.zip", Refused("package.damaged")),
    ("flipped.tq", Refused("package.damaged")),
    ("lying-size.zip", Refused("package.damaged")),
    ("bomb.tq", Refused("package.too_large")),
    ("bomb.zip", Refused("package.too_large")),
    ("many.zip", Refused("package.too_many_entries")),
    ("name----up-inf.tq", Refused("package.bad_name")),
    ("name--tmp-absolute-inf.tq", Refused("package.bad_name")),
    ("name-CON-x-inf.tq", Refused("package.bad_name")),
    ("name-absolute.zip", Refused("package.bad_name")),
    ("name-case.zip", Refused("package.duplicate_entry")),
    ("name-control.zip", Refused("package.bad_name")),
    ("name-deep.zip", Refused("package.bad_name")),
    ("name-device.zip", Refused("package.bad_name")),
    ("name-drive.zip", Refused("package.bad_name")),
    ("name-file-as-directory.zip", Refused("package.duplicate_entry")),
    ("name-long.zip", Refused("package.bad_name")),
    ("name-share.zip", Refused("package.bad_name")),
    ("name-stream.zip", Refused("package.bad_name")),
    ("name-trailing-dot.zip", Refused("package.bad_name")),
    ("name-trailing-space.zip", Refused("package.bad_name")),
    ("name-traversal.zip", Refused("package.bad_name")),
    ("name-traversal-backslash.zip", Refused("package.bad_name")),
    ("name-traversal-inside.zip", Refused("package.bad_name")),
];

#[test]
fn every_archive_gets_what_it_deserves() {
    let wrong: Vec<String> =
        EXPECTED.iter().filter_map(|(name, expected)| mismatch(&archive(name), *expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let made = std::fs::read_dir(&*ARCHIVES).unwrap().count();
    assert_eq!(made, EXPECTED.len(), "an archive was made that no row reads");
}

/// The files of some INF fixtures as they must come out, under `prefix`.
fn originals(prefix: &str, packages: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for package in packages {
        for file in std::fs::read_dir(inf_fixtures().join(package)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if !name.ends_with(".json") {
                files.insert(format!("{prefix}{package}/{name}"), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn bytes_come_out_as_they_went_in_whatever_the_method() {
    let expected = originals("store/", &["audio-languages", "net-gbk", "printer-utf16", "scanner-cp1252"]);
    let methods =
        ["store", "store-single", "store-copy", "store-bcj2", "store-foreign", "store-zip", "store-zip-lzma"];
    for method in methods {
        let (report, unpacked) = unpack(&archive(&format!("{method}.tq")), &Limits::default()).unwrap();
        assert_eq!(unpacked.files, expected, "{method}");
        assert_eq!(unpacked.directories[0], "store", "{method}");
        assert_eq!(report.kind, PackageKind::Extracted);
        assert!(report.warnings.is_empty(), "{method}: {:?}", report.warnings);
        assert!(report.os_types.contains(&OsType::Windows10x64), "{method}: {:?}", report.os_types);
    }
}

#[test]
fn a_collection_is_stored_as_it_is_and_its_packs_are_looked_into() {
    for disc in ["collection.iso", "collection-udf.iso", "collection-rockridge.iso"] {
        let (report, unpacked) = unpack(&archive(disc), &Limits::default()).unwrap();
        let mut infs: Vec<&str> = report.infs.iter().map(|inf| inf.path.as_str()).collect();
        infs.sort_unstable();
        let expected = [
            "Drivers/DP_Audio.7z/audio-languages/ltaudio.inf",
            "Drivers/DP_Audio.7z/display-exclude/ltdisp.inf",
            "Drivers/DP_Serial.zip/serial-utf16-nobom/ltserial.inf",
            "Drivers/网卡/ltnet.inf",
            "autorun.inf",
        ];
        assert_eq!(infs, expected, "{disc}");
        let driver = |path: &str| report.infs.iter().find(|inf| inf.path == path).unwrap();
        assert_eq!(driver("Drivers/网卡/ltnet.inf").catalog_present, Some(true));
        assert_eq!(driver("Drivers/DP_Audio.7z/audio-languages/ltaudio.inf").catalog_present, Some(true));
        assert!(!driver("autorun.inf").is_driver_inf);
        assert!(unpacked.directories.iter().any(|path| path == "indexes/空"), "{disc}");
        assert_eq!(
            unpacked.files["Drivers/网卡/ltnet.sys"],
            originals("", &["net-gbk"])["net-gbk/ltnet.sys"]
        );
        assert!(unpacked.files["Drivers/DP_Audio.7z"].starts_with(b"7z"));
    }
}

#[test]
fn names_in_gbk_are_shown_right() {
    let (_, unpacked) = unpack(&archive("gbk.zip"), &Limits::default()).unwrap();
    let names: Vec<&String> = unpacked.files.keys().collect();
    assert_eq!(names, ["模.txt", "驱动程序/模.txt", "驱动程序/网卡/ltnet.inf"]);
    let (_, unpacked) = unpack(&archive("backslashes.zip"), &Limits::default()).unwrap();
    assert_eq!(unpacked.files.keys().collect::<Vec<_>>(), ["ok/sub/ltnet.inf"]);
}

#[test]
fn a_nested_archive_that_cannot_be_read_is_a_warning() {
    let (report, _) = unpack(&archive("locked-inside.tq"), &Limits::default()).unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert_eq!(report.warnings[0].id, "package.nested_unread");
    let values: Vec<&str> = report.warnings[0].values.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["locked/DP_Locked.7z", "package.encrypted"]);
}

#[test]
fn a_refusal_names_the_entry_and_comes_before_any_byte() {
    for (name, entry) in
        [("name-device.zip", "ok/aux.txt"), ("bomb.zip", "big.sys"), ("link.tq", "links/up.inf")]
    {
        let mut events = 0;
        let error = read(&program(), &archive(name), name, &Limits::default(), &mut |_| {
            events += 1;
            Ok(())
        })
        .unwrap_err();
        let values = &error.notice().unwrap().values;
        assert!(values.iter().any(|(name, value)| name == "entry" && value == entry), "{name}: {values:?}");
        assert_eq!(events, 0, "{name}");
        assert!(error.to_string().starts_with(&format!("read {name}: ")), "{error}");
    }
}

#[test]
fn inspecting_reports_the_same_as_reading() {
    for name in ["collection.iso", "store.tq", "printer.zip", "store-foreign.tq"] {
        let (read, _) = unpack(&archive(name), &Limits::default()).unwrap();
        let cancel = AtomicBool::new(false);
        let inspected = inspect(&program(), &archive(name), name, &Limits::default(), &cancel).unwrap();
        assert_eq!(read, inspected, "{name}");
    }
    let cancel = AtomicBool::new(false);
    let error =
        inspect(&program(), &archive("flipped.tq"), "flipped.tq", &Limits::default(), &cancel).unwrap_err();
    assert_eq!(notice(&error), "package.damaged");
}

#[test]
fn times_are_kept() {
    let mut times = BTreeMap::new();
    read(&program(), &archive("gbk.zip"), "gbk.zip", &Limits::default(), &mut |event| {
        if let Event::File { path, modified, .. } = event {
            times.insert(path.to_owned(), SystemTime::from(modified.unwrap()));
        }
        Ok(())
    })
    .unwrap();
    let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_209_858);
    assert_eq!(times["模.txt"], expected);
}

#[test]
fn smaller_limits_refuse_or_leave_out() {
    let limits = Limits { inf_bytes: 10, ..Limits::default() };
    let (report, _) = unpack(&archive("store.tq"), &limits).unwrap();
    assert!(report.infs.is_empty());
    assert_eq!(report.warnings.iter().filter(|warning| warning.id == "package.inf_unread").count(), 4);

    let limits = Limits { nested_bytes: 10, ..Limits::default() };
    let (report, _) = unpack(&archive("collection.iso"), &limits).unwrap();
    assert_eq!(report.warnings.iter().filter(|warning| warning.id == "package.nested_unread").count(), 2);

    let limits = Limits { dictionary_bytes: 1 << 10, ..Limits::default() };
    assert_eq!(notice(&unpack(&archive("store.tq"), &limits).unwrap_err()), "package.unsupported");

    let limits = Limits { archive_bytes: 1_000, ..Limits::default() };
    assert_eq!(notice(&unpack(&archive("store.tq"), &limits).unwrap_err()), "package.too_large");
}
