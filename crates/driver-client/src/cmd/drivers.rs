//! `driver-client drivers`.

use fault::Result;
use serde_json::json;

use crate::cli::Context;
use crate::machine;

/// Lists the installed printer drivers, and whether they can be collected.
pub(crate) fn run(context: &Context) -> Result<()> {
    let ui = &context.ui;
    let drivers = machine::drivers()?;
    let rows: Vec<Vec<String>> = drivers
        .iter()
        .map(|driver| {
            let (name, maker) = (driver.name.clone(), driver.manufacturer.clone());
            let can = ui.yes_or_no(driver.folder.is_some());
            vec![name, maker, driver.version.clone(), driver.environment.clone(), can]
        })
        .collect();
    let headings = ["head.name", "head.maker", "head.version", "head.system", "head.collect"];
    ui.result(&json!(drivers), &ui.table(&headings, &rows));
    Ok(())
}
