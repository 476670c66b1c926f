//! What names this machine.

use std::fs;
use std::path::Path;

/// The host name; `terminal` where there is none.
pub fn name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "terminal".to_owned(),
        name => name.to_owned(),
    }
}

/// The MAC address of the first network card that is hardware; empty where there is none.
pub fn mac() -> String {
    mac_in(Path::new("/sys/class/net"))
}

fn mac_in(cards: &Path) -> String {
    let mut found: Vec<_> = fs::read_dir(cards)
        .into_iter()
        .flatten()
        .filter_map(|card| Some(card.ok()?.path()))
        .filter(|card| card.join("device").exists())
        .collect();
    found.sort();
    let address = |card: &std::path::PathBuf| fs::read_to_string(card.join("address")).ok();
    found.iter().find_map(address).map(|text| text.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hardware_has_an_address_of_its_own() {
        let cards = tempfile::tempdir().unwrap();
        assert_eq!(mac_in(cards.path()), "");
        for (card, device, address) in
            [("br0", false, "00:00:00:00:00:01\n"), ("eth1", true, "aa\n"), ("eth0", true, "bb\n")]
        {
            let directory = cards.path().join(card);
            fs::create_dir(&directory).unwrap();
            if device {
                fs::create_dir(directory.join("device")).unwrap();
            }
            fs::write(directory.join("address"), address).unwrap();
        }
        assert_eq!(mac_in(cards.path()), "bb");
    }
}
