//! What becomes of single lines. `|` separates fields, `:` follows a key.

use super::*;

fn scan(text: &str) -> Document {
    Document::parse(text, &Limits::default()).unwrap()
}

fn show(document: &Document) -> String {
    let mut out = Vec::new();
    for section in document.sections() {
        out.push(format!("[{}]", section.name()));
        for line in section.lines() {
            let key = line.key().map(|key| format!("{key}:")).unwrap_or_default();
            out.push(format!("{key}{}", line.fields().collect::<Vec<_>>().join("|")));
        }
    }
    out.join("\n")
}

/// The lines of one section.
#[track_caller]
fn check(lines: &str, expected: &[&str]) {
    let document = scan(&format!("[a]\n{lines}"));
    assert_eq!(show(&document), [&["[a]"], expected].concat().join("\n"), "{lines:?}");
}

#[test]
fn keys_and_fields() {
    check("k = a, b ,c", &["k:a|b|c"]);
    check("a,b", &["a|b"]);
    check("k=", &["k:"]);
    check("k=a=b,c=d", &["k:a=b|c=d"]);
    check("a,b=c", &["a|b=c"]);
    check("k=,,x,", &["k:||x|"]);
    check("  a  b \t c  ", &["a  b \t c"]);
}

#[test]
fn comments() {
    check("k=a ; b\n;c\n   ; d\nl=e;f", &["k:a", "l:e"]);
    check("k=\"a;b\";c", &["k:a;b"]);
}

#[test]
fn quotes() {
    check("k=\" a, b \"", &["k: a, b "]);
    check("k=\"a \"\"b\"\" c\"", &["k:a \"b\" c"]);
    check("k=x\" y \"z", &["k:x y z"]);
    check("k=\"\"", &["k:"]);
    check("k=\"\"\"\"", &["k:\""]);
    check("\"a=b\"=c", &["a=b:c"]);
    check("k=\"open, until the end\nl=b", &["k:open, until the end", "l:b"]);
    check("k=\"a\\\nl=b", &["k:a\\", "l:b"]);
}

#[test]
fn continuations() {
    check("k=a,\\\n  b,\\\r\n\tc\nl=d", &["k:a|b|c", "l:d"]);
    check("k=a\\ ; a comment\nb", &["k:ab"]);
    check("k=a \\  \n b", &["k:a b"]);
    check("k=PCI\\VEN_1,C:\\x\\\ny", &["k:PCI\\VEN_1|C:\\xy"]);
    check("k=a,\\", &["k:a|"]);
    check("k=a,\\\n\n[b]", &["k:a|", "[b]"]);
}

#[test]
fn sections_are_merged_in_any_case() {
    let document = scan("[One]\na\n[two]\nb\n[ONE]\nc\n");
    assert_eq!(show(&document), "[One]\na\nc\n[two]\nb");
    assert_eq!(document.section("oNe").unwrap().lines().count(), 2);
    assert!(document.section("three").is_none());
    assert_eq!(show(&scan("[ a b ] ignored\nc\n[Größe]\n[GRÖSSE]\n[GRÖßE]x")), "[a b]\nc\n[Größe]\n[GRÖSSE]");
}

#[test]
fn oddities_are_noted_once() {
    let document = scan("x\ny\n[a\nb\n[c\n");
    assert_eq!(show(&document), "[a]\nb\n[c]");
    let expected = [Oddity::LineOutsideSection { line: 1 }, Oddity::SectionNotClosed { line: 3 }];
    assert_eq!(document.oddities, expected);
    assert_eq!(scan("; only\n\n[a]\nb").oddities, []);
}

#[test]
fn line_ends_and_ends_of_files() {
    check("a\rb\r\nc\n\r\nd\r\r\ne", &["a", "b", "c", "d", "e"]);
    check("a=\\\r\r\n b", &["a:b"]);
    check("a\u{1a}b\nc", &["a"]);
    check("a\0\0b\0", &["a  b"]);
    assert_eq!(show(&scan("\u{feff}[a]\nb")), "[a]\nb");
}

#[test]
fn the_work_grows_with_the_text_and_no_faster() {
    let parts = [
        "\\", "\\ ", "\\ ;", "\\\n", "\"", "\"\"", "\" \"", " ", "%", "%a", ",", "=", ";", "[", "[]\n",
        "[a]\n", "\n", "\r", "a ", "\\ a", "a=\"", "k=a,\\\n", "\0", "灯 ",
    ];
    for part in parts {
        for head in ["", "[a]\n", "[a]\nk="] {
            let text = format!("{head}{}", part.repeat(20_000));
            let steps = scan(&text).steps;
            assert!(
                steps <= 2 * text.len() + 8,
                "{part:?} after {head:?}: {steps} steps for {} bytes",
                text.len()
            );
        }
    }
}
