//! What terminals say of their hardware.

use fault::{Error, Result};
use protocol::api;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait};

use super::find;
use crate::center::Center;
use crate::db::entities::{terminal, terminal_inventory};
use crate::db::{DbContext, commit};
use crate::limits;

impl Center {
    /// Keeps what a terminal says of its hardware.
    pub async fn take_inventory(&self, id: &str, inventory: &api::Inventory) -> Result<()> {
        let row = find(self, id).await?;
        let text =
            serde_json::to_string(inventory).map_err(|e| Error::bug(format!("encode an inventory: {e}")))?;
        if text.len() > limits::INVENTORY_BYTES_MAX || inventory.devices.len() > limits::INVENTORY_DEVICES_MAX
        {
            return Err(Error::invalid(format!("an inventory of {} bytes", text.len()))
                .with_notice("plan.inventory_too_large")
                .with_value("limit", limits::INVENTORY_DEVICES_MAX));
        }
        let said_at = terminal::ActiveModel {
            id: Set(row.id.clone()),
            inventory_at: Set(Some(self.host.now())),
            ..Default::default()
        };
        let txn = self.db.begin().await?;
        said_at.update(&txn).await.db_context(|| "note the time of an inventory")?;
        keep(&txn, row.id, text).await?;
        commit(txn).await?;
        self.tell_of_terminals(Some(id.to_owned()));
        Ok(())
    }

    /// What a terminal has said of its hardware.
    pub async fn inventory(&self, id: &str) -> Result<api::Inventory> {
        let row = find(self, id).await?;
        let kept = terminal_inventory::Entity::find_by_id(id).one(&self.db).await;
        let kept = kept.db_context(|| "read an inventory")?.ok_or_else(|| {
            Error::not_found(format!("inventory of terminal {id}"))
                .with_notice("plan.no_inventory")
                .with_value("terminal", &row.name)
        })?;
        serde_json::from_str(&kept.inventory)
            .map_err(|e| Error::corrupt(format!("inventory of terminal {id}: {e}")))
    }
}

pub(super) async fn keep(txn: &crate::db::Transaction, id: String, text: String) -> Result<()> {
    let row = terminal_inventory::ActiveModel { terminal_id: Set(id), inventory: Set(text) };
    let replace = OnConflict::column(terminal_inventory::Column::TerminalId)
        .update_column(terminal_inventory::Column::Inventory)
        .to_owned();
    let insert = terminal_inventory::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(txn).await.db_context(|| "keep an inventory").map(drop)
}
