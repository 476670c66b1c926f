//! The data directory and the space around it.

use super::words::{self, Name};
use super::{Check, Language};
use crate::config::Config;
use crate::messages::size;
use center::DataDir;
use image_store::DirectoryStore;
use protocol::api::Finding;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Space below which the server is better not started: a first disk, a small import and their databases.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;

pub(super) fn checks(config: &Config, language: Language) -> Vec<Check> {
    vec![directory(&config.data_dir, language), space(&config.data_dir, language)]
}

/// Descriptions of images that cannot be read; none where no image was ever registered.
pub(super) fn images(config: &Config, language: Language) -> Option<Check> {
    let directory = DataDir::new(&config.data_dir).images();
    if !directory.exists() {
        return None;
    }
    let damaged = DirectoryStore::open_to_read(&directory).and_then(|store| store.damaged());
    let reasons = damaged.unwrap_or_else(|error| vec![error]);
    let shown = reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let ok = reasons.is_empty();
    let finding = Finding {
        name: words::name(Name::Images, language),
        ok,
        found: if ok { directory.display().to_string() } else { shown },
        remedy: (!ok).then(|| words::mend_images(language)),
    };
    Some(Check { finding, is_essential: false })
}

fn directory(path: &Path, language: Language) -> Check {
    let shown = path.display().to_string();
    let writable =
        |path: &Path| rustix::fs::access(path, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    let (ok, found, remedy) = match std::fs::metadata(path) {
        Ok(data) if !data.is_dir() => {
            (false, shown.clone(), Some(format!("rm {shown} && mkdir -m 700 {shown}")))
        }
        Ok(data) => {
            let mode = data.permissions().mode() & 0o777;
            let is_private = mode & 0o077 == 0;
            let is_writable = writable(path).is_ok();
            let remedy =
                if is_writable { format!("chmod 700 {shown}") } else { format!("chown \"$USER\" {shown}") };
            let is_well = is_private && is_writable;
            (is_well, words::mode(&shown, mode, language), (!is_well).then_some(remedy))
        }
        Err(_) => {
            let is_makeable = existing_parent(path).is_some_and(|parent| writable(parent).is_ok());
            let remedy = (!is_makeable).then(|| format!("install -d -m 700 -o \"$USER\" {shown}"));
            (is_makeable, words::will_be_made(&shown, language), remedy)
        }
    };
    let finding = Finding { name: words::name(Name::DataDirectory, language), ok, found, remedy };
    Check { finding, is_essential: true }
}

fn space(path: &Path, language: Language) -> Check {
    let free = existing_parent(path).and_then(|path| rustix::fs::statvfs(path).ok());
    let free_bytes = free.map_or(0, |stat| stat.f_bavail.saturating_mul(stat.f_frsize));
    let ok = free_bytes >= FREE_BYTES_MIN;
    let finding = Finding {
        name: words::name(Name::FreeSpace, language),
        ok,
        found: size(free_bytes),
        remedy: (!ok).then(|| words::free_space(&path.display().to_string(), language)),
    };
    Check { finding, is_essential: false }
}

/// The path itself or the nearest directory above it that exists.
fn existing_parent(path: &Path) -> Option<&Path> {
    path.ancestors().find(|path| path.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_whose_description_is_damaged_is_named() {
        let place = tempfile::tempdir().unwrap();
        let config = Config { data_dir: place.path().to_owned(), ..Config::default() };
        assert!(images(&config, Language::English).is_none());
        let store = place.path().join("images");
        std::fs::create_dir(&store).unwrap();
        assert!(images(&config, Language::English).unwrap().finding.ok);
        let id = "0b8c5b36-6a4e-4d3c-8a55-3a4a5e0f7a11";
        std::fs::write(store.join(format!("{id}.json")), "{").unwrap();
        let damaged = images(&config, Language::English).unwrap().finding;
        assert!(!damaged.ok && damaged.found.contains(id), "{}", damaged.found);
        assert!(damaged.remedy.unwrap().contains(".qcow2"));
        assert_eq!(std::fs::read_dir(&store).unwrap().count(), 1, "doctor only looks");
    }

    #[test]
    fn a_directory_that_others_may_read_is_found_with_its_remedy() {
        let directory_there = tempfile::tempdir().unwrap();
        let path = directory_there.path();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let open = directory(path, Language::English).finding;
        assert!(!open.ok && open.remedy.unwrap().starts_with("chmod 700"), "{}", open.found);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(directory(path, Language::English).finding.ok);
        assert!(directory(&path.join("a/b"), Language::English).finding.ok);
    }
}
