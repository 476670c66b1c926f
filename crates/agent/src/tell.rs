//! What goes between a terminal and its center beside the disk: the inventory, when it changed, and the key that opens the
//! passwords of shared printers. Neither is ever in the way of the disk: what fails is tried with the next report.

use fault::{Error, Result};
use protocol::api::{Inventory, PrinterKey};
use serde::{Deserialize, Serialize};

use crate::inventory::inventory;
use crate::state::StateDir;
use crate::terminal::Terminal;
use crate::watch::Watch;

/// The inventory as the center has it.
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
        if self.state.told().ok().flatten().as_ref() == Some(&now) {
            return Ok(());
        }
        self.remote(watch).send_inventory(&now.inventory)?;
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
        self.json("inventory.json")
    }

    fn save_told(&self, told: &Told) -> Result<()> {
        self.save_json("inventory.json", told)
    }
}
