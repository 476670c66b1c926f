//! `driver-client upload`.

use clap::Args;
use fault::Result;
use serde_json::json;

use crate::cli::Context;
use crate::machine;
use crate::send::{Origin, send};
use crate::settings;
use crate::source::Source;
use wording::clean;

/// What, and what is said of it.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    #[command(flatten)]
    source: Source,
    /// What to call the printer driver 打印机驱动名称 [default: that of file, folder or driver]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Name of this machine for administrators 本机名称 [default: that of the system]
    #[arg(long, value_name = "NAME")]
    client_name: Option<String>,
    /// MAC address of this machine 本机 MAC 地址 [default: that of its first network card]
    #[arg(long, value_name = "MAC")]
    client_mac: Option<String>,
}

impl Upload {
    /// Uploads it, and waits until it is imported.
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let ui = &context.ui;
        // Whoever is not connected hears of it before anything is packed.
        let client = settings::client(&context.given, ui.language)?;
        let archive = self.source.archive(self.name.as_deref(), ui)?;
        let origin = Origin {
            name: self.client_name.unwrap_or_else(machine::name),
            mac: self.client_mac.unwrap_or_else(machine::mac),
        };
        let (bytes, job) = send(&client, &archive, &origin, ui)?;
        let id = job.driver_id.unwrap_or_default();
        let value = json!({"id": id, "name": archive.name, "bytes": bytes, "job": job.id,
            "client_name": origin.name, "client_mac": origin.mac});
        let values = [("name", &*clean(&archive.name)), ("id", &*id.to_string())];
        ui.result(&value, &ui.text("upload.done", &values));
        Ok(())
    }
}
