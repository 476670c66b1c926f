//! Texts for people, in Chinese and English: how tables of them are written, and how a notice becomes a sentence.
//!
//! The tables belong to the programs. This crate owns what all of them do with theirs: choose the language, put values
//! in their places, fall back from an error's notice to its kind, and make text that came from elsewhere harmless. It
//! prints nothing but why a command line was not understood.

mod language;
mod plain;
mod usage;

use fault::{Error, Kind, Notice};

pub use language::Language;
pub use plain::{clean, number_of, size};
pub use usage::parse;

/// The id of a text, the text in Chinese and in English; `{name}` stands for a value, and `{name|file|files}` for the
/// first word where that value is 1, else for the second.
///
/// A text with the id `notice/word` says what `word` means as a value of the notice.
pub type Text = (&'static str, &'static str, &'static str);

/// The texts of a program.
///
/// The texts of errors have the ids of their notices, or `kind.` and the kind of those without a notice.
#[derive(Clone, Copy, Debug)]
pub struct Texts(pub &'static [&'static [Text]]);

impl Texts {
    /// All texts.
    pub fn all(self) -> impl Iterator<Item = &'static Text> {
        self.0.iter().copied().flatten()
    }

    /// The text of an id, where there is one.
    pub fn find(self, id: &str) -> Option<&'static Text> {
        self.all().find(|text| text.0 == id)
    }

    /// The text of `id` with its values; the id itself where there is none.
    pub fn text<N: AsRef<str>, V: AsRef<str>>(
        self,
        language: Language,
        id: &str,
        values: &[(N, V)],
    ) -> String {
        let Some((_, chinese, english)) = self.find(id) else { return id.to_owned() };
        fill(language.pick(chinese, english), |place| {
            let value = values.iter().find(|(given, _)| given.as_ref() == place.name)?.1.as_ref();
            Some(match place.words {
                Some((one, many)) => if value == "1" { one } else { many }.to_owned(),
                None => self.shown(language, id, place.name, value),
            })
        })
    }

    /// The sentence of a notice; its id where it has none.
    pub fn of_notice(self, language: Language, notice: &Notice) -> String {
        self.text(language, &notice.id, &notice.values)
    }

    /// What a person is told of an error: the sentence of its notice, or that of its kind.
    pub fn of_error(self, language: Language, error: &Error) -> String {
        match error.notice().filter(|notice| self.find(&notice.id).is_some()) {
            Some(notice) => self.of_notice(language, notice),
            None => self.text::<&str, &str>(language, kind_id(error.kind()), &[]),
        }
    }

    /// What a client of the server says of an error: the server's own words if it sent some, else the client's. It can
    /// be printed as it is.
    pub fn told(self, language: Language, error: &Error) -> String {
        said_by_server(error).map_or_else(|| clean(&self.of_error(language, error)), clean)
    }

    /// A value in words: one with a text of its own, a size with its unit, and else as it is.
    fn shown(self, language: Language, id: &str, name: &str, value: &str) -> String {
        if let Some((_, chinese, english)) = self.find(&format!("{id}/{value}")) {
            return language.pick(chinese, english).to_owned();
        }
        match value.parse() {
            Ok(minutes) if name == "ago_minutes" => ago(language, minutes),
            Ok(bytes) if name == "bytes" || name.ends_with("_bytes") => size(bytes),
            _ if value.is_empty() && name == "entry" => {
                language.pick("（整个文件）", "(the file as a whole)").to_owned()
            }
            _ => value.to_owned(),
        }
    }
}

/// How long ago something was.
fn ago(language: Language, minutes: u64) -> String {
    match minutes {
        0 => language.pick("刚刚", "just now").to_owned(),
        _ => format!("{minutes} {}", language.pick("分钟前", "min ago")),
    }
}

/// What the server said of an error in its own words, where it said something.
pub fn said_by_server(error: &Error) -> Option<&str> {
    let values = &error.notice()?.values;
    let (_, message) = values.iter().find(|(name, message)| name == "message" && !message.is_empty())?;
    Some(message)
}

/// The id of the text for errors of a kind.
fn kind_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "kind.invalid",
        Kind::Denied => "kind.denied",
        Kind::NotFound => "kind.not_found",
        Kind::Conflict => "kind.conflict",
        Kind::Busy => "kind.busy",
        Kind::NoSpace => "kind.no_space",
        Kind::Unavailable => "kind.unavailable",
        Kind::Corrupt => "kind.corrupt",
        Kind::Cancelled => "kind.cancelled",
        Kind::Bug => "kind.bug",
    }
}

/// A place in a text: the value that it shows, or the words of which the value chooses one.
struct Place<'a> {
    name: &'a str,
    words: Option<(&'a str, &'a str)>,
}

impl<'a> Place<'a> {
    /// What stands between the braces.
    fn of(text: &'a str) -> Self {
        match text.split_once('|') {
            None => Self { name: text, words: None },
            Some((name, words)) => {
                Self { name, words: Some(words.split_once('|').unwrap_or((words, words))) }
            }
        }
    }
}

