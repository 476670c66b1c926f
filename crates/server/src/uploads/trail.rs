//! Files that were taken in, in the audit trail: however they came, and whoever still waits for it.

use crate::http::audit;
use center::{Actor, Center, Target};
use fault::{Error, Result};
use tokio::task::JoinHandle;

/// The number of what `task` takes in; when it is listed, the trail says so.
pub(super) async fn recorded(
    center: &Center,
    actor: &Actor,
    target: &Target,
    task: JoinHandle<Result<i64>>,
) -> Result<i64> {
    let id = task.await.map_err(|e| Error::bug(format!("import task: {e}")))??;
    match target {
        Target::SystemDriver => {
            let driver = center.driver(id, &ToString::to_string).await?.driver;
            audit::record(center, actor, "driver.import", &driver.name, &driver).await;
        }
        Target::PrinterDriver(_) => {
            let printer = center.printer(id, &ToString::to_string).await?.printer;
            audit::record(center, actor, "printer.import", &printer.name, &printer).await;
        }
    }
    Ok(id)
}
