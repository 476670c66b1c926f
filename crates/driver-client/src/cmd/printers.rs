//! `driver-client printers`.

use fault::Result;
use serde_json::json;

use crate::cli::Context;
use crate::machine::{self, Installed, Printer};

/// Lists the printers of this machine, and whether their drivers can be collected.
pub(crate) fn run(context: &Context) -> Result<()> {
    let ui = &context.ui;
    let printers = machine::printers()?;
    // Where no driver is installed, none can be collected.
    let drivers = machine::drivers().unwrap_or_default();
    let found = printers.iter().map(|printer| (printer, can_be_collected(printer, &drivers)));
    let rows: Vec<Vec<String>> = found
        .clone()
        .map(|(printer, can)| {
            let (name, driver, port) = (printer.name.clone(), printer.driver.clone(), printer.port.clone());
            vec![name, driver, port, ui.yes_or_no(printer.is_shared), ui.yes_or_no(can)]
        })
        .collect();
    let values = found.map(|(printer, can)| {
        json!({"name": printer.name, "driver": printer.driver, "port": printer.port,
            "is_shared": printer.is_shared, "can_be_collected": can})
    });
    let headings = ["head.name", "head.driver", "head.port", "head.shared", "head.collect"];
    ui.result(&values.collect(), &ui.table(&headings, &rows));
    Ok(())
}

fn can_be_collected(printer: &Printer, drivers: &[Installed]) -> bool {
    drivers.iter().any(|driver| driver.name == printer.driver && driver.folder.is_some())
}
