//! The configuration file of printer drivers: put into real archives by the real, confined process.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use driver_package::Limits;
use driver_package::printer::{Configuration, Content, FILE_NAME, PrinterType, Settings};
use driver_package::reader::configure;
use fault::Result;
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{notice, program, unpack};

const INF: &str = "[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Printer\r\n[Manufacturer]\r\n\
    Lantern=M,NTamd64\r\n[M.NTamd64]\r\n\"Lantern LP-1\"=A,USBPRINT\\LanternLP-1\r\n[A]\r\n";
const BLOCK: usize = 4096;

fn configuration(name: &str) -> Configuration {
    Configuration::new(Settings::local(name, None), None, Content::default())
}

/// An archive of these files, in this order.
fn archive(directory: &TempDir, files: &[(&str, &[u8])]) -> PathBuf {
    let path = directory.path().join("p.zip");
    let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
    for (number, (name, bytes)) in files.iter().enumerate() {
        // Every other entry has 64-bit sizes in its local header.
        zip.start_file(*name, SimpleFileOptions::default().large_file(number % 2 == 1)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.set_comment("made for a test").unwrap();
    zip.finish().unwrap();
    path
}

/// The archive with another configuration file.
fn configured(archive: &Path, configuration: &Configuration) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limits = Limits::default();
    let length = configure(&program(), archive, configuration, &limits, &AtomicBool::new(false), &mut bytes)?;
    assert_eq!(length, bytes.len() as u64);
    Ok(bytes)
}

/// All files of an archive, and what its configuration file says.
fn contents(path: &Path) -> (BTreeMap<String, Vec<u8>>, Option<Configuration>) {
    let (report, mut unpacked) = unpack(path, &Limits::default()).unwrap();
    unpacked.files.remove(FILE_NAME);
    (unpacked.files, report.configuration)
}

fn seven_agrees(path: &Path) {
    let output = Command::new("7zz").args(["t", "-p"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn differing_blocks(a: &[u8], b: &[u8]) -> usize {
    a.chunks(BLOCK).zip(b.chunks(BLOCK)).filter(|(a, b)| a != b).count()
}

/// Puts a configuration in, changes it, and compares all else.
fn check(directory: &TempDir, original: &Path) {
    let old = fs::read(original).unwrap();
    let (files, _) = contents(original);
    let path = directory.path().join("new.zip");
    let first = configured(original, &configuration("第一台")).unwrap();
    fs::write(&path, &first).unwrap();
    assert_eq!(contents(&path), (files.clone(), Some(configuration("第一台"))));
    seven_agrees(&path);
    assert_eq!(configured(&path, &configuration("第一台")).unwrap(), first, "the same again is the same");

    let second = configured(&path, &configuration("a name of another length")).unwrap();
    assert_eq!(second.len(), first.len());
    assert!((1..=4).contains(&differing_blocks(&first, &second)));
    fs::write(&path, &second).unwrap();
    assert_eq!(contents(&path), (files, Some(configuration("a name of another length"))));
    let same = old.iter().zip(&second).take_while(|(a, b)| a == b).count();
    println!("{}: {} of {} bytes are where they were", original.display(), same, old.len());
}

#[test]
fn a_configuration_is_added_and_changed_and_nothing_else_is() {
    let directory = TempDir::new().unwrap();
    let path = archive(&directory, &[("lp/lp.inf", INF.as_bytes()), ("lp/lp.gpd", &[7; 100_000])]);
    check(&directory, &path);
    // What comes before the central directory stays where it was.
    let old = fs::read(&path).unwrap();
    let new = configured(&path, &configuration("x")).unwrap();
    let entries = old.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    assert_eq!(old[..entries], new[..entries]);
    assert_eq!(&new[new.len() - 15..], b"made for a test");
}

#[test]
fn a_configuration_between_other_entries_goes_to_the_end() {
    let directory = TempDir::new().unwrap();
    let given = configuration("given").encode().unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("first.bin", &[1; 9_000]),
        ("Printer-Public.json", given.as_bytes()),
        ("lp.inf", INF.as_bytes()),
        ("last.bin", &[2; 70_000]),
    ];
    let path = archive(&directory, &files);
    let report = unpack(&path, &Limits::default()).unwrap().0;
    assert_eq!(report.configuration.unwrap().settings.name, "given");

    let new = configured(&path, &configuration("set")).unwrap();
    let target = directory.path().join("set.zip");
    fs::write(&target, &new).unwrap();
    seven_agrees(&target);
    let (files, found) = contents(&target);
    assert_eq!(found, Some(configuration("set")));
    assert_eq!(files.keys().collect::<Vec<_>>(), ["first.bin", "last.bin", "lp.inf"]);
    assert_eq!((files["first.bin"].len(), &files["last.bin"]), (9_000, &vec![2; 70_000]));
    assert_eq!(configured(&target, &configuration("set")).unwrap(), new);
}

#[test]
fn a_configuration_that_is_not_the_only_one_or_wrong_is_refused() {
    let directory = TempDir::new().unwrap();
    let given = configuration("given").encode().unwrap();
    let mut bad = configuration("given");
    bad.settings.kind = PrinterType::Network;
    let bad = bad.encode().unwrap();
    let long = vec![b' '; 100_000];
    let cases: [(&str, &[u8], &str); 5] = [
        ("lp/printer-public.json", given.as_bytes(), "printer.configuration_place"),
        (FILE_NAME, b"{\"format\":1}", "printer.configuration_invalid"),
        (FILE_NAME, b"\xff\xfe{\0}\0", "printer.configuration_invalid"),
        (FILE_NAME, bad.as_bytes(), "printer.missing"),
        (FILE_NAME, &long, "package.too_large"),
    ];
    for (name, bytes, expected) in cases {
        let path = archive(&directory, &[("lp.inf", INF.as_bytes()), (name, bytes)]);
        let error = unpack(&path, &Limits::default()).unwrap_err();
        assert_eq!(notice(&error), expected, "{error}");
    }
    let twice: [(&str, &[u8]); 3] = [
        ("lp.inf", INF.as_bytes()),
        (FILE_NAME, given.as_bytes()),
        ("PRINTER-PUBLIC.JSON", given.as_bytes()),
    ];
    let path = archive(&directory, &twice);
    assert_eq!(notice(&unpack(&path, &Limits::default()).unwrap_err()), "package.duplicate_entry");
    assert_eq!(notice(&configured(&path, &configuration("x")).unwrap_err()), "package.duplicate_entry");
    let nested = archive(&directory, &[("lp.inf", INF.as_bytes()), ("a/printer-public.json", b"{}")]);
    assert_eq!(notice(&configured(&nested, &configuration("x")).unwrap_err()), "printer.configuration_place");
}

/// Whatever is wrong with an archive, the process says so: it does not die, and what it describes is bounded.
#[test]
fn damage_anywhere_is_refused_or_changes_nothing_else() {
    let directory = TempDir::new().unwrap();
    let given = configuration("given").encode().unwrap();
    let files: [(&str, &[u8]); 3] =
        [("lp.inf", INF.as_bytes()), (FILE_NAME, given.as_bytes()), ("x.bin", &[5; 300])];
    let whole = fs::read(archive(&directory, &files)).unwrap();
    let entries = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let path = directory.path().join("damaged.zip");
    let mut refused = 0;
    for at in (entries..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        fs::write(&path, &bytes).unwrap();
        if let Err(error) = configured(&path, &configuration("x")) {
            assert!(
                notice(&error).starts_with("package.") && notice(&error) != "package.reader_failed",
                "{error}"
            );
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
    for length in [0, 1, 21, 22, entries, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let error = configured(&path, &configuration("x")).unwrap_err();
        assert!(
            ["package.damaged", "package.empty", "package.wrong_type"].contains(&notice(&error)),
            "{error}"
        );
    }
}

#[test]
fn the_shared_printer_packages_keep_their_bytes() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/archives");
    let data = std::env::var_os("DRIVER_CENTER_TEST_DATA")
        .map_or(shared, |data| PathBuf::from(data).join("archives"));
    for name in ["printer-sample.zip", "h-gbk-names.zip"] {
        let path = data.join(name);
        if !path.is_file() {
            println!("skipped: no {}", path.display());
            continue;
        }
        check(&TempDir::new().unwrap(), &path);
        let report = unpack(&path, &Limits::default()).unwrap().0;
        let content = Content::of(&report.infs);
        println!(
            "{name}: {} models for {:?}, {:?}",
            content.models.len(),
            content.systems,
            content.architectures
        );
        assert!(!content.models.is_empty() && !content.systems.is_empty());
    }
}
