//! What a terminal tells and fetches beside its disk.

use std::os::unix::fs::PermissionsExt;

use agent::watch::Unwatched;
use fault::Kind;
use protocol::api::{TerminalMode, TerminalState};

use crate::center::{Center, Mischief};
use crate::fixture::Machine;

const INVENTORY: &str = "/api/v1/terminals/self/inventory";
const KEY: &str = "/api/v1/terminals/self/printer-key";

/// A machine with one network card.
fn machine(center: &Center) -> (Machine, tempfile::TempDir) {
    let sysfs = tempfile::tempdir().unwrap();
    let card = sysfs.path().join("bus/pci/devices/0000:00:1f.6");
    std::fs::create_dir_all(&card).unwrap();
    for (name, content) in [("vendor", "0x8086"), ("device", "0x15bb"), ("class", "0x020000")] {
        std::fs::write(card.join(name), content).unwrap();
    }
    let mut machine = Machine::new(center);
    machine.terminal.sysfs = sysfs.path().to_owned();
    (machine, sysfs)
}

#[test]
fn the_inventory_is_told_when_it_changed_and_the_key_is_kept_closed() {
    let center = Center::start();
    let (machine, sysfs) = machine(&center);
    let tell = || machine.terminal.tell(&Unwatched);
    tell().unwrap();
    assert_eq!(center.requests(), [INVENTORY, KEY]);
    let told = center.state(|state| state.inventories.pop().unwrap());
    assert_eq!(told.devices[0].compatible_ids[1], r"PCI\VEN_8086&DEV_15BB");
    let key = machine.terminal.state.join("printer.key");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "5e".repeat(32));
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    tell().unwrap();
    assert_eq!(center.requests(), [""; 0]);
    std::fs::write(sysfs.path().join("bus/pci/devices/0000:00:1f.6/revision"), "0x10").unwrap();
    tell().unwrap();
    assert_eq!(center.requests(), [INVENTORY]);
    // Another terminal's, or damaged, it is told again.
    std::fs::write(machine.terminal.state.join("inventory.json"), "{").unwrap();
    tell().unwrap();
    assert_eq!(center.requests(), [INVENTORY]);
}

#[test]
fn what_the_center_refuses_is_told_again_and_hinders_nothing() {
    let center = Center::start();
    let (machine, _sysfs) = machine(&center);
    center.spoil(|path| if path == INVENTORY { Mischief::Status(503) } else { Mischief::None });
    assert_eq!(machine.terminal.tell(&Unwatched).unwrap_err().kind(), Kind::Unavailable);
    assert!(machine.terminal.state.has_printer_key());
    center.spoil(|_| Mischief::None);
    machine.terminal.tell(&Unwatched).unwrap();
    assert_eq!(center.state(|state| state.inventories.len()), 2);
}

#[test]
fn what_the_center_finds_fault_with_is_told_again_when_it_changed_or_hours_later() {
    let center = Center::start();
    let (machine, sysfs) = machine(&center);
    let tell = || machine.terminal.tell(&Unwatched);
    center.spoil(|path| if path == INVENTORY { Mischief::Status(413) } else { Mischief::None });
    assert_eq!(tell().unwrap_err().kind(), Kind::Invalid);
    assert_eq!(center.requests(), [INVENTORY, KEY]);
    tell().unwrap();
    assert_eq!(center.requests(), [""; 0]);

    let refused = machine.terminal.state.join("inventory-refused.json");
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7 * 3600);
    std::fs::File::options().write(true).open(&refused).unwrap().set_modified(hours_ago).unwrap();
    assert_eq!(tell().unwrap_err().kind(), Kind::Invalid);
    tell().unwrap();
    assert_eq!(center.requests(), [INVENTORY]);

    center.spoil(|_| Mischief::None);
    std::fs::write(sysfs.path().join("bus/pci/devices/0000:00:1f.6/revision"), "0x10").unwrap();
    tell().unwrap();
    tell().unwrap();
    assert_eq!(center.requests(), [INVENTORY]);
}

#[test]
fn a_report_says_what_the_terminal_is_used_for() {
    let center = Center::start();
    let (mut machine, _sysfs) = machine(&center);
    let file = machine.terminal.state.join("mode");
    machine.terminal.config.mode_file = Some(file.clone());
    let reported = || {
        machine.terminal.report(TerminalState::Idle, None, &Unwatched).unwrap();
        center.state(|state| state.reports.pop().unwrap().mode)
    };
    assert_eq!(reported(), Some(TerminalMode::Rest));
    std::fs::write(&file, "maintenance\n").unwrap();
    assert_eq!(reported(), Some(TerminalMode::Maintenance));
}
