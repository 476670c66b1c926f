//! From decoded text to sections, lines and fields, by the rules of SetupAPI.
//!
//! - A line that starts with `[` opens a section; sections of one name (in any case) are merged.
//! - `key = field, field, …`; a line without `=` has fields only. A second `=` is text.
//! - `;` outside quotes starts a comment that ends with the line.
//! - Inside `"…"` blanks, commas and semicolons are text and `""` is one quote. A quote that is not closed ends
//!   with its line. Quoted and bare parts of one field are joined.
//! - `\` before the end of a line (blanks or a comment may follow it) continues the line; anywhere else it is text.
//! - Ctrl-Z ends the file, as it did for DOS.
//!
//! Tokens (`%…%`) are left alone here; see [`super::strings`]. The work is one pass over the bytes: each byte is
//! looked at a bounded number of times and copied at most once into one buffer that all fields point into.

use std::collections::HashMap;

use fault::{Error, Result};

use super::limits::Limits;

/// A piece of [`Document::cooked`].
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
struct LineSpans {
    key: Option<Span>,
    first: u32,
    count: u32,
}

#[derive(Debug, Default)]
struct SectionSpans {
    name: String,
    lines: Vec<LineSpans>,
}

/// Something that SetupAPI would reject or ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Text before the first section; it is ignored.
    LineOutsideSection { line: u32 },
    /// A section name without `]`; it is taken to end with the line.
    SectionNotClosed { line: u32 },
}

/// The sections of an INF file.
#[derive(Debug, Default)]
pub(super) struct Document {
    cooked: String,
    fields: Vec<Span>,
    sections: Vec<SectionSpans>,
    by_name: HashMap<String, usize>,
    /// The first of each kind.
    pub(super) oddities: Vec<Oddity>,
    /// How many steps the scanner took: the work done, in a unit that tests can count.
    #[cfg(test)]
    pub(super) steps: usize,
}

/// All lines under one section name.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    document: &'a Document,
    spans: &'a SectionSpans,
}

/// One line of a section.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    document: &'a Document,
    spans: LineSpans,
}

/// The form under which names are compared: SetupAPI ignores case.
pub(super) fn fold(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_lowercase() }
}

impl Document {
    /// Splits `text`; fails only when it has more lines, fields or sections than `limits` allow.
    pub(super) fn parse(text: &str, limits: &Limits) -> Result<Self> {
        let document = Self { cooked: String::with_capacity(text.len()), ..Self::default() };
        let mut scanner = Scanner { text, at: 0, line: 1, current: None, lines: 0, limits, document };
        scanner.run()?;
        Ok(scanner.document)
    }

    pub(super) fn section(&self, name: &str) -> Option<Section<'_>> {
        let index = *self.by_name.get(&fold(name))?;
        self.sections.get(index).map(|spans| Section { document: self, spans })
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        self.sections.iter().map(|spans| Section { document: self, spans })
    }

    fn str(&self, span: Span) -> &str {
        &self.cooked[span.start as usize..span.end as usize]
    }
}

impl<'a> Section<'a> {
    /// The name as first written.
    pub(super) fn name(self) -> &'a str {
        &self.spans.name
    }

    pub(super) fn lines(self) -> impl Iterator<Item = Line<'a>> + Clone + use<'a> {
        self.spans.lines.iter().map(move |&spans| Line { document: self.document, spans })
    }
}

impl<'a> Line<'a> {
    /// What stands before `=`, if there is one.
    pub(super) fn key(self) -> Option<&'a str> {
        self.spans.key.map(|span| self.document.str(span))
    }

    /// Whether the key is `name`, in any case.
    pub(super) fn has_key(self, name: &str) -> bool {
        self.key().is_some_and(|key| key.eq_ignore_ascii_case(name))
    }

    /// The field with that index (from 0); empty when the line has fewer.
    pub(super) fn field(self, index: usize) -> &'a str {
        self.fields().nth(index).unwrap_or_default()
    }

    pub(super) fn fields(self) -> impl Iterator<Item = &'a str> {
        let first = self.spans.first as usize;
        let spans = &self.document.fields[first..first + self.spans.count as usize];
        spans.iter().map(move |&span| self.document.str(span))
    }
}

struct Scanner<'t, 'l> {
    text: &'t str,
    at: usize,
    /// Number of the physical line, from 1.
    line: u32,
    current: Option<usize>,
    lines: usize,
    limits: &'l Limits,
    document: Document,
}

/// The field that is being put together.
struct Open {
    start: usize,
    /// Up to here blanks belong to the field: the end of the last quoted part or visible character.
    keep: usize,
}

impl Scanner<'_, '_> {
    fn run(&mut self) -> Result<()> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while let Some(byte) = self.peek() {
            match byte {
                b'\r' | b'\n' => self.end_line(),
                b';' => self.skip_to_end_of_line(),
                b'[' => self.section_header()?,
                _ if is_blank(byte) => self.step(),
                _ => self.entry()?,
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|&byte| byte != CTRL_Z)
    }

    fn step(&mut self) {
        self.at += 1;
        #[cfg(test)]
        {
            self.document.steps += 1;
        }
    }

    /// Passes one line end: `\n`, or any number of `\r` and one `\n`.
    fn end_line(&mut self) {
        while self.peek() == Some(b'\r') {
            self.step();
        }
        if self.peek() == Some(b'\n') {
            self.step();
        }
        self.line = self.line.saturating_add(1);
    }

