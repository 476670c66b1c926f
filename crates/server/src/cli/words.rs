//! Values in words: times as people say them, and the names of the numbers and words on the wire.

use crate::messages::Language;
use chrono::{DateTime, NaiveDateTime, Utc};
use protocol::thor::PrinterDriver;

pub(super) use crate::messages::size;

/// A time as a distance from `now`; text that is no time stays as it is.
pub(super) fn when(text: &str, now: DateTime<Utc>, language: Language) -> String {
    let Some(time) = parse(text) else { return text.to_owned() };
    let seconds = (now - time).num_seconds();
    // What is to come is rounded up: a token for 30 days is one for 30 days.
    let Some(amount) = amount(seconds, language) else {
        return match seconds.unsigned_abs() {
            0..60 => language.pick("刚刚", "now").to_owned(),
            _ => time.format("%Y-%m-%d").to_string(),
        };
    };
    match (language, seconds >= 0) {
        (Language::Chinese, true) => format!("{amount}前"),
        (Language::Chinese, false) => format!("{amount}后"),
        (Language::English, true) => format!("{amount} ago"),
        (Language::English, false) => format!("in {amount}"),
    }
}

/// [`when`] with the present time; nothing where there is none.
pub(super) fn since(text: Option<&str>, language: Language) -> String {
    text.map(|text| when(text, Utc::now(), language)).unwrap_or_default()
}

fn amount(seconds: i64, language: Language) -> Option<String> {
    let whole = |unit: u64| match seconds < 0 {
        true => seconds.unsigned_abs().div_ceil(unit),
        false => seconds.unsigned_abs() / unit,
    };
    let (number, chinese, english) = match seconds.unsigned_abs() {
        0..60 => return None,
        _ if whole(60) < 60 => (whole(60), "分钟", "min"),
        _ if whole(3600) < 24 => (whole(3600), "小时", "h"),
        _ if whole(86_400) == 1 => (1, "天", "day"),
        _ if whole(86_400) <= 30 => (whole(86_400), "天", "days"),
        _ => return None,
    };
    Some(format!("{number} {}", language.pick(chinese, english)))
}

/// RFC 3339, or the platform's `YYYY-MM-DD HH:MM:SS` in UTC.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let platform =
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().map(|time| time.and_utc());
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()).or_else(platform)
}

/// The name of a system.
pub(super) fn system(number: i32, language: Language) -> String {
    match number {
        0 => language.pick("未知", "unknown").to_owned(),
        1 => "Windows7_32".to_owned(),
        2 => "Windows7_64".to_owned(),
        3 => "Windows10_32".to_owned(),
        4 => "Windows10_64".to_owned(),
        5 => "Windows11_64".to_owned(),
        number => number.to_string(),
    }
}

/// The name of a type of system driver.
pub(super) fn driver_type(number: i32, language: Language) -> String {
    match number {
        1 => language.pick("万能", "universal").to_owned(),
        2 => language.pick("提取", "extracted").to_owned(),
        number => number.to_string(),
    }
}

/// The name of a type of template.
pub(super) fn template_type(number: i32, language: Language) -> String {
    match number {
        1 => language.pick("公用桌面", "public").to_owned(),
        2 => language.pick("个人桌面", "personal").to_owned(),
        number => number.to_string(),
    }
}

/// Why a package is in a plan, or left out of it.
pub(super) fn plan_reason(reason: &str, language: Language) -> String {
    match reason {
        "universal" => language.pick("通用驱动，总是使用", "covers the general case").to_owned(),
        "device" => language.pick("包含该终端设备的驱动", "has drivers for its devices").to_owned(),
        "hardware_unknown" => {
            language.pick("硬件未知，保留", "taken, as the hardware is not known").to_owned()
        }
        "no_device" => {
            language.pick("不使用：没有匹配的设备", "not taken: it has no driver for any device").to_owned()
        }
        other => other.to_owned(),
    }
}

/// The name of a type of printer.
pub(super) fn printer_type(number: i32, language: Language) -> String {
    match number {
        1 => language.pick("本地", "local").to_owned(),
        2 => language.pick("共享", "shared").to_owned(),
        3 => language.pick("网络", "network").to_owned(),
        number => number.to_string(),
    }
}

/// Where a printer is.
pub(super) fn printer_place(printer: &PrinterDriver) -> String {
    match (printer.kind, printer.protocol.as_deref()) {
        (2, _) => format!("\\\\{}\\{}", printer.ip, printer.share),
        (3, protocol) => {
            let protocol = protocol.unwrap_or_default().to_lowercase();
            let host =
                if printer.ip.contains(':') { format!("[{}]", printer.ip) } else { printer.ip.clone() };
            let share = if printer.share.is_empty() { String::new() } else { format!("/{}", printer.share) };
            format!("{protocol}://{host}:{}{share}", printer.port)
        }
        _ => printer.port.clone(),
    }
}

/// The name of a size of paper.
pub(super) fn paper(text: &str) -> String {
    let known = [("8", "A3"), ("9", "A4"), ("11", "A5"), ("12", "B4"), ("13", "B5")];
    known.iter().find(|(number, _)| *number == text).map_or(text, |(_, name)| name).to_owned()
}

/// Which sides are printed on.
pub(super) fn duplex(number: i32, language: Language) -> String {
    match number {
        1 => language.pick("单面", "one").to_owned(),
        21 => language.pick("双面，长边翻转", "both, long edge").to_owned(),
        22 => language.pick("双面，短边翻转", "both, short edge").to_owned(),
        number => number.to_string(),
    }
}

