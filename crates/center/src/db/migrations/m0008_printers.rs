//! The printer drivers, and what an upload is to become besides a system driver.

use super::{NewTable, bigint, datetime, flag, id, int, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        printers().create(manager).await?;
        if manager.has_column("uploads", "origin").await? {
            return Ok(());
        }
        let mut column = text("origin");
        manager.alter_table(Table::alter().table("uploads").add_column(&mut column).take()).await
    }
}

fn printers() -> NewTable {
    NewTable::new("printers")
        .column(&mut id())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(&mut datetime("deleted_at"))
        .column(flag("deleted").not_null().default(0))
        .column(varchar("name", 255).not_null())
        .column(varchar("environment", 64).not_null())
        .column(int("type").not_null())
        .column(int("upload_type").not_null())
        .column(varchar("paper", 8).not_null())
        .column(int("duplex_print").not_null())
        .column(varchar("ip", 255).not_null())
        .column(varchar("share", 255).not_null())
        .column(varchar("accounts", 255).not_null())
        .column(&mut text("password"))
        .column(varchar("port", 255).not_null())
        .column(varchar("protocol", 8).not_null())
        .column(&mut varchar("describe", 255))
        .column(&mut varchar("client_name", 255))
        .column(&mut varchar("client_mac", 64))
        .column(varchar("file_name", 255).not_null())
        .column(bigint("size").not_null())
        .column(varchar("archive_sha256", 64).not_null())
        .column(varchar("archive_name", 255).not_null())
        .column(varchar("os_types", 255).not_null())
        .column(text("content").not_null())
        .column(text("warnings").not_null())
        .column(&mut bigint("changed_version"))
        .index(&["name"])
        .index(&["archive_sha256"])
}
