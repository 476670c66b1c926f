//! What is known of printer drivers.

use std::collections::HashMap;

use ::driver_package::os::OsType;
use ::driver_package::printer::{Content, Duplex, Paper, PrinterType, Protocol, Settings};
use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::path_of;
use crate::center::{Center, Explain};
use crate::db::entities::{printer, terminal};
use crate::db::{DbContext, SoftDelete};
use crate::host::platform_time;
use crate::import::Client;
use crate::terminals::with_disk;
use crate::{content, versions};

impl Center {
    /// All printer drivers, newest first.
    pub async fn printers(&self) -> Result<Vec<thor::PrinterDriver>> {
        let rows = printer::Entity::find_live()
            .order_by_desc(printer::Column::Id)
            .all(&self.db)
            .await
            .db_context(|| "list printer drivers")?;
        let holders = holders(&self.db).await?;
        rows.iter().map(|row| wire(row, &holders)).collect()
    }

    /// One printer driver with what its INF files say; `explain` words what was odd about them.
    pub async fn printer(&self, id: i64, explain: &Explain<'_>) -> Result<api::PrinterDetail> {
        let row = live(&self.db, id).await?;
        let content = content_of(&row)?;
        Ok(api::PrinterDetail {
            printer: wire(&row, &holders(&self.db).await?)?,
            archive_name: row.archive_name.clone(),
            archive_sha256: row.archive_sha256.clone(),
            path: path_of(&row),
            os_types: row.os_types.split(',').filter_map(|number| number.parse().ok()).collect(),
            pending: row.changed_version.is_none(),
            versions: versions::holding(&self.db, (id, true)).await?,
            warnings: content::warning_lines(&row.warnings, explain)?,
            architectures: content.architectures,
            models_left_out: content.models_left_out,
            models: content.models.into_iter().map(wire_model).collect(),
        })
    }

    /// How an enrolled terminal is called.
    pub async fn client_of_terminal(&self, id: &str) -> Result<Client> {
        let row = terminal::Entity::find_by_id(id).one(&self.db).await.db_context(|| "read a terminal")?;
        let row = row.ok_or_else(|| {
            Error::not_found(format!("terminal {id}"))
                .with_notice("terminal.not_found")
                .with_value("terminal", id)
        })?;
        Ok(Client { client_name: row.name, client_mac: row.mac })
    }

    /// The key that opens the passwords in public configuration files; for enrolled terminals.
    pub fn printer_key(&self) -> api::PrinterKey {
        api::PrinterKey { key: self.vault.terminal_key() }
    }
}

/// The printer driver with this id that is not deleted.
pub(crate) async fn live(db: &impl ConnectionTrait, id: i64) -> Result<printer::Model> {
    printer::Entity::find_live()
        .filter(printer::Column::Id.eq(id))
        .one(db)
        .await
        .db_context(|| "read a printer driver")?
        .ok_or_else(|| Error::not_found(format!("printer driver {id}")).with_notice("printer.not_found"))
}

/// How many terminals have each version of the disk.
async fn holders(db: &impl ConnectionTrait) -> Result<HashMap<i64, u64>> {
    use sea_orm::QuerySelect;
    let rows: Vec<(Option<i64>, i64)> = terminal::Entity::find()
        .filter(with_disk())
        .select_only()
        .column(terminal::Column::Version)
        .column_as(terminal::Column::Id.count(), "terminals")
        .group_by(terminal::Column::Version)
        .into_tuple()
        .all(db)
        .await
        .db_context(|| "count terminals by version")?;
    Ok(rows.into_iter().filter_map(|(version, count)| Some((version?, count.max(0) as u64))).collect())
}

/// The settings of a row.
pub(super) fn settings_of(row: &printer::Model) -> Result<Settings> {
    let corrupt = |what: &str| Error::corrupt(format!("{what} of printer driver {}", row.id));
    Ok(Settings {
        name: row.name.clone(),
        environment: row.environment.parse().ok().and_then(OsType::from_number),
        kind: PrinterType::from_number(row.r#type).ok_or_else(|| corrupt("type"))?,
        paper: Paper::from_text(&row.paper).ok_or_else(|| corrupt("paper"))?,
        duplex_print: Duplex::from_number(row.duplex_print).ok_or_else(|| corrupt("duplex_print"))?,
        ip: row.ip.clone(),
        share: row.share.clone(),
        accounts: row.accounts.clone(),
        port: row.port.clone(),
        protocol: Protocol::from_name(&row.protocol),
        describe: row.describe.clone(),
    })
}

/// What the INF files of a printer driver say.
pub(super) fn content_of(row: &printer::Model) -> Result<Content> {
    serde_json::from_str(&row.content)
        .map_err(|e| Error::corrupt(format!("content of printer driver {}: {e}", row.id)))
}

/// A row that is in no version yet, so that no terminal has it.
pub(super) fn as_new(row: &printer::Model) -> Result<thor::PrinterDriver> {
    wire(row, &HashMap::new())
}

fn wire(row: &printer::Model, holders: &HashMap<i64, u64>) -> Result<thor::PrinterDriver> {
    let settings = settings_of(row)?;
    let has_it = |version: i64| row.changed_version.is_some_and(|changed| version >= changed);
    Ok(thor::PrinterDriver {
        id: row.id,
        name: settings.name,
        environment: settings.environment.map_or(0, |os| i32::from(os.number())),
        kind: row.r#type,
        upload_type: row.upload_type,
        describe: settings.describe,
        create_at: platform_time(row.created_at),
        client_name: row.client_name.clone(),
        client_mac: row.client_mac.clone(),
        client_nums: holders.iter().filter(|(version, _)| has_it(**version)).map(|(_, count)| count).sum(),
        paper: match settings.paper.number() {
            Some(number) => thor::NumberOrText::Number(number.into()),
            None => thor::NumberOrText::Text(settings.paper.name().to_owned()),
        },
        duplex_print: row.duplex_print,
        ip: settings.ip,
        share: settings.share,
        accounts: settings.accounts,
        port: settings.port,
        protocol: settings.protocol.map(|protocol| protocol.name().to_owned()),
        has_password: row.password.is_some(),
        size: row.size,
    })
}

fn wire_model(model: ::driver_package::printer::Model) -> api::PrinterModel {
    api::PrinterModel {
        name: model.name,
        manufacturer: model.manufacturer,
        inf: model.inf,
        ids: model.ids,
        os_types: model.systems.into_iter().map(|os| os.number().into()).collect(),
    }
}
