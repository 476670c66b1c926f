//! Groups of terminals.

use super::varchar;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("terminals", "group_name").await? {
            return Ok(());
        }
        let mut column = varchar("group_name", 255);
        manager.alter_table(Table::alter().table("terminals").add_column(&mut column).take()).await
    }
}
