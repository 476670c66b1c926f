//! What goes between a terminal and its center beside the disk: the inventory, when it changed, and the key that opens the
//! passwords of shared printers. Neither is ever in the way of the disk: what fails is tried with the next report; an inventory
//! that the center finds fault with, when it changed or some hours later.

use fault::{Error, Kind, Result};
use protocol::api::{Inventory, PrinterKey};
use serde::{Deserialize, Serialize};

use crate::inventory::inventory;
use crate::limits::REFUSED_INVENTORY_PAUSE;
use crate::state::StateDir;
use crate::terminal::Terminal;
use crate::watch::Watch;

/// The inventory as the center has it.
const TOLD: &str = "inventory.json";
/// The inventory that the center would not have; when it was refused is the time of the file.
const REFUSED: &str = "inventory-refused.json";

/// An inventory, and whose it is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// The terminal that it was told as: enrolled anew, nobody knows it.
    terminal: String,
    inventory: Inventory,
}

impl Terminal {
    /// Tells the center what it does not know of this machine, and fetches what this machine does not know. What went
    /// wrong is answered, and matters to nobody but tests.
    pub fn tell(&self, watch: &dyn Watch) -> Result<()> {
        let told = self.tell_inventory(watch);
        let fetched = self.fetch_printer_key(watch);
        told.and(fetched)
    }

    fn tell_inventory(&self, watch: &dyn Watch) -> Result<()> {
        let now = Told { terminal: self.config.terminal.clone(), inventory: inventory(&self.sysfs) };
        // What cannot be read counts as not told.
        if self.state.told().ok().flatten().as_ref() == Some(&now) || self.state.was_refused(&now) {
            return Ok(());
        }
        let sent = self.remote(watch).send_inventory(&now.inventory);
        if sent.as_ref().is_err_and(|error| error.kind() == Kind::Invalid) {
            self.state.save_refused(&now)?;
        }
        sent?;
        self.state.save_told(&now)
    }

    /// Fetches the key where there is none yet.
    fn fetch_printer_key(&self, watch: &dyn Watch) -> Result<()> {
        if self.state.has_printer_key() {
            return Ok(());
        }
        let PrinterKey { key } = self.remote(watch).printer_key()?;
        if key.len() != 64 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::corrupt("use the key of printers that the center sent: it is no key")
                .with_notice("sync.damaged")
                .with_value("object", "printer-key"));
        }
        self.state.save_printer_key(&key)
    }
}

impl StateDir {
    fn told(&self) -> Result<Option<Told>> {
        self.json(TOLD)
    }

    fn save_told(&self, told: &Told) -> Result<()> {
        self.save_json(TOLD, told)
    }

    /// Whether the center has found fault with just this, not long ago: it would again.
    fn was_refused(&self, now: &Told) -> bool {
        let age = self.join(REFUSED).metadata().and_then(|file| file.modified()).map(|at| at.elapsed());
        let is_recent = age.is_ok_and(|age| age.is_ok_and(|age| age < REFUSED_INVENTORY_PAUSE));
        is_recent && self.json(REFUSED).ok().flatten().as_ref() == Some(now)
    }

    fn save_refused(&self, refused: &Told) -> Result<()> {
        self.save_json(REFUSED, refused)
    }
}
