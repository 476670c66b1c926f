//! The files of the built console, and what is said about each.
//!
//! A name that is asked for is looked up in a list of files; it is never joined to a path.

use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What the build of the console puts beside a file: the same, compressed.
const PACKED: &str = ".gz";
/// Where the build puts files whose name says their content.
const NAMED_BY_CONTENT: &str = "assets/";

/// A file of the console.
pub(super) struct File {
    name: String,
    bytes: Cow<'static, [u8]>,
}

/// The file with this name, as `assets/index.js`.
pub(super) fn find(name: &str) -> Option<File> {
    // Compressed files are answers to other names.
    if name.ends_with(PACKED) {
        return None;
    }
    Some(File { name: name.to_owned(), bytes: stored(name)? })
}

impl File {
    /// The content.
    pub(super) fn bytes(&self) -> Cow<'static, [u8]> {
        self.bytes.clone()
    }

    /// The content as gzip, where the build has it.
    pub(super) fn packed(&self) -> Option<Cow<'static, [u8]>> {
        stored(&format!("{}{PACKED}", self.name))
    }

    /// How long it may be kept without asking again.
    pub(super) fn caching(&self) -> &'static str {
        match self.name.starts_with(NAMED_BY_CONTENT) {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        }
    }

    /// Names the content.
    pub(super) fn tag(&self) -> String {
        let digest = Sha256::digest(&self.bytes);
        let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("\"{hex}\"")
    }

    /// The media type, by the end of the name.
    pub(super) fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "json" | "webmanifest" => "application/json",
            _ => "application/octet-stream",
        }
    }
}

#[cfg(not(debug_assertions))]
fn stored(name: &str) -> Option<Cow<'static, [u8]>> {
    const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/console.rs"));
    FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| Cow::Borrowed(*bytes))
}

/// A debug build reads the files as they are now, so that the console can be built without building the server.
#[cfg(debug_assertions)]
fn stored(name: &str) -> Option<Cow<'static, [u8]>> {
    use std::path::{Component, Path};
    let path = Path::new(name);
    if name.is_empty() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/dist");
    std::fs::read(dist.join(path)).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> File {
        File { name: name.to_owned(), bytes: Cow::Borrowed(b"x") }
    }

    #[test]
    fn only_files_that_are_named_by_their_content_are_kept_for_ever() {
        assert!(file("assets/index-Ab12.js").caching().contains("immutable"));
        assert_eq!(file("index.html").caching(), "no-cache");
        assert_eq!(file("boot.js").caching(), "no-cache");
    }

    #[test]
    fn names_never_leave_the_console() {
        for name in ["", "..", "../Cargo.toml", "assets/../../package.json", "/etc/passwd", "index.html.gz"] {
            assert!(find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn browsers_are_told_what_a_file_is() {
        assert_eq!(file("assets/a.js").media_type(), "text/javascript; charset=utf-8");
        assert_eq!(file("favicon.svg").media_type(), "image/svg+xml");
        assert_eq!(file("a.bin").media_type(), "application/octet-stream");
    }
}
