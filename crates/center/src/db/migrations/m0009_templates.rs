//! What is made from templates, and what terminals tell of their hardware.

use super::{NewTable, bigint, datetime, flag, id, int, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        desktops().create(manager).await?;
        let columns = [
            text("inventory"),
            datetime("inventory_at"),
            varchar("mode", 16),
            bigint("hg_notices").not_null().default(0).take(),
        ];
        for column in columns {
            add(manager, column).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    if manager.has_column("terminals", column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table("terminals").add_column(&mut column).take()).await
}

fn desktops() -> NewTable {
    NewTable::new("driver_center_desktops")
        .column(&mut id())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(&mut datetime("deleted_at"))
        .column(flag("deleted").not_null().default(0))
        .column(varchar("name", 255).not_null())
        .column(int("type").not_null())
        .column(bigint("images_id").not_null())
        .column(&mut varchar("describe", 255))
        .index(&["images_id"])
}
