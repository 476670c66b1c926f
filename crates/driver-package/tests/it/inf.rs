//! The INF parser against real files of many vendors, against fixtures of our own, and against nonsense.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use driver_package::inf::{Inf, LanguageId, Limits, parse};
use driver_package::os::{self, OsType};
use driver_package::report::{Device, IdKind, InfReport};
use fault::Kind;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Truth {
    columns: Vec<String>,
    files: BTreeMap<String, TrueFile>,
}

#[derive(Deserialize)]
struct TrueFile {
    encoding: String,
    is_inf: bool,
    signature: String,
    class: Option<String>,
    class_guid: Option<String>,
    provider: Option<String>,
    driver_date_iso: Option<String>,
    driver_version: Option<String>,
    #[serde(default)]
    catalog: BTreeMap<String, String>,
    #[serde(default)]
    manufacturers: Vec<TrueManufacturer>,
    #[serde(default)]
    string_locales: Vec<String>,
    devices: Vec<Row>,
}

#[derive(Deserialize)]
struct TrueManufacturer {
    name: String,
    models: String,
    decorations: Vec<String>,
}

/// `id, kind, desc, install, mfg, section, decoration`
type Row = (Option<String>, String, String, String, String, String, String);

/// Where the test data lie, or `None` if there are none here.
fn data_directory() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let directory = std::env::var_os("DRIVER_CENTER_TEST_DATA").map_or(default, PathBuf::from);
    directory.is_dir().then_some(directory)
}

fn parse_file(path: &Path) -> Inf {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse(&bytes, &Limits::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn row(device: &Device) -> Row {
    let kind = match device.kind {
        IdKind::Hardware => "hardware",
        IdKind::Compatible => "compatible",
        IdKind::None => "none",
    };
    (
        device.id.clone(),
        kind.to_owned(),
        device.description.clone(),
        device.install_section.clone(),
        device.manufacturer.clone(),
        device.models_section.clone(),
        device.decoration.clone(),
    )
}

/// The differences between a report and the truth, as lines of text.
fn differences(name: &str, report: &InfReport, truth: &TrueFile) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{name}: {what}: ours {ours}, truth {theirs}"));
        }
    };
    compare("is_inf", report.is_driver_inf.to_string(), truth.is_inf.to_string());
    compare(
        "encoding",
        format!("{:?}", report.encoding.map(|e| e.as_str())),
        format!("{:?}", Some(&truth.encoding)),
    );
    compare("signature", report.signature.clone(), truth.signature.clone());
    compare("class", format!("{:?}", report.class), format!("{:?}", truth.class));
    compare("class_guid", format!("{:?}", report.class_guid), format!("{:?}", truth.class_guid));
    compare("provider", format!("{:?}", report.provider), format!("{:?}", truth.provider));
    compare("date", format!("{:?}", report.driver_date), format!("{:?}", truth.driver_date_iso));
    compare("version", format!("{:?}", report.driver_version), format!("{:?}", truth.driver_version));
    let mut languages = report.string_languages.clone();
    languages.sort();
    compare("languages", format!("{languages:?}"), format!("{:?}", truth.string_locales));
    let catalogs: BTreeMap<_, _> = report
        .catalog_files
        .iter()
        .map(|file| (format!("catalogfile.{}", file.decoration.to_lowercase()), file.name.clone()))
        .map(|(key, name)| (key.trim_end_matches('.').to_owned(), name))
        .collect();
    compare("catalogs", format!("{catalogs:?}"), format!("{:?}", truth.catalog));
    let ours: Vec<_> = report.manufacturers.iter().map(|m| (&m.name, &m.models, &m.decorations)).collect();
    let theirs: Vec<_> = truth.manufacturers.iter().map(|m| (&m.name, &m.models, &m.decorations)).collect();
    compare("manufacturers", format!("{ours:?}"), format!("{theirs:?}"));
    let ours: Vec<_> = report.devices.iter().map(row).collect();
    if ours != truth.devices {
        let first = ours.iter().zip(&truth.devices).find(|(a, b)| a != b);
        found.push(format!(
            "{name}: devices: {} ours, {} true, first difference {first:?}",
            ours.len(),
            truth.devices.len()
        ));
    }
    found
}