/// The name of a state of the disk.
pub(super) fn mount_status(number: i32, language: Language) -> String {
    match number {
        1 => language.pick("正常", "normal").to_owned(),
        2 => language.pick("合并中", "merging").to_owned(),
        3 => language.pick("错误", "error").to_owned(),
        4 => language.pick("恢复中", "restoring").to_owned(),
        number => number.to_string(),
    }
}

/// Words of the interface; one that is not known stays as it is.
const WORDS: &[(&str, &str, &str)] = &[
    ("administrator", "管理员", "administrator"),
    ("apply", "写入 Base", "apply to Base"),
    ("applying", "写入中", "applying"),
    ("auto_update", "自动更新", "auto-update"),
    ("cancelled", "已取消", "cancelled"),
    ("added", "新增", "added"),
    ("changed", "变更", "changed"),
    ("check", "检查", "check"),
    ("clean", "清理", "clean up"),
    ("compare", "计算终端更新", "work out the update"),
    ("compose", "准备补丁", "make the patch"),
    ("delete", "删除", "delete"),
    ("discard", "放弃修改", "discard"),
    ("take_over", "接管编辑", "take over"),
    ("disabled", "已停用", "disabled"),
    ("downloading", "下载中", "downloading"),
    ("edit", "管理驱动", "edit"),
    ("enabled", "已启用", "enabled"),
    ("error", "错误", "error"),
    ("failed", "失败", "failed"),
    ("hash", "计算校验值", "hash"),
    ("idle", "空闲", "idle"),
    ("grow", "扩容", "grow"),
    ("import", "导入", "import"),
    ("import_printer", "导入打印机驱动", "import printer driver"),
    ("initial", "初始", "initial"),
    ("install", "换上新的驱动盘", "put the new disk in place"),
    ("mend", "修复损坏", "put damaged pieces back"),
    ("merge", "合并", "merge"),
    ("objects", "检查更新数据", "check the updates"),
    ("operator", "操作员", "operator"),
    ("publish", "发布", "publish"),
    ("rebuild", "重建驱动盘", "make the disk anew"),
    ("record", "记录版本", "record"),
    ("register", "登记镜像", "register"),
    ("removed", "删除", "removed"),
    ("restore", "恢复", "restore"),
    ("restore_plan", "恢复预检", "plan of a restore"),
    ("rollback", "回滚", "rollback"),
    ("running", "进行中", "running"),
    ("save", "保存", "save"),
    ("seal", "封存 Active", "seal Active"),
    ("settle", "处理中断的操作", "settle what was interrupted"),
    ("succeeded", "成功", "succeeded"),
    ("unknown", "未知", "unknown"),
    ("update", "修改", "update"),
    ("verify", "校验", "verify"),
    ("viewer", "查看者", "viewer"),
    ("waiting", "等待切换", "waiting"),
];

/// A word of the interface for people.
pub(super) fn word(word: &str, language: Language) -> String {
    let known = WORDS.iter().find(|(name, ..)| *name == word);
    known.map_or(word, |(_, chinese, english)| language.pick(chinese, english)).to_owned()
}

/// Yes or no.
pub(super) fn yes(is: bool, language: Language) -> String {
    if is { language.pick("是", "yes") } else { language.pick("否", "no") }.to_owned()
}

/// The first part of an id that is unique enough for people.
pub(super) fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// Bytes done of bytes in all, such as `12.0 MiB / 40.0 MiB (30 %)`.
pub(super) fn share(done: u64, total: u64) -> String {
    match total {
        0 => size(done),
        _ => format!("{} / {} ({} %)", size(done), size(total), u128::from(done) * 100 / u128::from(total)),
    }
}

/// Seconds as `1:02:03` or `2:03`.
pub(super) fn duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English};

    #[test]
    fn times_are_told_as_people_do() {
        let now = parse("2026-03-10T12:00:00Z").unwrap();
        let cases = [
            ("2026-03-10T11:59:30Z", "刚刚", "now"),
            ("2026-03-10 11:58:59", "1 分钟前", "1 min ago"),
            ("2026-03-10T17:00:01+08:00", "2 小时前", "2 h ago"),
            ("2026-03-09T11:00:00Z", "1 天前", "1 day ago"),
            ("2026-02-20T11:00:00Z", "18 天前", "18 days ago"),
            ("2025-02-20T11:00:00Z", "2025-02-20", "2025-02-20"),
            ("2026-03-10T14:30:00Z", "3 小时后", "in 3 h"),
            ("2026-04-09T11:59:00Z", "30 天后", "in 30 days"),
            ("2026-03-11T11:59:00Z", "1 天后", "in 1 day"),
            ("soon", "soon", "soon"),
        ];
        for (text, chinese, english) in cases {
            assert_eq!(when(text, now, Chinese), chinese);
            assert_eq!(when(text, now, English), english);
        }
    }

    #[test]
    fn what_a_newer_server_says_stays_readable() {
        assert_eq!(word("polishing", Chinese), "polishing");
        assert_eq!((system(6, English), mount_status(9, English)), ("6".to_owned(), "9".to_owned()));
    }

    #[test]
    fn shares_and_durations() {
        assert_eq!(share(3 << 20, 12 << 20), "3.0 MiB / 12.0 MiB (25 %)");
        assert_eq!(
            (share(512, 0), share(u64::MAX, u64::MAX).ends_with("(100 %)")),
            ("512 B".to_owned(), true)
        );
        assert_eq!((duration(59), duration(3723)), ("0:59".to_owned(), "1:02:03".to_owned()));
    }
}
