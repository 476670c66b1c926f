//! What this terminal is being used for: what the platform writes into `mode_file`, else what the use of the disk says.

use protocol::api::TerminalMode;

use crate::disk;
use crate::files;
use crate::limits::ATTRIBUTE_BYTES_MAX;
use crate::state::Config;

/// What the terminal is being used for.
///
/// A file that is missing or says something else does not count: the use of the disk does.
pub fn mode(config: &Config) -> TerminalMode {
    let file = config.mode_file.as_ref();
    let said = file.and_then(|path| files::read(path, ATTRIBUTE_BYTES_MAX).ok().flatten());
    let said = said.and_then(|bytes| named(String::from_utf8_lossy(&bytes).trim()));
    said.unwrap_or_else(|| match disk::is_said_to_be_used(config) {
        true => TerminalMode::Windows,
        false => TerminalMode::Rest,
    })
}

fn named(text: &str) -> Option<TerminalMode> {
    match text.to_ascii_lowercase().as_str() {
        "rest" => Some(TerminalMode::Rest),
        "maintenance" => Some(TerminalMode::Maintenance),
        "windows" => Some(TerminalMode::Windows),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_knows_best_and_the_disk_second() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("mode");
        let in_use = directory.path().join("in-use");
        let config = Config {
            mode_file: Some(file.clone()),
            in_use_file: Some(in_use.clone()),
            disk: directory.path().join("disk"),
            ..Config::default()
        };
        assert_eq!(mode(&config), TerminalMode::Rest);
        std::fs::write(&in_use, "").unwrap();
        assert_eq!(mode(&config), TerminalMode::Windows);
        for (text, expected) in [
            ("Maintenance\n", TerminalMode::Maintenance),
            ("rest", TerminalMode::Rest),
            ("nonsense", TerminalMode::Windows),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(mode(&config), expected, "{text}");
        }
    }
}