    fn skip_to_end_of_line(&mut self) {
        while self.peek().is_some_and(|byte| !is_line_end(byte)) {
            self.step();
        }
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.step();
        }
    }

    fn section_header(&mut self) -> Result<()> {
        self.step();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != b']' && !is_line_end(byte)) {
            self.step();
        }
        let text = self.text;
        let name = text[start..self.at].trim_matches(|c: char| c.is_ascii() && is_blank(c as u8));
        if self.peek() != Some(b']') {
            self.note(Oddity::SectionNotClosed { line: self.line });
        }
        self.skip_to_end_of_line();
        self.open_section(name)
    }

    fn open_section(&mut self, name: &str) -> Result<()> {
        let document = &mut self.document;
        let next = document.sections.len();
        let index = *document.by_name.entry(fold(name)).or_insert(next);
        if index == next {
            if next >= self.limits.sections {
                return Err(too_complex("sections", self.limits.sections));
            }
            document.sections.push(SectionSpans { name: name.to_owned(), lines: Vec::new() });
        }
        self.current = Some(index);
        Ok(())
    }

    /// A line with content, continuations included.
    fn entry(&mut self) -> Result<()> {
        let first_line = self.line;
        let first = self.document.fields.len();
        let mut key = None;
        loop {
            let field = self.field(key.is_none() && self.document.fields.len() == first)?;
            match self.peek() {
                Some(b'=') if key.is_none() && self.document.fields.len() == first => key = Some(field),
                _ => self.push_field(field)?,
            }
            match self.peek() {
                Some(b'=' | b',') => self.step(),
                _ => break,
            }
        }
        self.skip_to_end_of_line();
        let Some(current) = self.current else {
            self.note(Oddity::LineOutsideSection { line: first_line });
            self.document.fields.truncate(first);
            return Ok(());
        };
        self.lines += 1;
        if self.lines > self.limits.lines {
            return Err(too_complex("lines", self.limits.lines));
        }
        let count = (self.document.fields.len() - first) as u32;
        self.document.sections[current].lines.push(LineSpans { key, first: first as u32, count });
        Ok(())
    }

    fn push_field(&mut self, field: Span) -> Result<()> {
        if self.document.fields.len() >= self.limits.fields {
            return Err(too_complex("fields", self.limits.fields));
        }
        self.document.fields.push(field);
        Ok(())
    }

    /// Reads one field and stops before the character that ends it. `=` ends it where it may be a key.
    fn field(&mut self, may_be_key: bool) -> Result<Span> {
        let start = self.document.cooked.len();
        let mut open = Open { start, keep: start };
        while let Some(byte) = self.peek() {
            match byte {
                b'\r' | b'\n' | b';' | b',' => break,
                b'=' if may_be_key => break,
                b'"' => self.quoted(&mut open),
                b'\\' if self.continues() => self.skip_blanks(),
                _ => self.bare(byte, &mut open),
            }
        }
        self.document.cooked.truncate(open.keep);
        Ok(Span { start: start as u32, end: open.keep as u32 })
    }

    /// Copies a run of bare text, or one blank.
    fn bare(&mut self, byte: u8, open: &mut Open) {
        let from = self.at;
        self.step();
        if is_blank(byte) {
            if open.keep > open.start {
                self.document.cooked.push(if byte == 0 { ' ' } else { char::from(byte) });
            }
            return;
        }
        while self.peek().is_some_and(|byte| !is_special(byte) && !is_blank(byte)) {
            self.step();
        }
        let text = self.text;
        self.document.cooked.push_str(&text[from..self.at]);
        open.keep = self.document.cooked.len();
    }

    /// Copies a quoted part, without its quotes.
    fn quoted(&mut self, open: &mut Open) {
        self.step();
        let text = self.text;
        loop {
            let from = self.at;
            while self.peek().is_some_and(|byte| byte != b'"' && !is_line_end(byte)) {
                self.step();
            }
            self.document.cooked.push_str(&text[from..self.at]);
            if self.peek() != Some(b'"') {
                break;
            }
            self.step();
            if self.peek() != Some(b'"') {
                break;
            }
            self.document.cooked.push('"');
            self.step();
        }
        open.keep = self.document.cooked.len();
    }

    /// Passes a `\` with the rest of its line if it stands at the end of the line; else stays.
    fn continues(&mut self) -> bool {
        let backslash = self.at;
        self.step();
        self.skip_blanks();
        match self.peek() {
            Some(b';') => self.skip_to_end_of_line(),
            Some(byte) if !is_line_end(byte) => {
                self.at = backslash;
                return false;
            }
            _ => {}
        }
        self.end_line();
        true
    }

    fn note(&mut self, oddity: Oddity) {
        let kind = std::mem::discriminant(&oddity);
        if self.document.oddities.iter().all(|known| std::mem::discriminant(known) != kind) {
            self.document.oddities.push(oddity);
        }
    }
}

/// The end of a text file of DOS.
const CTRL_Z: u8 = 0x1a;

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0 | 0x0b | 0x0c)
}

/// Whether `byte` may end or change a bare run of text.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b';' | b',' | b'=' | b'"' | b'\\')
}

fn too_complex(what: &'static str, limit: usize) -> Error {
    Error::invalid(format!("more than {limit} {what}"))
        .with_notice("inf.too_complex")
        .with_value("what", what)
        .with_value("limit", limit)
}

#[cfg(test)]
mod tests;
