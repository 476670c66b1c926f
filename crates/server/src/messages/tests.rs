//! Compares the texts with the notices that the crates of this workspace document and use.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use wording::places;

/// Crates whose errors reach users of this program.
const CRATES: [&str; 7] =
    ["center", "disk-image", "disk-patch", "driver-package", "image-store", "protocol", "server"];

fn sources() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for name in CRATES {
        collect(&crates.join(name).join("src"), &mut found);
    }
    assert!(found.len() > 50, "only {} source files found", found.len());
    found
}

fn collect(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn is_id(text: &str) -> bool {
    text.split('.').count() == 2
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'))
}

/// Ids in rows such as ``//! | `package.damaged` | `entry`, `reason` | … |``, with their values.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let mut ids = BTreeMap::new();
    for (_, text) in sources() {
        for line in text.lines().filter_map(|line| line.strip_prefix("//! | `")) {
            let mut cells = line.split(" | ");
            let id = cells.next().unwrap_or_default().trim_end_matches('`').to_owned();
            // Some tables have a column for the kind before that of the values.
            let names = cells.take(2).flat_map(|cell| cell.split('`').skip(1).step_by(2));
            if is_id(&id) {
                ids.insert(id, names.map(str::to_owned).collect());
            }
        }
    }
    ids
}

/// Ids in `with_notice("…")`, and those of warnings wherever the reader of packages names them, outside of tests.
fn used() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (path, text) in sources() {
        if path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for part in code.split("with_notice(\"").skip(1) {
            ids.extend(part.split('"').next().filter(|id| is_id(id)).map(str::to_owned));
        }
        let is_reader = path.components().any(|part| part.as_os_str() == "driver-package");
        let warnings =
            code.split('"').filter(|text| text.starts_with("inf.") || text.starts_with("package."));
        ids.extend(warnings.filter(|id| is_reader && is_id(id)).map(str::to_owned));
    }
    ids
}

/// The client of other programs has its own texts.
fn is_ours(id: &str) -> bool {
    !id.starts_with("net.") && !matches!(id, "server.failed" | "sync.bad_signature" | "sync.newer_format")
}

#[test]
fn every_notice_has_a_text() {
    let missing: Vec<String> = used()
        .into_iter()
        .chain(documented().into_keys())
        .filter(|id| is_ours(id) && TEXTS.find(id).is_none())
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn each_text_is_there_once_and_shows_the_same_values() {
    // This one is given word for word, without a value.
    let given = "服务器空间不足，请释放空间后再试";
    let flaws: Vec<_> = wording::flaws(TEXTS).into_iter().filter(|flaw| !flaw.contains(given)).collect();
    assert_eq!(flaws, Vec::<String>::new());
}

#[test]
fn both_languages_use_values_that_the_notice_has() {
    let documented = documented();
    for (id, chinese, english) in TEXTS.all() {
        let Some(values) = documented.get(*id) else { continue };
        for name in places(chinese).into_iter().chain(places(english)) {
            assert!(values.contains(name), "{id} has no value {name}: {values:?}");
        }
    }
}

#[test]
fn a_text_is_filled_with_its_values() {
    let error = Error::invalid("x")
        .with_notice("package.too_large")
        .with_value("entry", "a.sys")
        .with_value("bytes", 10_u64 << 30)
        .with_value("limit_bytes", 1536_u64 << 20);
    assert_eq!(
        text_of(&error, Language::English),
        "The upload failed: a.sys takes 10.0 GiB when unpacked; the limit is 1.5 GiB. Make several drivers of it"
    );
    let error = Error::invalid("x")
        .with_notice("package.bad_name")
        .with_value("entry", "CON")
        .with_value("reason", "reserved");
    assert_eq!(
        text_of(&error, Language::Chinese),
        "上传驱动文件失败！文件名不能用于 Windows 磁盘：CON（Windows 保留的设备名）。请改名后重新打包"
    );
}

#[test]
fn only_an_entry_that_is_not_named_is_the_whole_file() {
    let error =
        |id: &'static str, name: &'static str| Error::invalid("x").with_notice(id).with_value(name, "");
    let damaged = error("package.damaged", "entry").with_value("reason", "cut");
    assert!(text_of(&damaged, Language::Chinese).contains("（整个文件）"));
    let unnamed = error("driver.name_invalid", "name").with_value("limit", 120);
    assert!(text_of(&unnamed, Language::Chinese).starts_with("驱动名称“”不可用"));
}

#[test]
fn the_given_messages_are_word_for_word() {
    let given = [
        ("center.state_disagrees", "驱动中心状态异常"),
        ("package.wrong_type", "不是一个可接受的文件类型"),
        ("driver.name_taken", "系统驱动文件名称重复"),
        ("driver.not_found", "系统驱动不存在"),
        ("printer.not_found", "打印机驱动不存在"),
        ("printer.file_name", "文件名不正确，仅支持更新公有配置文件"),
        ("center.send_task", "保存失败，当前有下发任务"),
        ("center.busy", "驱动中心正忙，请稍后再试"),
        ("center.no_space", "服务器空间不足，请释放空间后再试"),
    ];
    for (id, text) in given {
        assert_eq!(TEXTS.find(id).unwrap().1, text);
    }
    for (id, chinese, _) in TEXTS.all().filter(|(id, ..)| matches!(*id, "upload.failed" | "package.damaged"))
    {
        assert!(chinese.starts_with("上传驱动文件失败！"), "{id}");
    }
}

#[test]
fn an_error_without_a_notice_is_told_by_its_kind() {
    let error = Error::invalid("line 3: no number");
    assert_eq!(text_of(&error, Language::Chinese), "请求无效：line 3: no number");
    let error = Error::bug("index out of bounds");
    assert_eq!(text_of(&error, Language::English), "Internal error of the server; its log has the details");
}

#[test]
fn a_reason_that_is_the_name_of_a_notice_is_told_in_words() {
    let error = Error::invalid("x")
        .with_notice("package.nested_unread")
        .with_value("entry", "a.zip")
        .with_value("reason", "package.encrypted");
    assert_eq!(
        text_of(&error, Language::Chinese),
        "内层压缩包 a.zip 已保存，但未能读取其中的驱动信息（已加密）"
    );
}
