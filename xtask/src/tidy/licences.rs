//! The licence: its text, in each manifest, and on each script.

use super::Source;

const TAG: &str = "SPDX-License-Identifier: GPL-3.0-or-later";

/// Finds what has no licence.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut found: Vec<String> = sources.iter().filter_map(finding).collect();
    let is_licence =
        |source: &Source| source.path == "LICENSE" && source.text.contains("GNU GENERAL PUBLIC LICENSE");
    if !sources.iter().any(is_licence) {
        found.push("LICENSE: the text of the GNU General Public License is missing".to_owned());
    }
    found
}

fn finding(source: &Source) -> Option<String> {
    let path = &source.path;
    if path.starts_with("crates/")
        && path.ends_with("/Cargo.toml")
        && !source.text.contains("license.workspace = true")
    {
        return Some(format!("{path}: license.workspace = true is missing"));
    }
    let is_script = source.text.starts_with("#!") && !source.text.starts_with("#![");
    let is_tagged = source.text.lines().take(5).any(|line| line.contains(TAG));
    (is_script && !is_tagged).then(|| format!("{path}: {TAG} is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_manifests_name_the_licence() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let licence = || source("LICENSE", "GNU GENERAL PUBLIC LICENSE\n");
        let good = format!("#!/bin/bash\n# {TAG}\n");
        assert!(check(&[licence(), source("a.sh", &good), source("a.rs", "#![warn(x)]\n")]).is_empty());
        assert_eq!(check(&[licence(), source("a.sh", "#!/bin/sh\n")]).len(), 1);
        assert_eq!(check(&[licence(), source("crates/a/Cargo.toml", "[package]\n")]).len(), 1);
        assert_eq!(check(&[]).len(), 1);
    }
}
