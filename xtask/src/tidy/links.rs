//! Links of the documentation: files and headings that they name must be there. The web is not asked.

use super::Source;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Finds links that lead nowhere.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let files: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let pages = sources.iter().filter(|source| source.path.ends_with(".md"));
    pages
        .flat_map(|page| {
            links(&page.text).into_iter().filter_map(|link| finding(sources, &files, page, &link))
        })
        .collect()
}

fn finding(sources: &[Source], files: &BTreeSet<&str>, page: &Source, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { page.path.clone() } else { beside(&page.path, file) };
    let is_directory =
        || files.iter().any(|path| path.starts_with(&format!("{}/", target.trim_end_matches('/'))));
    if !files.contains(target.as_str()) && !is_directory() {
        return Some(format!("{}: link to {link}: there is no {target}", page.path));
    }
    let text = sources.iter().find(|source| source.path == target).map(|source| source.text.as_str())?;
    let is_known = heading.is_empty() || !target.ends_with(".md") || anchors(text).contains(heading);
    (!is_known).then(|| format!("{}: link to {link}: no such heading in {target}", page.path))
}

/// The targets of `[text](target)` outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        // Code within a line, such as `a[i](x)`, is no link.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in prose.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            found.push(target.trim_matches(['<', '>']).to_owned());
        }
    }
    found
}

/// `link` from the directory of `page`, without `.` and `..`.
fn beside(page: &str, link: &str) -> String {
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_string_lossy().into_owned()
}

/// Names of headings, as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let other = source("docs/other.md", "# The `tool` disk\n## 工具盘\n");
        check(&[source("docs/page.md", page), other, source("LICENSE", "")])
    }

    #[test]
    fn links_lead_somewhere() {
        let good = "[a](other.md) [b](other.md#the-tool-disk) [c](../LICENSE) [d](https://x.example/y) [e](../docs)\n\
            [f](other.md#工具盘) `x[0](none.md)`\n```\n[g](none.md)\n```\n";
        assert_eq!(found(good), Vec::<String>::new());
        assert_eq!(found("[a](none.md)").len(), 1);
        assert_eq!(found("[a](other.md#nothing)").len(), 1);
        assert_eq!(found("[a](#nothing)").len(), 1);
    }
}