#[test]
fn real_files_are_read_as_another_parser_reads_them() {
    let Some(data) = data_directory() else {
        println!("skipped: no test data here");
        return;
    };
    let directory = data.join("driver-infs");
    let text = std::fs::read_to_string(directory.join("truth.json")).unwrap();
    let truth: Truth = serde_json::from_str(&text).unwrap();
    assert_eq!(truth.columns, ["id", "kind", "desc", "install", "mfg", "section", "decoration"]);
    let mut rows = 0;
    let mut found = Vec::new();
    for (name, file) in &truth.files {
        let report = parse_file(&directory.join(name)).report(name);
        rows += report.devices.len();
        found.extend(differences(name, &report, file));
    }
    println!("compared {} files with {rows} rows", truth.files.len());
    assert!(truth.files.len() >= 400 && rows >= 2_500, "only {} files and {rows} rows", truth.files.len());
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let listing =
        std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    listing.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// The fixtures: `<package>/<name>.inf` or `.inx`, beside each its golden report.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inf");
    let packages = children(&root).into_iter().filter(|path| path.is_dir());
    let mut found: Vec<PathBuf> = packages
        .flat_map(|path| children(&path))
        .filter(|path| path.extension().is_some_and(|ending| ending == "inf" || ending == "inx"))
        .collect();
    found.sort();
    found
}

fn fixture(name: &str) -> Inf {
    parse_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inf").join(name))
}

/// What a golden file holds: the report, and the systems that follow from it.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Golden {
    systems: Vec<String>,
    report: InfReport,
}

#[test]
fn golden_reports_of_the_fixtures() {
    let all = fixtures();
    assert!(all.len() >= 10, "only {} fixtures", all.len());
    for path in all {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = parse_file(&path).report(&name);
        let systems =
            os::supported_by(std::slice::from_ref(&report)).iter().map(ToString::to_string).collect();
        let golden = Golden { systems, report };
        let beside = path.with_file_name(format!("{name}.json"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&beside, serde_json::to_string_pretty(&golden).unwrap() + "\n").unwrap();
        }
        let expected: Golden = serde_json::from_str(&std::fs::read_to_string(&beside).unwrap()).unwrap();
        assert_eq!(golden, expected, "{name}");
    }
}

#[test]
fn a_reader_can_ask_for_a_language() {
    let inf = fixture("audio-languages/ltaudio.inf");
    let describe = |report: InfReport| -> Vec<String> {
        report
            .devices
            .into_iter()
            .map(|device| format!("{}: {}", device.manufacturer, device.description))
            .collect()
    };
    let expected = ["Lantern Audio Codec", "Lantern Audio Codec (100%)", "Lantern HDMI Audio"];
    assert_eq!(describe(inf.report("a")), expected.map(|text| format!("Lantern Devices: {text}")));
    // What the wanted language lacks comes from the default, and from English what that lacks.
    let expected =
        ["灯塔声卡", "灯塔声卡 (100%)", "Lantern HDMI Audio"].map(|text| format!("灯塔设备: {text}"));
    assert_eq!(describe(inf.report_in("a", LanguageId::CHINESE_SIMPLIFIED)), expected);
    let german = LanguageId(0x0407);
    assert_eq!(describe(inf.report_in("a", german)), describe(inf.report("a")));
}

#[test]
fn a_package_of_all_fixtures_is_for_the_system_that_most_of_them_serve() {
    let reports: Vec<InfReport> = fixtures().iter().map(|path| parse_file(path).report("")).collect();
    assert_eq!(os::supported_by(&reports), OsType::ALL);
    assert_eq!(os::default_of(&reports), Some(OsType::Windows10x64));
}

/// The text with parts repeated, for files that try to cost more than they should.
fn repeated(head: &str, part: impl Fn(usize) -> String, count: usize) -> Vec<u8> {
    (0..count).fold(head.to_owned(), |text, index| text + &part(index)).into_bytes()
}

const HEAD: &str = "[Version]\nSignature=\"$Windows NT$\"\nProvider=%a%\n";

#[test]
fn tokens_are_replaced_once() {
    let text = format!("{HEAD}[Strings]\na=\"%b%\"\nb=\"%a%\"\n");
    let report = parse(text.as_bytes(), &Limits::default()).unwrap().report("");
    assert_eq!(report.provider.as_deref(), Some("%b%"));
}

#[test]
fn a_token_cannot_blow_a_text_up() {
    let tokens = "%a%".repeat(100_000);
    let text = format!("{HEAD}Class={tokens}\n[Strings]\na=\"{}\"\n", "x".repeat(100_000));
    let report = parse(text.as_bytes(), &Limits::default()).unwrap().report("");
    assert_eq!(report.class.unwrap().len(), Limits::default().text_chars);
    assert!(report.warnings.iter().any(|notice| notice.id == "inf.text_cut"));
}

