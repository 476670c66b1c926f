//! Who may depend on whom: the table of ARCHITECTURE, against what cargo says.

use crate::run::metadata;
use fault::Result;
use serde_json::Value;
use std::collections::BTreeMap;

/// A crate, and the crates of this workspace that it may use. Each may use `fault` too.
const ALLOWED: &[(&str, &[&str])] = &[
    ("fault", &[]),
    ("wording", &[]),
    ("disk-image", &[]),
    ("disk-patch", &[]),
    ("driver-package", &[]),
    ("image-store", &[]),
    ("protocol", &[]),
    ("center", &["disk-image", "disk-patch", "driver-package", "image-store", "protocol"]),
    // It is where the parts are put together: it also makes the worker, the reader and the image store.
    ("server", &["center", "protocol", "disk-image", "driver-package", "image-store", "wording"]),
    ("agent", &["protocol", "disk-patch", "wording"]),
    ("driver-client", &["protocol", "wording"]),
    // For developers; nothing of the product uses them.
    ("bench", &["center", "protocol", "disk-image", "disk-patch", "driver-package", "image-store", "soak"]),
    ("soak", &["protocol", "disk-patch"]),
    ("xtask", &[]),
];

/// What must never get to a terminal.
const NEVER_IN: &[(&str, &[&str])] = &[
    ("agent", &["tokio", "sea-orm", "imago", "axum"]),
    ("driver-client", &["tokio", "sea-orm", "imago", "axum", "nix"]),
];

/// Compares the table with the manifests.
pub(super) fn check() -> Result<Vec<String>> {
    Ok(findings(&of_metadata(&metadata()?)))
}

/// The dependencies of each crate, without those that only its tests have.
fn of_metadata(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().into_iter().flatten();
        all.filter(|dependency| dependency["kind"] != "dev").map(name).collect()
    };
    packages.map(|package| (name(package), of(package))).collect()
}

fn findings(crates: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, dependencies) in crates {
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == name) else {
            found.push(format!(
                "crate {name} is not in the table of dependencies (xtask/src/tidy/dependencies.rs)"
            ));
            continue;
        };
        for dependency in dependencies {
            let is_ours = crates.contains_key(dependency);
            if is_ours && dependency != "fault" && !allowed.contains(&dependency.as_str()) {
                found.push(format!("crate {name} must not depend on {dependency}"));
            }
            if NEVER_IN.iter().any(|(known, never)| known == name && never.contains(&dependency.as_str())) {
                found.push(format!("crate {name} must never depend on {dependency}"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(packages: Value) -> Vec<String> {
        findings(&of_metadata(&json!({ "packages": packages })))
    }

    #[test]
    fn what_the_table_does_not_allow_is_found() {
        let package = |name: &str, uses: Value| json!({"name": name, "dependencies": uses});
        let normal = |name: &str| json!({"name": name, "kind": null});
        let all = json!([
            package("fault", json!([normal("serde")])),
            package("center", json!([normal("disk-patch"), normal("fault"), normal("tokio")])),
            package("disk-patch", json!([normal("center"), {"name": "protocol", "kind": "dev"}])),
            package("protocol", json!([])),
            package("agent", json!([normal("protocol"), normal("tokio")])),
            package("stray", json!([])),
        ]);
        assert_eq!(
            found(all),
            [
                "crate agent must never depend on tokio",
                "crate disk-patch must not depend on center",
                "crate stray is not in the table of dependencies (xtask/src/tidy/dependencies.rs)",
            ]
        );
    }
}
