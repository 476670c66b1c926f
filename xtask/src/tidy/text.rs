//! Words that must not be in the project: unfinished work, and paths of somebody's machine.

use super::Source;

/// Words with the reason. They are put together here, so that this file does not find itself.
const WORDS: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "do it, or write down why not"),
    (concat!("FIX", "ME"), "mend it"),
    (concat!("XX", "X:"), "mend it, or say what is odd"),
    (concat!("HA", "CK:"), "say why it has to be so"),
    (concat!("unimplemented", "!("), "write it, or leave it out"),
    (concat!("to", "do!("), "write it, or leave it out"),
    (concat!("#[", "allow("), "use expect with a reason"),
    (concat!("/", "work/"), "a path of somebody's machine"),
    (concat!("/", "root/"), "a path of somebody's machine"),
    (concat!("/home", "/user"), "a path of somebody's machine"),
    (concat!("CARGO_TARGET_DIR=", "/"), "a path of somebody's machine"),
];

/// Files that other programs write.
const NOT_OURS: &[&str] = &["Cargo.lock", "LICENSE", "package-lock.json"];

/// Finds the words, and lines that end in white space.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let ours = sources.iter().filter(|source| !NOT_OURS.iter().any(|name| source.path.ends_with(name)));
    ours.flat_map(findings).collect()
}

fn findings(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let is_prose =
        [".rs", ".md", ".sh", ".py", ".toml", ".ts", ".tsx"].iter().any(|end| source.path.ends_with(end));
    for (number, line) in (1..).zip(source.text.lines()) {
        for (word, reason) in WORDS.iter().filter(|(word, _)| contains_word(line, word)) {
            found.push(format!("{}:{number}: {word}: {reason}", source.path));
        }
        if is_prose && line.ends_with([' ', '\t']) && !source.path.contains("/fixtures/") {
            found.push(format!("{}:{number}: white space at the end of the line", source.path));
        }
    }
    found
}

/// Whether `word` is there and not only a part of a longer word or path.
fn contains_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '}' | '/');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends_open = word.ends_with(['(', '/', ':']);
        !before.is_some_and(is_part) && (ends_open || !after.is_some_and(|c| c.is_alphanumeric() || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[Source { path: path.into(), text: text.into() }])
    }

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        let text = format!("fn a() {{}}\n// {}: later\n", concat!("TO", "DO"));
        let found = found("a.rs", &text);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.rs:2: "), "{found:?}");
    }

    #[test]
    fn words_within_other_words_are_no_matter() {
        assert!(found("a.rs", "let MASTODON = network/work/x;").is_empty());
        assert!(found("a.md", "below `$ROOT/root/x`").is_empty());
        assert_eq!(found("a.md", concat!("see ", "/", "work/x")).len(), 1);
    }

    #[test]
    fn white_space_at_the_end_is_found_in_what_we_write() {
        assert_eq!(found("a.rs", "let x; \n").len(), 1);
        assert!(found("a.inf", "x \n").is_empty());
        assert!(found("crates/a/tests/fixtures/a.md", "x \n").is_empty());
    }
}