#[test]
fn rows_cannot_multiply_beyond_the_limit() {
    let decorations = ",NTamd64".repeat(1_000);
    let head =
        format!("{HEAD}[M.NTamd64]\n%d%=I{}\n[Strings]\na=A\nd={}\n", ",X\\1".repeat(500), "d".repeat(4_000));
    let bytes = repeated(&(head + "[Manufacturer]\n"), |index| format!("m{index}=M{decorations}\n"), 200);
    let limits = Limits { devices: 10_000, report_bytes: 8 << 20, ..Limits::default() };
    let report = parse(&bytes, &limits).unwrap().report("");
    assert!(report.devices.len() <= 10_000);
    let size: usize = report.devices.iter().map(|row| row.description.len() + size_of::<Device>()).sum();
    assert!(size <= 8 << 20, "{size} bytes of rows");
    assert!(report.warnings.iter().any(|notice| notice.id == "inf.devices_cut"));
}

#[test]
fn what_exceeds_a_limit_is_refused_with_a_notice() {
    let small = Limits { file_bytes: 1_000, sections: 10, lines: 10, fields: 20, ..Limits::default() };
    let check = |bytes: &[u8], id: &str| {
        let error = parse(bytes, &small).expect_err(id);
        assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Invalid, id));
    };
    check(&[b'x'; 1_001], "inf.too_large");
    check(&repeated("", |index| format!("[s{index}]\n"), 11), "inf.too_complex");
    check(&repeated("[a]\n", |_| "b\n".to_owned(), 11), "inf.too_complex");
    check(&repeated("[a]\n", |_| "b,c,d\n".to_owned(), 9), "inf.too_complex");
    assert!(parse(&repeated("[a]\n", |_| "b\n".to_owned(), 10), &small).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        rng_seed: RngSeed::Fixed(0x1a47e21),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_give_a_report_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        if let Ok(inf) = parse(&bytes, &Limits::default()) {
            inf.report("x");
        }
    }

    #[test]
    fn any_text_of_the_right_letters_keeps_the_limits(
        text in r#"(\[Version\]\nSignature=\$A\$\n|\[Manufacturer\]\n|\[Strings(\.0804)?\]\n|\[M(\.NT(x86|amd64))?\]\n|%?[a-cM]%?|[=,;\\"%\[\] \n]){0,200}"#,
        mark in 0..3_u8,
    ) {
        let bytes = match mark {
            0 => text.into_bytes(),
            1 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        };
        let limits = Limits { devices: 20, text_chars: 8, list_entries: 5, warnings: 4, ..Limits::default() };
        let report = parse(&bytes, &limits).unwrap().report("x");
        prop_assert!(report.devices.len() <= 20 && report.manufacturers.len() <= 5 && report.warnings.len() <= 4);
        prop_assert!(report.devices.iter().all(|device| device.description.chars().count() <= 8));
        let text = serde_json::to_string(&report).unwrap();
        prop_assert_eq!(serde_json::from_str::<InfReport>(&text).unwrap(), report);
    }
}

#[test]
fn odd_files_of_an_archive_are_survived() {
    let Some(data) = data_directory() else {
        println!("skipped: no test data here");
        return;
    };
    let file = std::fs::File::open(data.join("archives/h-hostile-infs.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut seen = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = entry.name().unwrap().rsplit('/').next().unwrap().to_owned();
        let report = match parse(&bytes, &Limits::default()) {
            Ok(inf) => inf.report(&name),
            Err(error) => InfReport::unreadable(&name, &error),
        };
        seen.insert(name, report);
    }
    assert!(seen.len() >= 13, "only {:?}", seen.keys());
    let warned = |name: &str, id: &str| {
        assert!(seen[name].warnings.iter().any(|notice| notice.id == id), "{name}: {id}")
    };
    warned("many-sections.inf", "inf.too_complex");
    warned("million-ids.inf", "inf.devices_cut");
    warned("long-line.inf", "inf.text_cut");
    warned("bad-utf8.inf", "inf.bad_text");
    warned("odd-utf16.inf", "inf.bad_text");
    warned("unterminated.inf", "inf.section_not_closed");
    warned("token-loop.inf", "inf.date_invalid");
    warned("no-sections.inf", "inf.not_a_driver");
    let chinese = &seen["gbk.inf"];
    assert_eq!(chinese.provider.as_deref(), Some("测试"));
    assert_eq!(chinese.devices[0].description, "奔图 测试打印机");
    assert_eq!(seen["utf16be.inf"].devices.len(), 6);
}
