//! What people are told, in Chinese and English: one text for each notice that any part of the program gives.
//!
//! [`text_of`] turns an error into the sentence for a user; its technical chain goes to the log and, beside the
//! sentence, to operators. Texts are data (`texts_*.rs`); tests compare them with the notices that the crates of
//! this workspace document and use.

#[cfg(test)]
mod tests;
mod texts_account;
mod texts_center;
mod texts_client;
mod texts_disk;
mod texts_package;
mod texts_printer;
mod texts_restore;
mod texts_site;
mod texts_template;

use fault::{Error, Kind, Notice};

/// The id of a notice with its Chinese and English text; `{name}` stands for a value of the notice.
type Text = (&'static str, &'static str, &'static str);

/// A language that users are spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Simplified Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The best fitting language of an `Accept-Language` header; Chinese when it names neither.
    pub(crate) fn of_header(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for range in header.split(',').take(32) {
            let (tag, quality) = match range.split_once(";q=") {
                Some((tag, quality)) => (tag, quality.trim().parse::<f32>().unwrap_or(0.0)),
                None => (range, 1.0),
            };
            match Self::of_tag(tag.trim()) {
                Some(language) if quality > best.0 => best = (quality, language),
                _ => {}
            }
        }
        best.1
    }

    /// The language of the terminal that a command runs in.
    pub(crate) fn of_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Self::of_locale(&locale.unwrap_or_default())
    }

    /// Chinese unless the locale names another language; `C` and `POSIX` name none.
    fn of_locale(locale: &str) -> Self {
        match locale.split(['_', '.', '-', '@']).next() {
            None | Some("" | "C" | "POSIX" | "zh") => Self::Chinese,
            Some(_) => Self::English,
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// For `Content-Language`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The text of this language.
    pub(crate) fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// The sentence for a user.
pub(crate) fn text_of(error: &Error, language: Language) -> String {
    match error.notice() {
        Some(notice) if find(&notice.id).is_some() => text_of_notice(notice, language),
        _ => general(error, language),
    }
}

/// The text of a notice; its id where there is none.
pub(crate) fn text_of_notice(notice: &Notice, language: Language) -> String {
    let Some((_, chinese, english)) = find(&notice.id) else { return notice.id.to_string() };
    fill(language.pick(chinese, english), notice, language)
}

fn all() -> impl Iterator<Item = &'static Text> {
    [
        texts_center::TEXTS,
        texts_client::TEXTS,
        texts_disk::TEXTS,
        texts_package::TEXTS,
        texts_printer::TEXTS,
        texts_template::TEXTS,
        texts_account::TEXTS,
        texts_restore::TEXTS,
        texts_site::TEXTS,
    ]
    .into_iter()
    .flatten()
}

fn find(id: &str) -> Option<&'static Text> {
    all().find(|text| text.0 == id)
}

/// An error without a notice of its own: what it means coarsely, and its cause.
fn general(error: &Error, language: Language) -> String {
    let (chinese, english) = match error.kind() {
        Kind::Invalid => ("请求无效", "The request is not valid"),
        Kind::Denied => ("没有权限", "You may not do this"),
        Kind::NotFound => ("对象不存在", "This does not exist"),
        Kind::Conflict => ("与当前状态冲突", "This contradicts the present state"),
        Kind::Busy => ("驱动中心正忙，请稍后再试", "The driver center is busy; try again later"),
        Kind::NoSpace => {
            ("服务器空间不足，请释放空间后再试", "The server has not enough space; free some and try again")
        }
        Kind::Unavailable => {
            ("暂时无法完成，请稍后再试", "This cannot be done at the moment; try again later")
        }
        Kind::Corrupt => ("数据已损坏", "Data is damaged"),
        Kind::Cancelled => ("操作已取消", "The operation was cancelled"),
        Kind::Bug => ("服务器内部错误，详情见日志", "Internal error of the server; its log has the details"),
    };
    match error.kind() {
        Kind::Invalid | Kind::NotFound | Kind::Conflict => {
            format!("{}{}{error}", language.pick(chinese, english), language.pick("：", ": "))
        }
        _ => language.pick(chinese, english).to_owned(),
    }
}

/// Puts the values of `notice` in the places of `template`.
fn fill(template: &str, notice: &Notice, language: Language) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else { break };
        match notice.values.iter().find(|(given, _)| given == name) {
            Some((_, value)) => text.push_str(&shown(&notice.id, name, value, language)),
            None => text.push('?'),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// A value in words: sizes with a unit, stable words (such as a reason `reserved`) translated.
fn shown(id: &str, name: &str, value: &str, language: Language) -> String {
    if let Some((_, chinese, english)) = find(&format!("{id}/{value}")) {
        return language.pick(chinese, english).to_owned();
    }
    match value.parse() {
        Ok(bytes) if name == "bytes" || name.ends_with("_bytes") => size(bytes),
        _ if value.is_empty() && name == "entry" => {
            language.pick("（整个文件）", "(the file as a whole)").to_owned()
        }
        _ => value.to_owned(),
    }
}

/// A size for people, such as `1.5 GiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0);
    format!("{value:.digits$} {}", UNITS[unit])
}