/// Puts values in the places of `template`; `?` where there is none.
fn fill(template: &str, value: impl Fn(&Place<'_>) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, behind)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str(&value(&Place::of(place)).unwrap_or_else(|| "?".to_owned()));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// What is wrong with the texts of a program, for its tests: an id that is there twice, an empty text, a place that one
/// language alone has, a choice that is not of two words.
pub fn flaws(texts: Texts) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut flaws = Vec::new();
    for (id, chinese, english) in texts.all() {
        if !seen.insert(id) {
            flaws.push(format!("{id}: is there twice"));
        }
        if chinese.is_empty() || english.is_empty() {
            flaws.push(format!("{id}: is empty"));
        }
        if places(chinese) != places(english) {
            flaws.push(format!("{id}: {chinese:?} and {english:?} show different values"));
        }
        if insides(chinese).chain(insides(english)).any(|place| !matches!(place.matches('|').count(), 0 | 2))
        {
            flaws.push(format!("{id}: has a choice that is not of two words"));
        }
    }
    flaws
}

/// The names of the values that a text shows, in order, each once.
pub fn places(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = insides(text).map(|place| Place::of(place).name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What stands between the braces of a text.
fn insides(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: Texts = Texts(&[
        &[
            (
                "box.too_large",
                "{entry} 占 {bytes}，上限 {limit_bytes}",
                "{entry} takes {bytes}; at most {limit_bytes}",
            ),
            ("box.bad_name", "{name}：{reason}", "{name}: {reason}"),
            ("box.used", "最近使用：{ago_minutes}", "used {ago_minutes}"),
            ("box.bad_name/reserved", "保留的名称", "a reserved name"),
            ("box.full", "{count} 个文件", "{count} {count|file is|files are} in it"),
        ],
        &[("kind.busy", "正忙", "busy")],
    ]);

    #[test]
    fn a_sentence_has_its_values_in_words() {
        let error = Error::invalid("x").with_notice("box.too_large").with_value("entry", "a.sys");
        let error = error.with_value("bytes", 10_u64 << 30).with_value("limit_bytes", 1536_u64 << 20);
        let told = TEXTS.of_error(Language::English, &error);
        assert_eq!(told, "a.sys takes 10.0 GiB; at most 1.5 GiB");
        let error = Error::invalid("x").with_notice("box.bad_name").with_value("name", "{reason}");
        let error = error.with_value("reason", "reserved");
        assert_eq!(TEXTS.of_error(Language::Chinese, &error), "{reason}：保留的名称");
    }

    #[test]
    fn what_was_less_than_a_minute_ago_was_just_now() {
        let told = |minutes: &str, language| TEXTS.text(language, "box.used", &[("ago_minutes", minutes)]);
        assert_eq!(told("0", Language::Chinese), "最近使用：刚刚");
        assert_eq!(told("12", Language::Chinese), "最近使用：12 分钟前");
        assert_eq!(
            [told("0", Language::English), told("3", Language::English)],
            ["used just now", "used 3 min ago"]
        );
    }

    #[test]
    fn one_is_told_as_one() {
        let told = |count: &str, language| TEXTS.text(language, "box.full", &[("count", count)]);
        assert_eq!(told("1", Language::English), "1 file is in it");
        assert_eq!(
            ["0", "2", "11"].map(|count| told(count, Language::English)).join(", "),
            "0 files are in it, 2 files are in it, 11 files are in it"
        );
        assert_eq!(told("1", Language::Chinese), "1 个文件");
        assert_eq!(TEXTS.text::<&str, &str>(Language::English, "box.full", &[]), "? ? in it");
        assert_eq!([number_of(1, "file", "files"), number_of(0, "file", "files")], ["1 file", "0 files"]);
    }

    #[test]
    fn an_error_without_a_sentence_is_told_by_its_kind() {
        let error = Error::busy("x").with_notice("box.unheard_of");
        assert_eq!(TEXTS.of_error(Language::Chinese, &error), "正忙");
        assert_eq!(TEXTS.text::<&str, &str>(Language::English, "nothing", &[]), "nothing");
    }

    #[test]
    fn the_server_has_said_something_only_if_it_is_not_empty() {
        let error = |message| Error::busy("x").with_notice("center.busy").with_value("message", message);
        assert_eq!(said_by_server(&error("驱动中心正忙")), Some("驱动中心正忙"));
        assert_eq!(said_by_server(&error("")), None);
        assert_eq!(said_by_server(&Error::busy("x")), None);
    }

    #[test]
    fn a_person_is_told_what_the_server_says_before_what_we_know() {
        let ours = Error::busy("x").with_notice("center.busy");
        assert_eq!(TEXTS.told(Language::English, &ours), "busy");
        let theirs = ours.with_value("message", "驱动中心正忙\u{1b}[2J");
        assert_eq!(TEXTS.told(Language::English, &theirs), "驱动中心正忙\u{fffd}[2J");
    }

    #[test]
    fn flaws_are_found() {
        assert_eq!(flaws(TEXTS), Vec::<String>::new());
        const BAD: Texts = Texts(&[&[("a", "{x}", "{y}"), ("a", "", "b"), ("c", "{x}", "{x|one}")]]);
        let found = flaws(BAD);
        assert!(
            found[0].contains("different") && found[1].contains("twice") && found[2].contains("empty"),
            "{found:?}"
        );
        assert!(found.last().is_some_and(|flaw| flaw.contains("two words")), "{found:?}");
    }
}
