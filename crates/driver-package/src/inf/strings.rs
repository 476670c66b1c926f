//! `%token%` replacement and the languages of `[Strings]`.
//!
//! A token is replaced once: what a `[Strings]` entry holds is not searched again, as in SetupAPI, so there is no
//! recursion to blow up. `%%` is one percent sign; an undefined token stays as it is written. A token is looked up
//! in the section of the preferred language if the caller has one (`[Strings.0804]`, then its primary language
//! `[Strings.0004]`), then in `[Strings]`, the default of the file's author; what is missing there is taken from
//! English or else from the first language section that has it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::syntax::{Document, Section, fold};

/// A Windows language identifier: the low ten bits are the primary language, the others the variety.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LanguageId(pub u16);

impl LanguageId {
    /// Chinese as written in the mainland.
    pub const CHINESE_SIMPLIFIED: Self = Self(0x0804);
    /// American English.
    pub const ENGLISH: Self = Self(0x0409);

    fn primary(self) -> Self {
        Self(self.0 & 0x03ff)
    }

    /// Reads the four hexadecimal digits of a section name.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        (1..=4).contains(&text.len()).then(|| u16::from_str_radix(text, 16).ok()).flatten().map(Self)
    }
}

type Table<'a> = HashMap<String, &'a str>;

/// The tables that tokens are looked up in, the most wanted first.
pub(super) struct Strings<'a> {
    tables: Vec<Table<'a>>,
}

/// The language of a `[Strings.…]` section.
pub(super) fn language_of(section: Section<'_>) -> Option<LanguageId> {
    let (base, suffix) = section.name().split_once('.')?;
    base.eq_ignore_ascii_case("strings").then(|| LanguageId::from_hex(suffix)).flatten()
}

impl<'a> Strings<'a> {
    pub(super) fn new(document: &'a Document, preferred: Option<LanguageId>) -> Self {
        let mut ranked: Vec<(u8, Section<'a>)> = document
            .sections()
            .filter_map(|section| match language_of(section) {
                Some(language) => Some((rank(language, preferred), section)),
                None => section.name().eq_ignore_ascii_case("strings").then_some((2, section)),
            })
            .collect();
        ranked.sort_by_key(|&(rank, _)| rank);
        // The sections of languages that nobody asked for act as one: otherwise a file with thousands of them
        // would make each lookup as long.
        let mut tables: Vec<(u8, Table<'a>)> = Vec::new();
        for (rank, section) in ranked {
            if tables.last().is_none_or(|&(last, _)| last != rank) {
                tables.push((rank, Table::new()));
            }
            if let Some((_, table)) = tables.last_mut() {
                add(table, section);
            }
        }
        Self { tables: tables.into_iter().map(|(_, table)| table).collect() }
    }

    fn get(&self, token: &str) -> Option<&'a str> {
        let folded = fold(token);
        self.tables.iter().find_map(|table| table.get(&folded).copied())
    }

    /// Replaces the tokens of `text`, up to about `limit` bytes; tells `unresolved` what it did not find.
    pub(super) fn expand<'t>(
        &self,
        text: &'t str,
        limit: usize,
        mut unresolved: impl FnMut(&str),
    ) -> Cow<'t, str> {
        if !text.contains('%') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            let Some((token, behind)) = after.split_once('%') else {
                out.push('%');
                rest = after;
                break;
            };
            match (token, self.get(token)) {
                ("", _) => out.push('%'),
                (_, Some(value)) => out.push_str(value),
                (_, None) => {
                    unresolved(token);
                    out.extend(["%", token, "%"]);
                }
            }
            rest = behind;
            if out.len() > limit {
                return Cow::Owned(out);
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

fn rank(language: LanguageId, preferred: Option<LanguageId>) -> u8 {
    match preferred {
        Some(wanted) if wanted == language => 0,
        Some(wanted) if wanted.primary() == language => 1,
        _ if language == LanguageId::ENGLISH || language == LanguageId::ENGLISH.primary() => 3,
        _ => 4,
    }
}

/// The first definition of a token counts.
fn add<'a>(table: &mut Table<'a>, section: Section<'a>) {
    for line in section.lines() {
        if let Some(key) = line.key() {
            table.entry(fold(key)).or_insert_with(|| line.field(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inf::Limits;

    #[track_caller]
    fn check(text: &str, expected: &str, missing: &[&str]) {
        let source = "[Strings]\nA=one\na b=\"two, %A%\"\nempty=\"\"\n[STRINGS]\na=again\n";
        let document = Document::parse(source, &Limits::default()).unwrap();
        let mut unresolved = Vec::new();
        let out = Strings::new(&document, None).expand(text, 100, |token| unresolved.push(token.to_owned()));
        assert_eq!(
            (out.as_ref(), unresolved),
            (expected, missing.iter().map(|&t| t.to_owned()).collect()),
            "{text}"
        );
    }

    #[test]
    fn tokens_anywhere_in_a_text() {
        check("plain", "plain", &[]);
        check("%a%", "one", &[]);
        check("x%A%y%a%z", "xoneyonez", &[]);
        check("%A B%!", "two, %A%!", &[]);
        check("<%empty%>", "<>", &[]);
        check("%no% %a%", "%no% one", &["no"]);
    }

    #[test]
    fn percent_signs() {
        check("100%%", "100%", &[]);
        check("100%", "100%", &[]);
        check("%%a%%", "%a%", &[]);
        check("%a%%a%", "oneone", &[]);
        check("50% of %a%", "50% of %a%", &[" of "]);
    }

    #[test]
    fn languages() {
        let source = "[Strings.0804]\na=zh-CN\n[Strings]\nb=default\n[Strings.04]\na=zh\nc=zh\n[Strings.0409]\nc=en\n[Strings.x]\na=none";
        let document = Document::parse(source, &Limits::default()).unwrap();
        let text =
            |preferred| Strings::new(&document, preferred).expand("%a%,%b%,%c%", 100, |_| {}).into_owned();
        assert_eq!(text(None), "zh-CN,default,en");
        assert_eq!(text(Some(LanguageId::CHINESE_SIMPLIFIED)), "zh-CN,default,zh");
        assert_eq!(text(Some(LanguageId(0x0404))), "zh,default,zh");
    }
}
